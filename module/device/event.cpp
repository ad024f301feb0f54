// SPDX-License-Identifier: GPL-2.0
// event.cpp - the event counter: this is where WAITQ_IOC_WAIT sleeps.
#include "event.hpp"

namespace waitq {
namespace {

enum class Clock : unsigned char { none, jiffies };

struct WaitKind {
    __u32 value;
    TaskState state;
    Clock clock;
};

namespace row { // the words of the tables in uapi/waitq.h
constexpr TaskState INTERRUPTIBLE = TaskState::interruptible;
constexpr TaskState UNINTERRUPTIBLE = TaskState::uninterruptible;
constexpr TaskState KILLABLE = TaskState::killable;
constexpr Clock NONE = Clock::none;
constexpr Clock JIFFIES = Clock::jiffies;
enum class Scope : unsigned char { ONE, NR, ALL };
} // namespace row

constexpr WaitKind wait_kinds[] = {
#define WAITQ_X(value, id, name, state, clock) {value, row::state, row::clock},
    WAITQ_WAIT_KINDS(WAITQ_X)
#undef WAITQ_X
};

struct WakeKind {
    __u32 value;
    row::Scope scope;
};

constexpr WakeKind wake_kinds[] = {
#define WAITQ_X(value, id, name, scope) {value, row::Scope::scope},
    WAITQ_WAKE_KINDS(WAITQ_X)
#undef WAITQ_X
};

template <class Row, unsigned int n>
constexpr unsigned int rows(const Row (&)[n])
{
    return n;
}

template <class Row, unsigned int n>
constexpr bool values_are_positions(const Row (&table)[n])
{
    for (unsigned int i = 0; i < n; ++i)
        if (table[i].value != i)
            return false;
    return true;
}
static_assert(values_are_positions(wait_kinds) && values_are_positions(wake_kinds),
              "the rows of a table in uapi/waitq.h count up from 0");

// Checks all that user space may get wrong, before anything is changed.
Error check(const WaitKind &kind, const waitq_wait &request)
{
    constexpr __u32 known = WAITQ_EXCLUSIVE | WAITQ_CONSUME | WAITQ_ABSOLUTE;
    if ((request.flags & ~known) || request.threshold == 0 || request.timeout_ns < 0)
        return Error::bad_argument;
    if (kind.clock == Clock::none && (request.timeout_ns != 0 || (request.flags & WAITQ_ABSOLUTE)))
        return Error::bad_argument;
    return Error::none;
}

// Nobody but the administrator may park a task that kill -9 can't end.
bool forbidden(const WaitKind &kind, __s64 timeout_ns)
{
    return kind.state == TaskState::uninterruptible &&
           (kind.clock == Clock::none || timeout_ns > WAITQ_UNPRIVILEGED_UNINTERRUPTIBLE_MAX_NS) &&
           !kapi_capable_sys_admin();
}

// Out of line and without a mangled name, for /proc/PID/wchan and stack traces.
extern "C" [[gnu::noinline]] WaitResult waitq_wait_for_event(Queue &queue, const WaitKind &kind,
                                                             const waitq_wait &request,
                                                             __s64 timeout_ns);
WaitResult waitq_wait_for_event(Queue &queue, const WaitKind &kind, const waitq_wait &request,
                                __s64 timeout_ns)
{
    const bool consume = request.flags & WAITQ_CONSUME;
    const Exclusive exclusive = request.flags & WAITQ_EXCLUSIVE ? Exclusive::yes : Exclusive::no;
    const auto condition = [&] {
        const SpinGuard guard(queue.lock);
        if (queue.counter < request.threshold)
            return false;
        if (consume) {
            queue.counter -= request.threshold;
            queue.lent += request.threshold;
        }
        return true;
    };
    if (condition())
        return {WaitOutcome::satisfied, 0, 0, 0};
    if (kind.clock == Clock::none)
        return sleep_in(queue, queue.events, kind.state, exclusive, Forever(), condition);
    return sleep_in(queue, queue.events, kind.state, exclusive,
                    Timeout::from_ns(static_cast<__u64>(timeout_ns)), condition);
}

struct Answer {
    waitq_outcome outcome;
    Error error;
};

Answer answer_for(WaitOutcome outcome)
{
    switch (outcome) {
    case WaitOutcome::satisfied:
        return {WAITQ_OUTCOME_SATISFIED, Error::none};
    case WaitOutcome::timed_out:
        return {WAITQ_OUTCOME_TIMED_OUT, Error::timed_out};
    case WaitOutcome::signalled:
        break;
    }
    return {WAITQ_OUTCOME_SIGNALLED, Error::interrupted};
}

} // namespace

bool parse_wakes(__u32 kind, __u32 nr, Wakes &wakes)
{
    if (kind >= rows(wake_kinds))
        return false;
    switch (wake_kinds[kind].scope) {
    case row::Scope::ONE:
        wakes = Wakes::one();
        return nr == 0;
    case row::Scope::ALL:
        wakes = Wakes::all();
        return nr == 0;
    case row::Scope::NR:
        wakes = Wakes::exactly(static_cast<int>(nr));
        return nr >= 1 && nr <= __INT_MAX__;
    }
    return false;
}

Posted post(Queue &queue, __u64 n)
{
    const SpinGuard guard(queue.lock);
    // What is lent may yet be put back, so it takes up room as well.
    if (n > WAITQ_COUNTER_MAX - queue.counter - queue.lent)
        return {Error::overflow, queue.counter};
    queue.counter += n;
    return {Error::none, queue.counter};
}

__u64 announce(Queue &queue, __u64 n, Wakes wakes)
{
    const unsigned long woken = wake(queue, queue.events, wakes);
    notify(queue, poll_event, n != 0 ? KAPI_POLL_MSG : 0);
    return woken;
}

Error wait(Queue &queue, waitq_wait &request)
{
    if (request.kind >= rows(wait_kinds))
        return Error::bad_argument;
    const WaitKind &kind = wait_kinds[request.kind];
    if (const Error error = check(kind, request); error != Error::none)
        return error;

    const bool timed = kind.clock != Clock::none;
    const __s64 now = timed ? kapi_now_ns() : 0;
    __s64 timeout_ns = request.timeout_ns;
    if (request.flags & WAITQ_ABSOLUTE)
        timeout_ns = timeout_ns > now ? timeout_ns - now : 0;
    if (forbidden(kind, timeout_ns))
        return Error::forbidden;

    WaitResult result = waitq_wait_for_event(queue, kind, request, timeout_ns);
    // Jiffies may lag behind the clock (interrupts were off where they are counted), and a
    // very long timeout was cut: what is not over by the clock goes on.
    __s64 left = 0;
    while (result.outcome == WaitOutcome::timed_out &&
           (left = timeout_ns - (kapi_now_ns() - now)) > 0) {
        const unsigned long spurious = result.spurious;
        result = waitq_wait_for_event(queue, kind, request, left);
        result.spurious += spurious;
    }
    if (result.outcome == WaitOutcome::timed_out) {
        const SpinGuard guard(queue.lock);
        ++queue.totals.timeouts;
    }
    const Answer answer = answer_for(result.outcome);
    request.outcome = answer.outcome;
    request.spurious = result.spurious;
    request.left_ns = 0;
    if (timed && result.outcome != WaitOutcome::timed_out) {
        left = timeout_ns - (kapi_now_ns() - now);
        request.left_ns = left > 0 ? left : 0;
    }
    // The call that comes after the signal goes on with what was left.
    if (answer.error == Error::interrupted && timed && !(request.flags & WAITQ_ABSOLUTE))
        request.timeout_ns = request.left_ns;
    return answer.error;
}

void settle(Queue &queue, __u64 n, bool delivered)
{
    {
        const SpinGuard guard(queue.lock);
        queue.lent -= n;
        if (!delivered)
            queue.counter += n;
    }
    // Others may have gone to sleep because of what was lent: any number of them.
    if (!delivered)
        announce(queue, n, Wakes::all());
}

} // namespace waitq
