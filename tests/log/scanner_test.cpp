// SPDX-License-Identifier: GPL-2.0
// Hosted: the scanner finds every planted splat, and nothing in a clean log.
#include "scanner.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sys/wait.h>

namespace {

using waitq::log::Finding;
using Patterns = std::vector<std::string>;

const std::filesystem::path logs = WAITQ_LOGS;

// What each planted log must yield: the pattern of each finding, in the order of the lines.
const std::map<std::string, Patterns> planted = {
    {"arm64-oops", {"Unable to handle kernel", "Oops:"}},
    {"atomic-sleep", {"BUG:", "BUG:"}},
    {"bug-null", {"BUG:", "Oops:", "Call Trace:"}},
    {"bug-on", {"[ cut here ]", "kernel BUG at"}},
    {"control-flow", {"CFI failure", "Missing ENDBR"}},
    {"debugobjects", {"BUG:", "WARNING:"}},
    {"double-fault", {"PANIC: double fault"}},
    {"general-protection", {"general protection fault", "KASAN:"}},
    {"hung-task", {"blocked for more than"}},
    {"kasan", {"BUG:", "Call Trace:"}},
    {"kcsan", {"BUG:", "BUG:", "BUG:"}},
    {"leak", {"new suspected memory leaks", "unreferenced object"}},
    {"leak-off", {"Kernel memory leak detector disabled"}},
    {"list", {"list_del corruption", "list_add corruption"}},
    {"lockdep-circular", {"WARNING:"}},
    {"lockdep-off",
     {"INFO: trying to register non-static key", "turning off the locking correctness validator",
      "DEBUG_LOCKS_WARN_ON", "Disabling lock debugging", "lockdep is turned off"}},
    {"lockdep-state", {"WARNING:"}},
    {"lockup", {"BUG:", "hard LOCKUP", "nobody cared", "deprecated workqueue"}},
    {"memory", {"page allocation failure", "invoked oom-killer"}},
    {"page", {"BUG:"}},
    {"panic", {"Kernel panic", "Kernel panic"}},
    {"rcu-stall",
     {"detected stalls on", "self-detected stall", "detected expedited stalls",
      "kthread starved for"}},
    {"refcount", {"refcount_t:", "WARNING:"}},
    {"slab",
     {"Objects remaining", "still has objects", "Redzone overwritten", "Poison overwritten",
      "Object already free"}},
    {"ubsan", {"UBSAN:", "UBSAN:"}},
    {"vmalloc", {"Call Trace:", "Call Trace:"}},
    {"warning", {"[ cut here ]", "WARNING:", "Call Trace:"}},
};

std::string read(const std::filesystem::path &path)
{
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file.is_open()) << path;
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::set<std::string> names_in(const char *directory)
{
    std::set<std::string> names;
    for (const auto &entry : std::filesystem::directory_iterator(logs / directory))
        names.insert(entry.path().stem());
    return names;
}

Patterns patterns_of(const std::vector<Finding> &findings)
{
    Patterns patterns;
    for (const auto &finding : findings)
        patterns.emplace_back(finding.pattern);
    return patterns;
}

struct Outcome {
    int status;
    std::string output;
};

// Runs check-log as a person would; status -1 if it did not exit by itself.
Outcome check_log(const std::string &arguments)
{
    Outcome outcome{-1, ""};
    FILE *pipe = popen((WAITQ_CHECK_LOG " " + arguments + " 2>&1").c_str(), "r");
    std::array<char, 4096> buffer;
    while (const auto n = fread(buffer.data(), 1, buffer.size(), pipe))
        outcome.output.append(buffer.data(), n);
    const int status = pclose(pipe);
    if (WIFEXITED(status))
        outcome.status = WEXITSTATUS(status);
    return outcome;
}

TEST(Planted, EachLogYieldsItsFindings)
{
    for (const auto &[name, patterns] : planted) {
        const auto log = read(logs / "planted" / (name + ".log"));
        EXPECT_EQ(patterns_of(waitq::log::scan(log)), patterns) << name;
    }
}

TEST(Planted, NoLogIsLeftOut)
{
    std::set<std::string> expected;
    for (const auto &[name, patterns] : planted)
        expected.insert(name);
    EXPECT_EQ(names_in("planted"), expected);
}

TEST(Planted, NoPatternIsDead)
{
    std::set<std::string> fired;
    for (const auto &[name, patterns] : planted)
        fired.insert(patterns.begin(), patterns.end());
    EXPECT_FALSE(waitq::log::splats().empty());
    for (const auto pattern : waitq::log::splats())
        EXPECT_TRUE(fired.contains(std::string(pattern))) << pattern;
}

TEST(Planted, IsFoundAfterACleanLog)
{
    const auto clean = read(logs / "clean" / "boot-6.1-cloud.log");
    const auto lines = static_cast<std::size_t>(std::ranges::count(clean, '\n'));
    for (const auto &[name, patterns] : planted) {
        auto log = clean;
        log += read(logs / "planted" / (name + ".log"));
        const auto findings = waitq::log::scan(log);
        EXPECT_EQ(patterns_of(findings), patterns) << name;
        ASSERT_FALSE(findings.empty()) << name;
        EXPECT_GT(findings.front().line, lines) << name;
    }
}

TEST(Clean, StaysClean)
{
    for (const auto &name : names_in("clean")) {
        const auto log = read(logs / "clean" / (name + ".log"));
        EXPECT_GT(log.size(), 0U) << name;
        EXPECT_EQ(patterns_of(waitq::log::scan(log)), Patterns()) << name;
    }
}

TEST(Allowed, HasAReasonAndIsNeeded)
{
    std::string clean;
    for (const auto &name : names_in("clean"))
        clean += read(logs / "clean" / (name + ".log"));
    for (const auto &entry : waitq::log::allowed()) {
        EXPECT_FALSE(entry.reason.empty()) << entry.text;
        EXPECT_NE(clean.find(entry.text), std::string::npos) << entry.text;
        const bool fits = std::ranges::any_of(waitq::log::splats(), [&](auto pattern) {
            return entry.text.find(pattern) != std::string_view::npos;
        });
        EXPECT_TRUE(fits) << entry.text << ": no pattern fits, nothing to allow";
    }
}

TEST(Finding, TellsLineTextAndTest)
{
    const std::string log = "[ 1.0] boot\r\n"
                            "[ 1.1] WARNING: early\r\n"
                            "[ 1.2] waitq-test: Read.Sleeps\r\n"
                            "[ 1.3] fine\r\n"
                            "[ 1.4] BUG: late"; // cut off: no end of line
    const auto findings = waitq::log::scan(log);
    ASSERT_EQ(findings.size(), 2U);
    EXPECT_EQ(findings[0].line, 2U);
    EXPECT_EQ(findings[0].text, "[ 1.1] WARNING: early");
    EXPECT_EQ(findings[0].test, "");
    EXPECT_EQ(findings[1].line, 5U);
    EXPECT_EQ(findings[1].text, "[ 1.4] BUG: late");
    EXPECT_EQ(findings[1].pattern, "BUG:");
    EXPECT_EQ(findings[1].test, "Read.Sleeps");
}

TEST(ReportsOfOthers, AreListedAndCounted)
{
    const auto path = (logs / "clean" / "kcsan-of-others.log").string();
    EXPECT_EQ(waitq::log::reports_of_others(read(path)).size(), 2U);
    const auto said = check_log(path);
    EXPECT_EQ(said.status, 0);
    EXPECT_EQ(said.output,
              path +
                  ": not waitq's: BUG: KCSAN: data-race in do_exit / task_dump_owner (2 times)\n");
    for (const auto &[name, patterns] : planted)
        EXPECT_TRUE(waitq::log::reports_of_others(read(logs / "planted" / (name + ".log"))).empty())
            << name;
}

TEST(ReportsOfOthers, AKnownWarningIsTold)
{
    const auto path = (logs / "clean" / "rt-frees-a-task.log").string();
    const auto log = read(path);
    ASSERT_EQ(waitq::log::reports_of_others(log).size(), 1U);
    EXPECT_NE(check_log(path).output.find(": not waitq's: PREEMPT_RT:"), std::string::npos);
    // With one of its frames in a module of waitq's, or without its end, or at another place, it is
    // a finding.
    const Patterns warning{"[ cut here ]", "WARNING:", "Call Trace:"};
    const auto with = [&](const std::string &text, const std::string &other) {
        auto changed = log;
        const auto at = changed.find(text);
        EXPECT_NE(at, std::string::npos) << text;
        return changed.replace(at, text.size(), other);
    };
    EXPECT_EQ(patterns_of(waitq::log::scan(
                  with(" kernel_clone+0x6c/0x400", " waitq_open+0x6c/0x400 [waitq]"))),
              warning);
    EXPECT_EQ(patterns_of(waitq::log::scan(with("[ end trace", ""))), warning);
    EXPECT_EQ(patterns_of(waitq::log::scan(with("__put_task_struct", "__put_other_struct"))),
              warning);
}

TEST(Known, HasAReasonAndIsNeeded)
{
    std::set<std::string_view> told;
    std::vector<std::string> clean;
    for (const auto &name : names_in("clean"))
        clean.push_back(read(logs / "clean" / (name + ".log")));
    for (const auto &log : clean)
        for (const auto &other : waitq::log::reports_of_others(log))
            told.insert(other.title);
    for (const auto &entry : waitq::log::known()) {
        EXPECT_FALSE(entry.reason.empty()) << entry.text;
        EXPECT_TRUE(told.contains(entry.reason)) << entry.text;
    }
}

TEST(Finding, NoneInAnEmptyLog)
{
    EXPECT_TRUE(waitq::log::scan("").empty());
}

TEST(Marker, IsReadBackWhereverTheKernelPutsIt)
{
    const auto marker = waitq::log::marker("Read.Sleeps");
    EXPECT_EQ(marker, "waitq-test: Read.Sleeps\n");
    for (const std::string before : {"", "[    1.410018] ", "[    1.410018][  T131] ", "<4>",
                                     "<4>[    1.410018] ", "4,812,1410018,-;"}) {
        const auto line = before + "waitq-test: Read.Sleeps";
        EXPECT_EQ(waitq::log::marked_test(line), "Read.Sleeps") << before;
    }
    EXPECT_EQ(waitq::log::marked_test("[ 1.0] saw \"waitq-test: Read.Sleeps"), std::nullopt);
    EXPECT_EQ(waitq::log::marked_test("[ 1.0] waitq: ready"), std::nullopt);
}

TEST(Marker, SinceTheLastOneOfThatTest)
{
    const std::string log = "WARNING: before\n"
                            "waitq-test: A.One\nBUG: first round\n"
                            "waitq-test: A.Two\n"
                            "waitq-test: A.One\nBUG: second round\n";
    const auto findings = waitq::log::scan_since(log, "A.One");
    ASSERT_TRUE(findings);
    ASSERT_EQ(findings->size(), 1U);
    EXPECT_EQ(findings->front().text, "BUG: second round");
    EXPECT_EQ(waitq::log::scan_since(log, "A.Two")->size(), 1U);
    EXPECT_FALSE(waitq::log::scan_since(log, "A.Three")) << "no marker is not clean";
}

TEST(CheckLog, ExitStatusAndOutput)
{
    const auto clean = (logs / "clean" / "test-run.log").string();
    const auto dirty = (logs / "planted" / "bug-null.log").string();
    EXPECT_EQ(check_log(clean).status, 0);
    EXPECT_EQ(check_log(clean).output, "");

    const auto both = check_log(clean + " " + dirty);
    EXPECT_EQ(both.status, 1);
    EXPECT_NE(both.output.find(dirty + ":2: [Read.SleepsUntilWritten] "), std::string::npos)
        << both.output;

    EXPECT_EQ(check_log("--since Read.SleepsUntilWritten " + dirty).status, 1);
    EXPECT_EQ(check_log("--since Read.ReturnsWhatWasWritten " + clean).status, 0);
    EXPECT_EQ(check_log("--since No.Such " + clean).status, 2);
    EXPECT_EQ(check_log(dirty + " /no/such/file").status, 2);
    EXPECT_EQ(check_log(logs.string()).status, 2) << "a directory";
    EXPECT_EQ(check_log("").status, 2);
    EXPECT_EQ(check_log("--nonsense").status, 2);
}

} // namespace
