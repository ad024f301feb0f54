// SPDX-License-Identifier: GPL-2.0
// realtime.hpp - whether timers fire in threads.
#pragma once

#include <cstring>
#include <sys/utsname.h>

namespace waitq::test {

// Not by /sys/kernel/realtime, which Debian's kernels have and Linux 6.12 has not.
inline bool is_preempt_rt()
{
    utsname kernel{};
    return uname(&kernel) == 0 && std::strstr(kernel.version, "PREEMPT_RT") != nullptr;
}

} // namespace waitq::test
