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

void World::open(File &file)
{
    file.open = std::make_unique<Open>(*device_);
    threads::open_as(static_cast<unsigned int>(&file - files_.data()), file.open->native().device);
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
    current().failing_copy = input_.below(8) == 0 ? 1 + input_.below(4) : 0;
}

// The struct goes into the memory of user space as far as there is any, and comes back.
template <class Struct>
bool World::call(File &file, unsigned int nr, unsigned int copies, Struct &request, long &result)
{
    // Longer by some zeros, by something else, too short, or any number.
    struct {
        Struct known;
        std::array<unsigned char, 8> more;
    } sent{request, {}};
    __u32 size = sizeof request;
    switch (input_.below(16)) {
    case 0:
        size = static_cast<__u32>(input_.number());
        break;
    case 1:
        size += 8;
        break;
    case 2:
        size += 8;
        sent.more[input_.below(8)] = 1;
        break;
    default:
        break;
    }
    const bool zeros = std::ranges::count(sent.more, 0) == 8;
    sent.known.size = size;
    const unsigned long at = place(sizeof sent);
    const std::size_t there = accessible(at, sizeof sent);
    if (there != 0)
        std::memcpy(reinterpret_cast<void *>(at), &sent, there);
    // A struct of another size than the usual one takes a copy more.
    const bool last_fails = current().failing_copy == copies + (size != sizeof request);
    result = file.open->ioctl(nr, at);
    if (there != 0)
        std::memcpy(&request, reinterpret_cast<const void *>(at), std::min(there, sizeof request));
    must(result < 0 || (accessible(at, size) == size && size >= sizeof request &&
                        (zeros || size == sizeof request)),
         "a struct is taken that must not");
    must(result != -E2BIG || (size > sizeof request && (!zeros || size > sizeof sent)),
         "a struct is too long that is not");
    return result >= 0 || (result == -EFAULT && last_fails && current().failing_copy == 0);
}

void World::do_read(bool nonblock)
{
    const std::size_t size = input_.flag() ? input_.byte() : input_.number() % most;
    const unsigned long at = place(size);
    const bool faults = current().failing_copy != 0;
    kapi_bytes memory{size, at, nullptr};
    const long result = waitq_read(some_file().open->native().device, &memory,
                                   nonblock ? WAITQ_NONBLOCK : WAITQ_BLOCKS);
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
    kapi_bytes memory{size, at, nullptr};
    Writing mine{bytes, 0};
    Writing *outer = std::exchange(writing_, &mine);
    const long result = waitq_write(some_file().open->native().device, &memory,
                                    nonblock ? WAITQ_NONBLOCK : WAITQ_BLOCKS);
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
    request.flags = static_cast<__u32>(input_.below(16) == 0 ? input_.number() : input_.below(8));
    request.state = static_cast<__u32>(input_.below(16) == 0 ? input_.number() : input_.below(4));
    request.threshold = input_.number();
    request.timeout_ns =
        request.flags & WAITQ_TIMEOUT ? static_cast<__s64>(input_.number() >> 1) : 0;
    if (!may_sleep) { // one that only tests
        request.flags = (request.flags & WAITQ_CONSUME) | WAITQ_TIMEOUT;
        request.timeout_ns = 0;
    }
    const waitq_wait asked = request;
    const __u64 taken = asked.flags & WAITQ_CONSUME ? asked.threshold : 0;
    const bool true_before = counter_ >= asked.threshold;
    Waiting mine{asked.threshold, taken, false};
    Waiting *outer = may_sleep ? std::exchange(waiting_, &mine) : waiting_;
    long result = 0;
    call(some_file(), WAITQ_NR_WAIT, 2, request, result);
    waiting_ = outer;
    if (result == 0) {
        must(asked.threshold != 0 && (mine.served || true_before || counter_ >= asked.threshold),
             "a wait ends satisfied that is not");
        if (!mine.served)
            counter_ -= taken;
        must((asked.flags & (WAITQ_TIMEOUT | WAITQ_ABSOLUTE)) != WAITQ_TIMEOUT ||
                 (request.timeout_ns >= 0 && request.timeout_ns <= asked.timeout_ns),
             "more time is left than there was");
        return;
    }
    must(!mine.served, "a task is served and not told");
    if (result == -ETIMEDOUT) {
        must((asked.flags & WAITQ_TIMEOUT) && counter_ < asked.threshold,
             "a wait times out and its condition is true");
        ++timeouts_;
    } else if (result == threads::restart) {
        must(counter_ < asked.threshold, "a wait is interrupted and its condition true");
    } else {
        must(result == -EINVAL || result == -E2BIG || result == -EFAULT ||
                 (result == -EPERM && !current().privileged),
             "a wait is refused");
    }
}

