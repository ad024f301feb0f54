// SPDX-License-Identifier: GPL-2.0
#include "torture/worker.hpp"

#include "bench/machine.hpp"

#include <algorithm>

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
    slot_.step = call;
    slot_.phase.store(Phase::Calling);
}

void Worker::end(int error)
{
    slot_.phase.store(Phase::Between);
    if (error != 0 || slot_.step.count == 0)
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
    for (;;) {
        switch (const Order order = arena.order()) {
        case Order::Run:
            worker.advance(role);
            break;
        case Order::Rest:
            worker.park();
            slot.phase.store(Phase::Parked);
            arena.park(order);
            slot.phase.store(Phase::Between);
            break;
        case Order::Quit:
            worker.park();
            return;
        }
    }
}

} // namespace waitq::cli::torture
