// SPDX-License-Identifier: GPL-2.0
// device_entries.cpp - the device's calls that do not sleep, or sleep until their time is up.
#include "entries.hpp"

#include <array>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/mman.h>

namespace waitq::test {
namespace {

const std::vector<int> none{}, copies{EFAULT}, memory{ENOMEM}, both{EFAULT, ENOMEM};
// What opening a file of any kind may come to.
const std::vector<int> opening{EFAULT, ENOMEM, ENFILE, EMFILE};

// The struct of the call under test. Static, so that it is in memory that is there.
template <class Struct>
long make(const Descriptor &file, unsigned long number, const Struct &with)
{
    static Struct request;
    request = with;
    return value_of(::ioctl(file.fd(), number, &request));
}

// A struct with a tail of zeros: two copies instead of one.
template <class Struct>
long make_longer(const Descriptor &file, unsigned long number, Struct with)
{
    static struct {
        Struct known;
        __u64 tail;
    } request;
    request = {with, 0};
    request.known.size = sizeof request;
    return value_of(::ioctl(file.fd(), number, &request));
}

// A new descriptor, which may have any number.
long kept(World &world, long fd)
{
    world.got = static_cast<int>(fd);
    return fd < 0 ? fd : 0;
}

void open_fresh(World &world)
{
    world.fresh = std::make_unique<File>();
}

// The timer of the fresh file still fires, and then is over.
void fires_once(World &world)
{
    cancel_timer(*world.fresh);
    const __u64 counter = info(world.file).counter;
    EXPECT_EQ(timer(*world.fresh, timer_request(0)).error, 0);
    EXPECT_TRUE(until([&] { return info(world.file).counter == counter + 1; }));
    take(world.file);
    world.fresh.reset();
}

// Of a call that may have armed it: armed as it was asked, or not at all.
void fired_or_not(World &world)
{
    if (world.value == 0) {
        EXPECT_TRUE(until([&] { return info(world.file).counter != World::counter_at_first; }));
    }
    cancel_timer(*world.fresh);
    world.fresh.reset();
}

// 64 items of as many queues, of which WAIT_ANY and WAIT_ALL take one each.
template <unsigned int threshold, unsigned int count = WAITQ_ITEMS_MAX>
void name_items(World &world)
{
    world.items.clear();
    for (unsigned int i = 0; i < count; ++i)
        world.items.push_back(
            {static_cast<__u32>(world.many[i]->fd()), WAITQ_CONSUME | WAITQ_EXCLUSIVE, threshold});
}
waitq_wait_many many_request(const World &world, __u32 flags, __s64 timeout_ns)
{
    return {sizeof(waitq_wait_many),
            flags,
            timeout_ns,
            static_cast<__u32>(world.items.size()),
            0,
            reinterpret_cast<__u64>(world.items.data())};
}

// Two tasks sleep in WAIT, for more than there is; and the end of that.
constexpr __u64 out_of_reach = 1000;
void park_two(World &world)
{
    for (int i = 0; i < 2; ++i)
        world.help(
            [&] { return wait(world.other, wait_request(out_of_reach, WAITQ_CONSUME)).error; });
    EXPECT_TRUE(until([&] { return info(world.other).event_waiters == 2; }));
}
void free_two(World &world)
{
    wake(world.other, 2 * out_of_reach, every_one);
    for (const auto &helper : world.helpers)
        EXPECT_EQ(helper->result(), 0);
    world.helpers.clear();
}

long list_with_stride(World &world, __u32 count, __u32 stride)
{
    static std::array<char, 1024> list;
    return make(world.other, WAITQ_IOC_WAITERS,
                waitq_waiters{sizeof(waitq_waiters), 0, count, stride,
                              reinterpret_cast<__u64>(list.data()), poison});
}

long map(World &world, const File &file)
{
    void *page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file.fd(), 0);
    if (page == MAP_FAILED)
        return -errno;
    world.mapped = page;
    // The first touch: the page is there already, and the counter in it.
    return *static_cast<volatile __u64 *>(page) == World::counter_at_first ||
                   *static_cast<volatile __u64 *>(page) == WAITQ_PAGE_TAKEN
               ? 0
               : -EDOM;
}
void unmap(World &world)
{
    if (world.mapped != nullptr)
        munmap(world.mapped, 4096);
    world.mapped = nullptr;
    world.fresh.reset();
}

// 40 descriptors are more than the kernel has room for on its stack. No byte and no event comes.
long poll_many(const Descriptor &file)
{
    static std::array<pollfd, 40> fds;
    fds.fill({file.fd(), POLLPRI, 0});
    return value_of(poll(fds.data(), fds.size(), 1));
}

// A file of the kernel that is read from beginning to end, by three calls.
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

std::vector<Entry> device_entries()
{
    const auto wait_now = timed(wait_request(2, WAITQ_CONSUME), one_second);
    const auto wait_long = timed(wait_request(out_of_reach), ms);
    return {
        {"open", opening,
         [](World &w) { return kept(w, value_of(open("/dev/waitq0", O_RDWR | O_CLOEXEC))); }},
        {"WAIT, satisfied", none, [=](World &w) { return make(w.file, WAITQ_IOC_WAIT, wait_now); }},
        {"WAIT, a longer struct", copies,
         [=](World &w) { return make_longer(w.file, WAITQ_IOC_WAIT, wait_now); }},
        {.name = "WAIT, timed out",
         .errors = none,
         .call = [=](World &w) { return make(w.file, WAITQ_IOC_WAIT, wait_long); },
         .clean_error = ETIMEDOUT},
        {"WAKE", none, [](World &w) { return make(w.file, WAITQ_IOC_WAKE, wake_request(3)); }},
        {"WAKE, a longer struct", copies,
         [](World &w) { return make_longer(w.file, WAITQ_IOC_WAKE, wake_request(3)); }},
        {"POST", none, [](World &w) { return value_of(::ioctl(w.file.fd(), WAITQ_IOC_POST, 3)); }},
        {"TAKE", none, [](World &w) { return value_of(::ioctl(w.file.fd(), WAITQ_IOC_TAKE, 3)); }},
        {"TIMER, in an hour", both,
         [](World &w) { return make(*w.fresh, WAITQ_IOC_TIMER, timer_request(3600 * one_second)); },
         open_fresh, fires_once},
        {"TIMER, at once", both,
         [](World &w) { return make(*w.fresh, WAITQ_IOC_TIMER, timer_request(0)); }, open_fresh,
         fired_or_not, Failed::or_all},
        {"EVENTFD", opening,
         [](World &w) {
             return kept(w, make(w.file, WAITQ_IOC_EVENTFD,
                                 waitq_eventfd{sizeof(waitq_eventfd), O_CLOEXEC}));
         }},
        {"INFO", copies,
         [](World &w) {
             waitq_info figures{};
             figures.size = sizeof figures;
             return make(w.file, WAITQ_IOC_INFO, figures);
         }},
        {"WAITERS, two entries", both,
         [](World &w) { return list_with_stride(w, 8, sizeof(waitq_waiter)); }, park_two, free_two},
        {"WAITERS, entries further apart", both,
         [](World &w) { return list_with_stride(w, 8, 128); }, park_two, free_two},
        {"WAITERS, room for many", both,
         [](World &w) { return list_with_stride(w, 2000, sizeof(waitq_waiter)); }, park_two,
         free_two},
        {"SIGNAL_WAIT, satisfied", none,
         [](World &w) {
             return make(w.file, WAITQ_IOC_SIGNAL_WAIT,
                         waitq_signal_wait{sizeof(waitq_signal_wait), WAITQ_CONSUME | WAITQ_TIMEOUT,
                                           0, static_cast<__u32>(w.other.fd()), 2, one_second, 3});
         }},
        {.name = "SIGNAL_WAIT, timed out",
         .errors = none,
         .call =
             [](World &w) {
                 return make(w.file, WAITQ_IOC_SIGNAL_WAIT,
                             waitq_signal_wait{sizeof(waitq_signal_wait), WAITQ_TIMEOUT, 0,
                                               static_cast<__u32>(w.other.fd()), out_of_reach, ms,
                                               3});
             },
         .clean_error = ETIMEDOUT},
        {"WAIT_ANY of 64, satisfied", both,
         [](World &w) {
             return make(w.file, WAITQ_IOC_WAIT_ANY, many_request(w, WAITQ_TIMEOUT, one_second));
         },
         name_items<2>},
        {"WAIT_ALL of 64, satisfied", both,
         [](World &w) {
             return make(w.file, WAITQ_IOC_WAIT_ALL, many_request(w, WAITQ_TIMEOUT, one_second));
         },
         name_items<2>},
        {"WAIT_ALL of 64 and an alert, satisfied", both,
         [](World &w) {
             return make(w.file, WAITQ_IOC_WAIT_ALL,
                         many_request(w, WAITQ_TIMEOUT | WAITQ_ALERT, one_second));
         },
         name_items<2, WAITQ_ITEMS_MAX + 1>},
        {.name = "WAIT_ANY of 64, timed out",
         .errors = both,
         .call =
             [](World &w) {
                 return make(w.file, WAITQ_IOC_WAIT_ANY, many_request(w, WAITQ_TIMEOUT, ms));
             },
         .prepare = name_items<out_of_reach>,
         .clean_error = ETIMEDOUT},
        {.name = "WAIT_ALL of 64, timed out",
         .errors = both,
         .call =
             [](World &w) {
                 return make(w.file, WAITQ_IOC_WAIT_ALL, many_request(w, WAITQ_TIMEOUT, ms));
             },
         .prepare = name_items<out_of_reach>,
         .clean_error = ETIMEDOUT},
        {"mmap, the first of the queue", memory, [](World &w) { return map(w, *w.fresh); },
         [](World &w) {
             ASSERT_LT(w.unmapped, queue_count);
             w.fresh = std::make_unique<File>(O_RDWR, w.unmapped++);
             wake(*w.fresh, World::counter_at_first);
         },
         unmap},
        {"mmap, another", memory, [](World &w) { return map(w, w.file); }, nullptr, unmap},
        {"poll, with a page", both, [](World &w) { return poll_many(w.file); }},
        {"poll, without a page", both, [](World &w) { return poll_many(w.other); }},
        {"poll of the EVENTFD", both, [](World &w) { return poll_many(w.events); }},
        {"epoll_ctl", both,
         [](World &w) {
             static epoll_event event{.events = EPOLLIN, .data = {}};
             return value_of(epoll_ctl(w.got, EPOLL_CTL_ADD, w.file.fd(), &event));
         },
         [](World &w) { w.got = epoll_create1(EPOLL_CLOEXEC); }},
        {"epoll_ctl of the EVENTFD", both,
         [](World &w) {
             static epoll_event event{.events = EPOLLIN, .data = {}};
             return value_of(epoll_ctl(w.got, EPOLL_CTL_ADD, w.events.fd(), &event));
         },
         [](World &w) { w.got = epoll_create1(EPOLL_CLOEXEC); }},
        {"O_ASYNC", memory,
         [](World &w) { return value_of(fcntl(w.fresh->fd(), F_SETFL, O_ASYNC)); }, open_fresh},
        {"a figure in sysfs", opening,
         [](World &w) { return read_file(w, "/sys/class/waitq/waitq0/counter"); }, make_room},
        {"the list in debugfs", opening,
         [](World &w) { return read_file(w, "/sys/kernel/debug/waitq/waitq0/waiters"); },
         make_room},
    };
}

} // namespace waitq::test
