// SPDX-License-Identifier: GPL-2.0
// ioctl.cpp - finds the call of an ioctl, and checks its struct.
#include "error.hpp"
#include "event.hpp"
#include "pollfree.hpp"
#include "wait.hpp"
#include "waiters.hpp"

namespace waitq::lab {
namespace {

union Argument {
    __u32 size; // each struct begins with it
    lab_wait wait;
    lab_wake wake;
    lab_info info;
    lab_kinds kinds;
    lab_waiters waiters;
};

// The place of the answer, in user space.
struct Reply {
    unsigned long address;
    __u32 size;

    [[nodiscard]] WAITQ_INLINE bool put(const Argument &argument) const
    {
        return kapi_copy_to_user(address, &argument, size);
    }
    [[nodiscard]] WAITQ_INLINE Error answer(const Argument &argument) const
    {
        return put(argument) ? Error::none : Error::bad_address;
    }
};

Error call_wait(Queue &queue, Argument &argument, const Reply &reply)
{
    const Error error = wait(queue, argument.wait);
    switch (error) {
    case Error::none: {
        const bool delivered = reply.put(argument);
        if (argument.wait.flags & LAB_CONSUME)
            settle(queue, argument.wait.threshold, delivered);
        return delivered ? Error::none : Error::bad_address;
    }
    case Error::timed_out:
    case Error::interrupted:
        return reply.put(argument) ? error : Error::bad_address;
    default:
        return error;
    }
}

#define LAB_X(value, id, text) +1
constexpr __u32 contexts = 0 LAB_CONTEXTS(LAB_X);
#undef LAB_X

// wake_up_pollfree wakes for its own sake: it posts nothing.
Error call_pollfree(Queue &queue, lab_wake &request)
{
    if (request.post != 0)
        return Error::bad_argument;
    unsigned long woken = 0;
    if (const Error error = end_pollfree_queue(queue, request.context, woken); error != Error::none)
        return error;
    count_wake(queue, woken);
    request.woken = woken;
    const SpinGuard guard(queue.lock);
    request.counter = queue.counter;
    return Error::none;
}

// A wake-up on its way to another context.
struct Errand {
    Queue &queue;
    const Order &order;
    Posted posted;
};

void run_errand(void *argument)
{
    auto &errand = *static_cast<Errand *>(argument);
    errand.posted = carry_out(errand.queue, errand.order, false);
}

Error call_wake(Queue &queue, Argument &argument, const Reply &reply)
{
    lab_wake &request = argument.wake;
    const bool macro = request.engine == LAB_ENGINE_MACRO;
    if ((!macro && request.engine != LAB_ENGINE_CORE) || request.context >= contexts)
        return Error::bad_argument;
    Order order{};
    if (const Error error = parse_order(request.kind, request.nr, request.key, request.post, order);
        error != Error::none)
        return error;
    order.macro = macro;
    // A post can't be taken back, so a bad address is found before it.
    if (!reply.put(argument))
        return Error::bad_address;
    if (request.kind == LAB_WAKE_UP_POLLFREE) {
        const Error error = call_pollfree(queue, request);
        return error == Error::none ? reply.answer(argument) : error;
    }
    Errand errand{queue, order, {}};
    if (!kapi_run_in(request.context, run_errand, &errand))
        return Error::no_memory;
    if (errand.posted.error != Error::none)
        return errand.posted.error;
    request.counter = errand.posted.counter;
    request.woken = errand.posted.woken;
    return reply.answer(argument);
}

Error call_info(Queue &queue, Argument &argument, const Reply &reply)
{
    if (argument.info.pad != 0)
        return Error::bad_argument;
    lab_queue_info(&queue, &argument.info);
    return reply.answer(argument);
}

Error call_kinds(Queue &, Argument &argument, const Reply &reply)
{
    if (argument.kinds.pad != 0)
        return Error::bad_argument;
    argument.kinds.wait = kapi_macro_waits();
    argument.kinds.wake = kapi_macro_wakes();
    return reply.answer(argument);
}

Error call_waiters(Queue &queue, Argument &argument, const Reply &reply)
{
    const Error error = list_waiters(queue, argument.waiters);
    return error == Error::none ? reply.answer(argument) : error;
}

struct Call {
    __u32 nr, size;
    Error (*run)(Queue &queue, Argument &argument, const Reply &reply);
};

constexpr Call calls[] = {
    {LAB_NR_WAIT, sizeof(lab_wait), call_wait},
    {LAB_NR_WAKE, sizeof(lab_wake), call_wake},
    {LAB_NR_INFO, sizeof(lab_info), call_info},
    {LAB_NR_KINDS, sizeof(lab_kinds), call_kinds},
    {LAB_NR_WAITERS, sizeof(lab_waiters), call_waiters},
};

const Call *find(__u32 nr)
{
    for (const Call &call : calls)
        if (call.nr == nr)
            return &call;
    return nullptr;
}

Error dispatch(Queue &queue, __u32 nr, __u32 size, unsigned long address)
{
    const Call *call = find(nr);
    if (!call)
        return Error::bad_call;
    if (size != call->size)
        return Error::bad_argument;
    Argument argument;
    if (!kapi_copy_from_user(&argument, address, call->size))
        return Error::bad_address;
    if (argument.size != call->size)
        return Error::bad_argument;
    return call->run(queue, argument, {address, call->size});
}

} // namespace
} // namespace waitq::lab

long lab_ioctl(lab_queue *queue, unsigned int nr, unsigned int size, unsigned long argument)
{
    return waitq::lab::to_errno(waitq::lab::dispatch(*queue, nr, size, argument));
}
