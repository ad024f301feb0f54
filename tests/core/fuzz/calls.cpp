// SPDX-License-Identifier: GPL-2.0
// calls.cpp - each system call with whatever arguments, and what must come of it.
#include "world.hpp"

#include <algorithm>
#include <cstring>

namespace fuzz {
namespace {

using threads::current;

constexpr std::size_t most = 9'216; // bytes of a read or a write

} // namespace

World::File &World::some_file()
{
    return files_.at(input_.below(3));
}

unsigned long World::place(std::size_t size)
{
    const threads::UserMemory &memory = current().user;
    switch (input_.below(16)) {
    case 0:
        return 0;
    case 1:
        return memory.end - std::min<std::size_t>(size, input_.byte());
    case 2:
        return memory.begin - 1;
    case 3:
        return ~0UL - input_.byte();
    default:
        return memory.begin + input_.byte();
    }
}

std::size_t World::accessible(unsigned long at, std::size_t size)
{
    const threads::UserMemory &memory = current().user;
    return at >= memory.begin && at < memory.end ? std::min<std::size_t>(size, memory.end - at) : 0;
}

// One of the call's copies will fail, though the address is good: its memory has gone away.
void World::arm_faults()
{
    current().failing_copy = input_.below(8) == 0 ? 1 + input_.below(3) : 0;
}

// The struct goes into the memory of user space as far as there is any, and comes back.
template <class Struct>
bool World::call(File &file, unsigned int nr, Struct &request, long &result)
{
    request.size = input_.below(16) == 0 ? static_cast<__u32>(input_.number()) : sizeof request;
    const unsigned long at = place(sizeof request);
    const std::size_t there = accessible(at, sizeof request);
    if (there != 0)
        std::memcpy(reinterpret_cast<void *>(at), &request, there);
    const bool last_fails = current().failing_copy == 3;
    result = file.open->ioctl(nr, at, sizeof request);
    if (there != 0)
        std::memcpy(&request, reinterpret_cast<const void *>(at), there);
    must(result == -EFAULT || there == sizeof request, "a bad address goes unnoticed");
    must(result != 0 || request.size == sizeof request, "another size is taken");
    return result == 0 || (result == -EFAULT && last_fails && current().failing_copy == 0);
}

void World::do_read(bool nonblock)
{
    const std::size_t size = input_.flag() ? input_.byte() : input_.number() % most;
    const unsigned long at = place(size);
    const bool faults = current().failing_copy != 0;
    iov_iter iter{at, size};
    const long result = waitq_read(some_file().open->native().device, &iter, nonblock);
    threads::must_be_clean();
    if (size == 0) {
        must(result == 0, "a read of nothing returns something");
        return;
    }
    if (result < 0) {
        must(result != -EAGAIN || (nonblock && held_.empty()), "a read finds no byte");
        must(result != threads::restart || (!nonblock && held_.empty()), "a read is interrupted");
        must(result != -EFAULT || faults || accessible(at, 1) == 0, "a good address is bad");
        return;
    }
    const std::size_t can = accessible(at, std::min(size, held_.size()));
    const auto bytes = static_cast<std::size_t>(result);
    must(bytes <= can && bytes != 0 && (faults || bytes == can), "a read has another size");
    const auto *got = reinterpret_cast<const unsigned char *>(at);
    must(std::equal(got, got + bytes, held_.begin()), "other bytes are read than were written");
    held_.erase(held_.begin(), held_.begin() + result);
}

void World::do_write(bool nonblock)
{
    const std::size_t size = input_.flag() ? input_.byte() : input_.number() % most;
    const unsigned long at = place(size);
    const std::size_t can = accessible(at, size);
    auto *bytes = reinterpret_cast<unsigned char *>(at);
    for (std::size_t i = 0; i < can; ++i)
        bytes[i] = next_byte_++;
    iov_iter iter{at, size};
    Writing mine{bytes, 0};
    Writing *outer = std::exchange(writing_, &mine);
    const long result = waitq_write(some_file().open->native().device, &iter, nonblock);
    threads::must_be_clean();
    absorb();
    writing_ = outer;
    must(mine.entered == static_cast<std::size_t>(std::max(result, 0L)),
         "a write returns another number of bytes than came");
    must(mine.entered <= can, "a write goes past the memory");
    const bool atomic = size <= std::min(capacity_, WAITQ_ATOMIC_WRITE);
    must(!atomic || result <= 0 || mine.entered == size, "an atomic write is torn");
    must(nonblock || result != -EAGAIN, "a write that may sleep would block");
}

void World::do_wait(bool may_sleep)
{
    waitq_wait request{};
    request.kind = static_cast<__u32>(input_.below(16) == 0 ? input_.number() : input_.below(6));
    if (request.kind == WAITQ_WAIT_SLEEP_ON_TIMEOUT)
        request.kind = 0; // the kernel of threads does not have it
    request.flags = static_cast<__u32>(input_.below(16) == 0 ? input_.number() : input_.below(8));
    request.flags &= ~WAITQ_WINDOW; // as long as somebody does not wake, and that may be never
    request.threshold = input_.number();
    request.timeout_ns = input_.flag() ? static_cast<__s64>(input_.number()) : 0;
    if (!may_sleep) { // one that only looks
        request.kind = WAITQ_WAIT_EVENT_INTERRUPTIBLE_TIMEOUT;
        request.timeout_ns = 0;
    }
    const waitq_wait asked = request;
    long result = 0;
    call(some_file(), WAITQ_NR_WAIT, request, result);
    if (result == 0) {
        must(request.outcome == WAITQ_OUTCOME_SATISFIED && counter_ >= asked.threshold &&
                 asked.threshold != 0,
             "a wait ends satisfied that is not");
        if (asked.flags & WAITQ_CONSUME)
            counter_ -= asked.threshold;
    } else if (result == -ETIMEDOUT) {
        must(request.outcome == WAITQ_OUTCOME_TIMED_OUT && counter_ < asked.threshold,
             "a wait times out and its condition is true");
        ++timeouts_;
    } else if (result == threads::restart) {
        must(request.outcome == WAITQ_OUTCOME_SIGNALLED && counter_ < asked.threshold,
             "a wait is interrupted and its condition true");
    } else if (result == -EFAULT) {
        // Whether the time was up nobody is told.
        const std::uint64_t more = device_->info().timeouts - timeouts_;
        must(more <= 1, "one wait, two timeouts");
        timeouts_ += more;
    } else {
        must(result == -EINVAL || (result == -EOPNOTSUPP && asked.kind >= 6) ||
                 (result == -EPERM && !current().privileged),
             "a wait is refused");
    }
}

void World::do_wake()
{
    waitq_wake request{};
    request.kind = static_cast<__u32>(input_.below(16) == 0 ? input_.number() : input_.below(3));
    request.nr = request.kind == WAITQ_WAKE_UP_NR || input_.below(16) == 0
                     ? static_cast<__u32>(input_.number())
                     : 0;
    request.engine = input_.below(16) == 0 ? 2 : WAITQ_ENGINE_CORE;
    request.post = input_.number();
    const waitq_wake asked = request;
    long result = 0;
    if (call(some_file(), WAITQ_NR_WAKE, request, result)) {
        counter_ += asked.post;
        must(counter_ >= asked.post && asked.engine == WAITQ_ENGINE_CORE && asked.kind < 3,
             "a wake-up succeeds that must not");
        must(result != 0 || (request.counter == counter_ && request.woken <= 1),
             "a wake-up has another answer");
    } else if (result == -EOVERFLOW) {
        must(asked.post > WAITQ_COUNTER_MAX - counter_, "a post is refused that fits");
    }
}

void World::do_timer()
{
    waitq_timer request{};
    if (input_.below(8) == 0) {
        request.flags = WAITQ_TIMER_CANCEL;
    } else {
        request.flags = static_cast<__u32>(input_.below(16) == 0 ? input_.number() : input_.flag());
        request.kind = static_cast<__u32>(input_.below(3));
        request.nr = request.kind == WAITQ_WAKE_UP_NR ? static_cast<__u32>(input_.number()) : 0;
        request.delay_ns = static_cast<__s64>(input_.number());
        request.period_ns = input_.flag() ? 0 : static_cast<__s64>(input_.number());
        request.count = request.period_ns == 0 ? 1 : input_.byte();
        request.post = input_.number();
    }
    if (input_.below(16) == 0)
        request.count = input_.number();
    const waitq_timer asked = request;
    File &file = some_file();
    long result = 0;
    if (call(file, WAITQ_NR_TIMER, request, result)) {
        must(result != 0 || request.fired == file.fired, "firings are counted wrong");
        file.fired = 0;
        file.post = asked.post;
    }
}

void World::do_info()
{
    waitq_info request{};
    request.pad = input_.below(8) == 0;
    long result = 0;
    call(some_file(), WAITQ_NR_INFO, request, result);
    must(result != 0 || (request.counter == counter_ && request.pad == 0),
         "the figures are not those of the queue");
}

// A number that is none of the four, with any bytes behind it.
void World::do_garbage()
{
    waitq_call call{WAITQ_IOC_MAGIC, KAPI_IOC_READ_WRITE, WAITQ_NR_WAIT + input_.below(6),
                    input_.byte(), place(256)};
    switch (input_.below(4)) {
    case 0:
        call.magic = input_.byte() | 0x100U;
        break;
    case 1:
        call.direction = input_.below(3);
        break;
    case 2:
        call.nr = 0x80U | input_.byte();
        break;
    default:
        call.size |= 0x1000;
    }
    const long result = waitq_ioctl(some_file().open->native().device, &call);
    threads::must_be_clean();
    must(result == -ENOTTY || result == -EINVAL, "a call that there is not is taken");
}

void World::do_poll()
{
    file &native = some_file().open->native();
    const unsigned int ready = waitq_poll(native.device, &native, nullptr);
    threads::must_be_clean();
    must(!(ready & KAPI_EPOLLIN) == held_.empty(), "POLLIN is wrong");
    must(!(ready & KAPI_EPOLLMSG) == (counter_ == 0), "POLLMSG is wrong");
    const bool room = capacity_ - held_.size() >= std::min(capacity_, WAITQ_ATOMIC_WRITE);
    // A write that sleeps may have the writing end to itself.
    must(!(ready & KAPI_EPOLLOUT) == !room || (!(ready & KAPI_EPOLLOUT) && depth_ > 1),
         "POLLOUT is wrong");
}

void World::do_subscribe()
{
    File &file = some_file();
    if (input_.flag()) {
        file.sigio = !file.sigio;
        must(file.open->sigio(file.sigio) == 1, "fasync() changes nothing");
    } else if (file.epoll) {
        file.epoll.reset();
    } else {
        const unsigned int mask = input_.byte() | (input_.flag() ? KAPI_EPOLLMSG : 0U);
        file.epoll =
            std::make_unique<threads::EpollEntry>(file.open->native(), mask, input_.flag());
    }
}

void World::do_reopen()
{
    File &file = some_file();
    if (file.sigio)
        file.open->sigio(false);
    file.epoll.reset();
    file.open.reset(); // and then a new one
    current().failing_alloc = input_.below(3);
    if (current().failing_alloc == 1) {
        must(waitq_open(device_->queue()) == nullptr, "a file without memory");
        current().failing_alloc = 1 + input_.below(2);
        must(waitq_queue_create(capacity_) == nullptr, "a queue without memory");
        waitq_queue_destroy(nullptr);
    }
    current().failing_alloc = 0;
    file = {};
    file.open = std::make_unique<Open>(*device_);
}

} // namespace fuzz
