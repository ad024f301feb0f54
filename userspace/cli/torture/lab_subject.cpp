// SPDX-License-Identifier: GPL-2.0
// The lab under torture: what its director looks at, wakes and sums up.
#include "failure.hpp"
#include "torture/lab_torture.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace waitq::cli::torture {

namespace {

using namespace std::chrono_literals;
using namespace waitq::lab;

class LabSubject : public Subject {
public:
    explicit LabSubject(LabChoice choice) : choice_(std::move(choice)) {}

    [[nodiscard]] std::string_view name() const override { return "/dev/waitq_lab"; }
    [[nodiscard]] std::string_view operation(std::uint32_t index) const override
    {
        return lab_operation(index);
    }
    [[nodiscard]] std::unique_ptr<Worker> worker(Arena &arena, Slot &slot, const Plan &plan,
                                                 std::uint64_t seed) override
    {
        return std::make_unique<LabWorker>(arena, slot, plan, seed, static_cast<unsigned>(queues_),
                                           choice_);
    }
    [[nodiscard]] std::vector<std::string> left_out() const override;

    void open() override;
    void close() override { files_.clear(); }
    [[nodiscard]] const Module &module() const override { return lab_module; }
    [[nodiscard]] std::string parameters() const override { return "queues=1"; }
    std::string begin_round(Arena &arena, std::minstd_rand &random) override;
    void look_at_rest(Crew &crew, Checks &checks) override;
    void wake_in_order(Crew &crew, Checks &checks, std::minstd_rand &random,
                       const Await &await) override;
    void pass_on(std::size_t queue) override;
    void release(Crew &crew) override;
    void release(std::size_t tasks) override;
    void end_round(Crew &crew, Checks &checks, const Await &await) override;
    [[nodiscard]] std::string entries() override;

private:
    [[nodiscard]] static DeviceName name_of(std::size_t index)
    {
        return parse_device_name(lab_module, std::to_string(index));
    }
    [[nodiscard]] lab_info info(std::size_t index) const
    {
        return require(files_[index].info(), Call::Info, name_of(index));
    }
    [[nodiscard]] lab::Waiters waiters(std::size_t index) const
    {
        return require(files_[index].waiters(), Call::Waiters, name_of(index));
    }
    void wake(std::size_t index, const lab::WakeRequest &request)
    {
        (void)require(files_[index].wake(request), Call::Wake, name_of(index));
        posted_.at(index) += request.post;
    }
    [[nodiscard]] std::vector<std::size_t> exclusive_in(std::size_t index, const Crew &crew) const;
    void wake_first(std::size_t index, Crew &crew, Checks &checks, std::minstd_rand &random,
                    const Await &await);
    [[nodiscard]] std::string describe(const Crew &crew, std::size_t task) const
    {
        return crew.describe(task, operation(crew.slot(task).step.operation));
    }