// WAIT_ANY or WAIT_ALL of this one queue, which only looks. The items are behind the struct, as far
// as there is memory.
void World::do_wait_many()
{
    const bool all = input_.flag(), alert = input_.below(4) == 0;
    std::vector<waitq_item> items(input_.below(4));
    for (waitq_item &item : items)
        item = {static_cast<__u32>(input_.below(16) == 0 ? input_.number() : input_.below(3)),
                static_cast<__u32>(input_.below(16) == 0 ? input_.number() : input_.below(4)),
                input_.number()};
    if (input_.below(16) == 0)
        items.resize(WAITQ_ITEMS_MAX + input_.below(3), {0, 0, 1});
    const unsigned long at = current().user.begin + 1024 + input_.byte();
    const std::size_t size = items.size() * sizeof(waitq_item), there = accessible(at, size);
    if (there != 0)
        std::memcpy(reinterpret_cast<void *>(at), items.data(), there);
    waitq_wait_many request{};
    request.flags = WAITQ_TIMEOUT | (alert ? WAITQ_ALERT : 0);
    request.count = static_cast<__u32>(items.size());
    request.items = at;
    long result = 0;
    call(some_file(), all ? WAITQ_NR_WAIT_ALL : WAITQ_NR_WAIT_ANY,
         2 + static_cast<unsigned int>(items.size()), request, result);
    if (result < 0 && result != -ETIMEDOUT)
        return;
    const bool good = std::ranges::all_of(items, [](const waitq_item &item) {
        return item.fd < 3 && item.flags < 4 && item.threshold != 0 &&
               item.threshold <= WAITQ_COUNTER_MAX;
    });
    must(good && there == size && items.size() > alert && items.size() <= WAITQ_ITEMS_MAX + alert &&
             (!all || items.size() == 1),
         "items are taken that must not");
    const auto first = std::ranges::find_if(
        items, [&](const waitq_item &item) { return counter_ >= item.threshold; });
    must(result == (first == items.end() ? -ETIMEDOUT : first - items.begin()),
         "another item is satisfied than the first that is");
    if (result < 0)
        timeouts_ += items.size();
    else
        counter_ -= first->flags & WAITQ_CONSUME ? first->threshold : 0;
}

// read() of an EVENTFD.
void World::do_take(bool nonblock)
{
    const std::size_t size = input_.below(8) == 0 ? input_.byte() : 8;
    const unsigned long at = place(size);
    const bool faults = current().failing_copy != 0;
    kapi_bytes memory{size, at, nullptr};
    Waiting mine{1, 1, false};
    Waiting *outer = nonblock ? waiting_ : std::exchange(waiting_, &mine);
    const long result = threads::returned(
        waitq_eventfd_read(device_->queue(), &memory, nonblock ? WAITQ_NONBLOCK : WAITQ_BLOCKS));
    waiting_ = outer;
    if (result == 8) {
        __u64 value = 0;
        if (at != 0) // a read to nowhere can't be 8 bytes, which clang-tidy does not know
            std::memcpy(&value, reinterpret_cast<const void *>(at), sizeof value);
        must(value == 1 && (mine.served || counter_ != 0), "an event is read that there is not");
        counter_ -= mine.served ? 0 : 1;
    } else if (result == -EFAULT) {
        must(faults || accessible(at, 8) < 8, "a good address is bad");
        counter_ += mine.served ? 1 : 0; // put back
    } else {
        must(!mine.served && ((result == -EINVAL && size < 8) ||
                              (result == -EAGAIN && nonblock && counter_ == 0) ||
                              (result == threads::restart && !nonblock && counter_ == 0)),
             "an event is not read");
    }
}

// write() to an EVENTFD.
void World::do_add(bool nonblock)
{
    const std::size_t size = input_.below(8) == 0 ? input_.byte() : 8;
    const unsigned long at = place(size);
    const __u64 n = input_.number();
    const std::size_t there = accessible(at, std::min<std::size_t>(size, 8));
    if (there == 8)
        std::memcpy(reinterpret_cast<void *>(at), &n, sizeof n);
    const bool faults = current().failing_copy != 0;
    kapi_bytes memory{size, at, nullptr};
    const bool outer = std::exchange(adding_, adding_ || !nonblock);
    const long result = threads::returned(
        waitq_eventfd_write(device_->queue(), &memory, nonblock ? WAITQ_NONBLOCK : WAITQ_BLOCKS));
    adding_ = outer;
    if (result == 8)
        must(post(n), "a number is added that there is no room for");
    else if (result == -EFAULT)
        must(faults || there < 8, "a good address is bad");
    else
        must((result == -EINVAL && (size < 8 || n > WAITQ_COUNTER_MAX)) ||
                 ((nonblock ? result == -EAGAIN : result == threads::restart) &&
                  n > WAITQ_COUNTER_MAX - counter_),
             "a number is not added");
}

