// SPDX-License-Identifier: GPL-2.0
// From the words of a command line to the lab's structs, and from its answer to words.
#include "command_test.hpp"
#include "lab/lab_words.hpp"

#include <cerrno>
#include <cstring>

namespace waitq::cli {

namespace {

class LabCommands : public CommandTest {
protected:
    static Report run(Words words)
    {
        words.insert(words.begin(), "lab");
        return CommandTest::run(std::move(words));
    }
    /// The wakes to come find so many tasks waiting.
    void waiting(__u64 plain, __u64 exclusive = 0)
    {
        also<lab_info>(LAB_IOC_INFO, [plain, exclusive](lab_info &call) {
            call.waiters = plain;
            call.waiters_exclusive = exclusive;
            return 0;
        });
    }
};

TEST_F(LabCommands, WaitIsPlainByDefault)
{
    expect<lab_wait>(LAB_IOC_WAIT, [](lab_wait &call) {
        lab_wait plain{};
        plain.size = sizeof plain;
        plain.kind = LAB_WAIT_EVENT_INTERRUPTIBLE;
        plain.threshold = 1;
        EXPECT_EQ(std::memcmp(&call, &plain, sizeof call), 0);
        return 0;
    });
    const Report report = run({"wait"});
    EXPECT_EQ(report.exit, ExitCode::Ok);
    EXPECT_EQ(report.text, "satisfied: the counter reached 1\n  returned: 0\n");
    EXPECT_EQ(read(report.json).at("engine"), "core");
    EXPECT_TRUE(read(report.json).at("observed").is_array() &&
                read(report.json).at("observed").empty());
}

TEST_F(LabCommands, WaitWithATimeoutTakesTheTimedKind)
{
    expect<lab_wait>(LAB_IOC_WAIT, [](lab_wait &call) {
        EXPECT_EQ(call.kind, LAB_WAIT_EVENT_INTERRUPTIBLE_TIMEOUT);
        EXPECT_EQ(call.timeout_ns, 1'000'000'000);
        call.returned = 0;
        return -ETIMEDOUT;
    });
    EXPECT_EQ(run({"wait", "--timeout", "1s"}).exit, ExitCode::TimedOut);
}

TEST_F(LabCommands, WaitNamesEveryEngineStateAndCallback)
{
    const Words base = {"wait", "--kind", "init_waitqueue_func_entry", "--timeout", "1s"};
    const auto with = [&base](const char *option, std::string_view value) {
        Words words = base;
        words.insert(words.end(), {option, std::string(value)});
        return words;
    };
    for (const auto &row : engines) {
        expect<lab_wait>(LAB_IOC_WAIT, [&row](lab_wait &call) {
            EXPECT_EQ(call.engine, static_cast<std::uint32_t>(row.value));
            return 0;
        });
        EXPECT_EQ(read(run(with("--engine", row.name)).json).at("engine"), row.name);
    }
    for (const auto &row : states) {
        expect<lab_wait>(LAB_IOC_WAIT, [&row](lab_wait &call) {
            EXPECT_EQ(call.state, static_cast<std::uint32_t>(row.value));
            return 0;
        });
        (void)run(with("--state", row.name));
    }
    for (const auto &row : callbacks) {
        expect<lab_wait>(LAB_IOC_WAIT, [&row](lab_wait &call) {
            EXPECT_EQ(call.callback, static_cast<std::uint32_t>(row.value));
            return 0;
        });
        (void)run(with("--callback", row.name));
    }
}

TEST_F(LabCommands, WaitTellsWhatItSaw)
{
    expect<lab_wait>(LAB_IOC_WAIT, [](lab_wait &call) {
        EXPECT_EQ(call.flags, 0U);
        call.observed = LAB_SAW_LOCK;
        call.tests = 2;
        call.before = 1;
        call.returned = -512;
        return -EINTR;
    });
    const Report report =
        run({"wait", "--kind", "wait_event_interruptible_lock_irq_cmd", "--engine", "macro"});
    EXPECT_EQ(report.exit, ExitCode::Interrupted);
    EXPECT_EQ(report.text, "signalled\n"
                           "  returned: -512 (-ERESTARTSYS)\n"
                           "  tests of the condition: 2\n"
                           "  command before the sleep: 1 time\n"
                           "  seen: the lock was held at each test\n");
    EXPECT_EQ(read(report.json).at("returned"), -512);
    EXPECT_EQ(read(report.json).at("observed"), nlohmann::ordered_json({"lock"}));
}

TEST_F(LabCommands, WaitTellsWhatTheKernelsCallReturned)
{
    struct {
        const char *kind;
        std::int64_t returned;
        int error;
        const char *text; ///< nothing: the call returns nothing
    } const cases[] = {
        {"wait_event_timeout", 250, 0, "returned: 250 (jiffies left)"},
        {"wait_event_timeout", 0, ETIMEDOUT, "returned: 0\n"},
        {"wait_event_hrtimeout", -ETIME, ETIMEDOUT, "returned: -62 (-ETIME)"},
        {"wait_event_idle_timeout", 1, 0, "returned: 1 (jiffies left)"},
        {"wait_event", 0, 0, nullptr},
    };
    for (const auto &one : cases) {
        expect<lab_wait>(LAB_IOC_WAIT, [&one](lab_wait &call) {
            call.returned = one.returned;
            return -one.error;
        });
        Words words = {"wait", "--kind", one.kind};
        if (find_kind(lab::wait_kinds, one.kind)->has_timeout())
            words.insert(words.end(), {"--timeout", "1s"});
        const Report report = run(words);
        EXPECT_EQ(has(report.text, "returned"), one.text != nullptr) << report.text;
        if (one.text != nullptr) {
            EXPECT_TRUE(has(report.text, one.text)) << report.text;
        }
    }
}

TEST_F(LabCommands, WakeNamesEveryContext)
{
    for (const lab::ContextRow &row : lab::contexts) {
        expect<lab_wake>(LAB_IOC_WAKE, [&row](lab_wake &call) {
            EXPECT_EQ(call.context, static_cast<std::uint32_t>(row.context));
            EXPECT_EQ(call.post, 1U);
            return 0;
        });
        waiting(0);
        const Report report = run({"wake", "--context", word(row.name)});
        EXPECT_EQ(read(report.json).at("context"), word(row.name));
    }
}

TEST_F(LabCommands, KeyIsDecimalOrHexadecimal)
{
    for (const auto &given : std::to_array<std::pair<const char *, std::uint32_t>>(
             {{"65", 65}, {"0x41", 0x41}, {"0xFFffffff", 0xffffffff}})) {
        const char *text = given.first;
        const std::uint32_t key = given.second;
        expect<lab_wake>(LAB_IOC_WAKE, [key](lab_wake &call) {
            EXPECT_EQ(call.key, key);
            return 0;
        });
        waiting(0);
        EXPECT_EQ(read(run({"wake", "--kind", "wake_up_poll", "--key", text}).json).at("key"), key);
    }
}

TEST_F(LabCommands, PollfreePostsNothing)
{
    expect<lab_wake>(LAB_IOC_WAKE, [](lab_wake &call) {
        EXPECT_EQ(call.kind, LAB_WAKE_UP_POLLFREE);
        EXPECT_EQ(call.post, 0U);
        call.counter = 7;
        return 0;
    });
    waiting(0);
    EXPECT_EQ(run({"wake", "--kind", "wake_up_pollfree"}).text,
              "woken: 0 tasks; the counter is 7\n");
}

TEST_F(LabCommands, WakeSaysWhyItCountsFewerThanWaited)
{
    const auto woken = [this](__u64 number) {
        expect<lab_wake>(LAB_IOC_WAKE, [number](lab_wake &call) {
            call.woken = number;
            call.counter = 1;
            return 0;
        });
    };
    woken(0);
    waiting(1, 1);
    const Report report = run({"wake"});
    EXPECT_TRUE(has(report.text, "woken: 0 tasks; the post made the counter 1\n  2 more tasks "
                                 "waited."))
        << report.text;
    EXPECT_TRUE(has(report.text, "those of --engine macro")) << report.text;
    EXPECT_EQ(read(report.json).at("waiting"), 2);
    woken(2);
    waiting(1, 1);
    EXPECT_EQ(run({"wake"}).text, "woken: 2 tasks; the post made the counter 1\n");
}

TEST_F(LabCommands, AKindThatIsNotThereIsNamed)
{
    expect<lab_wait>(LAB_IOC_WAIT, [](lab_wait &) { return -EOPNOTSUPP; });
    try {
        (void)run({"wait", "--kind", "io_wait_event_killable"});
        FAIL();
    } catch (const Failure &failure) {
        EXPECT_TRUE(
            has(failure.remedy({}), "does not have io_wait_event_killable: `waitq lab kinds`"))
            << failure.remedy({});
    }
}

TEST_F(LabCommands, KindsTellsOfEveryRow)
{
    expect<lab_kinds>(LAB_IOC_KINDS, [](lab_kinds &call) {
        call.wait = 1U << LAB_WAIT_EVENT;
        call.wake = 1U << LAB_WAKE_UP;
        return 0;
    });
    const Report report = run({"kinds"});
    EXPECT_EQ(read(report.json).at("wait").size(), lab::wait_kinds.size());
    EXPECT_EQ(read(report.json).at("wake").size(), lab::wake_kinds.size());
    EXPECT_EQ(read(report.json).at("contexts").size(), lab::contexts.size());
    EXPECT_EQ(read(report.json).at("wait").at(0),
              nlohmann::ordered_json({{"name", "wait_event"},
                                      {"family", "macro"},
                                      {"state", "uninterruptible"},
                                      {"clock", "none"},
                                      {"returns", "V"},
                                      {"exclusive", "no"},
                                      {"lock", "none"},
                                      {"sleep", "plain"},
                                      {"here", true},
                                      {"since", ""}}));
    EXPECT_EQ(read(report.json).at("wait").at(18).at("here"), false);
    for (const lab::WaitKindRow &row : lab::wait_kinds)
        EXPECT_TRUE(has(report.text, std::string(row.name) + ' ')) << row.name;
    for (const lab::WakeKindRow &row : lab::wake_kinds)
        EXPECT_TRUE(has(report.text, '\n' + std::string(row.name) + ' ')) << row.name;
    EXPECT_TRUE(has(report.text, "  no, since 6.18\n")) << report.text;
    EXPECT_TRUE(has(report.text, "  no, until 3.15\n")) << report.text;
    EXPECT_TRUE(has(report.text, "\nhard-irq  the interrupt of an hrtimer\n")) << report.text;
    // Each column has a line in the key below its table.
    for (const char *title : {"FAMILY", "STATE", "CLOCK", "RETURNS", "EXCLUSIVE", "LOCK", "SLEEP",
                              "HERE", "WAKES", "HINT", "KEY"})
        EXPECT_TRUE(has(report.text, '\n' + std::string(title) + "  ")) << title;
}

TEST_F(LabCommands, InfoTellsOfEveryFigure)
{
    expect<lab_info>(LAB_IOC_INFO, [](lab_info &call) {
        call.waiters = 3;
        return 0;
    });
    const auto values = read(run({"info"}).json).at("figures");
    EXPECT_EQ(values.size(), lab::figures.size());
    EXPECT_EQ(values.at("waiters"), 3);
}

} // namespace

} // namespace waitq::cli
