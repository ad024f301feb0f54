// SPDX-License-Identifier: GPL-2.0
// From the words of a command line to the kernel's structs, and from the kernel's answer to words.
#include "command.hpp"
#include "failure.hpp"
#include "fake_kernel.hpp"
#include "table.hpp"
#include "words.hpp"

#include <cerrno>
#include <chrono>
#include <cstring>

namespace waitq::cli {

namespace {

using Words = std::vector<std::string>;

/// Runs the command of that name on a file that is no device: the test is the kernel.
Report run(const std::string &name, Words arguments)
{
    const auto all = commands();
    const auto command =
        std::ranges::find_if(all, [&name](const Command &one) { return name == one.name; });
    CLI::App app;
    const Action action = command->add(app);
    arguments.emplace_back("/dev/null");
    std::ranges::reverse(arguments); // as CLI11 has it
    app.parse(arguments);
    return action({});
}

bool has(const std::string &text, const std::string &part)
{
    return text.find(part) != std::string::npos;
}

class Commands : public fake::KernelTest {};

TEST_F(Commands, WaitIsPlainByDefault)
{
    expect<waitq_wait>(WAITQ_IOC_WAIT, [](waitq_wait &call) {
        waitq_wait plain{};
        plain.size = sizeof plain;
        plain.kind = WAITQ_WAIT_EVENT_INTERRUPTIBLE;
        plain.threshold = 1;
        EXPECT_EQ(std::memcmp(&call, &plain, sizeof call), 0);
        return 0;
    });
    const Report report = run("wait", {});
    EXPECT_EQ(report.exit, ExitCode::Ok);
    EXPECT_EQ(report.text, "satisfied: the counter reached 1\n  returned: 0\n");
    EXPECT_EQ(report.json.at("engine"), "core");
    EXPECT_TRUE(report.json.at("observed").is_array() && report.json.at("observed").empty());
}

TEST_F(Commands, WaitWithATimeoutTakesTheTimedKind)
{
    expect<waitq_wait>(WAITQ_IOC_WAIT, [](waitq_wait &call) {
        EXPECT_EQ(call.kind, WAITQ_WAIT_EVENT_INTERRUPTIBLE_TIMEOUT);
        EXPECT_EQ(call.timeout_ns, 1'000'000'000);
        call.returned = 0;
        return ETIMEDOUT;
    });
    EXPECT_EQ(run("wait", {"--timeout", "1s"}).exit, ExitCode::TimedOut);
}

TEST_F(Commands, WaitNamesEveryEngineStateAndCallback)
{
    const Words base = {"--kind", "init_waitqueue_func_entry", "--timeout", "1s"};
    const auto with = [&base](const char *option, std::string_view value) {
        Words words = base;
        words.insert(words.end(), {option, std::string(value)});
        return words;
    };
    for (const auto &row : engines) {
        expect<waitq_wait>(WAITQ_IOC_WAIT, [&row](waitq_wait &call) {
            EXPECT_EQ(call.engine, static_cast<std::uint32_t>(row.value));
            return 0;
        });
        EXPECT_EQ(run("wait", with("--engine", row.name)).json.at("engine"), row.name);
    }
    for (const auto &row : states) {
        expect<waitq_wait>(WAITQ_IOC_WAIT, [&row](waitq_wait &call) {
            EXPECT_EQ(call.state, static_cast<std::uint32_t>(row.value));
            return 0;
        });
        (void)run("wait", with("--state", row.name));
    }
    for (const auto &row : callbacks) {
        expect<waitq_wait>(WAITQ_IOC_WAIT, [&row](waitq_wait &call) {
            EXPECT_EQ(call.callback, static_cast<std::uint32_t>(row.value));
            return 0;
        });
        (void)run("wait", with("--callback", row.name));
    }
}

TEST_F(Commands, WaitTellsWhatItSaw)
{
    expect<waitq_wait>(WAITQ_IOC_WAIT, [](waitq_wait &call) {
        EXPECT_EQ(call.flags, 0U);
        call.observed = WAITQ_SAW_LOCK;
        call.tests = 2;
        call.before = 1;
        call.returned = -512;
        return EINTR;
    });
    const Report report =
        run("wait", {"--kind", "wait_event_interruptible_lock_irq_cmd", "--engine", "macro"});
    EXPECT_EQ(report.exit, ExitCode::Interrupted);
    EXPECT_EQ(report.text, "signalled\n"
                           "  returned: -512 (-ERESTARTSYS)\n"
                           "  tests of the condition: 2\n"
                           "  command before the sleep: 1 time\n"
                           "  seen: the lock was held at each test\n");
    EXPECT_EQ(report.json.at("returned"), -512);
    EXPECT_EQ(report.json.at("observed"), nlohmann::ordered_json({"lock"}));
}

TEST_F(Commands, WaitTellsWhatTheKernelsCallReturned)
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
        expect<waitq_wait>(WAITQ_IOC_WAIT, [&one](waitq_wait &call) {
            call.returned = one.returned;
            return one.error;
        });
        Words words = {"--kind", one.kind};
        if (find_kind(wait_kinds, one.kind)->has_timeout())
            words.insert(words.end(), {"--timeout", "1s"});
        const Report report = run("wait", words);
        EXPECT_EQ(has(report.text, "returned"), one.text != nullptr) << report.text;
        if (one.text != nullptr) {
            EXPECT_TRUE(has(report.text, one.text)) << report.text;
        }
    }
}

TEST_F(Commands, WakeNamesEveryContext)
{
    for (const ContextRow &row : contexts) {
        expect<waitq_wake>(WAITQ_IOC_WAKE, [&row](waitq_wake &call) {
            EXPECT_EQ(call.context, static_cast<std::uint32_t>(row.context));
            EXPECT_EQ(call.post, 1U);
            return 0;
        });
        const Report report = run("wake", {"--context", word(row.name)});
        EXPECT_EQ(report.json.at("context"), word(row.name));
    }
}

TEST_F(Commands, KeyIsDecimalOrHexadecimal)
{
    for (const auto &given : std::to_array<std::pair<const char *, std::uint32_t>>(
             {{"65", 65}, {"0x41", 0x41}, {"0xFFffffff", 0xffffffff}})) {
        const char *text = given.first;
        const std::uint32_t key = given.second;
        expect<waitq_wake>(WAITQ_IOC_WAKE, [key](waitq_wake &call) {
            EXPECT_EQ(call.key, key);
            return 0;
        });
        EXPECT_EQ(run("wake", {"--kind", "wake_up_poll", "--key", text}).json.at("key"), key);
    }
}

TEST_F(Commands, PollfreePostsNothing)
{
    expect<waitq_wake>(WAITQ_IOC_WAKE, [](waitq_wake &call) {
        EXPECT_EQ(call.kind, WAITQ_WAKE_UP_POLLFREE);
        EXPECT_EQ(call.post, 0U);
        call.counter = 7;
        return 0;
    });
    EXPECT_EQ(run("wake", {"--kind", "wake_up_pollfree"}).text,
              "woken: 0 tasks; the counter is 7\n");
}

TEST_F(Commands, AKindThatIsNotThereIsNamed)
{
    expect<waitq_wait>(WAITQ_IOC_WAIT, [](waitq_wait &) { return EOPNOTSUPP; });
    try {
        (void)run("wait", {"--kind", "io_wait_event_killable"});
        FAIL();
    } catch (const Failure &failure) {
        EXPECT_TRUE(has(failure.remedy({}), "does not have io_wait_event_killable: `waitq kinds`"))
            << failure.remedy({});
    }
}

TEST_F(Commands, KindsTellsOfEveryRow)
{
    expect<waitq_kinds>(WAITQ_IOC_KINDS, [](waitq_kinds &call) {
        call.wait = 1U << WAITQ_WAIT_EVENT;
        call.wake = 1U << WAITQ_WAKE_UP;
        return 0;
    });
    const Report report = run("kinds", {});
    EXPECT_EQ(report.json.at("wait").size(), wait_kinds.size());
    EXPECT_EQ(report.json.at("wake").size(), wake_kinds.size());
    EXPECT_EQ(report.json.at("contexts").size(), contexts.size());
    EXPECT_EQ(report.json.at("wait").at(0), nlohmann::ordered_json({{"name", "wait_event"},
                                                                    {"state", "uninterruptible"},
                                                                    {"clock", "none"},
                                                                    {"returns", "V"},
                                                                    {"exclusive", "no"},
                                                                    {"lock", "none"},
                                                                    {"sleep", "plain"},
                                                                    {"here", true},
                                                                    {"since", ""}}));
    EXPECT_EQ(report.json.at("wait").at(18).at("here"), false);
    for (const WaitKindRow &row : wait_kinds)
        EXPECT_TRUE(has(report.text, std::string(row.name) + ' ')) << row.name;
    for (const WakeKindRow &row : wake_kinds)
        EXPECT_TRUE(has(report.text, '\n' + std::string(row.name) + ' ')) << row.name;
    EXPECT_TRUE(has(report.text, "  no, since 6.18\n")) << report.text;
    EXPECT_TRUE(has(report.text, "  no, until 3.15\n")) << report.text;
    EXPECT_TRUE(has(report.text, "\nhard-irq  the interrupt of an hrtimer\n")) << report.text;
}

} // namespace

} // namespace waitq::cli
