// SPDX-License-Identifier: GPL-2.0
#include "failure.hpp"

#include <cerrno>
#include <cstring>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>

namespace waitq::cli {

namespace {

constexpr const Module *device = &device_module, *the_lab = &lab_module;

struct Case {
    const char *name;
    Call call;
    DeviceName node;
    int error;
    Surroundings around;
    const char *remedy; ///< part of it
};

void PrintTo(const Case &given, std::ostream *out)
{
    *out << given.name;
}

class FailureText : public testing::TestWithParam<Case> {};

TEST_P(FailureText, NamesNodeErrorAndRemedy)
{
    const Case &given = GetParam();
    const Failure failure(given.call, given.node,
                          std::error_code(given.error, std::generic_category()));
    const std::string remedy = failure.remedy(given.around);
    EXPECT_NE(remedy.find(given.remedy), std::string::npos) << remedy;

    const std::string text = failure.text(given.around);
    EXPECT_TRUE(text.starts_with("cannot ")) << text;
    EXPECT_NE(text.find(' ' + given.node.path + ": "), std::string::npos) << text;
    EXPECT_NE(text.find(std::strerror(given.error)), std::string::npos) << text;

    const auto json = nlohmann::json::parse(failure.json(given.around).dump()).at("error");
    EXPECT_EQ(json.at("device"), given.node.path);
    EXPECT_EQ(json.at("errno"), strerrorname_np(given.error));
    EXPECT_EQ(json.at("message"), std::strerror(given.error));
    EXPECT_EQ(json.at("remedy"), remedy);
    EXPECT_FALSE(json.at("call").get<std::string>().empty());
}

const DeviceName waitq9{device, "/dev/waitq9", 9};
const DeviceName lab9{the_lab, "/dev/waitq_lab9", 9};
const DeviceName sysfs{device, "/sys/class/waitq", {}};

INSTANTIATE_TEST_SUITE_P(
    Table, FailureText,
    testing::Values(
        Case{"ModuleNotLoaded", Call::Open, waitq9, ENOENT, {}, "sudo insmod waitq.ko"},
        Case{"ModuleNotLoadedVm", Call::Open, waitq9, ENOENT, {}, "./scripts/vm shell"},
        Case{"LabNotLoaded", Call::Open, lab9, ENOENT, {}, "sudo insmod waitq_lab.ko"},
        Case{"LabNotLoadedMake", Call::Open, lab9, ENOENT, {}, "sudo make load-lab"},
        Case{"StaleNode", Call::Open, waitq9, ENXIO, {}, "sudo make load"},
        Case{"NoSuchIndex", Call::Open, waitq9, ENOENT, {true, {0, 1, 4}, {}}, "0, 1, 4"},
        Case{"NoDevices", Call::Open, waitq9, ENOENT, {true, {}, {}}, "has no device"},
        Case{"NodeMissing", Call::Open, waitq9, ENOENT, {true, {9}, {}}, "devtmpfs"},
        Case{"Permission", Call::Open, waitq9, EACCES, {true, {9}, {}}, "udev rule"},
        Case{"LabPermission", Call::Open, lab9, EACCES, {true, {9}, {}}, "run this as root"},
        Case{"LabCapability", Call::Open, lab9, EPERM, {true, {9}, {}}, "needs CAP_SYS_ADMIN"},
        Case{"NotADevice", Call::Info, {device, "/dev/null", {}}, ENOTTY, {}, "not a waitq device"},
        Case{"NotALab", Call::Info, {the_lab, "/dev/null", {}}, ENOTTY, {}, "`waitq lab list`"},
        Case{"Uninterruptible", Call::Wait, waitq9, EPERM, {true, {9}, {}}, "CAP_SYS_ADMIN"},
        Case{"SoleTaken", Call::Wait, lab9, EBUSY, {true, {9}, {}}, "`waitq lab waiters`"},
        Case{"QueueEnded", Call::Wait, lab9, EIDRM, {true, {9}, {}}, "wake_up_pollfree ended"},
        Case{"KindLacking", Call::Wake, lab9, EOPNOTSUPP, {true, {9}, {}}, "`waitq lab kinds`"},
        Case{"Overflow", Call::Wake, waitq9, EOVERFLOW, {true, {9}, 17}, "is 17 and"},
        Case{"OverflowMax", Call::Wake, waitq9, EOVERFLOW, {true, {9}, 17}, "18446744073709551614"},
        Case{
            "LabOverflowMax", Call::Wake, lab9, EOVERFLOW, {true, {9}, 17}, "18446744073709551615"},
        Case{"OtherVersion", Call::Wake, waitq9, EINVAL, {true, {9}, {}}, "version"},
        Case{"ListUnloaded", Call::List, sysfs, ENOENT, {}, "sudo insmod"},
        Case{"ListNoSysfs", Call::List, sysfs, ENOENT, {true, {}, {}}, "sysfs"}),
    [](const auto &given) { return std::string(given.param.name); });

TEST(FailureText, NamesTheKind)
{
    const auto remedy = [](Call call, int error, const char *kind) {
        return Failure(call, lab9, std::error_code(error, std::generic_category()), kind)
            .remedy({});
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
    const std::error_code error(EIO, std::generic_category());
    EXPECT_EQ(Failure(Call::Wait, {}, error).remedy({}), "");
    EXPECT_EQ(Failure(Call::Wait, {}, error).text({}),
              "cannot wait on /dev/waitq0: Input/output error (WAITQ_IOC_WAIT: EIO)\n");
    EXPECT_EQ(Failure(Call::Waiters, lab9, error).text({}),
              "cannot list the waiters of /dev/waitq_lab9: Input/output error (LAB_IOC_WAITERS: "
              "EIO)\n");
}

TEST(FailureText, FitsATerminal)
{
    const Failure failure(Call::Open, lab9, std::error_code(ENOENT, std::generic_category()));
    std::istringstream lines(failure.text({}));
    for (std::string line; std::getline(lines, line);)
        EXPECT_LE(line.size(), 80U) << line;
}

} // namespace

} // namespace waitq::cli
