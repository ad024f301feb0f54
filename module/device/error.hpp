// SPDX-License-Identifier: GPL-2.0
// error.hpp - the errors of the device core, and the one function that makes an errno of them.
#pragma once

#include "../kernel/device.h"
#include "../wait/inline.hpp"

namespace waitq {

enum class Error : unsigned char {
    none,
    would_block,  // O_NONBLOCK or IOCB_NOWAIT, and it would sleep
    interrupted,  // by a signal; the system call restarts if the handler allows
    timed_out,    // and the condition false
    bad_address,  // a user pointer
    bad_argument, // a field that the call does not take; nothing was changed
    too_big,      // a struct whose tail, which this version does not know, is not zero
    bad_call,     // no such ioctl
    bad_mode,     // the file is not open for that
    forbidden,    // needs CAP_SYS_ADMIN
    overflow,     // of the counter
    no_memory,
};

WAITQ_INLINE long to_errno(Error error)
{
    switch (error) {
    case Error::none:
        return 0;
    case Error::would_block:
        return -KAPI_EAGAIN;
    case Error::interrupted:
        return -KAPI_ERESTARTSYS;
    case Error::timed_out:
        return -KAPI_ETIMEDOUT;
    case Error::bad_address:
        return -KAPI_EFAULT;
    case Error::bad_argument:
        return -KAPI_EINVAL;
    case Error::too_big:
        return -KAPI_E2BIG;
    case Error::bad_call:
        return -KAPI_ENOTTY;
    case Error::bad_mode:
        return -KAPI_EBADF;
    case Error::forbidden:
        return -KAPI_EPERM;
    case Error::overflow:
        return -KAPI_EOVERFLOW;
    case Error::no_memory:
        return -KAPI_ENOMEM;
    }
    return -KAPI_EINVAL;
}

// The bytes that a read or write moved; if there are none, the error says why.
struct Transfer {
    size_t bytes;
    Error error;

    WAITQ_INLINE long to_syscall() const
    {
        return bytes ? static_cast<long>(bytes) : to_errno(error);
    }
};

} // namespace waitq
