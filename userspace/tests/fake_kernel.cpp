// SPDX-License-Identifier: GPL-2.0
#include "fake_kernel.hpp"

#include <cerrno>
#include <cstdarg>
#include <sys/ioctl.h>

namespace waitq::fake {

Kernel &kernel()
{
    static Kernel installed;
    return installed;
}

} // namespace waitq::fake

extern "C" int ioctl(int /*fd*/, unsigned long request, ...) noexcept
{
    va_list arguments;
    va_start(arguments, request);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    const auto &kernel = waitq::fake::kernel();
    const int answer = kernel ? kernel(request, argument) : -ENOTTY;
    if (answer >= 0)
        return answer;
    errno = -answer;
    return -1;
}
