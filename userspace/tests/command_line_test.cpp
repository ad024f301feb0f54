// SPDX-License-Identifier: GPL-2.0
// The built command, run as a user runs it on a machine without the module.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace {

struct Finished {
    int status;
    std::string out, err;
};

std::string contents(std::FILE *file)
{
    std::rewind(file);
    std::string text;
    for (int character = std::fgetc(file); character != EOF; character = std::fgetc(file))
        text += static_cast<char>(character);
    return text;
}

/// Runs `waitq @arguments` to its end, stdout to @out_path if given.
Finished waitq(std::vector<std::string> arguments, const char *out_path = nullptr)
{
    std::FILE *out = out_path ? std::fopen(out_path, "we") : std::tmpfile();
    std::FILE *err = std::tmpfile();
    const pid_t pid = fork();
    if (pid == 0) {
        dup2(fileno(out), STDOUT_FILENO);
        dup2(fileno(err), STDERR_FILENO);
        std::vector<char *> argv = {const_cast<char *>("waitq")};
        for (std::string &argument : arguments)
            argv.push_back(argument.data());
        argv.push_back(nullptr);
        execv(WAITQ_BINARY, argv.data());
        _exit(127);
    }
    int status = -1;
    waitpid(pid, &status, 0);
    Finished run = {WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status),
                    out_path ? "" : contents(out), contents(err)};
    std::fclose(out);
    std::fclose(err);
    return run;
}

bool has(const std::string &text, const std::string &part)
{
    return text.find(part) != std::string::npos;
}

TEST(CommandLine, HelpIsOfEachCommand)
{
    const Finished all = waitq({"--help"});
    EXPECT_EQ(all.status, 0);
    EXPECT_EQ(all.err, "");
    for (const char *command :
         {"list", "info", "waiters", "wait", "wake", "timer", "demo", "lab"}) {
        EXPECT_TRUE(has(all.out, std::string("  ") + command)) << all.out;
        const Finished one = waitq({command, "--help"});
        EXPECT_EQ(one.status, 0);
        EXPECT_TRUE(has(one.out, std::string("waitq ") + command)) << one.out;
    }
}

TEST(CommandLine, HelpIsOfEachCommandOfTheLab)
{
    const Finished all = waitq({"lab", "--help"});
    EXPECT_EQ(all.status, 0);
    for (const char *command : {"list", "info", "kinds", "waiters", "wait", "wake"}) {
        EXPECT_TRUE(has(all.out, std::string("  ") + command)) << all.out;
        const Finished one = waitq({"lab", command, "--help"});
        EXPECT_EQ(one.status, 0);
        EXPECT_TRUE(has(one.out, std::string("waitq lab ") + command)) << one.out;
    }
}

TEST(CommandLine, HelpOfTheLabNamesEveryKind)
{
    const std::string wait = waitq({"lab", "wait", "--help"}).out;
    for (const char *name : {"  wait_event\n", "  wait_event_killable_timeout\n"})
        EXPECT_TRUE(has(wait, name)) << wait;
    EXPECT_TRUE(has(waitq({"lab", "wake", "--help"}).out, "  wake_up_nr\n"));
}

TEST(CommandLine, VersionIsPrinted)
{
    const Finished run = waitq({"--version"});
    EXPECT_EQ(run.status, 0);
    EXPECT_TRUE(run.out.starts_with("waitq ")) << run.out;
}

TEST(CommandLine, UnwritableOutputIsAnError)
{
    // A full disk under stdout must not pass for success.
    const Finished run = waitq({"--version"}, "/dev/full");
    EXPECT_EQ(run.status, 1);
}

struct Usage {
    std::vector<std::string> arguments;
    const char *message; ///< part of it
};

void PrintTo(const Usage &given, std::ostream *out)
{
    for (const std::string &argument : given.arguments)
        *out << argument << ' ';
}

class UsageError : public testing::TestWithParam<Usage> {};

TEST_P(UsageError, IsExit2WithTheReason)
{
    const Finished run = waitq(GetParam().arguments);
    EXPECT_EQ(run.status, 2);
    EXPECT_EQ(run.out, "");
    EXPECT_TRUE(has(run.err, GetParam().message)) << run.err;

    auto arguments = GetParam().arguments;
    arguments.emplace_back("--json");
    const Finished machine = waitq(arguments);
    EXPECT_EQ(machine.status, 2);
    EXPECT_EQ(machine.out, "");
    const auto error = nlohmann::json::parse(machine.err).at("error");
    EXPECT_TRUE(has(error.at("message"), GetParam().message)) << machine.err;
}

