// SPDX-License-Identifier: GPL-2.0
// The built command, run as a user runs it on a machine without the module.
#include <array>
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
         {"list", "info", "kinds", "waiters", "wait", "wake", "timer", "demo"}) {
        EXPECT_TRUE(has(all.out, std::string("  ") + command)) << all.out;
        const Finished one = waitq({command, "--help"});
        EXPECT_EQ(one.status, 0);
        EXPECT_TRUE(has(one.out, std::string("waitq ") + command)) << one.out;
    }
}

TEST(CommandLine, HelpNamesEveryKind)
{
    const std::string wait = waitq({"wait", "--help"}).out;
    for (const char *name : {"  wait_event\n", "  wait_event_killable_timeout\n"})
        EXPECT_TRUE(has(wait, name)) << wait;
    for (const char *command : {"wake", "timer"})
        EXPECT_TRUE(has(waitq({command, "--help"}).out, "  wake_up_nr\n"));
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
        Usage{{}, "a command is required"}, Usage{{"sleep"}, "sleep"},
        Usage{{"list", "extra"}, "extra"}, Usage{{"info", "--frobnicate"}, "--frobnicate"},
        Usage{{"info", "256"}, "names no device"}, Usage{{"info", "waitq"}, "names no device"},
        Usage{{"wait", "0", "1"}, "1"}, Usage{{"wait", "--timeout", "5"}, "unit is missing"},
        Usage{{"wait", "--timeout", "-1s"}, "negative"},
        Usage{{"wait", "--timeout", "300000000h"}, "too long"},
        Usage{{"wait", "--timeout"}, "--timeout"}, Usage{{"wait", "--threshold", "0"}, "from 1"},
        Usage{{"wait", "--threshold", "18446744073709551616"}, "from 1"},
        Usage{{"wait", "--kind", "wait_evnt"}, "no kind 'wait_evnt'"},
        Usage{{"wait", "--kind", "wait_event", "--timeout", "1s"}, "name wait_event_timeout"},
        Usage{{"wait", "--kind", "wait_event_timeout"}, "give the --timeout"},
        Usage{{"wait", "--timeout", "1s", "--until-ns", "5"}, "excludes"},
        Usage{{"wait", "--until-ns", "9223372036854775808"}, "whole number"},
        Usage{{"wake", "--post", "-1"}, "whole number"},
        Usage{{"wake", "--post", "1x"}, "whole number"},
        Usage{{"wake", "--post", "18446744073709551616"}, "whole number"},
        Usage{{"wake", "--post", "0x10"}, "whole number"}, Usage{{"wake", "--nr", "0"}, "from 1"},
        Usage{{"wake", "--nr", "2147483648"}, "from 1"},
        Usage{{"wake", "--one", "--all"}, "excludes"},
        Usage{{"wake", "--nr", "2", "--all"}, "excludes"},
        Usage{{"wake", "--kind", "wake_up_nr"}, "give --nr"},
        Usage{{"wake", "--kind", "wake_up_all", "--nr", "2"}, "takes no --nr"},
        Usage{{"wait", "--engine", "rust"}, "'rust' is none of core, macro"},
        Usage{{"wait", "--state", "killable"}, "takes no --state"},
        Usage{{"wait", "--kind", "wait_event_state", "--state", "d"}, "is none of interruptible"},
        Usage{{"wait", "--callback", "wake"}, "init_waitqueue_func_entry does"},
        Usage{{"wait", "--key", "1"}, "init_waitqueue_func_entry does"},
        Usage{{"wait", "--kind", "init_waitqueue_func_entry", "--timeout", "1s", "--engine",
               "macro", "--callback", "poller"},
              "of --engine core"},
        Usage{{"wait", "--engine", "macro", "--exclusive"}, "--engine core"},
        Usage{{"wait", "--kind", "add_wait_queue", "--timeout", "1s", "--exclusive"},
              "the kind says it all"},
        Usage{{"wait", "--kind", "wait_event_lock_irq", "--window"}, "holds a lock"},
        Usage{{"wait", "--kind", "wait_event_interruptible_locked", "--nap"}, "holds a lock"},
        Usage{{"wait", "--kind", "io_wait_event", "--timeout", "1s"}, "which have a clock"},
        Usage{{"wait", "--kind", "wait_woken"}, "give the --timeout"},
        Usage{{"wake", "--context", "HARD_IRQ"}, "none of process, hard-irq"},
        Usage{{"wake", "--key", "1"}, "takes no --key"},
        Usage{{"wake", "--kind", "wake_up_poll", "--key", "0x"}, "is no key"},
        Usage{{"wake", "--kind", "wake_up_poll", "--key", "0x100000000"}, "is no key"},
        Usage{{"wake", "--kind", "wake_up_poll", "--key", "-1"}, "is no key"},
        Usage{{"wake", "--kind", "wake_up_pollfree", "--post", "1"}, "posts nothing"},
        Usage{{"wake", "--kind", "wake_up_interruptible_nr"}, "give --nr"},
        Usage{{"timer", "--delay", "0", "--key", "1"}, "takes no --key"},
        Usage{{"timer", "--delay", "0", "--kind", "wake_up_pollfree"}, "ends a queue"},
        Usage{{"kinds", "256"}, "names no device"}, Usage{{"waiters", "x"}, "names no device"},
        Usage{{"timer"}, "--delay is required"},
        Usage{{"timer", "--delay", "1s", "--count", "2"}, "give the --period"},
        Usage{{"timer", "--delay", "1s", "--period", "49us"}, "the shortest is 50us"}));

