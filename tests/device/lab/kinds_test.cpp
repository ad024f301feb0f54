// SPDX-License-Identifier: GPL-2.0
// kinds_test.cpp - wait kind by engine by situation. What each cell must say follows from the
// row's columns, and both engines must say the same. The table is printed.
#include "../support/module.hpp"
#include "cell.hpp"

#include <fstream>
#include <iostream>
#include <vector>

namespace waitq::test {
namespace {

bool pending(pid_t task, int signal)
{
    std::ifstream file("/proc/self/task/" + std::to_string(task) + "/status");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("SigPnd:"))
            return std::stoull(line.substr(7), nullptr, 16) >> (signal - 1) & 1;
    return false;
}

// ---- situations: what is done, and what must come of it ----------------------

std::string true_before(Cell &cell)
{
    cell.post();
    return in_words(cell.row(), cell.call());
}

std::string woken_true(Cell &cell)
{
    cell.start();
    cell.post();
    return cell.ended();
}

std::string woken_false(Cell &cell)
{
    cell.start();
    cell.post(LAB_WAKE_UP, 0);
    if (!cell.asleep() || cell.waiter().done())
        cell.say("does not sleep on; ");
    cell.post();
    return cell.ended();
}

template <lab_context context>
std::string woken_from(Cell &cell)
{
    cell.start();
    wake(cell.file(), {sizeof(lab_wake), LAB_WAKE_UP, 0, context, 0, 0, 1, 0, 0});
    return cell.ended();
}

std::string expires(Cell &cell)
{
    const auto begin = std::chrono::steady_clock::now();
    const auto answer = cell.call(20 * ms);
    const bool early = std::chrono::steady_clock::now() - begin < std::chrono::milliseconds(20);
    cell.post(); // too late
    const bool kept = info(cell.file()).counter == 1;
    return in_words(cell.row(), answer) + (early ? ", early" : "") + (kept ? "" : ", taken late");
}

std::string zero_false(Cell &cell)
{
    return in_words(cell.row(), cell.call(0));
}

std::string zero_true(Cell &cell)
{
    cell.post();
    const auto answer = cell.call(0);
    return answer.error == 0 ? "returned " + std::to_string(answer.out.returned)
                             : in_words(cell.row(), answer);
}

std::string signal_comes(Cell &cell)
{
    cell.start();
    cell.waiter().signal();
    if (!cell.row().any_signal()) {
        if (!until([&] { return pending(cell.waiter().tid(), SIGUSR1); }) || !cell.asleep())
            cell.say("wakes; ");
        cell.post();
    }
    return cell.ended();
}

std::string blocked_signal(Cell &cell)
{
    sigset_t mask, before;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &mask, &before); // the waiter has it from here
    cell.start();
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    cell.waiter().signal();
    if (!pending(cell.waiter().tid(), SIGUSR1) || !cell.asleep())
        cell.say("wakes; ");
    cell.post();
    return cell.ended();
}