INSTANTIATE_TEST_SUITE_P(
    Table, UsageError,
    testing::Values(
        Usage{{}, "a command is required"}, Usage{{"lab"}, "a command is required"},
        Usage{{"sleep"}, "sleep"}, Usage{{"lab", "timer"}, "timer"},
        Usage{{"list", "extra"}, "extra"}, Usage{{"info", "--frobnicate"}, "--frobnicate"},
        Usage{{"info", "256"}, "names no device"}, Usage{{"info", "waitq"}, "names no device"},
        Usage{{"info", "waitq_lab0"}, "names no device"},
        Usage{{"waiters", "x"}, "names no device"}, Usage{{"wait", "0", "1"}, "1"},
        Usage{{"wait", "--timeout", "5"}, "unit is missing"},
        Usage{{"wait", "--timeout", "-1s"}, "negative"},
        Usage{{"wait", "--timeout", "300000000h"}, "too long"},
        Usage{{"wait", "--timeout"}, "--timeout"}, Usage{{"wait", "--threshold", "0"}, "from 1"},
        Usage{{"wait", "--threshold", "18446744073709551615"}, "to 18446744073709551614"},
        Usage{{"wait", "--timeout", "1s", "--until", "5"}, "excludes"},
        Usage{{"wait", "--until", "9223372036854775808"}, "whole number"},
        Usage{{"wait", "--state", "d"}, "is none of interruptible"},
        Usage{{"wait", "--kind=wait_event"}, "--kind"},
        Usage{{"wake", "--post", "-1"}, "whole number"},
        Usage{{"wake", "--post", "1x"}, "whole number"},
        Usage{{"wake", "--post", "18446744073709551615"}, "whole number"},
        Usage{{"wake", "--post", "0x10"}, "whole number"}, Usage{{"wake", "--nr", "0"}, "from 1"},
        Usage{{"wake", "--nr", "4294967296"}, "from 1"},
        Usage{{"wake", "--one", "--all"}, "excludes"},
        Usage{{"wake", "--nr", "2", "--all"}, "excludes"}, Usage{{"timer"}, "--delay is required"},
        Usage{{"timer", "--delay", "1s", "--count", "2"}, "give the --period"},
        Usage{{"timer", "--delay", "1s", "--period", "49us"}, "the shortest is 50us"},
        Usage{{"bench", "--pattern", "blcking"}, "'blcking' is none of uncontended, blocking"},
        Usage{{"bench", "--pattern", "blocking,"}, "'' is none of uncontended, blocking"},
        Usage{{"bench", "--contender", "pipe,tube"}, "'tube' is none of getppid"},
        Usage{{"bench", "--instructions", "--pattern", "across"}, "needs two processors"},
        Usage{{"bench", "--pattern", "scale-queues"}, "from --module FILE"},
        Usage{{"demo", "nosuch"}, "there is no exhibit 'nosuch'"},
        Usage{{"demo", "--lab", "waitq0"}, "names no device"}));

INSTANTIATE_TEST_SUITE_P(
    Lab, UsageError,
    testing::Values(
        Usage{{"lab", "wait", "--kind", "wait_evnt"}, "no kind 'wait_evnt'"},
        Usage{{"lab", "wait", "--kind", "wait_event", "--timeout", "1s"},
              "name wait_event_timeout"},
        Usage{{"lab", "wait", "--kind", "wait_event_timeout"}, "give the --timeout"},
        Usage{{"lab", "wait", "--engine", "rust"}, "'rust' is none of core, macro"},
        Usage{{"lab", "wait", "--state", "killable"}, "takes no --state"},
        Usage{{"lab", "wait", "--kind", "wait_event_state", "--state", "d"},
              "is none of interruptible"},
        Usage{{"lab", "wait", "--callback", "wake"}, "init_waitqueue_func_entry does"},
        Usage{{"lab", "wait", "--key", "1"}, "init_waitqueue_func_entry does"},
        Usage{{"lab", "wait", "--kind", "init_waitqueue_func_entry", "--timeout", "1s", "--engine",
               "macro", "--callback", "poller"},
              "of --engine core"},
        Usage{{"lab", "wait", "--engine", "macro", "--exclusive"}, "--engine core"},
        Usage{{"lab", "wait", "--kind", "add_wait_queue", "--timeout", "1s", "--exclusive"},
              "the kind says"},
        Usage{{"lab", "wait", "--kind", "wait_event_lock_irq", "--window"}, "holds a lock"},
        Usage{{"lab", "wait", "--kind", "wait_event_interruptible_locked", "--nap"},
              "holds a lock"},
        Usage{{"lab", "wait", "--kind", "io_wait_event", "--timeout", "1s"}, "which have a clock"},
        Usage{{"lab", "wait", "--kind", "wait_woken"}, "give the --timeout"},
        Usage{{"lab", "wake", "--kind", "wake_up_nr"}, "give --nr"},
        Usage{{"lab", "wake", "--kind", "wake_up_interruptible_nr"}, "give --nr"},
        Usage{{"lab", "wake", "--kind", "wake_up_all", "--nr", "2"}, "takes no --nr"},
        Usage{{"lab", "wake", "--nr", "2147483648"}, "from 1"},
        Usage{{"lab", "wake", "--one", "--kind", "wake_up"}, "excludes"},
        Usage{{"lab", "wake", "--context", "HARD_IRQ"}, "none of process, hard-irq"},
        Usage{{"lab", "wake", "--key", "1"}, "takes no --key"},
        Usage{{"lab", "wake", "--kind", "wake_up_poll", "--key", "0x"}, "is no key"},
        Usage{{"lab", "wake", "--kind", "wake_up_poll", "--key", "0x100000000"}, "is no key"},
        Usage{{"lab", "wake", "--kind", "wake_up_poll", "--key", "-1"}, "is no key"},
        Usage{{"lab", "wake", "--kind", "wake_up_pollfree", "--post", "1"}, "posts nothing"},
        Usage{{"lab", "kinds", "256"}, "names no device"},
        Usage{{"lab", "waiters", "waitq0"}, "names no device"}));