class WithoutModule : public testing::TestWithParam<std::vector<std::string>> {
protected:
    void SetUp() override
    {
        if (std::filesystem::exists("/sys/module/waitq"))
            GTEST_SKIP() << "the module is loaded here";
    }
};

TEST_P(WithoutModule, IsExit1WithTheRemedy)
{
    const Finished run = waitq(GetParam());
    EXPECT_EQ(run.status, 1);
    EXPECT_EQ(run.out, "");
    EXPECT_TRUE(has(run.err, "sudo insmod waitq.ko")) << run.err;

    auto arguments = GetParam();
    arguments.insert(arguments.begin(),
                     "--json"); // before the command: it is meant for all
    const Finished machine = waitq(arguments);
    EXPECT_EQ(machine.status, 1);
    EXPECT_EQ(machine.out, "");
    const auto error = nlohmann::json::parse(machine.err).at("error");
    EXPECT_EQ(error.at("errno"), "ENOENT");
    EXPECT_TRUE(has(error.at("remedy"), "sudo make load"));
}

INSTANTIATE_TEST_SUITE_P(
    EachCommand, WithoutModule,
    testing::Values(std::vector<std::string>{"list"}, std::vector<std::string>{"info"},
                    std::vector<std::string>{"info", "waitq3"},
                    std::vector<std::string>{"wait", "--timeout", "1ms"},
                    std::vector<std::string>{"wake", "--kind", "wake_up_nr", "--nr", "2"},
                    std::vector<std::string>{"timer", "--delay", "0"},
                    std::vector<std::string>{"kinds"}, std::vector<std::string>{"waiters"},
                    std::vector<std::string>{"demo"}));

TEST(CommandLine, AnotherDeviceIsToldFromAWaitqDevice)
{
    for (const std::vector<std::string> &arguments : {std::vector<std::string>{"info", "/dev/null"},
                                                      {"wait", "/dev/null"},
                                                      {"wake", "/dev/null"},
                                                      {"kinds", "/dev/null"},
                                                      {"waiters", "/dev/null"},
                                                      {"timer", "--delay", "0", "/dev/null"}}) {
        const Finished run = waitq(arguments);
        EXPECT_EQ(run.status, 1);
        EXPECT_TRUE(has(run.err, "/dev/null")) << run.err;
        EXPECT_TRUE(has(run.err, "not a waitq device")) << run.err;
    }
}

} // namespace
