// SPDX-License-Identifier: GPL-2.0
// inject.hpp - the kernel's fault injection: the nth allocation or user copy of a task fails.
#pragma once

#include <string>
#include <sys/types.h>

namespace waitq::test {

// Sets what counts: every allocation, whatever its flags, and every page. The kernel then says
// nothing of a fault. Returns the options that the kernel lacks for it, "" if it has all.
std::string prepare_injection();

// The faults of one task: the caller, or a thread of the kernel.
class FailNth {
public:
    static constexpr pid_t caller = 0, kthreadd = 2;

    explicit FailNth(pid_t task = caller);
    ~FailNth();
    FailNth(const FailNth &) = delete;
    FailNth &operator=(const FailNth &) = delete;

    // From now on the nth allocation or user copy of the task fails, counted from 1.
    void arm(unsigned int n) const;
    // Ends that. True: there were as many, so one has failed.
    [[nodiscard]] bool disarm() const;
    // Ends it, after arm(many): how many there were.
    static constexpr unsigned int many = 1'000'000;
    [[nodiscard]] unsigned int count() const;

private:
    int fd_;
};

} // namespace waitq::test
