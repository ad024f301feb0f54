// SPDX-License-Identifier: GPL-2.0
// A kernel that is a function: this program's ioctl() takes the place of libc's.
#pragma once

#include <functional>
#include <gtest/gtest.h>

namespace waitq::fake {

using Kernel = std::function<int(unsigned long request, void *argument)>; // 0 or an errno

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
            auto &call = *static_cast<Struct *>(argument);
            EXPECT_EQ(call.size, sizeof(Struct));
            return answer(call);
        };
    }
    void TearDown() override { kernel() = nullptr; }

    int calls_ = 0;
};

} // namespace waitq::fake
