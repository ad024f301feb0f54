// SPDX-License-Identifier: GPL-2.0
// ioctl.cpp - finds the call of an ioctl, and checks its struct by the rules at the head of
// uapi/waitq.h.
#include "error.hpp"
#include "event.hpp"
#include "file.hpp"
#include "many.hpp"
#include "wait.hpp"
#include "waiters.hpp"

namespace waitq {
namespace {

union Argument {
    __u64 words[13]; // as many as the longest has
    __u32 size;      // each struct begins with it
    waitq_wait wait;
    waitq_wake wake;
    waitq_timer timer;
    waitq_eventfd eventfd;
    waitq_info info;
    waitq_waiters waiters;
    waitq_signal_wait signal_wait;
    waitq_wait_many wait_many;
};

// A call under way: the kernel's copy of its struct, and the address of the user's.
struct Call {
    Argument argument;
    waitq_file *file;
    unsigned long address;
    __u32 size;  // of the part that both know
    long result; // if there is no error

    [[nodiscard]] WAITQ_INLINE bool put() const
    {
        return kapi_copy_to_user(address, &argument, size);
    }
};

// The flags of a WAIT whose struct gets the time that was left.
WAITQ_INLINE bool tells_rest(__u32 flags)
{
    return (flags & WAITQ_TIMEOUT) && !(flags & WAITQ_ABSOLUTE);
}

// The end of a wait whose struct has news for the user: `goes_on`, for a call that goes on.
WAITQ_INLINE Error tell_rest(const Call &call, Error error, bool goes_on)
{
    // Success delivers the events, and a failure to write takes nothing back. A call that goes on
    // needs what is written.
    if (error == Error::none && tells_rest(call.argument.wait.flags))
        (void)call.put();
    else if (error == Error::interrupted && goes_on && !call.put())
        return Error::bad_address;
    return error;
}

Error call_wait(Call &call)
{
    waitq_wait &request = call.argument.wait;
    const Error error = wait(*call.file->queue, request);
    return tell_rest(call, error, tells_rest(request.flags));
}

Error call_signal_wait(Call &call)
{
    const Error error = signal_wait(*call.file->queue, call.argument.signal_wait);
    return tell_rest(call, error, true);
}

template <Quorum quorum>
Error call_wait_many(Call &call)
{
    waitq_wait_many &request = call.argument.wait_many;
    const Error error = wait_many(request, quorum, call.result);
    return tell_rest(call, error, tells_rest(request.flags));
}

Error call_wake(Call &call)
{
    const waitq_wake &request = call.argument.wake;
    if ((request.flags & ~WAITQ_SYNC) != 0 || request.pad != 0)
        return Error::bad_argument;
    const Posted posted = post(*call.file->queue, request.post, Budget::from(request.nr),
                               (request.flags & WAITQ_SYNC) != 0);
    call.result = to_result(posted);
    return posted.error;
}

Error call_timer(Call &call)
{
    // An arming can't be taken back, so a bad address is found before it.
    if (!call.put())
        return Error::bad_address;
    const Error error = call.file->timer.set(call.argument.timer, call.file->opener.user);
    if (error != Error::none)
        return error;
    return call.put() ? Error::none : Error::bad_address;
}

Error call_eventfd(Call &call)
{
    const __u32 flags = call.argument.eventfd.flags;
    if (flags & ~(KAPI_O_CLOEXEC | KAPI_O_NONBLOCK))
        return Error::bad_argument;
    call.result = kapi_open_eventfd(call.file->queue, flags);
    return Error::none;
}

Error call_info(Call &call)
{
    if (call.argument.info.flags != 0)
        return Error::bad_argument;
    waitq_queue_info(call.file->queue, &call.argument.info);
    return call.put() ? Error::none : Error::bad_address;
}

Error call_waiters(Call &call)
{
    const Error error = copy_waiters(*call.file->queue, call.argument.waiters);
    if (error != Error::none)
        return error;
    return call.put() ? Error::none : Error::bad_address;
}

static_assert(sizeof(Argument) == sizeof Argument::words);

struct Row {
    __u32 size;         // of the struct in this version
    __u32 first;        // in the first version; a number of 64-bit words
    bool reads, writes; // the file must be open for these
    Error (*run)(Call &call);
};

// By number.
constexpr Row rows[] = {
    {sizeof(waitq_wait), 32, true, false, call_wait},
    {sizeof(waitq_wake), 24, false, true, call_wake},
    {sizeof(waitq_timer), 56, false, true, call_timer},
    {sizeof(waitq_eventfd), 8, true, true, call_eventfd},
    {sizeof(waitq_info), 104, false, false, call_info},
    {sizeof(waitq_waiters), 32, false, false, call_waiters},
    {}, // POST and TAKE have no struct: event.cpp, event_wait.cpp
    {},
    {sizeof(waitq_signal_wait), 40, true, false, call_signal_wait},
    {sizeof(waitq_wait_many), 32, false, false, call_wait_many<Quorum::any>},
    {sizeof(waitq_wait_many), 32, false, false, call_wait_many<Quorum::all>},
};
static_assert(WAITQ_NR_WAIT == 0 && WAITQ_NR_WAKE == 1 && WAITQ_NR_TIMER == 2 &&
                  WAITQ_NR_EVENTFD == 3 && WAITQ_NR_INFO == 4 && WAITQ_NR_WAITERS == 5 &&
                  WAITQ_NR_SIGNAL_WAIT == 8 && WAITQ_NR_WAIT_ANY == 9 && WAITQ_NR_WAIT_ALL == 10 &&
                  sizeof rows == 11 * sizeof rows[0],
              "a row for each call");

// A struct that is not of the first version. Returns 0 or an errno.
long copy_other_size(Call &call, const Row &row, unsigned long address)
{
    const __u32 size = call.size; // the user may change it meanwhile
    if (size < row.first)
        return to_errno(Error::bad_argument);
    // The copy tests each byte of the tail for zero, so its length has a limit.
    if (size > WAITQ_SIZE_MAX)
        return to_errno(Error::too_big);
    if (const int error = kapi_copy_struct_from_user(&call.argument, row.size, address, size))
        return error;
    call.argument.size = size;
    call.size = size < row.size ? size : row.size;
    return 0;
}

// The call of that number. A function of its own for each, so that the usual ones are short.
template <unsigned int nr>
long run(waitq_file &file, unsigned long address)
{
    constexpr Row row = rows[nr];
    if ((row.reads && !file.opener.reads) || (row.writes && !file.opener.writes))
        return to_errno(Error::bad_mode);
    Call call;
    // One copy is enough for a struct of the first version: the usual case.
    if (!kapi_get_words(call.argument.words, address, row.first / sizeof(__u64)))
        return to_errno(Error::bad_address);
    call.size = call.argument.size;
    if (call.size != row.first || row.size != row.first)
        if (const long error = copy_other_size(call, row, address))
            return error;
    call.file = &file;
    call.address = address;
    call.result = 0;
    const Error error = row.run(call);
    return error == Error::none ? call.result : to_errno(error);
}

} // namespace
} // namespace waitq

