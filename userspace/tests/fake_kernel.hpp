// SPDX-License-Identifier: GPL-2.0
// A kernel that is a function: this program's ioctl() takes the place of libc's.
#pragma once

#include <functional>
#include <gtest/gtest.h>

namespace waitq::fake {

/// As a system call: what ioctl() returns, or a negative errno.
using Kernel = std::function<int(unsigned long request, void *argument)>;

/// The kernel that answers; without one, every ioctl() fails with ENOTTY.
Kernel &kernel();

/// A test that plays the kernel.
class KernelTest : public testing::Test {
protected:
    /// The next calls must be @request, on a @Struct that @answer reads and writes.
    template <typename Struct>
    void expect(unsigned long request, std::function<int(Struct &)> answer)
    {
        kernel() = [this, request, answer](unsigned long seen, void *argument) {
            ++calls_;
            EXPECT_EQ(seen, request);
            return answered<Struct>(argument, answer);
        };
    }
    /// The next calls may be this one as well.
    template <typename Struct>
    void also(unsigned long request, std::function<int(Struct &)> answer)
    {
        kernel() = [former = kernel(), request, answer](unsigned long seen, void *argument) {
            return seen == request ? answered<Struct>(argument, answer) : former(seen, argument);
        };
    }
    void TearDown() override { kernel() = nullptr; }

    int calls_ = 0;

private:
    template <typename Struct>
    static int answered(void *argument, const std::function<int(Struct &)> &answer)
    {
        auto &call = *static_cast<Struct *>(argument);
        EXPECT_EQ(call.size, sizeof(Struct));
        return answer(call);
    }
};

} // namespace waitq::fake
