// SPDX-License-Identifier: GPL-2.0
// ioctl.cpp - finds the call of an ioctl, and checks its struct by the rules at the head of
// uapi/waitq.h.
#include "error.hpp"
#include "event.hpp"
#include "file.hpp"
#include "wait.hpp"
#include "waiters.hpp"

namespace waitq {
namespace {

union Argument {
    __u32 size; // each struct begins with it
    waitq_wait wait;
    waitq_wake wake;
    waitq_timer timer;
    waitq_eventfd eventfd;
    waitq_info info;
    waitq_waiters waiters;
};

// A call under way: the kernel's copy of its struct, and the address of the user's.
struct Call {
    waitq_file &file;
    Argument argument;
    unsigned long address;
    __u32 size;  // of the part that both know
    long result; // of a call that has one

    [[nodiscard]] WAITQ_INLINE bool put() const
    {
        return kapi_copy_to_user(address, &argument, size);
    }
};

Error call_wait(Call &call)
{
    waitq_wait &request = call.argument.wait;
    const Error error = wait(*call.file.queue, request);
    const bool tells_rest = (request.flags & WAITQ_TIMEOUT) && !(request.flags & WAITQ_ABSOLUTE);
    // Success delivers the events, and a failure to write the time that was left takes nothing
    // back. An interrupted call needs that time, because it goes on with it.
    if (tells_rest && error == Error::none)
        (void)call.put();
    else if (tells_rest && error == Error::interrupted && !call.put())
        return Error::bad_address;
    return error;
}

Error call_wake(Call &call)
{
    waitq_wake &request = call.argument.wake;
    if (request.flags != 0 || request.pad != 0)
        return Error::bad_argument;
    // A post can't be taken back, so a bad address is found before it.
    if (!call.put())
        return Error::bad_address;
    const Posted posted = post(*call.file.queue, request.post, Budget::from(request.nr));
    if (posted.error != Error::none)
        return posted.error;
    request.counter = posted.counter;
    request.woken = posted.woken;
    return call.put() ? Error::none : Error::bad_address;
}

Error call_timer(Call &call)
{
    if (!call.put()) // as in call_wake()
        return Error::bad_address;
    const Error error = call.file.timer.set(call.argument.timer, call.file.opener.user);
    if (error != Error::none)
        return error;
    return call.put() ? Error::none : Error::bad_address;
}

Error call_eventfd(Call &call)
{
    const __u32 flags = call.argument.eventfd.flags;
    if (flags & ~(KAPI_O_CLOEXEC | KAPI_O_NONBLOCK))
        return Error::bad_argument;
    call.result = kapi_open_eventfd(call.file.queue, flags);
    return Error::none;
}

Error call_info(Call &call)
{
    if (call.argument.info.flags != 0)
        return Error::bad_argument;
    waitq_queue_info(call.file.queue, &call.argument.info);
    return call.put() ? Error::none : Error::bad_address;
}

Error call_waiters(Call &call)
{
    const Error error = copy_waiters(*call.file.queue, call.argument.waiters);
    if (error != Error::none)
        return error;
    return call.put() ? Error::none : Error::bad_address;
}

struct Row {
    __u32 size;         // of the struct in this version
    __u32 first;        // in the first version
    bool reads, writes; // the file must be open for these
    Error (*run)(Call &call);
};

// By number.
constexpr Row rows[] = {
    {sizeof(waitq_wait), 32, true, false, call_wait},
    {sizeof(waitq_wake), 40, false, true, call_wake},
    {sizeof(waitq_timer), 56, false, true, call_timer},
    {sizeof(waitq_eventfd), 8, true, true, call_eventfd},
    {sizeof(waitq_info), 104, false, false, call_info},
    {sizeof(waitq_waiters), 32, false, false, call_waiters},
};
constexpr unsigned int row_count = sizeof rows / sizeof rows[0];
static_assert(WAITQ_NR_WAIT == 0 && WAITQ_NR_WAKE == 1 && WAITQ_NR_TIMER == 2 &&
                  WAITQ_NR_EVENTFD == 3 && WAITQ_NR_INFO == 4 && WAITQ_NR_WAITERS == 5 &&
                  row_count == 6,
              "a row for each call");

long dispatch(waitq_file &file, unsigned int nr, unsigned long address)
{
    if (nr >= row_count)
        return to_errno(Error::bad_call);
    const Row &row = rows[kapi_index_nospec(nr, row_count)];
    if ((row.reads && !file.opener.reads) || (row.writes && !file.opener.writes))
        return to_errno(Error::bad_mode);
    Call call{file, {}, address, 0, 0};
    if (!kapi_copy_from_user(&call.size, address, sizeof call.size))
        return to_errno(Error::bad_address);
    if (call.size < row.first)
        return to_errno(Error::bad_argument);
    // The copy tests each byte of the tail for zero, so its length has a limit.
    if (call.size > WAITQ_SIZE_MAX)
        return to_errno(Error::too_big);
    if (const int error = kapi_copy_struct_from_user(&call.argument, row.size, address, call.size))
        return error;
    if (call.size > row.size)
        call.size = row.size;
    const Error error = row.run(call);
    return error == Error::none ? call.result : to_errno(error);
}

} // namespace
} // namespace waitq

long waitq_ioctl(waitq_file *file, unsigned int nr, unsigned long argument)
{
    return waitq::dispatch(*file, nr, argument);
}
