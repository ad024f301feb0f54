// SPDX-License-Identifier: GPL-2.0
// deadline.hpp - the timeout of a call that waits: what its struct asks for, and what is left.
#pragma once

#include "../wait/wait_event.hpp"
#include "error.hpp"

namespace waitq {

struct Deadline {
    bool absolute;
    __s64 timeout_ns; // from begun_ns on; 0: only test; negative: none
    __s64 begun_ns;

    // Of a struct that has `flags` and `timeout_ns`, as struct waitq_wait has.
    template <class Request>
    WAITQ_INLINE static bool well_formed(const Request &request)
    {
        return request.timeout_ns >= 0 &&
               ((request.flags & WAITQ_TIMEOUT) ||
                (request.timeout_ns == 0 && !(request.flags & WAITQ_ABSOLUTE)));
    }
    // Process context.
    template <class Request>
    WAITQ_INLINE static Deadline of(const Request &request)
    {
        Deadline deadline{(request.flags & WAITQ_ABSOLUTE) != 0, -1, 0};
        if (request.flags & WAITQ_TIMEOUT) {
            deadline.begun_ns = kapi_now_ns();
            deadline.timeout_ns = request.timeout_ns;
            if (deadline.absolute) {
                const __s64 now = deadline.begun_ns + kapi_timens_offset_ns();
                deadline.timeout_ns = request.timeout_ns > now ? request.timeout_ns - now : 0;
            }
        }
        return deadline;
    }
    // Takes off the time that has passed since the call began. Process context.
    WAITQ_INLINE void take_off_elapsed()
    {
        if (timeout_ns <= 0)
            return;
        const __s64 now = kapi_now_ns(), left = timeout_ns - (now - begun_ns);
        timeout_ns = left > 0 ? left : 0;
        begun_ns = now;
    }
    // The error of a wait that ended so. Unless it timed out, overwrites `rest_ns` with the time
    // left, of a relative timeout.
    WAITQ_INLINE Error end(WaitOutcome outcome, __s64 &rest_ns) const
    {
        if (timeout_ns >= 0 && !absolute && outcome != WaitOutcome::timed_out) {
            const __s64 left = timeout_ns - (kapi_now_ns() - begun_ns);
            rest_ns = left > 0 ? left : 0;
        }
        switch (outcome) {
        case WaitOutcome::satisfied:
            return Error::none;
        case WaitOutcome::timed_out:
            return Error::timed_out;
        case WaitOutcome::signalled:
            break;
        }
        return Error::interrupted;
    }
};

} // namespace waitq
