// SPDX-License-Identifier: GPL-2.0
// device_calls.cpp - the calls that actors make, and what is told of each by what it returned.
#include "../sim/memory.hpp"
#include "../sim/timer.hpp"
#include "device_scenario.hpp"
#include "device_words.hpp"
#include "listing.hpp"
#include "page_word.hpp"
#include <device/file.hpp>

#include <algorithm>
#include <cstring>

namespace core {

using sim::refuse;

namespace {

// More would be data for the copies only.
unsigned char byte_of(unsigned int player, unsigned int number)
{
    return static_cast<unsigned char>(player << 5 | (number & 31));
}

waitq_blocking blocking(const Act &act)
{
    return act.at_once ? WAITQ_AT_ONCE : act.nonblock ? WAITQ_NONBLOCK : WAITQ_BLOCKS;
}

} // namespace

long DeviceScenario::ioctl(unsigned int file, unsigned int nr, void *argument)
{
    return waitq_ioctl(files_.at(file).file.device, nr, reinterpret_cast<unsigned long>(argument));
}

// ---- events ----

long DeviceScenario::do_wait(Player &player, const Act &act)
{
    waitq_signal_wait request{sizeof request, act.flags, act.state, 0, act.n, act.ns, act.posts};
    if (act.flags & WAITQ_ABSOLUTE)
        request.timeout_ns += player.call.begun_ns + row_.timens_offset_ns;
    sim::tell("waits%s%s, threshold %llu", act.flags & WAITQ_EXCLUSIVE ? ", exclusively" : "",
              act.flags & WAITQ_CONSUME ? ", to consume" : "", act.n);
    waitq_file *device = file_of(act).file.device;
    long result = 0;
    if (act.posts) {
        result = ioctl(act.file, WAITQ_NR_SIGNAL_WAIT, &request);
        check_posted(player, act, request, result);
        if (result == -KAPI_EOVERFLOW)
            return result;
    } else if (act.by_page && waitq::take_in_page(PageWord(queue_->events.page.counter), act.n) ==
                                  waitq::InPage::Done) {
        result = 0;
    } else if (act.by_number) {
        result = waitq_take(device, act.n, blocking(act));
    } else {
        waitq_wait plain{sizeof plain, act.flags, act.state, 0, act.n, request.timeout_ns};
        result = ioctl(act.file, WAITQ_NR_WAIT, &plain);
        request.timeout_ns = plain.timeout_ns;
    }
    check_wait(player, act, request.timeout_ns, result);
    return result;
}

long DeviceScenario::do_wake(Player &player, const Act &act)
{
    waitq_wake request{sizeof request, 0, act.nr, 0, act.n};
    sim::tell("posts %llu, wakes %u", act.n, act.nr);
    long result = 0;
    if (act.by_page &&
        waitq::post_in_page(PageWord(queue_->events.page.counter), act.n) == waitq::InPage::Done)
        result = 0;
    else
        result = act.by_number ? waitq_post(file_of(act).file.device, act.n)
                               : ioctl(act.file, WAITQ_NR_WAKE, &request);
    check_wake(player, act, result);
    return result;
}

long DeviceScenario::do_timer(Player &player, const Act &act)
{
    waitq_timer request{sizeof request, act.flags, act.nr, 0,    act.ns,
                        act.period_ns,  act.count, act.n,  ~0ULL};
    if (act.flags & WAITQ_ABSOLUTE)
        request.delay_ns += player.call.begun_ns + row_.timens_offset_ns;
    sim::tell("%s its timer", act.flags & WAITQ_CANCEL ? "cancels" : "sets");
    const long result = ioctl(act.file, WAITQ_NR_TIMER, &request);
    if (result == -KAPI_EFAULT && act.failing_copy) {
        // The answer is lost, and with it how often the timer fired.
        firings_unknown_ = true;
        return result;
    }
    if (act.no_memory && result == -KAPI_ENOMEM)
        return result;
    if (result != 0)
        refuse("%s: the timer call returns %ld", player.task->name, result);
    fired_ += request.fired;
    OpenFile &file = file_of(act);
    check_fired(file, request.fired);
    file.armed = act.flags & WAITQ_CANCEL ? nullptr : &act;
    file.due_ns = player.call.begun_ns + act.ns;
    check_programmed(file);
    return result;
}

long DeviceScenario::do_open_event(Player &player, const Act &act)
{
    waitq_eventfd request{sizeof request, KAPI_O_NONBLOCK};
    const long number = ioctl(0, WAITQ_NR_EVENTFD, &request);
    if (number < 0)
        refuse("%s gets no EVENTFD: %ld", player.task->name, number);
    const sim::Eventfd opened = sim::eventfd(static_cast<int>(number));
    if (opened.flags != KAPI_O_NONBLOCK)
        refuse("the EVENTFD of %s has flags %#x", player.task->name, opened.flags);
    OpenFile &file = file_of(act);
    file.file.eventfd = opened.queue;
    file.open = true;
    file.users = 1;
    return number;
}

// read() of an EVENTFD.
long DeviceScenario::do_take(Player &player, const Act &act)
{
    __u64 value = 0;
    sim::UserBytes to(reinterpret_cast<unsigned char *>(&value), act.size, act.good, act.present);
    const long result = waitq_eventfd_read(file_of(act).file.eventfd, &to, blocking(act));
    if (result == sizeof value) {
        if (value != 1)
            refuse("%s takes %llu events", player.task->name,
                   static_cast<unsigned long long>(value));
        ++sums_.consumed;
        return result;
    }
    const bool may_fault = act.good < sizeof value;
    if (result == -KAPI_EFAULT && may_fault) {
        ++sums_.faults;
    } else if (result == -KAPI_ERESTARTSYS && !act.nonblock) {
        if (!player.task->signal_pending)
            refuse("%s says that a signal came, which did not", player.task->name);
        ++sums_.signals;
        must_not_have_been_true(player, false);
    } else if (result != -KAPI_EAGAIN || !act.nonblock) {
        refuse("%s: read of the EVENTFD returns %ld", player.task->name, result);
    }
    return result;
}

// write() to an EVENTFD.
long DeviceScenario::do_add(Player &player, const Act &act)
{
    __u64 value = act.n;
    sim::UserBytes from(reinterpret_cast<unsigned char *>(&value), act.size, act.good, act.present);
    const long result = waitq_eventfd_write(file_of(act).file.eventfd, &from, blocking(act));
    if (result == sizeof value) {
        sums_.posted += act.n;
    } else if (result == -KAPI_ERESTARTSYS && !act.nonblock) {
        if (!player.task->signal_pending)
            refuse("%s says that a signal came, which did not", player.task->name);
        ++sums_.signals;
    } else if (result != -KAPI_EAGAIN || !act.nonblock) {
        refuse("%s: write to the EVENTFD returns %ld", player.task->name, result);
    }
    return result;
}

// ---- onlookers ----

long DeviceScenario::do_list(const Player &player, const Act &act)
{
    const Listing listing(file_of(act).file.device);
    // A waiter that links itself again while the list is made may be seen twice.
    if (listing.result == 0 &&
        (listing.request.count > listing.room || listing.request.count > listing.request.linked ||
         listing.request.linked > 2ULL * player_count_))
        refuse("%s lists %u of %llu waiters", player.task->name, listing.request.count,
               static_cast<unsigned long long>(listing.request.linked));
    for (const waitq_waiter &waiter : listing.waiters()) {
        if ((waiter.flags & WAITQ_WAITER_TASK) && (waiter.pid == 0 || waiter.since_ns == 0))
            refuse("a waiter of pid %u since %lld is listed", waiter.pid,
                   static_cast<long long>(waiter.since_ns));
        if (waiter.place == 3 && waiter.threshold == 0)
            refuse("a task in WAIT is listed without its threshold");
    }
    return listing.result;
}

long DeviceScenario::do_info(const Player &player, const Act &act)
{
    waitq_info info{};
    std::memset(&info, 0xa5, sizeof info);
    info.size = sizeof info;
    info.flags = 0;
    const long result = ioctl(act.file, WAITQ_NR_INFO, &info);
    const unsigned long long waiters =
        info.readers + info.writers + info.event_waiters + info.event_waiters_exclusive;
    if (result == 0 && (waiters > player_count_ || info.bytes > info.capacity))
        refuse("%s counts %llu waiters and %llu bytes", player.task->name, waiters,
               static_cast<unsigned long long>(info.bytes));
    return result;
}

// ---- the byte stream ----

long DeviceScenario::do_read(Player &player, const Act &act)
{
    Io &mine = io(player);
    sim::UserBytes to(&mine.buffer.at(mine.byte_count), act.size, act.good, act.present);
    const long result = waitq_read(file_of(act).file.device, &to, blocking(act));
    if (result > 0) {
        mine.byte_count += static_cast<unsigned int>(result);
        read_ += static_cast<unsigned long long>(result);
    }
    return result;
}

long DeviceScenario::do_write(Player &player, const Act &act)
{
    Io &mine = io(player);
    std::array<unsigned char, max_bytes> bytes{};
    for (unsigned int i = 0; i < act.size; ++i)
        bytes.at(i) = byte_of(index_of(player), mine.written + i);
    sim::UserBytes from(bytes.data(), act.size, act.good, act.present);
    const long result = waitq_write(file_of(act).file.device, &from, blocking(act));
    if (result <= 0)
        return result;
    mine.written += static_cast<unsigned int>(result);
    written_ += static_cast<unsigned long long>(result);
    const bool whole = static_cast<std::size_t>(result) == act.size;
    if (act.size <= std::min<std::size_t>(row_.capacity, WAITQ_ATOMIC_WRITE) && !whole)
        refuse("a write of %zu bytes, which is atomic, wrote %ld", act.size, result);
    // io_uring would give this to its caller as the end, on a descriptor that blocks.
    if (act.at_once && !whole && act.good >= act.size)
        refuse("a write that is to be whole at once wrote %ld of %zu bytes", result, act.size);
    return result;
}

// A program that reads (or writes) only when SIGIO tells it to.
long DeviceScenario::do_sigio(Player &player, const Act &act, bool reads)
{
    file &file = file_of(act).file;
    file.owner = player.task;
    waitq_fasync(file.device, 3, &file, 1);
    const unsigned int band = reads ? KAPI_POLL_IN : KAPI_POLL_OUT;
    Act once = device::nonblocking(act);
    long result = 0;
    for (;;) {
        const unsigned int seen = file.sigio.at(band);
        result = reads ? do_read(player, once) : do_write(player, once);
        if (result != -KAPI_EAGAIN)
            break;
        sim::wait_for_sigio(file, band, seen);
        if (player.task->signal_pending)
            break;
    }
    waitq_fasync(file.device, -1, &file, 0);
    return result;
}

// A program that looks at the counter only when SIGIO tells it to.
long DeviceScenario::do_sigio_event(const Player &player, const Act &act)
{
    file &file = file_of(act).file;
    file.owner = player.task;
    waitq_fasync(file.device, 3, &file, 1);
    unsigned int ready = 0;
    for (;;) {
        const unsigned int seen = file.sigio.at(KAPI_POLL_MSG);
        ready = waitq_poll(file.device, &file, nullptr) & KAPI_EPOLLMSG;
        if (ready)
            break;
        sim::wait_for_sigio(file, KAPI_POLL_MSG, seen);
        if (player.task->signal_pending)
            break;
    }
    waitq_fasync(file.device, -1, &file, 0);
    return static_cast<long>(ready);
}

} // namespace core
