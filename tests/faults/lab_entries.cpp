// SPDX-License-Identifier: GPL-2.0
// lab_entries.cpp - the lab's calls.
#include "entries.hpp"

#include "../device/support/kinds.hpp"

#include <algorithm>
#include <array>

namespace waitq::test {
namespace {

const std::vector<int> copies{EFAULT}, memory{EFAULT, ENOMEM};
const std::vector<int> opening{EFAULT, ENOMEM, ENFILE, EMFILE};

template <class Struct>
long make(World &world, unsigned long number, const Struct &with)
{
    static Struct request;
    request = with;
    return value_of(::ioctl(world.lab.fd(), number, &request));
}

constexpr __u64 out_of_reach = 1000;

// A wait that takes 2 of the events that are there.
Entry taking(const char *name, lab_wait_kind kind, __s64 timeout_ns = 0,
             __u32 engine = LAB_ENGINE_CORE)
{
    return {name, copies, [=](World &w) {
                return make(w, LAB_IOC_WAIT,
                            lab_wait_request(kind, 2, timeout_ns, LAB_CONSUME, engine));
            }};
}

Entry waking(const char *name, lab_wake_kind kind, lab_context context,
             pid_t faults_of = FailNth::caller)
{
    return {.name = name,
            .errors = memory,
            .call =
                [=](World &w) {
                    const __u64 post = kind == LAB_WAKE_UP_POLLFREE ? 0 : 3;
                    return make(w, LAB_IOC_WAKE,
                                lab_wake{sizeof(lab_wake), kind, 0, context, 0, 0, post, 0, 0});
                },
            // The answer is written after the post, which is not taken back.
            .failed = Failed::or_all,
            .faults_of = faults_of};
}

lab_wait poller_request(__u64 threshold, __s64 timeout_ns)
{
    lab_wait request = lab_wait_request(LAB_WAIT_INIT_WAITQUEUE_FUNC_ENTRY, threshold, timeout_ns);
    request.callback = LAB_CALLBACK_POLLER;
    return request;
}

// All helpers sleep in the lab. (They are counted before they are linked.)
void all_sleep(World &world, char state)
{
    EXPECT_TRUE(until([&] {
        return info(world.lab).waiters == world.helpers.size() &&
               std::ranges::all_of(world.helpers, [&](const auto &helper) {
                   return state_of(helper->tid()) == state;
               });
    }));
}

// Two tasks in the queue, of which the list tells.
void park_two(World &world)
{
    for (int i = 0; i < 2; ++i)
        world.help([&] {
            return wait(world.lab,
                        lab_wait_request(LAB_WAIT_EVENT_KILLABLE, out_of_reach, 0, LAB_CONSUME))
                .error;
        });
    all_sleep(world, 'D'); // killable
}
void free_two(World &world)
{
    wake(world.lab, 2 * out_of_reach, LAB_WAKE_UP_ALL);
    for (const auto &helper : world.helpers)
        EXPECT_EQ(helper->result(), 0);
    world.helpers.clear();
}

// A task in the queue that wake_up_pollfree ends: it ends the wait, whatever fails.
void park_poller(World &world)
{
    world.help(
        [&] { return wait(world.lab, poller_request(out_of_reach, 60 * one_second)).error; });
    all_sleep(world, 'S');
}
void poller_is_sent_away(World &world)
{
    if (world.value < 0) // before the end of the queue, or behind it
        wake(world.lab, {sizeof(lab_wake), LAB_WAKE_UP_POLLFREE, 0, 0, 0, 0, 0, 0, 0});
    for (const auto &helper : world.helpers)
        EXPECT_EQ(helper->result(), -EIDRM);
    world.helpers.clear();
}

Entry with_poller(const char *name, lab_context context)
{
    Entry entry = waking(name, LAB_WAKE_UP_POLLFREE, context);
    entry.prepare = park_poller;
    entry.finish = poller_is_sent_away;
    return entry;
}

long read_file(World &world, const char *path)
{
    static std::array<char, 4096> text;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    const long got = value_of(::read(fd, text.data(), text.size()));
    close(fd);
    if (got > 0)
        world.seen.assign(text.data(), static_cast<std::size_t>(got));
    return got;
}
void make_room(World &world)
{
    world.seen.reserve(4096);
}

} // namespace

std::vector<Entry> lab_entries()
{
    static std::array<lab_waiter, 8> list;
    return {
        {"lab open", opening,
         [](World &w) {
             w.got = static_cast<int>(value_of(open("/dev/waitq_lab0", O_RDWR | O_CLOEXEC)));
             return w.got < 0 ? static_cast<long>(w.got) : 0L;
         }},
        taking("lab wait_event", LAB_WAIT_EVENT),
        taking("lab wait_event by the macro", LAB_WAIT_EVENT, 0, LAB_ENGINE_MACRO),
        taking("lab wait_event_timeout", LAB_WAIT_EVENT_TIMEOUT, one_second),
        taking("lab wait_event_hrtimeout", LAB_WAIT_EVENT_HRTIMEOUT, one_second),
        taking("lab wait_event_interruptible_locked", LAB_WAIT_EVENT_INTERRUPTIBLE_LOCKED),
        taking("lab prepare_to_wait", LAB_WAIT_PREPARE_TO_WAIT),
        taking("lab init_waitqueue_func_entry", LAB_WAIT_INIT_WAITQUEUE_FUNC_ENTRY),
        {.name = "lab wait, timed out",
         .errors = copies,
         .call =
             [](World &w) {
                 return make(w, LAB_IOC_WAIT,
                             lab_wait_request(LAB_WAIT_EVENT_TIMEOUT, out_of_reach, ms));
             },
         .clean_error = ETIMEDOUT},
        {.name = "lab POLLER, timed out",
         .errors = copies,
         .call = [](World &w) { return make(w, LAB_IOC_WAIT, poller_request(out_of_reach, ms)); },
         .clean_error = ETIMEDOUT},
        waking("lab wake from a task", LAB_WAKE_UP, LAB_CONTEXT_PROCESS),
        waking("lab wake from a hard irq", LAB_WAKE_UP, LAB_CONTEXT_HARD_IRQ),
        waking("lab wake from a soft irq", LAB_WAKE_UP, LAB_CONTEXT_SOFT_IRQ),
        waking("lab wake from a workqueue", LAB_WAKE_UP, LAB_CONTEXT_WORK),
        waking("lab wake from irq_work", LAB_WAKE_UP, LAB_CONTEXT_IRQ_WORK),
        waking("lab wake from a thread", LAB_WAKE_UP, LAB_CONTEXT_KTHREAD),
        waking("lab wake from a thread, kthreadd's", LAB_WAKE_UP, LAB_CONTEXT_KTHREAD,
               FailNth::kthreadd),
        with_poller("lab wake_up_pollfree", LAB_CONTEXT_PROCESS),
        with_poller("lab wake_up_pollfree from a soft irq", LAB_CONTEXT_SOFT_IRQ),
        with_poller("lab wake_up_pollfree from a thread", LAB_CONTEXT_KTHREAD),
        {"lab INFO", copies,
         [](World &w) {
             lab_info figures{};
             figures.size = sizeof figures;
             return make(w, LAB_IOC_INFO, figures);
         }},
        {"lab KINDS", copies,
         [](World &w) {
             return make(w, LAB_IOC_KINDS, lab_kinds{sizeof(lab_kinds), 0, 0, 0});
         }},
        {"lab WAITERS, two entries", memory,
         [](World &w) {
             return make(w, LAB_IOC_WAITERS,
                         lab_waiters{sizeof(lab_waiters), list.size(),
                                     reinterpret_cast<__u64>(list.data()), 0});
         },
         park_two, free_two},
        {"lab figure in sysfs", opening,
         [](World &w) { return read_file(w, "/sys/class/waitq_lab/waitq_lab0/counter"); },
         make_room},
        {"lab list in debugfs", opening,
         [](World &w) { return read_file(w, "/sys/kernel/debug/waitq_lab/waitq_lab0/waiters"); },
         make_room},
    };
}

} // namespace waitq::test
