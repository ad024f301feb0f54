// SPDX-License-Identifier: GPL-2.0
#include "torture/device_worker.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <sys/ioctl.h>
#include <system_error>
#include <unistd.h>

namespace waitq::cli::torture {

namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t shortest_wait_ns = 1000, doublings = 12; ///< up to 2 ms

constexpr auto operations = std::to_array<DeviceOperation>({
    // The plain waits stand more than once: they are what most programs do.
    {"wait", Role::Waiter, Strict | Plain | Many | Polls, {}, &DeviceWorker::wait},
    {"wait", Role::Waiter, Strict | Plain | Many | Polls, {}, &DeviceWorker::wait},
    {"look", Role::Waiter, Plain | Many, {}, &DeviceWorker::look},
    {"take", Role::Waiter, Strict | Plain | Many | Polls, {}, &DeviceWorker::take},
    {"take by eventfd",
     Role::Waiter,
     Strict | Plain | Many | Polls,
     {},
     &DeviceWorker::take_by_eventfd},
    {"wait-any", Role::Waiter, Many, {}, &DeviceWorker::wait_any},
    {"wait-all", Role::Waiter, Many, {}, &DeviceWorker::wait_all},
    {"signal and wait", Role::Waiter, Many, {}, &DeviceWorker::signal_wait},
    {"read", Role::Waiter, Bytes | StrictBytes, {}, &DeviceWorker::read},
    {"read", Role::Waiter, Bytes | StrictBytes, {}, &DeviceWorker::read},
    {"read to nowhere", Role::Waiter, Bytes, {}, &DeviceWorker::read_to_nowhere},
    {"poll without a timeout", Role::Waiter, Strict | Polls, {}, &DeviceWorker::poll_for_ever},
    {"poll", Role::Waiter, Polls | Bytes, Noise::pollers, &DeviceWorker::poll},
    {"epoll", Role::Waiter, Polls | Bytes, Noise::pollers, &DeviceWorker::epoll},
    {"io_uring", Role::Waiter, Polls | Bytes, Noise::pollers, &DeviceWorker::uring},
    {"close while polled", Role::Waiter, Polls | Bytes, Noise::close,
     &DeviceWorker::close_while_polled},
    {"fork", Role::Waiter, Polls | Bytes | Many, Noise::fork, &DeviceWorker::fork_here},
    {"post", Role::Waker, Strict | Plain | Many | Polls, {}, &DeviceWorker::post},
    {"post", Role::Waker, Strict | Plain | Many | Polls, {}, &DeviceWorker::post},
    {"wake", Role::Waker, Strict | Plain | Many | Polls, {}, &DeviceWorker::wake},
    {"wake some", Role::Waker, Strict | Plain | Many | Polls, {}, &DeviceWorker::wake_some},
    {"wake none", Role::Waker, Plain | Many | Polls, {}, &DeviceWorker::wake_none},
    {"add by eventfd",
     Role::Waker,
     Strict | Plain | Many | Polls,
     {},
     &DeviceWorker::add_by_eventfd},
    {"timer", Role::Waker, Plain | Many | Polls, {}, &DeviceWorker::arm},
    {"write", Role::Waker, Bytes | StrictBytes, {}, &DeviceWorker::write},
});

int number_of(std::error_code error)
{
    return error.value();
}

} // namespace

std::span<const DeviceOperation> device_operations()
{
    return operations;
}

DeviceWorker::DeviceWorker(Arena &arena, Slot &slot, const Plan &plan, std::uint64_t seed,
                           unsigned queues)
    : Worker(arena, slot, plan, seed), eventfds_(queues),
      // The director writes too.
      seen_(arena.slots().size() + 1), has_seen_(arena.slots().size() + 1)
{
    for (unsigned index = 0; index < queues; ++index) {
        auto file = Device::open(index);
        if (!file)
            throw std::system_error(file.error(), "open of a device");
        files_.push_back(std::move(*file));
    }
}

void DeviceWorker::advance(Role role)
{
    const std::uint32_t mode = arena().mode().load();
    std::array<std::uint32_t, operations.size()> fit{};
    std::uint32_t count = 0;
    for (std::uint32_t index = 0; index < operations.size(); ++index) {
        const DeviceOperation &operation = operations.at(index);
        if (operation.role == role && (operation.modes & mode) != 0 &&
            (!operation.noise || has(*operation.noise)))
            fit.at(count++) = index;
    }
    // A round may have nothing for this task: of bytes, say, for the wakers that only post.
    Step call;
    call.post_queue = any_queue();
    const bool posts = role == Role::Waker && (mode & Bytes) == 0;
    const std::size_t ahead = mode == StrictBytes ? stream : call.post_queue;
    if (count == 0) {
        usleep(200);
        return;
    }
    if (posts && !may_post(ahead))
        return;
    call.operation = fit.at(roll(count));
    (this->*operations.at(call.operation).run)(call);
}

