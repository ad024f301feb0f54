// SPDX-License-Identifier: GPL-2.0
// ioctl.cpp - from an ioctl's number and address to a call, strictly.
#include "error.hpp"
#include "event.hpp"
#include "file.hpp"

namespace waitq {
namespace {

union Argument {
    __u32 size; // what each struct begins with
    waitq_wait wait;
    waitq_wake wake;
    waitq_timer timer;
    waitq_info info;
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

Error call_wake(waitq_file &file, Argument &argument, const Reply &reply)
{
    waitq_wake &request = argument.wake;
    Wakes wakes = Wakes::one();
    if (request.pad != 0 || !parse_wakes(request.kind, request.nr, wakes))
        return Error::bad_argument;
    // A post can't be taken back, so a bad address is found before it.
    if (!reply.put(argument))
        return Error::bad_address;
    const Posted posted = post(*file.queue, request.post);
    if (posted.error != Error::none)
        return posted.error;
    request.counter = posted.counter;
    request.woken = announce(*file.queue, request.post, wakes);
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

struct Call {
    __u32 nr, size;
    Error (*run)(waitq_file &file, Argument &argument, const Reply &reply);
};

constexpr Call calls[] = {
    {WAITQ_NR_WAIT, sizeof(waitq_wait), call_wait},
    {WAITQ_NR_WAKE, sizeof(waitq_wake), call_wake},
    {WAITQ_NR_TIMER, sizeof(waitq_timer), call_timer},
    {WAITQ_NR_INFO, sizeof(waitq_info), call_info},
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
