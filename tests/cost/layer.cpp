// SPDX-License-Identifier: GPL-2.0
// layer.cpp - each wait kind by the wait layer as a driver uses it: in a WaitQueue, and the kind is
// written down. Nothing is left of the tables.
#include "kernel/cost.h"

#include "../../module/lab/kinds.hpp"
#include "../../module/wait/locked.hpp"

namespace waitq::lab {
namespace {

constexpr TaskState state_of(row::State state)
{
    switch (state) {
    case row::State::UNINTERRUPTIBLE:
        return TaskState::uninterruptible;
    case row::State::KILLABLE:
        return TaskState::killable;
    case row::State::IDLE:
        return TaskState::idle;
    case row::State::FREEZABLE:
        return TaskState::freezable;
    case row::State::INTERRUPTIBLE:
    case row::State::CALLER:
        break;
    }
    return TaskState::interruptible;
}

// The policy of a way that wait_event() has.
template <Way way>
WAITQ_INLINE auto policy_of(cost &subject)
{
    auto &lock = reinterpret_cast<SpinLock &>(subject.lock);
    const auto nothing = []() __attribute__((always_inline)){};
    if constexpr (way == Way::io)
        return ForeverIo();
    else if constexpr (way == Way::freezable)
        return ForeverFreezable();
    else if constexpr (way == Way::timeout)
        return Timeout(COST_JIFFIES);
    else if constexpr (way == Way::freezable_timeout)
        return FreezableTimeout(COST_JIFFIES);
    else if constexpr (way == Way::hrtimeout)
        return HrTimeout(COST_NS);
    else if constexpr (way == Way::commanded)
        return Commanded(Forever(), nothing, nothing);
    else if constexpr (way == Way::unlocked)
        return Unlocked<Forever>(lock, Forever());
    else if constexpr (way == Way::unlocked_timeout)
        return Unlocked<Timeout>(lock, Timeout(COST_JIFFIES));
    else if constexpr (way == Way::unlocked_commanded) {
        const Commanded commanded(Forever(), nothing, nothing);
        return Unlocked<decltype(commanded)>(lock, commanded);
    } else
        return Forever();
}

template <__u32 value>
void wait(cost *subject, unsigned int)
{
    constexpr WaitKind kind = wait_kinds[value];
    constexpr Exclusive exclusive = kind.entry == row::Entry::YES ? Exclusive::yes : Exclusive::no;
    auto &queue = reinterpret_cast<WaitQueue &>(subject->queue);
    const auto condition = [&]() __attribute__((always_inline))
    {
        return const_cast<const volatile bool &>(subject->flag);
    };
    if constexpr (kind.way == Way::head_locked)
        (void)wait_event_locked<Interrupts::on>(queue, exclusive, condition);
    else if constexpr (kind.way == Way::head_locked_irq)
        (void)wait_event_locked<Interrupts::off>(queue, exclusive, condition);
    else if constexpr (!kind.by_hand()) // which is in a queue that counts
        (void)wait_event(queue, state_of(kind.state), exclusive, policy_of<kind.way>(*subject),
                         condition);
}

} // namespace
} // namespace waitq::lab

extern "C" const cost_wait cost_layer_waits[] = {
#define LAB_X(value, id, ...) waitq::lab::wait<value>,
    LAB_WAIT_KINDS(LAB_X)
#undef LAB_X
};

void cost_layer_wake(cost *subject)
{
    using namespace waitq;
    reinterpret_cast<WaitQueue &>(subject->queue).wake_up(Wakes::one());
}
