// SPDX-License-Identifier: GPL-2.0
// ioctl.cpp - from an ioctl's number and address to a call, strictly.
#include "error.hpp"
#include "event.hpp"
#include "file.hpp"
#include "mortal.hpp"
#include "wait.hpp"
#include "waiters.hpp"

namespace waitq {
namespace {

union Argument {
    __u32 size; // what each struct begins with
    waitq_wait wait;
    waitq_wake wake;
    waitq_timer timer;
    waitq_info info;
    waitq_kinds kinds;
    waitq_waiters waiters;
};

// Where the answer goes.
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

Error call_wait(waitq_file &file, Argument &argument, const Reply &reply)
{
    const Error error = wait(*file.queue, argument.wait);
    switch (error) {
    case Error::none: {
        const bool delivered = reply.put(argument);
        if (argument.wait.flags & WAITQ_CONSUME)
            settle(*file.queue, argument.wait.threshold, delivered);
        return delivered ? Error::none : Error::bad_address;
    }
    case Error::timed_out:
    case Error::interrupted:
        return reply.put(argument) ? error : Error::bad_address;
    default:
        return error;
    }
}

// An interrupt's time is everybody's, and a wake-up is as long as the queue. (The timers, which
// are everybody's too, are paced.)
bool in_interrupt(__u32 context)
{
    return context == WAITQ_CONTEXT_HARD_IRQ || context == WAITQ_CONTEXT_SOFT_IRQ ||
           context == WAITQ_CONTEXT_IRQ_WORK;
}

// wake_up_pollfree wakes for its own sake: it posts nothing.
Error call_pollfree(Queue &queue, waitq_wake &request)
{
    if (request.post != 0)
        return Error::bad_argument;
    unsigned long woken = 0;
    if (const Error error = end_mortal(queue, request.context, woken); error != Error::none)
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

Error call_wake(waitq_file &file, Argument &argument, const Reply &reply)
{
    waitq_wake &request = argument.wake;
    Queue &queue = *file.queue;
    if (request.engine > WAITQ_ENGINE_MACRO || request.context > WAITQ_CONTEXT_KTHREAD)
        return Error::bad_argument;
    Order order{};
    if (const Error error = parse_order(request.kind, request.nr, request.key, request.post, order);
        error != Error::none)
        return error;
    order.macro = request.engine == WAITQ_ENGINE_MACRO;
    if (in_interrupt(request.context) && !kapi_capable_sys_admin())
        return Error::forbidden;
    // A post can't be taken back, so a bad address is found before it.
    if (!reply.put(argument))
        return Error::bad_address;
    if (request.kind == WAITQ_WAKE_UP_POLLFREE) {
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

Error call_timer(waitq_file &file, Argument &argument, const Reply &reply)
{
    if (!reply.put(argument)) // as in call_wake()
        return Error::bad_address;
    const Error error = file.timer.set(argument.timer);
    return error == Error::none ? reply.answer(argument) : error;
}

Error call_info(waitq_file &file, Argument &argument, const Reply &reply)
{
    if (argument.info.pad != 0)
        return Error::bad_argument;
    waitq_queue_info(file.queue, &argument.info);
    return reply.answer(argument);
}

Error call_kinds(waitq_file &, Argument &argument, const Reply &reply)
{
    if (argument.kinds.pad != 0)
        return Error::bad_argument;
    argument.kinds.wait = kapi_macro_waits();
    argument.kinds.wake = kapi_macro_wakes();
    return reply.answer(argument);
}

Error call_waiters(waitq_file &file, Argument &argument, const Reply &reply)
{
    const Error error = list_waiters(*file.queue, argument.waiters);
    return error == Error::none ? reply.answer(argument) : error;
}

struct Call {
    __u32 nr, size;
    Error (*run)(waitq_file &file, Argument &argument, const Reply &reply);
};

constexpr Call calls[] = {
    {WAITQ_NR_WAIT, sizeof(waitq_wait), call_wait},
    {WAITQ_NR_WAKE, sizeof(waitq_wake), call_wake},
    {WAITQ_NR_TIMER, sizeof(waitq_timer), call_timer},
    {WAITQ_NR_INFO, sizeof(waitq_info), call_info},
    {WAITQ_NR_KINDS, sizeof(waitq_kinds), call_kinds},
    {WAITQ_NR_WAITERS, sizeof(waitq_waiters), call_waiters},
};

const Call *find(__u32 nr)
{
    for (const Call &call : calls)
        if (call.nr == nr)
            return &call;
    return nullptr;
}

Error dispatch(waitq_file &file, const waitq_call &number)
{
    if (number.magic != WAITQ_IOC_MAGIC || number.direction != KAPI_IOC_READ_WRITE)
        return Error::bad_call;
    const Call *call = find(number.nr);
    if (!call)
        return Error::bad_call;
    if (number.size != call->size)
        return Error::bad_argument;
    Argument argument;
    if (!kapi_copy_from_user(&argument, number.argument, call->size))
        return Error::bad_address;
    if (argument.size != call->size)
        return Error::bad_argument;
    return call->run(file, argument, {number.argument, call->size});
}

} // namespace
} // namespace waitq

long waitq_ioctl(waitq_file *file, const waitq_call *call)
{
    return waitq::to_errno(waitq::dispatch(*file, *call));
}
