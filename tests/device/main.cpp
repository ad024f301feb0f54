// SPDX-License-Identifier: GPL-2.0
// main.cpp - runs the tests, and holds the kernel's log and taint flags against each.
#include "support/kmsg.hpp"
#include "support/until.hpp"

#include <array>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <gtest/gtest.h>
#include <optional>
#include <scanner.hpp>
#include <unistd.h>

namespace waitq::test {
namespace {

unsigned long taint()
{
    unsigned long flags = ~0UL;
    std::ifstream("/proc/sys/kernel/tainted") >> flags;
    return flags;
}

// A test whose own thread hangs in the device would hang the run: it fails instead, and the
// run ends with it. (Threads that a test starts are freed by Caller.)
class Watchdog : public testing::EmptyTestEventListener {
    static inline std::array<char, 256> verdict;

    void OnTestStart(const testing::TestInfo &test) override
    {
        std::snprintf(verdict.data(), verdict.size(), "the test hangs\n[  FAILED  ] %s.%s (0 ms)\n",
                      test.test_suite_name(), test.name());
        std::signal(SIGALRM, [](int) {
            const auto size = std::char_traits<char>::length(verdict.data());
            static_cast<void>(!::write(STDOUT_FILENO, verdict.data(), size));
            _exit(1);
        });
        alarm(static_cast<unsigned int>(4 * patience().count()));
    }
    void OnTestEnd(const testing::TestInfo &) override { alarm(0); }
};

// Before each test a marker in the log; after it, the log since then is scanned for what no
// good kernel says, and the taint flags must be what they were (but for those that loading
// a module built out of tree, without a signature, sets).
class KernelWatch : public testing::EmptyTestEventListener {
    static constexpr unsigned long out_of_tree = 1UL << 12, unsigned_module = 1UL << 13;

    void OnTestStart(const testing::TestInfo &test) override
    {
        log_.emplace();
        Kmsg::write(log::marker(std::string(test.test_suite_name()) + "." + test.name()));
        taint_ = taint();
    }

    void OnTestEnd(const testing::TestInfo &) override
    {
        const std::string text = log_->since();
        EXPECT_TRUE(log::marked_test(text.substr(0, text.find('\n')))) << "no marker in the log";
        for (const auto &finding : log::scan(text))
            ADD_FAILURE() << "the kernel said: " << finding.text;
        constexpr unsigned long expected = out_of_tree | unsigned_module;
        EXPECT_EQ(taint() & ~expected, taint_ & ~expected) << "the kernel is tainted";
        log_.reset();
    }

    std::optional<Kmsg> log_;
    unsigned long taint_ = 0;
};

} // namespace
} // namespace waitq::test

int main(int argc, char **argv)
{
    testing::InitGoogleTest(&argc, argv);
    auto &listeners = testing::UnitTest::GetInstance()->listeners();
    listeners.Append(new waitq::test::Watchdog);
    listeners.Append(new waitq::test::KernelWatch);
    return RUN_ALL_TESTS();
}
