// SPDX-License-Identifier: GPL-2.0
#include "torture/worker.hpp"

#include "bench/machine.hpp"

#include <algorithm>
#include <bit>
#include <sched.h>
#include <unistd.h>

namespace waitq::cli::torture {

void Worker::add(Tally &tally, const Step &call)
{
    tally.posted.at(call.post_queue) += call.post;
    for (std::uint32_t item = 0; call.takes && item < call.count; ++item)
        tally.taken.at(call.queue.at(item)) += call.threshold.at(item);
}

void Worker::begin(Step call)
{
    call.number = slot_.counted().calls + 1;
    call.since = bench::now();
    arena_.go_ahead(call.post_queue, static_cast<std::int64_t>(call.post));
    slot_.step = call;
    slot_.phase.store(Phase::Calling);
}

void Worker::end(int error, const Tally &before)
{
    slot_.phase.store(Phase::Between);
    const Tally &after = slot_.counted();
    const Step &step = slot_.step;
    for (std::size_t queue = 0; queue < queues_max; ++queue) {
        const std::uint64_t posted = after.posted.at(queue) - before.posted.at(queue);
        const std::uint64_t told = queue == step.post_queue ? step.post : 0; // by begin()
        const std::uint64_t taken = after.taken.at(queue) - before.taken.at(queue);
        arena_.go_ahead(queue, static_cast<std::int64_t>(posted - told - taken));
    }
    arena_.go_ahead(stream, static_cast<std::int64_t>((after.written - before.written) -
                                                      (after.read - before.read)));
    had_its_turn_ = (step.count != 0 && (error != 0 || step.takes)) || step.reads;
    if (error != 0 || step.count == 0)
        return;
    const std::int64_t lasted = bench::now() - slot_.step.since;
    if (lasted > slot_.longest) {
        slot_.longest = lasted;
        slot_.longest_operation = slot_.step.operation;
    }
    // Each of all that there were stays with the same probability.
    const std::uint64_t number = slot_.sampled++;
    const std::uint64_t place =
        number < samples_max ? number
                             : std::uniform_int_distribution<std::uint64_t>(0, number)(random_);
    if (place < samples_max)
        slot_.samples.at(place) = lasted;
}

bool Worker::is_active() const
{
    return arena_.is_active(static_cast<std::size_t>(&slot_ - arena_.slots().data()),
                            plan_.waiters);
}

bool Worker::leaves()
{
    return (arena_.leaves() != 0 && roll(arena_.leaves()) == 0) ||
           (had_its_turn_ && arena_.strict() && !stands_back());
}

bool Worker::stands_back()
{
    constexpr int looks = 100;
    constexpr useconds_t between_looks = 200;
    const std::size_t queue = slot_.step.reads ? stream : slot_.step.queue[0];
    for (int look = 0; look < looks; ++look) {
        if (arena_.may_post(queue))
            return true;
        usleep(between_looks);
    }
    return false;
}

bool Worker::may_post(std::size_t queue)
{
    constexpr int looks = 2000;
    constexpr std::uint32_t shortest_ns = 1000;
    const auto pause = [this] {
        // Short times and long ones, as often: nobody knows how far away the taker's sleep is.
        bench::spin(
            roll(arena_.latest_ns() >> roll(std::bit_width(arena_.latest_ns() / shortest_ns))));
    };
    if (again_ == queue) {
        again_.reset();
        pause();
        return true;
    }
    if (arena_.may_post(queue))
        return true;
    for (int look = 0; look < looks; ++look) {
        if (arena_.may_post(queue)) {
            pause();
            if (arena_.strict() && arena_.waiters() > 1 && roll(4) == 0)
                again_ = queue;
            return true;
        }
        if (look % 100 == 99)
            sched_yield();
    }
    usleep(200);
    return false;
}

void Worker::fail(int error, std::string_view what)
{
    if (slot_.failed.load())
        return;
    slot_.failed_operation = slot_.step.operation;
    slot_.failed_with = error;
    const std::size_t size = std::min(what.size(), slot_.failure.size() - 1);
    std::copy_n(what.data(), size, slot_.failure.data());
    slot_.failure.at(size) = '\0';
    slot_.failed.store(true);
}

void work(Worker &worker, Role role, Arena &arena, Slot &slot)
{
    for (bool left = false;;) {
        switch (const Order order = arena.order()) {
        case Order::Run:
            if (!left && worker.is_active())
                worker.advance(role);
            else
                arena.park(order);
            left = left || (role == Role::Waiter && worker.leaves());
            break;
        case Order::Rest:
            worker.rest();
            slot.phase.store(Phase::Parked);
            arena.park(order);
            slot.phase.store(Phase::Between);
            left = false;
            break;
        case Order::Quit:
            worker.rest();
            return;
        }
    }
}

} // namespace waitq::cli::torture
