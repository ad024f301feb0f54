// SPDX-License-Identifier: GPL-2.0
// abi32_test.cpp - the device's calls by a 32-bit program (abi32/abi32.c), on x86-64.
#include "support/module.hpp"
#include "support/tasks.hpp"

namespace waitq::test {
namespace {

class Abi32 : public WithModule {
protected:
    Abi32() : WithModule("queues=1") {}
};

// The exit status of that program; 128 and an errno if it could not be run.
int status_of(const char *program)
{
    Child child([&] {
        execlp(program, program, nullptr);
        return 128 + errno;
    });
    const int status = child.status();
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(Abi32, A32BitProgramMakesEachCall)
{
#ifdef __x86_64__
    const int status = status_of("device_tests32");
    if (status == 128 + ENOEXEC)
        GTEST_SKIP() << "this kernel runs no 32-bit programs";
    ASSERT_NE(status, 128 + ENOENT) << "device_tests32 is not in the PATH";
    EXPECT_EQ(status, 0) << "the line of its check is above";
#else
    GTEST_SKIP() << "device_tests32 is a program for x86";
#endif
}

} // namespace
} // namespace waitq::test
