// SPDX-License-Identifier: GPL-2.0
#include "failure.hpp"

#include <cerrno>
#include <gtest/gtest.h>

namespace waitq::cli {

namespace {

struct Case {
    const char *name;
    Call call;
    const char *path;
    std::optional<unsigned> index;
    int error;
    Surroundings around;
    const char *remedy; ///< part of it
};

void PrintTo(const Case &given, std::ostream *out)
{
    *out << given.name;
}

class FailureText : public testing::TestWithParam<Case> {};

TEST_P(FailureText, NamesDeviceErrorAndRemedy)
{
    const Case &given = GetParam();
    const Failure failure(given.call, {given.path, given.index},
                          std::error_code(given.error, std::generic_category()));
    const std::string remedy = failure.remedy(given.around);
    EXPECT_NE(remedy.find(given.remedy), std::string::npos) << remedy;

    const std::string text = failure.text(given.around);
    EXPECT_TRUE(text.starts_with(std::string(given.path) + ": ")) << text;
    EXPECT_NE(text.find(std::strerror(given.error)), std::string::npos) << text;

    const auto json = failure.json(given.around).at("error");
    EXPECT_EQ(json.at("device"), given.path);
    EXPECT_EQ(json.at("errno"), strerrorname_np(given.error));
    EXPECT_EQ(json.at("message"), std::strerror(given.error));
    EXPECT_EQ(json.at("remedy"), remedy);
    EXPECT_FALSE(json.at("call").get<std::string>().empty());
}

constexpr auto waitq9 = "/dev/waitq9";

INSTANTIATE_TEST_SUITE_P(
    Table, FailureText,
    testing::Values(
        Case{"ModuleNotLoaded", Call::Open, waitq9, 9, ENOENT, {}, "sudo insmod waitq.ko"},
        Case{"ModuleNotLoadedVm", Call::Open, waitq9, 9, ENOENT, {}, "./scripts/vm shell"},
        Case{"StaleNode", Call::Open, waitq9, 9, ENXIO, {}, "sudo make load"},
        Case{"NoSuchIndex", Call::Open, waitq9, 9, ENOENT, {true, {0, 1, 4}, {}}, "0, 1, 4"},
        Case{"NoDevices", Call::Open, waitq9, 9, ENOENT, {true, {}, {}}, "has no device"},
        Case{"NodeMissing", Call::Open, waitq9, 9, ENOENT, {true, {9}, {}}, "devtmpfs"},
        Case{"Permission", Call::Open, waitq9, 9, EACCES, {true, {9}, {}}, "udev rule"},
        Case{"NotADevice",
             Call::Info,
             "/dev/null",
             {},
             ENOTTY,
             {true, {9}, {}},
             "not a waitq device"},
        Case{"Uninterruptible", Call::Wait, waitq9, 9, EPERM, {true, {9}, {}}, "CAP_SYS_ADMIN"},
        Case{"CallbackEnd", Call::Wait, waitq9, 9, EPERM, {true, {9}, {}}, "--callback end"},
        Case{"SoleTaken", Call::Wait, waitq9, 9, EBUSY, {true, {9}, {}}, "`waitq waiters`"},
        Case{"QueueEnded", Call::Wait, waitq9, 9, EIDRM, {true, {9}, {}}, "wake_up_pollfree ended"},
        Case{"Interrupt", Call::Wake, waitq9, 9, EPERM, {true, {9}, {}}, "another --context"},
        Case{"KindLacking", Call::Timer, waitq9, 9, EOPNOTSUPP, {true, {9}, {}}, "`waitq kinds`"},
        Case{"Overflow", Call::Wake, waitq9, 9, EOVERFLOW, {true, {9}, 17}, "is 17 and"},
        Case{"OverflowMax",
             Call::Wake,
             waitq9,
             9,
             EOVERFLOW,
             {true, {9}, 17},
             "18446744073709551615"},
        Case{"OtherVersion", Call::Wake, waitq9, 9, EINVAL, {true, {9}, {}}, "version"},
        Case{"ListUnloaded", Call::List, "/sys/class/waitq", {}, ENOENT, {}, "sudo insmod"},
        Case{"ListNoSysfs", Call::List, "/sys/class/waitq", {}, ENOENT, {true, {}, {}}, "sysfs"}),
    [](const auto &given) { return std::string(given.param.name); });

TEST(FailureText, NamesTheKind)
{
    const auto remedy = [](Call call, int error, const char *kind) {
        return Failure(call, {}, std::error_code(error, std::generic_category()), kind).remedy({});
    };
    EXPECT_NE(remedy(Call::Wake, EOPNOTSUPP, "wake_up_sync").find("not have wake_up_sync: "),
              std::string::npos);
    // The same errno, of the two kinds that have it.
    EXPECT_NE(remedy(Call::Wait, EBUSY, "init_waitqueue_func_entry").find("--callback poller"),
              std::string::npos);
    EXPECT_NE(remedy(Call::Wait, EBUSY, "add_wait_queue_priority_exclusive").find("only one"),
              std::string::npos);
}

TEST(FailureText, WithoutAdviceIsOneLine)
{
    const Failure failure(Call::Wait, {}, std::error_code(EIO, std::generic_category()));
    EXPECT_EQ(failure.remedy({}), "");
    EXPECT_EQ(failure.text({}), "/dev/waitq0: WAITQ_IOC_WAIT: Input/output error\n");
}

TEST(FailureText, FitsATerminal)
{
    const Failure failure(Call::Open, {}, std::error_code(ENOENT, std::generic_category()));
    std::istringstream lines(failure.text({}));
    for (std::string line; std::getline(lines, line);)
        EXPECT_LE(line.size(), 80U) << line;
}

} // namespace

} // namespace waitq::cli