TEST(CommandLine, TheExhibitsAreListedWithoutAModule)
{
    const Finished run = waitq({"demo", "--list"});
    EXPECT_EQ(run.status, 0);
    EXPECT_EQ(run.err, "");
    EXPECT_EQ(std::ranges::count(run.out, '\n'), 21);
    EXPECT_TRUE(run.out.starts_with("wait-event  ")) << run.out;
}

/// A command line, and the module that it needs.
struct Needs {
    const char *module;
    std::vector<std::string> arguments;
};

void PrintTo(const Needs &given, std::ostream *out)
{
    for (const std::string &argument : given.arguments)
        *out << argument << ' ';
}

class WithoutModule : public testing::TestWithParam<Needs> {
protected:
    void SetUp() override
    {
        if (std::filesystem::exists(std::string("/sys/module/") + GetParam().module))
            GTEST_SKIP() << "the module is loaded here";
    }
};

TEST_P(WithoutModule, IsExit1WithTheRemedy)
{
    const Finished run = waitq(GetParam().arguments);
    EXPECT_EQ(run.status, 1);
    EXPECT_EQ(run.out, "");
    const std::string insmod = std::string("sudo insmod ") + GetParam().module + ".ko`";

    auto arguments = GetParam().arguments;
    // Before the command: it is meant for all.
    arguments.insert(arguments.begin(), "--json");
    const Finished machine = waitq(arguments);
    EXPECT_EQ(machine.status, 1);
    EXPECT_EQ(machine.out, "");
    const auto error = nlohmann::json::parse(machine.err).at("error");
    EXPECT_EQ(error.at("errno"), "ENOENT");
    EXPECT_TRUE(has(error.at("remedy"), insmod)) << run.err;
    EXPECT_TRUE(has(error.at("remedy"), "sudo make load")) << run.err;
}

INSTANTIATE_TEST_SUITE_P(
    EachCommand, WithoutModule,
    testing::Values(
        Needs{"waitq", {"list"}}, Needs{"waitq", {"info"}}, Needs{"waitq", {"info", "waitq3"}},
        Needs{"waitq", {"waiters"}}, Needs{"waitq", {"wait", "--timeout", "1ms"}},
        Needs{"waitq", {"wake", "--nr", "2"}}, Needs{"waitq", {"timer", "--delay", "0"}},
        Needs{"waitq", {"demo"}}, Needs{"waitq", {"demo", "poll"}},
        Needs{"waitq", {"bench", "--pattern", "uncontended", "--contender", "waitq-bytes"}},
        Needs{"waitq_lab", {"lab", "list"}}, Needs{"waitq_lab", {"lab", "info"}},
        Needs{"waitq_lab", {"lab", "kinds"}}, Needs{"waitq_lab", {"lab", "waiters"}},
        Needs{"waitq_lab", {"lab", "wait", "--timeout", "1ms"}},
        Needs{"waitq_lab", {"lab", "wake"}}, Needs{"waitq_lab", {"demo", "wait-event"}}));

TEST(CommandLine, AnotherDeviceIsToldFromAWaitqDevice)
{
    for (const std::vector<std::string> &arguments : {std::vector<std::string>{"info", "/dev/null"},
                                                      {"wait", "/dev/null"},
                                                      {"wake", "/dev/null"},
                                                      {"waiters", "/dev/null"},
                                                      {"timer", "--delay", "0", "/dev/null"}}) {
        const Finished run = waitq(arguments);
        EXPECT_EQ(run.status, 1);
        EXPECT_TRUE(has(run.err, "/dev/null")) << run.err;
        EXPECT_TRUE(has(run.err, "not a waitq device")) << run.err;
    }
    for (const char *command : {"info", "kinds", "waiters", "wait", "wake"}) {
        const Finished run = waitq({"lab", command, "/dev/null"});
        EXPECT_EQ(run.status, 1);
        EXPECT_TRUE(has(run.err, "not a node of the lab")) << run.err;
    }
}

} // namespace
