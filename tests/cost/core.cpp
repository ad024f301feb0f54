// SPDX-License-Identifier: GPL-2.0
// core.cpp - each wait kind by the wait layer, with the kind a constant.
#include "kernel/cost.h"

#include "../../module/device/by_kind.hpp"

namespace waitq {
namespace {

static_assert(sizeof(CountedQueue) == sizeof(cost_queue));

template <__u32 value>
struct Wanted {
    static constexpr WaitKind kind = wait_kinds[value];
    static constexpr TaskState states[] = {TaskState::interruptible, TaskState::uninterruptible,
                                           TaskState::killable,      TaskState::idle,
                                           TaskState::freezable,     TaskState::interruptible};
    static constexpr TaskState state = states[static_cast<int>(kind.state)];
    static constexpr Exclusive exclusive =
        kind.entry == row::Entry::YES ? Exclusive::yes : Exclusive::no;

    cost &subject;

    // Sleeping by hand is in a queue that counts.
    WAITQ_INLINE auto &head()
    {
        if constexpr (kind.sleep < row::Sleep::PREPARE)
            return reinterpret_cast<WaitQueue &>(subject.queue);
        else
            return reinterpret_cast<CountedQueue &>(subject.queue);
    }
    WAITQ_INLINE SpinLock &lock() { return reinterpret_cast<SpinLock &>(subject.lock); }
    WAITQ_INLINE auto condition()
    {
        const bool &flag = subject.flag;
        return [&flag]() __attribute__((always_inline))
        {
            return const_cast<const volatile bool &>(flag);
        };
    }
    WAITQ_INLINE void before() {}
    WAITQ_INLINE void after() {}
};

template <__u32 value>
void wait(cost *subject)
{
    Wanted<value> wanted{*subject};
    constexpr Duration time{COST_JIFFIES, COST_NS};
    if constexpr (Wanted<value>::kind.sleep < row::Sleep::PREPARE) {
        (void)wait_event_by_kind(wanted, time);
    } else if constexpr (COST_HAS(value)) {
        HandResult result{};
        (void)sleep_by_kind(wanted, time, result);
    }
}

} // namespace
} // namespace waitq

extern "C" const cost_wait cost_core_waits[] = {
#define WAITQ_X(value, id, ...) waitq::wait<value>,
    WAITQ_WAIT_KINDS(WAITQ_X)
#undef WAITQ_X
};

void cost_core_wake(cost *subject)
{
    reinterpret_cast<waitq::WaitQueue &>(subject->queue).wake_up(waitq::Wakes::one());
}
