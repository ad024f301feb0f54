// SPDX-License-Identifier: GPL-2.0
// error.hpp - the errors of the lab core, and the one function that makes an errno of them.
#pragma once

#include "../kernel/lab.h"
#include "../wait/inline.hpp"

namespace waitq::lab {

enum class Error : unsigned char {
    none,
    interrupted,  // by a signal; the system call restarts if the handler allows
    timed_out,    // and the condition false
    bad_address,  // a user pointer
    bad_argument, // a field that the call does not take; nothing was changed
    bad_call,     // no such ioctl
    overflow,     // of the counter
    unsupported,  // this kernel does not have the kind
    taken,        // another one is first already, or there are too many
    ended,        // the queue, by wake_up_pollfree
    no_memory,
};

WAITQ_INLINE long to_errno(Error error)
{
    switch (error) {
    case Error::none:
        return 0;
    case Error::interrupted:
        return -KAPI_ERESTARTSYS;
    case Error::timed_out:
        return -KAPI_ETIMEDOUT;
    case Error::bad_address:
        return -KAPI_EFAULT;
    case Error::bad_argument:
        return -KAPI_EINVAL;
    case Error::bad_call:
        return -KAPI_ENOTTY;
    case Error::overflow:
        return -KAPI_EOVERFLOW;
    case Error::unsupported:
        return -KAPI_EOPNOTSUPP;
    case Error::taken:
        return -KAPI_EBUSY;
    case Error::ended:
        return -KAPI_EIDRM;
    case Error::no_memory:
        return -KAPI_ENOMEM;
    }
    return -KAPI_EINVAL;
}

} // namespace waitq::lab
