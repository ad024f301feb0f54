// SPDX-License-Identifier: GPL-2.0
// untouched.hpp - for calls that must fail: the queue is as it was before, when the test ends.
#pragma once

#include "module.hpp"
#include "tasks.hpp"

#include <memory>

namespace waitq::test {

class Untouched : public WithModule {
protected:
    Untouched() : WithModule("queues=1") {}

    void SetUp() override
    {
        WithModule::SetUp();
        file_ = std::make_unique<File>();
        ASSERT_EQ(wake(*file_, 5).error, 0);
        before_ = info(*file_);
    }
    void TearDown() override
    {
        const waitq_info after = info(*file_);
        EXPECT_EQ(after.counter, before_.counter);
        EXPECT_EQ(after.bytes, before_.bytes);
        EXPECT_EQ(after.wakes, before_.wakes);
        EXPECT_EQ(after.timeouts, before_.timeouts);
        EXPECT_EQ(cancel_timer(*file_).out.fired, 0U);
        file_.reset();
        WithModule::TearDown();
    }

    // The call, made with memory of the test's own. 0 or more, or -errno.
    long call(unsigned long number, void *argument)
    {
        return value_of(ioctl(file_->fd(), number, argument));
    }
    // What a good request comes to with one thing changed.
    template <class Struct, class Change>
    long with(unsigned long number, Struct request, Change change)
    {
        change(request);
        return call(number, &request);
    }

    std::unique_ptr<File> file_;
    waitq_info before_{};
};

} // namespace waitq::test