void DeviceWorker::park()
{
    end_timer();
}

// ---- waits for events ----

std::optional<When> DeviceWorker::some_time()
{
    if (!has(Noise::timeouts) || roll(3) != 0)
        return {};
    return std::chrono::nanoseconds(roll(shortest_wait_ns << roll(doublings)));
}

void DeviceWorker::expect(int error, bool timed)
{
    if (error != 0 && error != EINTR && (error != ETIMEDOUT || !timed))
        fail(error, "failed");
}

void DeviceWorker::wait_by(Step call, const WaitRequest &request)
{
    const std::uint32_t queue = any_queue();
    call.count = 1;
    call.queue[0] = queue;
    call.threshold[0] = request.threshold;
    call.takes = request.consume;
    call.exclusive = request.exclusive;
    call.timed = request.timeout.has_value();
    const int error = counted(call, [&] {
        const auto result = files_.at(queue).wait(request);
        if (!result)
            return number_of(result.error());
        switch (result->outcome) {
        case Outcome::Satisfied:
            return 0;
        case Outcome::TimedOut:
            return ETIMEDOUT;
        case Outcome::Signalled:
            break;
        }
        return EINTR;
    });
    expect(error, call.timed);
}

void DeviceWorker::wait(Step call)
{
    WaitRequest request;
    request.threshold = 1 + roll(arena().most());
    request.consume = true;
    request.exclusive = roll(4) != 0;
    constexpr std::array states{State::Interruptible, State::Interruptible, State::Killable,
                                State::Uninterruptible, State::Idle};
    request.state = states.at(roll(states.size()));
    request.timeout = some_time();
    wait_by(call, request);
}

void DeviceWorker::look(Step call)
{
    WaitRequest request;
    request.threshold = 1 + roll(arena().most());
    request.timeout = some_time();
    wait_by(call, request);
    // Where the counter is high enough, looking does not sleep, and would take all of a processor.
    sched_yield();
}

void DeviceWorker::take(Step call)
{
    const std::uint32_t queue = any_queue();
    const unsigned long n = 1 + roll(arena().most());
    call.count = 1;
    call.queue[0] = queue;
    call.threshold[0] = n;
    call.takes = call.exclusive = true;
    const int error =
        counted(call, [&] { return error_of(ioctl(files_.at(queue).fd(), WAITQ_IOC_TAKE, n)); });
    expect(error, false);
}

int DeviceWorker::eventfd_of(std::uint32_t queue)
{
    auto &eventfd = eventfds_.at(queue);
    if (!eventfd) {
        auto made = files_.at(queue).eventfd();
        if (!made) {
            fail(number_of(made.error()), "no eventfd");
            return -1;
        }
        eventfd = std::move(*made);
    }
    return eventfd->fd();
}

void DeviceWorker::take_by_eventfd(Step call)
{
    const std::uint32_t queue = any_queue();
    const int file = eventfd_of(queue);
    call.count = 1;
    call.queue[0] = queue;
    call.threshold[0] = 1;
    call.takes = call.exclusive = true;
    const int error = counted(call, [&] {
        std::uint64_t value = 0;
        return error_of(::read(file, &value, sizeof value));
    });
    expect(error, false);
    if (error == 0) {
        // Not kept for ever: closing is a path of its own.
        if (roll(8) == 0)
            eventfds_.at(queue).reset();
    }
}

void DeviceWorker::wait_many(Step call, bool all)
{
    const auto queues = static_cast<std::uint32_t>(files_.size());
    call.count = std::min(2 + roll(2), queues);
    const std::uint32_t first = any_queue();
    call.all = all;
    call.takes = call.exclusive = true;
    std::vector<Item> items;
    for (std::uint32_t item = 0; item < call.count; ++item) {
        call.queue.at(item) = (first + item) % queues;
        call.threshold.at(item) = 1 + roll(2);
        items.push_back({files_.at(call.queue.at(item)), call.threshold.at(item)});
    }
    ManyRequest request;
    request.timeout = some_time();
    call.timed = request.timeout.has_value();
    std::size_t which = 0;
    const int error = counted(
        call,
        [&] {
            const auto result = (all ? waitq::wait_all : waitq::wait_any)(items, request);
            if (!result)
                return number_of(result.error());
            which = result->item;
            return result->outcome == Outcome::Satisfied  ? 0
                   : result->outcome == Outcome::TimedOut ? ETIMEDOUT
                                                          : EINTR;
        },
        [&](Tally &tally, int failed) {
            if (failed == 0 && all)
                add(tally, call);
            else if (failed == 0)
                tally.taken.at(call.queue.at(which)) += call.threshold.at(which);
        });
    expect(error, call.timed);
}

