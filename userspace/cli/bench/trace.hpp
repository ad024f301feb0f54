// SPDX-License-Identifier: GPL-2.0
// Marks around an operation, for `scripts/bench --functions`: a debugger of the whole machine
// counts the instructions between them.
#pragma once

#include <sys/syscall.h>
#include <unistd.h>

namespace waitq::cli::bench {

/// Run::each() marks its operation in the middle.
inline bool tracing = false;

/// Marks its begin and its end, if @here, by calls that nothing else here makes.
class [[nodiscard]] Traced {
public:
    explicit Traced(bool here) : here_(here)
    {
        if (here_)
            is_counted_ = syscall(SYS_getpgid, -1) >= 0;
    }
    ~Traced()
    {
        if (here_)
            (void)syscall(SYS_getsid, -1);
    }
    Traced(const Traced &) = delete;
    Traced &operator=(const Traced &) = delete;

    [[nodiscard]] bool is_counted() const { return is_counted_; }

private:
    bool is_counted_ = false;
    const bool here_;
};

} // namespace waitq::cli::bench