void World::do_wake()
{
    waitq_wake request{};
    request.flags = input_.below(16) == 0;
    request.nr = static_cast<__u32>(input_.below(4) == 0 ? input_.number() : input_.below(3));
    request.post = input_.number();
    const waitq_wake asked = request;
    long result = 0;
    if (call(some_file(), WAITQ_NR_WAKE, 99, request, result)) {
        must(asked.flags == 0 && post(asked.post), "a wake-up succeeds that must not");
        must(result <= 1, "more are woken than wait");
    } else if (result == -EOVERFLOW) {
        must(asked.post > WAITQ_COUNTER_MAX - counter_, "a post is refused that fits");
    }
}

void World::do_timer()
{
    waitq_timer request{};
    if (input_.below(8) == 0) {
        request.flags = WAITQ_CANCEL;
    } else {
        request.flags = input_.below(16) == 0  ? static_cast<__u32>(input_.number())
                        : input_.below(2) == 0 ? WAITQ_ABSOLUTE
                                               : 0;
        request.nr = input_.below(3);
        request.delay_ns = static_cast<__s64>(input_.number());
        request.period_ns = input_.flag() ? 0 : static_cast<__s64>(input_.number());
        request.count = request.period_ns == 0 ? 1 : input_.byte();
        request.post = input_.number();
    }
    if (input_.below(16) == 0)
        request.count = input_.number();
    const waitq_timer asked = request;
    File &file = some_file();
    const std::uint64_t armings = armings_;
    long result = 0;
    if (!call(file, WAITQ_NR_TIMER, 3, request, result))
        return;
    must(result != 0 || request.fired == file.fired, "firings are counted wrong");
    file.fired = 0;
    file.armed = !(asked.flags & WAITQ_CANCEL);
    file.due_ns = static_cast<std::uint64_t>(asked.delay_ns);
    if (!(asked.flags & WAITQ_ABSOLUTE))
        file.due_ns = std::min<std::uint64_t>(file.due_ns + static_cast<std::uint64_t>(now_ns_),
                                              threads::endless);
    file.period_ns = static_cast<std::uint64_t>(asked.period_ns);
    file.left = asked.count;
    file.post = asked.post;
    file.order = armings_ = armings + 1;
}

void World::do_info()
{
    waitq_info request{};
    request.flags = input_.below(8) == 0;
    const bool bad = request.flags;
    long result = 0;
    call(some_file(), WAITQ_NR_INFO, 2, request, result);
    must(result != 0 || (request.counter == counter_ && !bad),
         "the figures are not those of the queue");
}

void World::do_waiters()
{
    waitq_waiters request{};
    request.flags = input_.below(16) == 0;
    request.count = static_cast<__u32>(input_.below(8) == 0 ? input_.number() : input_.below(4));
    request.stride =
        static_cast<__u32>(input_.below(4) == 0 ? input_.number() : sizeof(waitq_waiter));
    // Behind the struct, as far as there is memory.
    request.waiters = current().user.begin + 1024 + input_.byte();
    const waitq_waiters asked = request;
    long result = 0;
    call(some_file(), WAITQ_NR_WAITERS, 99, request, result);
    must(result != 0 || (asked.flags == 0 && request.count <= asked.count &&
                         request.count <= request.linked && request.linked <= 8),
         "the list of waiters is not one");
}

// A number that is none of the calls, with any address behind it.
void World::do_garbage()
{
    const long result = some_file().open->ioctl(6U + input_.byte() * 0x101U, place(256));
    must(result == -ENOTTY, "a call that there is not is taken");
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
    const unsigned int events = threads::eventfd_ready(device_->queue());
    must(!(events & KAPI_EPOLLIN) == (counter_ == 0) &&
             !(events & KAPI_EPOLLOUT) == (counter_ == WAITQ_COUNTER_MAX),
         "an EVENTFD is ready for something else");
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
        const waitq_opener opener{1, true, true};
        must(waitq_open(device_->queue(), &opener) == nullptr, "a file without memory");
        current().failing_alloc = 1 + input_.below(2);
        must(waitq_queue_create(capacity_) == nullptr, "a queue without memory");
        waitq_queue_destroy(nullptr);
    }
    current().failing_alloc = 0;
    file = {};
    open(file);
}

} // namespace fuzz