void DeviceWorker::wait_any(Step call)
{
    wait_many(call, false);
}

void DeviceWorker::wait_all(Step call)
{
    wait_many(call, true);
}

void DeviceWorker::signal_wait(Step call)
{
    const std::uint32_t queue = any_queue();
    call.count = 1;
    call.queue[0] = queue;
    call.threshold[0] = 1;
    call.takes = call.exclusive = true;
    call.post = 1;
    WaitRequest request;
    request.consume = request.exclusive = true;
    // Whatever comes of the wait, the post was made.
    const int error = counted(
        call,
        [&] {
            const auto result =
                files_.at(queue).signal_and_wait(files_.at(call.post_queue), request, call.post);
            if (!result)
                return number_of(result.error());
            return result->outcome == Outcome::Satisfied ? 0 : EINTR;
        },
        [&](Tally &tally, int failed) {
            tally.posted.at(call.post_queue) += call.post;
            tally.taken.at(queue) += failed == 0 ? 1 : 0;
        });
    expect(error, false);
}

/// After a poll: what it told of may be gone by now.
void DeviceWorker::take_if_there(std::uint32_t operation)
{
    Step call;
    call.operation = operation;
    const std::uint32_t queue = any_queue();
    call.count = 1;
    call.queue[0] = queue;
    call.threshold[0] = 1;
    call.takes = call.exclusive = call.timed = true;
    WaitRequest request;
    request.consume = request.exclusive = true;
    request.timeout = 0ns;
    const int error = counted(call, [&] {
        const auto result = files_.at(queue).wait(request);
        if (!result)
            return number_of(result.error());
        return result->outcome == Outcome::Satisfied ? 0 : ETIMEDOUT;
    });
    expect(error, true);
}

// ---- wake-ups ----

void DeviceWorker::post_by(Step call, std::uint64_t n, const WakeRequest &request)
{
    const std::uint32_t queue = call.post_queue;
    call.post = n;
    const int error =
        counted(call, [&] { return number_of(files_.at(queue).wake(request).error()); });
    if (error != 0)
        fail(error, "failed");
}

void DeviceWorker::post(Step call)
{
    const std::uint32_t queue = call.post_queue;
    call.post = 1 + roll(arena().most());
    const int error =
        counted(call, [&] { return number_of(files_.at(queue).post(call.post).error()); });
    if (error != 0)
        fail(error, "failed");
}

void DeviceWorker::wake(Step call)
{
    const std::uint64_t n = 1 + roll(arena().most());
    post_by(call, n, {every_waiter, n, roll(2) == 0});
}

// A waiter that sleeps wants Arena::most() at most, so the counter was below that before. And each
// exclusive one takes: no more can be satisfied.
void DeviceWorker::wake_some(Step call)
{
    const std::uint64_t n = 1 + roll(arena().most());
    post_by(call, n, {static_cast<std::uint32_t>(n) + arena().most() - 1, n, roll(2) == 0});
}

void DeviceWorker::wake_none(Step call)
{
    post_by(call, 0, {every_waiter, 0, false});
}

void DeviceWorker::add_by_eventfd(Step call)
{
    const std::uint32_t queue = call.post_queue;
    const int file = eventfd_of(queue);
    call.post = 1 + roll(arena().most());
    const int error =
        counted(call, [&] { return error_of(::write(file, &call.post, sizeof call.post)); });
    // No task writes so much that a write would have to wait.
    if (error != 0)
        fail(error, "failed");
}

void DeviceWorker::end_timer()
{
    if (!armed_)
        return;
    Step call;
    call.operation = slot().step.operation;
    const std::uint32_t queue = *armed_;
    std::uint64_t fired = 0;
    const int error = counted(
        call,
        [&] {
            const auto result = files_.at(queue).cancel_timer();
            fired = result ? *result : 0;
            return number_of(result.error());
        },
        [&](Tally &tally, int) { tally.posted.at(queue) += fired; });
    if (error != 0)
        fail(error, "the timer is not cancelled");
    slot().timer_posts = 0;
    armed_.reset();
}

void DeviceWorker::arm(Step call)
{
    end_timer();
    armed_ = call.post_queue;
    TimerRequest request;
    request.delay = std::chrono::nanoseconds(roll(1'000'000));
    request.count = 1 + roll(arena().most());
    request.period = std::chrono::nanoseconds(request.count == 1 ? 0 : 200'000 + roll(300'000));
    request.wake = {every_waiter, 1, false};
    slot().timer_queue = *armed_;
    slot().timer_posts = request.count;
    const int error =
        counted(call, [&] { return number_of(files_.at(*armed_).arm(request).error()); });
    if (error != 0)
        fail(error, "failed");
}

} // namespace waitq::cli::torture
