// SPDX-License-Identifier: GPL-2.0
#include "torture/lab_worker.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <string>
#include <system_error>
#include <unistd.h>

namespace waitq::cli::torture {

namespace {

using namespace std::chrono_literals;
using namespace waitq::lab;

constexpr std::uint32_t shortest_wait_ns = 1000, doublings = 12; ///< up to 2 ms
constexpr std::chrono::nanoseconds for_ever = 1h; ///< for the kinds that must have a timeout

constexpr std::uint32_t wait_count = wait_kinds.size();

/// The names, which the crew tells by number.
const std::vector<std::string> &names()
{
    static const auto all = [] {
        std::vector<std::string> list;
        list.reserve(2 * wait_kinds.size() + wake_kinds.size());
        for (const WaitKindRow &row : wait_kinds)
            list.push_back(std::string(row.name) + ", core");
        for (const WaitKindRow &row : wait_kinds)
            list.push_back(std::string(row.name) + ", macro");
        for (const WakeKindRow &row : wake_kinds)
            list.emplace_back(row.name);
        return list;
    }();
    return all;
}

bool is_exclusive(const WaitKindRow &row)
{
    return row.exclusive == "YES" || row.exclusive == "SOLE";
}

/// Whether the kind of wait can be made so that a wake-up of kind wake_up_interruptible ends it.
bool is_interruptible(const WaitKindRow &row)
{
    return row.state == "INTERRUPTIBLE" || row.has_state();
}

} // namespace

std::string_view lab_operation(std::uint32_t index)
{
    return names().at(index);
}

LabWorker::LabWorker(Arena &arena, Slot &slot, const Plan &plan, std::uint64_t seed,
                     unsigned queues, const LabChoice &choice)
    : Worker(arena, slot, plan, seed), choice_(choice)
{
    for (unsigned index = 0; index < queues; ++index) {
        auto file = Lab::open(index);
        if (!file)
            throw std::system_error(file.error(), "open of a lab node");
        files_.push_back(std::move(*file));
    }
}

bool LabWorker::fits(const WaitKindRow &row, Engine engine)
{
    const bool sleep_on = row.sleep == "SLEEP_ON";
    const auto &chosen = choice_.kinds;
    if (chosen.empty() ? sleep_on : std::ranges::find(chosen, row.kind) == chosen.end())
        return false;
    // sleep_on is the core's alone: the kernel has removed it.
    if (sleep_on ? engine == Engine::Macro : !choice_.here.has(row.kind))
        return false;
    if (choice_.engine && *choice_.engine != engine)
        return false;
    switch (mode()) {
    case LabMode::All:
        return true;
    case LabMode::One:
        return is_exclusive(row) ||
               (engine == Engine::Core && row.lock == "NONE" && !row.by_hand());
    case LabMode::Interruptible:
        return is_interruptible(row);
    case LabMode::Callbacks:
        return row.has_timeout();
    }
    return false;
}

bool LabWorker::fits(const WakeKindRow &row)
{
    if (!choice_.here.has(row.kind))
        return false;
    const bool pollfree = row.kind == WakeKind::wake_up_pollfree;
    switch (mode()) {
    case LabMode::All:
        return !pollfree && row.scope == "ALL" && row.mode == "NORMAL";
    case LabMode::One:
        return row.scope != "ALL" && row.mode == "NORMAL";
    case LabMode::Interruptible:
        return !pollfree && row.scope == "ALL";
    case LabMode::Callbacks:
        return true;
    }
    return false;
}

lab::WaitRequest LabWorker::request_for(const WaitKindRow &row, Engine engine, bool &timed)
{
    lab::WaitRequest request;
    request.kind = row.kind;
    request.engine = engine;
    const bool one = mode() == LabMode::One, callbacks = mode() == LabMode::Callbacks;
    request.threshold = one ? 1 : 1 + roll(arena().most());
    request.consume = one || roll(4) != 0;
    if (row.has_timeout()) {
        timed = callbacks || (has(Noise::timeouts) && roll(one ? 2 : 3) == 0);
        request.timeout =
            timed ? std::chrono::nanoseconds(roll(shortest_wait_ns << roll(doublings))) : for_ever;
    }
    if (row.has_state()) {
        constexpr std::array states{State::Interruptible, State::Uninterruptible, State::Killable,
                                    State::Idle};
        request.state = mode() == LabMode::Interruptible ? State::Interruptible
                                                         : states.at(roll(states.size()));
    }
    const bool core = engine == Engine::Core;
    request.exclusive = core && !row.by_hand() && !is_exclusive(row) && (one || roll(4) == 0);
    // (No nap: a task whose condition sleeps is never at rest.)
    request.window = row.lock == "NONE" && row.sleep != "SLEEP_ON" && !timed && roll(6) == 0;
    if (row.kind == WaitKind::init_waitqueue_func_entry && callbacks) {
        constexpr std::array all{Callback::Wake, Callback::Refuse, Callback::End, Callback::Poller};
        request.callback = all.at(roll(core ? 4 : 3));
        request.key = roll(4);
    }
    return request;
}

void LabWorker::wait()
{
    const WaitKindRow *row = nullptr;
    Engine engine{};
    // Most kinds fit most modes. Where none does, this task has a rest.
    for (int times = 0; !row && times < 200; ++times) {
        engine = roll(2) == 0 ? Engine::Core : Engine::Macro;
        const auto &chosen = choice_.kinds;
        const WaitKindRow *candidate =
            chosen.empty() ? &wait_kinds.at(roll(wait_count))
                           : find_kind(chosen.at(roll(static_cast<std::uint32_t>(chosen.size()))));
        if (candidate && fits(*candidate, engine))
            row = candidate;
    }
    if (!row) {
        usleep(200);
        return;
    }
    Step step;
    const lab::WaitRequest request = request_for(*row, engine, step.timed);
    const std::uint32_t queue = any_of(files_.size());
    step.operation = static_cast<std::uint32_t>(row - wait_kinds.data()) +
                     (engine == Engine::Macro ? wait_count : 0);
    step.count = 1;
    step.queue[0] = queue;
    step.threshold[0] = request.threshold;
    step.takes = request.consume;
    step.exclusive = is_exclusive(*row) || request.exclusive;
    step.window = request.window;
    step.owes = step.exclusive && engine == Engine::Macro;
    const int error = counted(step, [&] {
        const auto result = files_.at(queue).wait(request);
        if (!result)
            return result.error().value();
        return result->outcome == Outcome::Satisfied  ? 0
               : result->outcome == Outcome::TimedOut ? ETIMEDOUT
                                                      : EINTR;
    });
    const bool busy =
        error == EBUSY && (row->exclusive == "SOLE" || request.callback == Callback::Poller);
    const bool ended = error == EIDRM && request.callback == Callback::Poller;
    if (error != 0 && error != EINTR && (error != ETIMEDOUT || !step.timed) && !busy && !ended)
        fail(error, "failed");
    // An exclusive waiter of the kernel's that takes without having slept may have been woken all
    // the same: it must look for more itself, as pipe_read() does. So may one in a loop made by
    // hand between its last look and its way out with a signal. The wait layer does that.
    const bool known = error == ETIMEDOUT && !choice_.known_bugs;
    const bool by_hand = error == EINTR && row->by_hand();
    if (step.owes && (error == 0 || known || by_hand))
        pass_on(queue);
    if (!request.consume)
        sched_yield();
}

void LabWorker::pass_on(std::uint32_t queue)
{
    if (mode() == LabMode::Callbacks || (arena().mode() & lab_no_passing_on) != 0)
        return;
    Step step;
    step.operation = 2 * wait_count;
    step.queue[0] = queue;
    step.owes = true;
    lab::WakeRequest request;
    request.post = 0;
    if (counted(step, [&] { return files_.at(queue).wake(request).error().value(); }) != 0)
        fail(0, "a bare wake-up failed");
}

void LabWorker::wake()
{
    const std::uint32_t queue = any_of(files_.size());
    if (!may_post(queue))
        return;
    const WakeKindRow *row = nullptr;
    while (!row)
        if (const WakeKindRow &candidate = wake_kinds.at(roll(wake_kinds.size())); fits(candidate))
            row = &candidate;
    lab::WakeRequest request;
    request.kind = row->kind;
    request.engine = roll(2) == 0 ? Engine::Core : Engine::Macro;
    request.context = contexts.at(roll(contexts.size())).context;
    request.post = row->kind == WakeKind::wake_up_pollfree ? 0 : 1 + roll(arena().most());
    if (row->scope == "NR")
        request.nr = static_cast<std::uint32_t>(request.post);
    else if (row->scope == "ONE" && mode() == LabMode::One)
        request.post = 1;
    if (row->key == "KEY" && mode() == LabMode::Callbacks)
        request.key = roll(4);
    Step step;
    step.operation = 2 * wait_count + static_cast<std::uint32_t>(row - wake_kinds.data());
    step.post_queue = queue;
    step.post = request.post;
    const int error = counted(step, [&] { return files_.at(queue).wake(request).error().value(); });
    if (error != 0)
        fail(error, "failed");
}

void LabWorker::advance(Role role)
{
    if (role == Role::Waiter)
        wait();
    else
        wake();
}

} // namespace waitq::cli::torture
