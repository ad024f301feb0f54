// SPDX-License-Identifier: GPL-2.0
// waitq torture: what it counts and reports, without a module.
#include "command_test.hpp"
#include "torture/guard.hpp"
#include "torture/machine.hpp"
#include "torture/proc.hpp"
#include "torture/subject.hpp"
#include "torture/torture_command.hpp"
#include "torture/worker.hpp"

#include <array>
#include <csignal>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace waitq::cli::torture {

namespace {

TEST(TortureSlot, ATaskKilledWhileItCountsHasCountedNothing)
{
    Arena arena(1);
    Slot &slot = arena.slots()[0];
    slot.step.number = 1;
    const pid_t child = fork();
    if (child == 0) {
        slot.count([](Tally &tally) {
            tally.taken[0] = 7;
            ::raise(SIGKILL);
        });
        _exit(0);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(slot.counted().taken[0], 0U);
    EXPECT_TRUE(slot.uncounted());
    slot.count([](Tally &tally) { tally.taken[0] = 7; });
    EXPECT_EQ(slot.counted().taken[0], 7U);
    EXPECT_FALSE(slot.uncounted());
}

TEST(TortureArena, ParkedTasksWakeWhenTheOrderChanges)
{
    Arena arena(1);
    arena.order(Order::Rest);
    std::thread parked([&] { arena.park(Order::Rest); });
    arena.order(Order::Run);
    parked.join();
    EXPECT_EQ(arena.order(), Order::Run);
}

TEST(TortureArena, WakersGoAheadAsFarAsThePaceLets)
{
    Arena arena(1);
    arena.pace({2, 1, 1, 1});
    EXPECT_TRUE(arena.may_post(0));
    arena.go_ahead(0, 3);
    EXPECT_FALSE(arena.may_post(0));
    EXPECT_TRUE(arena.may_post(1));
    arena.go_ahead(0, -1);
    EXPECT_TRUE(arena.may_post(0));
}

/// A worker that does what it is told: a post, and a take.
class OneCall : public Worker {
public:
    using Worker::Worker;
    void advance(Role role) override
    {
        Step step;
        step.count = role == Role::Waiter ? 1 : 0;
        step.threshold[0] = 2;
        step.takes = true;
        step.post = role == Role::Waker ? 2 : 0;
        counted(step, [this] { return error; });
    }
    void park() override {}
    int error = 0;
};

struct Books : testing::Test {
    Arena arena{1};
    Plan plan;
    Crew crew{arena, plan, {}, {}};
    OneCall worker{arena, arena.slots()[0], plan, 1};
    Checks checks;
};

TEST_F(Books, BalanceIfWhatWasPostedWasTakenOrIsThere)
{
    worker.advance(Role::Waker);
    worker.advance(Role::Waker);
    worker.advance(Role::Waiter);
    hold_conserved(checks, crew, 0, 5, 7); // the director has posted 5
    EXPECT_TRUE(checks.all_hold());
    hold_conserved(checks, crew, 0, 5, 6);
    EXPECT_TRUE(checks.failed(Check::conserved)) << "one is lost";
    Checks more;
    hold_conserved(more, crew, 0, 5, 8);
    EXPECT_TRUE(more.failed(Check::conserved)) << "one too many";
}

TEST_F(Books, ACallThatFailedMovesNothing)
{
    worker.advance(Role::Waker);
    worker.error = EINTR;
    worker.advance(Role::Waiter);
    hold_conserved(checks, crew, 0, 0, 2);
    EXPECT_TRUE(checks.all_hold());
    EXPECT_EQ(crew.sum().calls, 2U);
}

TEST_F(Books, AllowForWhatAKilledTaskMayHaveDone)
{
    worker.advance(Role::Waker);
    crew.uncertain().taken[0] = 2;
    hold_conserved(checks, crew, 0, 0, 0);
    hold_conserved(checks, crew, 0, 0, 2);
    EXPECT_TRUE(checks.all_hold());
    crew.uncertain().taken[0] = 1;
    hold_conserved(checks, crew, 0, 0, 0);
    EXPECT_FALSE(checks.all_hold());
}

/// A worker whose calls sleep until the task is killed.
class Sleeper : public Worker {
public:
    using Worker::Worker;
    void advance(Role role) override
    {
        Step step;
        step.count = role == Role::Waiter ? 1 : 0;
        step.queue[0] = 3;
        step.owes = role == Role::Waiter;
        counted(step, [] { return pause(); });
    }
    void park() override {}
};

/// A crew of one task. @begins: what the task does before it has a worker.
struct CrewOfOne {
    CrewOfOne(unsigned waiters, std::function<void()> begins)
    {
        plan.waiters = waiters;
        plan.wakers = 1 - waiters;
        crew.emplace(
            arena, plan,
            [this, begins = std::move(begins)](Slot &slot, std::uint64_t seed) {
                begins();
                return std::make_unique<Sleeper>(arena, slot, plan, seed);
            },
            [this](std::size_t queue) { passed_on.push_back(queue); });
        arena.order(Order::Run);
        crew->fill();
    }
    void await_sleep() const
    {
        while (state_of(crew->pid(0)) != 'S')
            std::this_thread::yield();
    }
    void await_call() const
    {
        while (crew->slot(0).phase.load() != Phase::Calling)
            std::this_thread::yield();
        await_sleep();
    }
    /// Twice, because only two looks can tell that nothing has run between them.
    bool at_rest() { return crew->at_rest() || crew->at_rest(); }

    Arena arena{1};
    Plan plan;
    std::vector<std::size_t> passed_on;
    std::optional<Crew> crew; // last: uses those above
};

TEST(TortureCrew, AWaiterThatSleepsInItsCallRests)
{
    CrewOfOne one(1, [] {});
    one.await_call();
    EXPECT_TRUE(one.at_rest());
}

TEST(TortureCrew, AWakerThatSleepsInItsCallDoesNot)
{
    CrewOfOne one(0, [] {});
    one.await_call();
    EXPECT_FALSE(one.at_rest());
}

TEST(TortureCrew, ATaskThatHasJustBegunIsNotParked)
{
    CrewOfOne one(1, [] { pause(); });
    one.await_sleep();
    EXPECT_FALSE(one.crew->all_parked());
    EXPECT_FALSE(one.at_rest());
}

TEST(TortureCrew, PassesOnWhatAKilledTaskOwed)
{
    for (const unsigned waiters : {1U, 0U}) {
        CrewOfOne one(waiters, [] {});
        one.await_call();
        one.crew->kill(0);
        while (one.crew->alive(0))
            one.crew->bury();
        const std::vector<std::size_t> owed(waiters, 3);
        EXPECT_EQ(one.passed_on, owed);
    }
}

/// Runs @torture in the child of a guard, which is a child of the test. Returns its exit status.
template <typename Torture>
int guarded(
    Torture torture, const std::function<void()> &free_tasks = [] {},
    const std::function<void()> &put_back = [] {})
{
    const pid_t command = fork();
    if (command == 0) {
        guard(free_tasks, put_back);
        torture();
        _exit(7);
    }
    int status = 0;
    EXPECT_EQ(waitpid(command, &status, 0), command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(TortureGuard, ExitsAsTheTortureDoes)
{
    EXPECT_EQ(guarded([] {}), 7);
}

TEST(TortureGuard, HandsItsSignalsOn)
{
    for (const int signal : {SIGTERM, SIGHUP})
        EXPECT_EQ(guarded([signal] {
                      kill(getppid(), signal);
                      while (!asked_to_end())
                          usleep(100);
                  }),
                  7);
}

TEST(TortureGuard, PutsBackWhenAllTasksOfATortureThatWasKilledAreGone)
{
    // The task ends when the tasks are freed; a byte tells what came first.
    std::array<int, 2> told{}, freed{};
    ASSERT_EQ(pipe(told.data()), 0);
    ASSERT_EQ(pipe(freed.data()), 0);
    const int status = guarded(
        [&] {
            if (fork() == 0) {
                char byte = 0;
                _exit(::read(freed[0], &byte, 1) == 1 && ::write(told[1], "t", 1) == 1 ? 0 : 1);
            }
            raise(SIGKILL);
        },
        [&] { EXPECT_EQ(::write(freed[1], "f", 1), 1); },
        [&] { EXPECT_EQ(::write(told[1], "b", 1), 1); });
    EXPECT_EQ(status, 1);
    std::array<char, 2> order{};
    EXPECT_EQ(::read(told[0], order.data(), 1), 1);
    EXPECT_EQ(::read(told[0], order.data() + 1, 1), 1);
    EXPECT_EQ(std::string(order.data(), 2), "tb");
    for (const int end : {told[0], told[1], freed[0], freed[1]})
        close(end);
}

TEST(TortureMachine, NoProcessorComesWhileATaskForbidsIt)
{
    constexpr unsigned no_such_processor = 100'000;
    std::array<int, 2> forbidden{}, done{};
    ASSERT_EQ(pipe(forbidden.data()), 0);
    ASSERT_EQ(pipe(done.data()), 0);
    const pid_t task = fork();
    if (task == 0) {
        const NoPlugging lock;
        char byte = 0;
        _exit(::write(forbidden[1], "f", 1) == 1 && ::read(done[0], &byte, 1) == 1 ? 0 : 1);
    }
    char byte = 0;
    ASSERT_EQ(::read(forbidden[0], &byte, 1), 1);
    // Not waited for: the task may have been stopped, and be let go on by the one that asks.
    const Machine machine({});
    EXPECT_EQ(machine.plug(no_such_processor, true), Machine::Plugged::NotNow);
    kill(task, SIGKILL);
    EXPECT_EQ(waitpid(task, nullptr, 0), task);
    EXPECT_EQ(machine.plug(no_such_processor, true), Machine::Plugged::Refused);
    for (const int end : {forbidden[0], forbidden[1], done[0], done[1]})
        close(end);
}

TEST(TortureReport, IsKtapWithAVerdict)
{
    Outcome outcome;
    outcome.rounds = 3;
    outcome.operations = 5000;
    outcome.lasted = std::chrono::seconds(2);
    outcome.checks.hold(Check::awake, true, "");
    Plan plan;
    plan.seed = 42;
    const Report good = torture_report("/dev/waitq", plan, outcome, {"noise kill: no"});
    EXPECT_EQ(good.exit, ExitCode::Ok);
    EXPECT_TRUE(good.text.starts_with("KTAP version 1\n1..7\n")) << good.text;
    EXPECT_NE(good.text.find("\nok 2 awake: no task slept with its condition true\n"),
              std::string::npos);
    EXPECT_NE(good.text.find("\nok 4 order: the first in was the first out # SKIP "),
              std::string::npos);
    EXPECT_NE(good.text.find("\n# left out: noise kill: no\n"), std::string::npos);
    EXPECT_TRUE(good.text.ends_with(
        "torture of /dev/waitq: PASS, 3 rounds, 5000 calls (2500/s), 0 tasks killed, seed 42\n"))
        << good.text;

    outcome.checks.hold(Check::awake, false, "task 7\nsleeps");
    const Report bad = torture_report("/dev/waitq", plan, outcome, {});
    EXPECT_EQ(bad.exit, ExitCode::Error);
    EXPECT_NE(bad.text.find("\nnot ok 2 awake: no task slept with its condition true\n# task 7\n"
                            "# sleeps\n"),
              std::string::npos)
        << bad.text;
}

TEST(TortureCommand, RefusesWhatItDoesNotKnow)
{
    const std::vector<Words> wrong = {
        {"torture", "--noise", "nonsense"},
        {"torture", "--noise", "kill,,stop"},
        {"torture", "--for", "0"},
        {"torture", "--round", "fast"},
        {"torture", "--waiters", "0"},
        {"torture", "--wakers", "1001"},
        {"torture", "--noise", "reload"},
        {"lab", "torture", "--kind", "nonsense"},
        {"lab", "torture", "--engine", "both"},
    };
    for (const Words &words : wrong)
        EXPECT_THROW(
            {
                const Asked asked = parse(words, "1.0");
                (void)asked.action(asked.settings);
            },
            UsageError)
            << words.back();
}

} // namespace

} // namespace waitq::cli::torture