    LabChoice choice_;
    Arena *arena_ = nullptr;
    std::size_t queues_ = 0;
    std::vector<Lab> files_;
    std::array<std::uint64_t, queues_max> posted_{}; ///< by the director, in this round
};

std::vector<std::string> LabSubject::left_out() const
{
    std::vector<std::string> lines;
    if (choice_.kinds.empty())
        lines.emplace_back("sleep_on_timeout, which loses wake-ups: --kind sleep_on_timeout");
    if (!choice_.known_bugs)
        lines.emplace_back("wake-ups that exclusive macros with a timeout lost before Linux 6.15 "
                           "(84654c7f4730): --known-bugs");
    return lines;
}

void LabSubject::open()
{
    const auto found = nodes(lab_module);
    queues_ = found ? std::clamp<std::size_t>(found->size(), 1, queues_max) : 1;
    for (std::size_t index = 0; index < queues_; ++index)
        files_.push_back(open_lab(name_of(index)));
    choice_.here = require(files_[0].kinds(), Call::Kinds, name_of(0));
}

std::string LabSubject::begin_round(Arena &arena, std::minstd_rand &random)
{
    const bool strict = random() % 2 == 0;
    // Where every wait has a timeout, none can be lost for good. And sleep_on_timeout fits one
    // mode: where all are woken, nothing else can be to blame.
    const bool sleeps_on = std::ranges::any_of(
        choice_.kinds, [](WaitKind kind) { return find_kind(kind)->sleep == "SLEEP_ON"; });
    constexpr std::array strict_modes{LabMode::One, LabMode::One, LabMode::All,
                                      LabMode::Interruptible};
    const auto mode = static_cast<std::size_t>(
        sleeps_on               ? LabMode::All
        : strict                ? strict_modes.at(random() % strict_modes.size())
        : choice_.kinds.empty() ? LabMode{static_cast<std::uint32_t>(random() % lab_modes.size())}
                                : LabMode::All);
    arena_ = &arena;
    arena.mode() = static_cast<std::uint32_t>(mode);
    Pace pace = strict ? strict_pace(static_cast<std::uint32_t>(random())) : fast_pace;
    // A wake-up for one that is not used is missed by another.
    if (mode == static_cast<std::size_t>(LabMode::One))
        pace.waiters = std::max(pace.waiters, 2U);
    arena.pace(pace);
    posted_ = {};
    for (std::size_t queue = 0; queue < files_.size(); ++queue) {
        lab::WaitRequest rest;
        rest.kind = WaitKind::wait_event_timeout;
        rest.threshold = info(queue).counter;
        rest.consume = true;
        rest.timeout = 0ns;
        if (rest.threshold != 0)
            (void)require(files_[queue].wait(rest), Call::Wait, name_of(queue));
    }
    return std::string(lab_modes.at(mode)) + (strict ? ", event by event" : "");
}

void LabSubject::look_at_rest(Crew &crew, Checks &checks)
{
    for (std::size_t task = 0; task < crew.size(); ++task) {
        const Slot &slot = crew.slot(task);
        if (!crew.alive(task) || slot.phase.load() != Phase::Calling || slot.step.count == 0)
            continue;
        const bool condition = info(slot.step.queue[0]).counter >= slot.step.threshold[0];
        checks.hold(Check::awake, !condition,
                    condition ? describe(crew, task) + ", and the condition is true\n" + entries()
                              : "");
    }
}

/// The tasks of the queue `events`, if all of them wait exclusively for one event, and nobody waits
/// elsewhere or is held on in its window, who would be woken as well and might take it; else none.
std::vector<std::size_t> LabSubject::exclusive_in(std::size_t index, const Crew &crew) const
{
    std::vector<std::size_t> queue;
    for (std::size_t task = 0; task < crew.size(); ++task)
        if (const Slot &slot = crew.slot(task); crew.alive(task) &&
                                                slot.phase.load() == Phase::Calling &&
                                                slot.step.window && slot.step.queue[0] == index)
            return {};
    for (const lab_waiter &waiter : waiters(index).entries) {
        std::size_t task = 0;
        while (task < crew.size() && crew.pid(task) != static_cast<pid_t>(waiter.pid))
            ++task;
        if (task == crew.size() || waiter.place != LAB_PLACE_EVENTS ||
            (waiter.flags & LAB_WAITER_EXCLUSIVE) == 0 || !crew.slot(task).step.takes ||
            crew.slot(task).step.threshold[0] != 1)
            return {};
        queue.push_back(task);
    }
    return queue;
}

void LabSubject::wake_first(std::size_t index, Crew &crew, Checks &checks, std::minstd_rand &random,
                            const Await &await)
{
    const std::vector<std::size_t> queue = exclusive_in(index, crew);
    if (queue.size() < 2 || info(index).counter != 0)
        return;
    lab::WakeRequest request;
    request.kind = WakeKind::wake_up_nr;
    request.engine = random() % 2 == 0 ? Engine::Core : Engine::Macro;
    request.context = contexts.at(random() % contexts.size()).context;
    request.post = request.nr = 1 + static_cast<std::uint32_t>(random() % (queue.size() - 1));
    const std::string before = entries();
    const lab_info figures = info(index);
    const std::vector<Mark> marks = crew.marks();
    wake(index, request);
    const auto due = [&](std::size_t place) { return place < request.nr; };
    const bool left = await([&] {
        for (std::size_t place = 0; place < queue.size(); ++place)
            if (due(place) && !crew.left(queue[place], marks[queue[place]]))
                return false;
        return crew.at_rest();
    });
    const lab_info after = info(index);
    const std::string told =
        "wake_up_nr of queue " + std::to_string(index) + " with nr " + std::to_string(request.nr) +
        ": " + std::to_string(after.wakes - figures.wakes) + " wake-ups, " +
        std::to_string(after.woken - figures.woken) + " tasks woken; before it:\n" + before;
    std::string early, late, now;
    if (!left) {
        for (std::size_t task = 0; task < crew.size(); ++task)
            now +=
                describe(crew, task) + (crew.left(task, marks[task]) ? ", has returned\n" : "\n");
        now += entries();
    }
    checks.hold(Check::exclusive, after.woken - figures.woken <= request.nr, told);
    checks.hold(Check::awake, left, "those woken do not return: " + told + "and now:\n" + now);
    if (!left)
        return;
    for (std::size_t place = 0; place < queue.size(); ++place) {
        const Mark &mark = marks[queue[place]];
        if (due(place) ? !crew.left(queue[place], mark) : crew.ran(queue[place], mark))
            (due(place) ? late : early) += describe(crew, queue[place]) + '\n';
    }
    checks.hold(Check::exclusive, early.empty(), told + "these were woken as well:\n" + early);
    checks.hold(Check::order, late.empty() && early.empty(),
                told + "these should have been woken:\n" + late);
}

void LabSubject::wake_in_order(Crew &crew, Checks &checks, std::minstd_rand &random,
                               const Await &await)
{
    // A wake-up that a task passes on would let a later waiter overtake one that is slow to run.
    arena_->mode() |= lab_no_passing_on;
    for (std::size_t index = 0; index < files_.size(); ++index)
        for (int times = 0; times < 3 && checks.all_hold(); ++times)
            wake_first(index, crew, checks, random, await);
}

void LabSubject::pass_on(std::size_t queue)
{
    if (static_cast<LabMode>(arena_->mode().load() & ~lab_no_passing_on) == LabMode::Callbacks)
        return;
    lab::WakeRequest bare;
    bare.post = 0;
    wake(queue, bare);
}

void LabSubject::release(Crew &crew)
{
    std::array<std::uint64_t, queues_max> wanted{};
    for (std::size_t task = 0; task < crew.size(); ++task) {
        const Slot &slot = crew.slot(task);
        if (crew.alive(task) && slot.phase.load() == Phase::Calling && slot.step.count != 0)
            wanted.at(slot.step.queue[0]) += slot.step.threshold[0];
    }
    for (std::size_t queue = 0; queue < files_.size(); ++queue) {
        const std::uint64_t there = info(queue).counter;
        if (wanted.at(queue) == 0)
            continue;
        lab::WakeRequest request;
        request.kind = WakeKind::wake_up_all;
        request.post = wanted.at(queue) > there ? wanted.at(queue) - there : 0;
        wake(queue, request);
    }
}

void LabSubject::release(std::size_t tasks)
{
    for (std::size_t queue = 0; queue < files_.size(); ++queue) {
        lab::WakeRequest request;
        request.kind = WakeKind::wake_up_all;
        request.post = most_at_once * tasks;
        wake(queue, request);
    }
}

void LabSubject::end_round(Crew &crew, Checks &checks, const Await &await)
{
    for (std::size_t queue = 0; queue < files_.size(); ++queue) {
        const bool unlinked = await([&] {
            const lab_info figures = info(queue);
            return waiters(queue).linked == 0 && figures.waiters + figures.waiters_exclusive == 0;
        });
        checks.hold(Check::unlinked, unlinked, "all tasks are parked\n" + entries());
        hold_conserved(checks, crew, queue, posted_.at(queue), info(queue).counter);
    }
}

std::string LabSubject::entries()
{
    std::string text;
    for (std::size_t queue = 0; queue < files_.size(); ++queue) {
        text += "  queue " + std::to_string(queue) + ": counter " +
                std::to_string(info(queue).counter) + '\n';
        for (const lab_waiter &waiter : waiters(queue).entries) {
            text += "    " + std::string(lab::places.at(waiter.place).name) + ": task " +
                    std::to_string(waiter.pid) +
                    ((waiter.flags & LAB_WAITER_EXCLUSIVE) != 0 ? ", exclusive" : "");
            if ((waiter.flags & LAB_WAITER_KNOWN) != 0)
                text += ", " + std::string(find_kind(static_cast<WaitKind>(waiter.kind))->name);
            text += ", " +
                    std::string(waiter.function, strnlen(waiter.function, sizeof waiter.function)) +
                    '\n';
        }
    }
    return text;
}

} // namespace

std::unique_ptr<Subject> lab_subject(LabChoice choice)
{
    return std::make_unique<LabSubject>(std::move(choice));
}

} // namespace waitq::cli::torture
