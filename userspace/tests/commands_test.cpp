// SPDX-License-Identifier: GPL-2.0
// From the words of a command line to the device's structs, and from its answer to words.
#include "command_test.hpp"
#include "words.hpp"

#include <cerrno>
#include <cstring>

namespace waitq::cli {

namespace {

class Commands : public CommandTest {};

TEST_F(Commands, WaitIsPlainByDefault)
{
    expect<waitq_wait>(WAITQ_IOC_WAIT, [](waitq_wait &call) {
        waitq_wait plain{};
        plain.size = sizeof plain;
        plain.threshold = 1;
        EXPECT_EQ(std::memcmp(&call, &plain, sizeof call), 0);
        return 0;
    });
    const Report report = run({"wait"});
    EXPECT_EQ(report.exit, ExitCode::Ok);
    EXPECT_EQ(report.text, "satisfied: the counter reached 1\n");
    EXPECT_EQ(read(report.json), nlohmann::ordered_json({{"device", "/dev/null"},
                                                         {"threshold", 1},
                                                         {"outcome", "satisfied"},
                                                         {"left_ns", 0},
                                                         {"interrupted", false}}));
}

TEST_F(Commands, WaitTakesItsOptions)
{
    expect<waitq_wait>(WAITQ_IOC_WAIT, [](waitq_wait &call) {
        EXPECT_EQ(call.flags, WAITQ_CONSUME | WAITQ_EXCLUSIVE | WAITQ_TIMEOUT);
        EXPECT_EQ(call.threshold, 3U);
        EXPECT_EQ(call.timeout_ns, 1'500'000'000);
        call.timeout_ns = 1'000'000'000;
        return 0;
    });
    EXPECT_EQ(
        run({"wait", "--threshold", "3", "--consume", "--exclusive", "--timeout", "1.5s"}).text,
        "satisfied: the counter reached 3, and 3 was taken off; 1s left\n");
}

TEST_F(Commands, WaitUntilIsAbsolute)
{
    expect<waitq_wait>(WAITQ_IOC_WAIT, [](waitq_wait &call) {
        EXPECT_EQ(call.flags, WAITQ_TIMEOUT | WAITQ_ABSOLUTE);
        EXPECT_EQ(call.timeout_ns, 5);
        return -ETIMEDOUT;
    });
    const Report report = run({"wait", "--until", "5"});
    EXPECT_EQ(report.exit, ExitCode::TimedOut);
    EXPECT_EQ(report.text, "timed out\n");
}

TEST_F(Commands, WaitNamesEveryState)
{
    for (const auto &row : states) {
        expect<waitq_wait>(WAITQ_IOC_WAIT, [&row](waitq_wait &call) {
            EXPECT_EQ(call.state, static_cast<std::uint32_t>(row.value));
            return 0;
        });
        EXPECT_EQ(run({"wait", "--state", std::string(row.name)}).exit, ExitCode::Ok);
    }
}

TEST_F(Commands, ASignalledWaitIsInterrupted)
{
    expect<waitq_wait>(WAITQ_IOC_WAIT, [](waitq_wait &) { return -EINTR; });
    const Report report = run({"wait"});
    EXPECT_EQ(report.exit, ExitCode::Interrupted);
    EXPECT_EQ(report.text, "signalled\n");
}

TEST_F(Commands, WakeSaysHowMany)
{
    struct {
        Words words;
        std::uint32_t nr;
        std::uint64_t post;
    } const cases[] = {
        {{}, 1, 1},
        {{"--one"}, 1, 1},
        {{"--nr", "3"}, 3, 1},
        {{"--all"}, 0, 1},
        {{"--post", "0"}, 1, 0},
        {{"--all", "--post", "18446744073709551614"}, 0, WAITQ_COUNTER_MAX},
    };
    for (const auto &one : cases) {
        expect<waitq_wake>(WAITQ_IOC_WAKE, [&one](waitq_wake &call) {
            EXPECT_EQ(call.nr, one.nr);
            EXPECT_EQ(call.post, one.post);
            return 1;
        });
        Words words = {"wake"};
        words.insert(words.end(), one.words.begin(), one.words.end());
        EXPECT_EQ(run(words).text, "woken: 1 task\n");
    }
}

TEST_F(Commands, WakeMaySayThatItSleepsNext)
{
    expect<waitq_wake>(WAITQ_IOC_WAKE, [](waitq_wake &call) {
        EXPECT_EQ(call.flags, WAITQ_SYNC);
        return 1;
    });
    EXPECT_EQ(run({"wake", "--sync"}).exit, ExitCode::Ok);
}

TEST_F(Commands, WaitMayPostFirst)
{
    expect<waitq_signal_wait>(WAITQ_IOC_SIGNAL_WAIT, [](waitq_signal_wait &call) {
        EXPECT_EQ(call.post, 3U);
        EXPECT_EQ(call.threshold, 2U);
        return 0;
    });
    EXPECT_EQ(run({"wait", "--threshold", "2", "--post-to", "/dev/null", "--post", "3"}).text,
              "posted 3 to /dev/null; satisfied: the counter reached 2\n");
    EXPECT_THROW(run({"wait", "--post", "3"}), UsageError);
}

// run() names /dev/null last.
TEST_F(Commands, WaitAnySaysWhich)
{
    expect<waitq_wait_many>(WAITQ_IOC_WAIT_ANY, [](waitq_wait_many &call) {
        const auto *items = reinterpret_cast<const waitq_item *>(call.items);
        EXPECT_EQ(call.count, 3U);
        EXPECT_EQ(call.flags, WAITQ_ALERT | WAITQ_TIMEOUT);
        EXPECT_EQ(call.timeout_ns, 1'000'000'000);
        EXPECT_EQ(items[0].threshold, 5U);
        EXPECT_EQ(items[0].flags, WAITQ_CONSUME | WAITQ_EXCLUSIVE);
        EXPECT_EQ(items[1].threshold, 1U);
        call.timeout_ns = 0;
        return 0;
    });
    const Words words{"wait-any", "/dev/zero=5", "--alert", "/dev/full", "--timeout", "1s"};
    const Report report = run(words);
    EXPECT_EQ(report.text, "satisfied: /dev/zero reached 5, and 5 was taken off\n");
    EXPECT_EQ(read(report.json), nlohmann::ordered_json({{"outcome", "satisfied"},
                                                         {"item", 0},
                                                         {"alert", false},
                                                         {"left_ns", 0},
                                                         {"interrupted", false}}));
    expect<waitq_wait_many>(WAITQ_IOC_WAIT_ANY, [](waitq_wait_many &) { return 2; });
    EXPECT_EQ(run(words).text,
              "satisfied: the alert /dev/full reached 1, and 1 was taken off; 1s left\n");
}

TEST_F(Commands, WaitAllNamesAll)
{
    expect<waitq_wait_many>(WAITQ_IOC_WAIT_ALL, [](waitq_wait_many &call) {
        EXPECT_EQ(reinterpret_cast<const waitq_item *>(call.items)[0].flags, 0U);
        return 0;
    });
    EXPECT_EQ(run({"wait-all", "/dev/zero=2", "--keep"}).text,
              "satisfied: /dev/zero reached 2; /dev/null reached 1\n");
    expect<waitq_wait_many>(WAITQ_IOC_WAIT_ALL, [](waitq_wait_many &) { return -ETIMEDOUT; });
    const Report late = run({"wait-all", "--timeout", "0"});
    EXPECT_EQ(late.text, "timed out\n");
    EXPECT_EQ(late.exit, ExitCode::TimedOut);
    EXPECT_THROW(run({"wait-all", "/dev/null=2"}), UsageError);
    EXPECT_THROW(run({"wait-all", "/dev/zero", "--alert", "/dev/zero"}), UsageError);
    Words many(66, "/dev/zero");
    many[0] = "wait-any";
    EXPECT_THROW(run(many), UsageError);
    EXPECT_THROW(run({"wait-all", "/dev/zero=0"}), UsageError);
    EXPECT_THROW(run({"wait-all", "/dev/zero="}), UsageError);
}

TEST_F(Commands, TimerFiresAsOftenAsAsked)
{
    // The first disarming finds one of two firings missing, and it is asked for again.
    std::vector<std::uint64_t> armed;
    expect<waitq_timer>(WAITQ_IOC_TIMER, [&armed](waitq_timer &call) {
        if (call.flags == WAITQ_CANCEL) {
            call.fired = 1;
            return 0;
        }
        EXPECT_EQ(call.flags, WAITQ_ABSOLUTE);
        EXPECT_EQ(call.period_ns, 50'000);
        EXPECT_EQ(call.nr, 0U);
        EXPECT_EQ(call.post, 5U);
        armed.push_back(call.count);
        return 0;
    });
    const Report report =
        run({"timer", "--delay", "0", "--period", "50us", "--count", "2", "--all", "--post", "5"});
    EXPECT_EQ(report.text, "fired: 2 times\n");
    EXPECT_EQ(armed, (std::vector<std::uint64_t>{2, 1}));
}

TEST_F(Commands, InfoTellsOfEveryFigure)
{
    expect<waitq_info>(WAITQ_IOC_INFO, [](waitq_info &call) {
        __u64 next = 100;
        for (const auto &figure : figures)
            call.*figure.value = next++;
        return 0;
    });
    const Report report = run({"info"});
    const auto values = read(report.json).at("figures");
    EXPECT_EQ(values.size(), figures.size());
    EXPECT_EQ(values.at("readers"), 100);
    for (const auto &figure : figures)
        EXPECT_TRUE(has(report.text, std::string(figure.text))) << report.text;
}

} // namespace

} // namespace waitq::cli