std::string fatal_signal(Cell &cell)
{
    Child child([&] { return static_cast<int>(cell.call().error); });
    if (!asleep(child.pid(), cell.row().letter(), cell.file(), cell.row().figure()))
        return "does not sleep";
    child.signal(SIGKILL);
    std::string said = "dies";
    if (!cell.row().fatal_signal()) {
        said = asleep(child.pid(), cell.row().letter(), cell.file(), cell.row().figure())
                   ? "sleeps on, dies when woken"
                   : "wakes";
        cell.post();
    }
    if (const int status = child.status(); !WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
        said += ", but does not die";
    const auto figures = info(cell.file());
    if (figures.waiters + figures.waiters_exclusive != 0)
        said += ", but leaves something behind";
    return said;
}

// The condition true and a signal pending before the waiter can run: true wins.
std::string signal_and_true(Cell &cell)
{
    const Hog hog(1);
    pin(0, 0);
    cell.start();
    pin(cell.waiter().tid(), 1);
    hog.begin();
    cell.waiter().signal();
    cell.post();
    hog.end();
    unpin(0);
    return cell.ended();
}

// The time of a waiter passes while it cannot run, and `then` happens as well. (It is the clock
// that is waited for: the timer's interrupt comes, whoever has the CPU.)
template <class Then>
std::string late(Cell &cell, Then then)
{
    pin(0, 0);
    std::string said = "too slow";
    // A machine may be too slow to see the waiter asleep in time, and to keep it off its CPU.
    for (__s64 time = 20 * ms; said == "too slow" && time < 500 * ms; time *= 2) {
        const Hog hog(1);
        const bool asleep = cell.start_within(time);
        // It has begun to wait by now; rounding adds two ticks of 10 ms at most.
        const auto end =
            std::chrono::steady_clock::now() + std::chrono::nanoseconds(time + 30 * ms);
        hog.begin();
        if (asleep && !cell.waiter().done()) {
            while (std::chrono::steady_clock::now() < end) {
            }
            then();
            said.clear();
        }
        hog.end();
        const std::string how = cell.ended();
        if (said.empty())
            said = how;
    }
    unpin(0);
    return said;
}

std::string true_at_expiry(Cell &cell)
{
    std::string said = late(cell, [&] { cell.post(); });
    if (cell.row().jiffies() && said == "true, left" && cell.out().returned != 1)
        return "true, returned " + std::to_string(cell.out().returned);
    return said;
}

std::string signal_at_expiry(Cell &cell)
{
    return late(cell, [&] { cell.waiter().signal(); });
}

// Two waiters, one after the other: their order in the queue.
std::string order(Cell &cell)
{
    std::vector<Answer<lab_wait>> answers(2);
    Caller first([&] { return (answers[0] = cell.call()).error; });
    if (!asleep(first.tid(), cell.row().letter(), cell.file(), cell.row().figure()))
        return "does not sleep";
    Caller second([&] { return (answers[1] = cell.call()).error; });
    std::string said;
    if (cell.row().exclusive == "SOLE") {
        said = "second refused";
        if (second.result() != -EBUSY)
            said = "second not refused";
    } else if (!asleep(second.tid(), cell.row().letter(), cell.file(), cell.row().figure(), 2)) {
        return "does not sleep";
    } else {
        lab_waiter list[8]{};
        lab_waiters request{sizeof request, 8, reinterpret_cast<__u64>(list), 0};
        ioctl(cell.file().fd(), LAB_IOC_WAITERS, &request);
        const bool both = request.count == 2;
        const auto is = [&](int i, const Caller &who) {
            return list[i].pid == static_cast<__u32>(who.tid());
        };
        said = both && is(0, first) && is(1, second)   ? "first in, first"
               : both && is(0, second) && is(1, first) ? "last in, first"
                                                       : "no order";
        // Exclusive: one wake-up, one waiter.
        if (cell.row().is_exclusive()) {
            cell.post();
            first.result();
            if (!asleep(second.tid(), cell.row().letter(), cell.file(), cell.row().figure()))
                said += ", both woken";
        }
    }
    cell.post(LAB_WAKE_UP_ALL, 2);
    return said;
}

std::string wrong_mode(Cell &cell)
{
    cell.start();
    cell.post(LAB_WAKE_UP_INTERRUPTIBLE);
    std::string said;
    if (!cell.row().any_signal()) {
        said = cell.asleep() ? "passed over; " : "";
        cell.post(LAB_WAKE_UP, 0);
    }
    return said + cell.ended();
}

// The lock at the tests, the commands around the sleep.
std::string around(Cell &cell)
{
    cell.start();
    cell.post();
    std::string said = cell.ended();
    if (cell.out().observed & LAB_SAW_LOCK)
        said += ", locked";
    if (cell.out().before != 0)
        said += cell.out().after == cell.out().before ? ", before and after"
                : cell.out().after == 0               ? ", before"
                                                      : ", before without after";
    return said;
}

// ---- what must come of it ----------------------------------------------------

bool always(const WaitRow &)
{
    return true;
}
bool timed(const WaitRow &row)
{
    return row.timed();
}

struct Situation {
    const char *name;
    std::string (*run)(Cell &cell);
    bool (*applies)(const WaitRow &row);
    std::string (*expected)(const WaitRow &row);
};

const Situation situations[] = {
    {"true before", true_before, always, satisfied},
    {"woken true", woken_true, always, satisfied},
    {"woken false", woken_false, always, satisfied},
    {"from task", woken_from<LAB_CONTEXT_PROCESS>, always, satisfied},
    {"hard irq", woken_from<LAB_CONTEXT_HARD_IRQ>, always, satisfied},
    {"soft irq", woken_from<LAB_CONTEXT_SOFT_IRQ>, always, satisfied},
    {"work", woken_from<LAB_CONTEXT_WORK>, always, satisfied},
    {"irq_work", woken_from<LAB_CONTEXT_IRQ_WORK>, always, satisfied},
    {"kthread", woken_from<LAB_CONTEXT_KTHREAD>, always, satisfied},
    {"expires", expires, timed, timed_out},
    {"zero, false", zero_false, timed, timed_out},
    {"zero, true", zero_true, timed,
     [](const WaitRow &row) { return std::string(row.jiffies() ? "returned 1" : "returned 0"); }},
    {"signal", signal_comes, always,
     [](const WaitRow &row) { return row.any_signal() ? signalled : satisfied(row); }},
    {"blocked signal", blocked_signal, always, satisfied},
    {"kill -9", fatal_signal, always,
     [](const WaitRow &row) {
         return std::string(row.fatal_signal() ? "dies" : "sleeps on, dies when woken");
     }},
    {"signal and true", signal_and_true, always, satisfied},
    {"true at expiry", true_at_expiry, timed,
     [](const WaitRow &row) { // the callers of sleep_on_timeout() did not look again
         return row.sleep == "SLEEP_ON" ? timed_out(row) : satisfied(row);
     }},
    {"signal at expiry", signal_at_expiry, timed,
     [](const WaitRow &row) {
         return row.any_signal() && !row.jiffies() ? signalled : timed_out(row);
     }},
    {"order", order, always,
     [](const WaitRow &row) {
         const bool first =
             row.is_exclusive() || row.lock.starts_with("HEAD") || row.exclusive == "PRIORITY";
         return std::string(row.exclusive == "SOLE" ? "second refused"
                            : first                 ? "first in, first"
                                                    : "last in, first");
     }},
    {"wrong mode", wrong_mode, always,
     [](const WaitRow &row) { return (row.any_signal() ? "" : "passed over; ") + satisfied(row); }},
    {"around", around, always,
     [](const WaitRow &row) {
         return satisfied(row) + (row.lock == "NONE" ? "" : ", locked") +
                (row.sleep == "CMD"          ? ", before and after"
                 : row.sleep == "BEFORE_CMD" ? ", before"
                                             : "");
     }},
};

class EachWaitKind : public WithLab, public testing::WithParamInterface<WaitRow> {};

INSTANTIATE_TEST_SUITE_P(All, EachWaitKind, testing::ValuesIn(wait_rows),
                         [](const auto &row) { return std::string(row.param.name); });

TEST_P(EachWaitKind, IsTheKernelsOwn)
{
    const WaitRow &row = GetParam();
    const lab_kinds kernel = kinds(LabFile());
    for (const lab_engine engine : {LAB_ENGINE_CORE, LAB_ENGINE_MACRO}) {
        std::cout << "# " << row.name << (engine == LAB_ENGINE_CORE ? ", core:" : ", macro:");
        const bool there = has(kernel, row, engine);
        for (const Situation &situation : situations) {
            if (!situation.applies(row)) {
                std::cout << " -";
                continue;
            }
            Cell cell(row, engine);
            const std::string said = there ? situation.run(cell) : in_words(row, cell.call());
            const std::string expected = there ? situation.expected(row) : strerror(EOPNOTSUPP);
            EXPECT_EQ(said, expected) << situation.name << ", engine " << engine;
            std::cout << (said != expected ? " FAILED" : there ? " ok" : " lacks");
            if (said != expected) { // what comes after could hang on it
                std::cout << std::endl;
                return;
            }
            // The next cell finds an empty counter.
            if (const __u64 rest = info(cell.file()).counter)
                wait(cell.file(),
                     lab_wait_request(LAB_WAIT_EVENT_INTERRUPTIBLE, rest, 0, LAB_CONSUME));
        }
        std::cout << std::endl;
    }
}

TEST(Kinds, TheColumnsOfTheTable)
{
    std::cout << "# columns of the table of kinds:";
    for (const Situation &situation : situations)
        std::cout << " [" << situation.name << "]";
    std::cout << std::endl;
}

} // namespace
} // namespace waitq::test