long waitq_ioctl(waitq_file *file, unsigned int nr, unsigned long argument)
{
    switch (nr) {
    case WAITQ_NR_WAIT:
        return waitq::run<WAITQ_NR_WAIT>(*file, argument);
    case WAITQ_NR_WAKE:
        return waitq::run<WAITQ_NR_WAKE>(*file, argument);
    case WAITQ_NR_TIMER:
        return waitq::run<WAITQ_NR_TIMER>(*file, argument);
    case WAITQ_NR_EVENTFD:
        return waitq::run<WAITQ_NR_EVENTFD>(*file, argument);
    case WAITQ_NR_INFO:
        return waitq::run<WAITQ_NR_INFO>(*file, argument);
    case WAITQ_NR_WAITERS:
        return waitq::run<WAITQ_NR_WAITERS>(*file, argument);
    case WAITQ_NR_SIGNAL_WAIT:
        return waitq::run<WAITQ_NR_SIGNAL_WAIT>(*file, argument);
    case WAITQ_NR_WAIT_ANY:
        return waitq::run<WAITQ_NR_WAIT_ANY>(*file, argument);
    case WAITQ_NR_WAIT_ALL:
        return waitq::run<WAITQ_NR_WAIT_ALL>(*file, argument);
    default:
        return waitq::to_errno(waitq::Error::bad_call);
    }
}
