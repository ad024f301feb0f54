// SPDX-License-Identifier: GPL-2.0
#include "sigint.hpp"

#include <csignal>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace waitq::cli {

namespace {

class Sigint : public testing::Test {
protected:
    // Whoever started this may have SIGINT ignored, as a background job of a script has.
    void SetUp() override { before_ = std::signal(SIGINT, SIG_DFL); }
    void TearDown() override
    {
        close(descriptor_);
        std::signal(SIGINT, before_);
    }

    [[nodiscard]] dev_t device() const
    {
        struct stat status = {};
        fstat(descriptor_, &status);
        return status.st_rdev;
    }

    static struct sigaction disposition()
    {
        struct sigaction action = {};
        sigaction(SIGINT, nullptr, &action);
        return action;
    }

    int descriptor_ = open("/dev/zero", O_RDWR | O_CLOEXEC);
    void (*before_)(int) = SIG_DFL;
};

TEST_F(Sigint, IsCaughtAndTakesTheFileAway)
{
    const dev_t zero = device();
    {
        const SigintGuard guard(descriptor_);
        EXPECT_FALSE(SigintGuard::caught());
        EXPECT_EQ(disposition().sa_flags & SA_RESTART, 0); // a sleeping call must end
        EXPECT_EQ(device(), zero);
        std::raise(SIGINT);
        EXPECT_TRUE(SigintGuard::caught());
        EXPECT_NE(device(), zero); // a call that comes too late must not sleep
    }
    EXPECT_EQ(disposition().sa_handler, SIG_DFL);
}

TEST_F(Sigint, IsForgottenByTheNextGuard)
{
    {
        const SigintGuard guard;
        std::raise(SIGINT);
    }
    const SigintGuard guard;
    EXPECT_FALSE(SigintGuard::caught());
}

TEST_F(Sigint, StaysIgnoredInABackgroundJob)
{
    std::signal(SIGINT, SIG_IGN);
    const SigintGuard guard;
    EXPECT_EQ(disposition().sa_handler, SIG_IGN);
}

} // namespace

} // namespace waitq::cli
