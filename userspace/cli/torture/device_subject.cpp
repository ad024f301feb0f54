// SPDX-License-Identifier: GPL-2.0
// The device under torture: what its director looks at, wakes and sums up.
#include "durations.hpp"
#include "failure.hpp"
#include "torture/device_worker.hpp"
#include "torture/subject.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <unistd.h>
#include <waitq/nodes.hpp>

namespace waitq::cli::torture {

namespace {

using namespace std::chrono_literals;

struct ModeRow {
    std::uint32_t mode;
    const char *name;
};

constexpr auto modes = std::to_array<ModeRow>({
    {Strict, "event by event"},
    {StrictBytes, "write by write"},
    {Plain, "plain waits"},
    {Many, "waits for several queues"},
    {Bytes, "bytes"},
    {Polls, "polls"},
    {Plain | Many | Bytes | Polls, "everything"},
});

/// An entry in the queue of events, and the task that it is of.
struct Entry {
    std::size_t task;
    std::uint64_t threshold, takes;
    bool exclusive;
};

class DeviceSubject : public Subject {
public:
    [[nodiscard]] std::string_view name() const override { return "/dev/waitq"; }
    [[nodiscard]] std::string_view operation(std::uint32_t index) const override
    {
        return device_operations()[index].name;
    }
    [[nodiscard]] std::unique_ptr<Worker> worker(Arena &arena, Slot &slot, const Plan &plan,
                                                 std::uint64_t seed) override
    {
        return std::make_unique<DeviceWorker>(arena, slot, plan, seed,
                                              static_cast<unsigned>(queues_));
    }

    void open() override;
    void close() override { files_.clear(); }
    [[nodiscard]] const Module &module() const override { return device_module; }
    [[nodiscard]] std::string parameters() const override { return "queues=1 capacity=64"; }
    std::string begin_round(Arena &arena, std::minstd_rand &random) override;
    void look_at_rest(Crew &crew, Checks &checks) override;
    void wake_in_order(Crew &crew, Checks &checks, std::minstd_rand &random,
                       const Await &await) override;
    void release(Crew &crew) override;
    void release(std::size_t tasks) override;
    void end_round(Crew &crew, Checks &checks, const Await &await) override;
    [[nodiscard]] std::string entries() override;

private:
    [[nodiscard]] static DeviceName name_of(std::size_t index)
    {
        return parse_device_name(device_module, std::to_string(index));
    }
    [[nodiscard]] waitq_info info(std::size_t index) const
    {
        return require(files_[index].info(), Call::Info, name_of(index));
    }
    [[nodiscard]] Waiters waiters(std::size_t index) const
    {
        return require(files_[index].waiters(), Call::Waiters, name_of(index));
    }
    [[nodiscard]] std::optional<std::vector<Entry>> queue_of_events(std::size_t index,
                                                                    const Crew &crew) const;
    void wake_one(std::size_t queue, Crew &crew, Checks &checks, std::minstd_rand &random,
                  const Await &await);
    void look_at_order(std::size_t index, Checks &checks);
    void look_at_stream(const Crew &crew, Checks &checks);
    void end_stream(Crew &crew, Checks &checks, const Tally &sum);
    [[nodiscard]] std::string describe(const Crew &crew, std::size_t task) const
    {
        return crew.describe(task, operation(crew.slot(task).step.operation));
    }
    /// Takes all bytes that there are.
    void drain(Checks *checks);

    std::size_t queues_ = 0;
    std::vector<Device> files_;
    std::array<std::uint64_t, queues_max> posted_{}; ///< by the director, in this round
    std::uint64_t written_ = 0, read_ = 0, written_sum_ = 0, read_sum_ = 0;
    std::uint32_t message_ = 0;
};

void DeviceSubject::open()
{
    // Without nodes the first open tells why there are none.
    const auto found = nodes(device_module);
    queues_ = found ? std::clamp<std::size_t>(found->size(), 1, queues_max) : 1;
    for (std::size_t index = 0; index < queues_; ++index)
        files_.push_back(open_device(name_of(index), O_RDWR | O_NONBLOCK));
}

std::string DeviceSubject::begin_round(Arena &arena, std::minstd_rand &random)
{
    const ModeRow &mode = modes.at(random() % modes.size());
    arena.mode() = mode.mode;
    arena.pace((mode.mode & (Strict | StrictBytes)) != 0
                   ? strict_pace(static_cast<std::uint32_t>(random()))
                   : fast_pace);
    posted_ = {};
    written_ = read_ = written_sum_ = read_sum_ = 0;
    for (std::size_t queue = 0; queue < files_.size(); ++queue) {
        WaitRequest rest;
        rest.threshold = info(queue).counter;
        rest.consume = true;
        rest.timeout = 0ns;
        if (rest.threshold != 0)
            (void)require(files_[queue].wait(rest), Call::Wait, name_of(queue));
    }
    drain(nullptr);
    return mode.name;
}

// ---- at rest ----

void DeviceSubject::look_at_rest(Crew &crew, Checks &checks)
{
    std::array<std::uint64_t, queues_max> counter{};
    for (std::size_t queue = 0; queue < files_.size(); ++queue)
        counter.at(queue) = info(queue).counter;
    for (std::size_t task = 0; task < crew.size(); ++task) {
        const Slot &slot = crew.slot(task);
        if (!crew.alive(task) || slot.phase.load() != Phase::Calling || slot.step.count == 0)
            continue;
        std::uint32_t reached = 0;
        for (std::uint32_t item = 0; item < slot.step.count; ++item)
            reached += counter.at(slot.step.queue.at(item)) >= slot.step.threshold.at(item);
        const bool condition = slot.step.all ? reached == slot.step.count : reached != 0;
        checks.hold(Check::awake, !condition,
                    condition ? describe(crew, task) + ", and the condition is true\n" + entries()
                              : "");
    }
    for (std::size_t queue = 0; queue < files_.size(); ++queue)
        look_at_order(queue, checks);
    look_at_stream(crew, checks);
}

/// Each waiter for events went to the end of the queue: who is behind another came later.
void DeviceSubject::look_at_order(std::size_t index, Checks &checks)
{
    constexpr std::int64_t a_tick = 20'000'000;
    std::int64_t latest = 0;
    for (const waitq_waiter &waiter : waiters(index).entries) {
        if (waiter.place != WAITQ_PLACE_EVENTS || waiter.since_ns == 0)
            continue;
        const bool in_order = waiter.since_ns > latest - a_tick;
        checks.hold(Check::order, in_order,
                    in_order ? ""
                             : "task " + std::to_string(waiter.pid) + " came " +
                                   format_duration(std::chrono::milliseconds(
                                       (latest - waiter.since_ns) / 1'000'000)) +
                                   " before one that is ahead of it\n" + entries());
        latest = std::max<std::int64_t>(latest, waiter.since_ns);
    }
}

void DeviceSubject::look_at_stream(const Crew &crew, Checks &checks)
{
    const waitq_info figures = info(0);
    std::string readers, writers;
    bool all_fit = true;
    for (std::size_t task = 0; task < crew.size(); ++task) {
        const Slot &slot = crew.slot(task);
        if (!crew.alive(task) || slot.phase.load() != Phase::Calling)
            continue;
        if (slot.step.reads)
            readers += describe(crew, task) + '\n';
        if (slot.step.writes) {
            writers += describe(crew, task) + '\n';
            all_fit = all_fit && slot.step.threshold[0] <= figures.capacity - figures.bytes;
        }
    }
    if (!readers.empty())
        checks.hold(Check::awake, figures.bytes == 0,
                    readers + std::to_string(figures.bytes) + " bytes are there\n" + entries());
    // One writer at a time waits for room, the others for their turn.
    if (!writers.empty())
        checks.hold(Check::awake, !all_fit,
                    writers + "there is room for each of them\n" + entries());
}

/// The entries of waits for events; nothing: one of them is of a wait for several queues.
std::optional<std::vector<Entry>> DeviceSubject::queue_of_events(std::size_t index,
                                                                 const Crew &crew) const
{
    std::vector<Entry> queue;
    for (const waitq_waiter &waiter : waiters(index).entries) {
        if (waiter.place != WAITQ_PLACE_EVENTS)
            continue;
        std::size_t task = 0;
        while (task < crew.size() && crew.pid(task) != static_cast<pid_t>(waiter.pid))
            ++task;
        if (task == crew.size() || crew.slot(task).step.count != 1)
            return {};
        const Step &call = crew.slot(task).step;
        queue.push_back({task, call.threshold[0], call.takes ? call.threshold[0] : 0,
                         (waiter.flags & WAITQ_WAITER_EXCLUSIVE) != 0});
    }
    return queue;
}

void DeviceSubject::wake_one(std::size_t index, Crew &crew, Checks &checks,
                             std::minstd_rand &random, const Await &await)
{
    const auto queue = queue_of_events(index, crew);
    if (!queue || queue->empty())
        return;
    const WakeRequest request{static_cast<std::uint32_t>(random() % 3), 1 + random() % 3,
                              random() % 2 == 0};
    // By the contract: along the queue, each whose condition is true, of the exclusive ones `nr`.
    std::uint64_t counter = info(index).counter + request.post;
    std::uint32_t exclusive = 0;
    std::vector<const Entry *> due;
    for (const Entry &entry : *queue) {
        if (counter < entry.threshold)
            continue;
        if (entry.exclusive && request.nr != every_waiter && exclusive == request.nr)
            continue;
        exclusive += entry.exclusive;
        counter -= entry.takes;
        due.push_back(&entry);
    }
    const std::vector<Mark> marks = crew.marks();
    const auto has_left = [&](const Entry &entry) {
        return crew.left(entry.task, marks[entry.task]);
    };

    const std::string before = entries();
    const std::uint64_t woken = require(files_[index].wake(request), Call::Wake, name_of(index));
    posted_.at(index) += request.post;
    const std::string told =
        "a wake-up of queue " + std::to_string(index) + " with nr " + std::to_string(request.nr) +
        " and post " + std::to_string(request.post) + " woke " + std::to_string(woken) +
        ", should have woken " + std::to_string(due.size()) + "; before it:\n" + before;
    checks.hold(Check::exclusive, woken <= due.size(), told);
    const bool left = await([&] {
        return std::ranges::all_of(due, [&](const Entry *entry) { return has_left(*entry); }) &&
               crew.at_rest();
    });
    checks.hold(Check::awake, left, "those woken do not return: " + told);
    if (!left)
        return;
    std::string wrong;
    for (const Entry &entry : *queue)
        if (const bool is_due = std::ranges::find(due, &entry) != due.end();
            is_due != has_left(entry))
            wrong += describe(crew, entry.task) +
                     (is_due ? ": should have been woken\n" : ": should sleep on\n");
    checks.hold(Check::order,
                wrong.empty() && woken == due.size() && info(index).counter == counter,
                told + wrong);
}

void DeviceSubject::wake_in_order(Crew &crew, Checks &checks, std::minstd_rand &random,
                                  const Await &await)
{
    for (std::size_t index = 0; index < files_.size(); ++index)
        for (int times = 0; times < 3 && checks.all_hold(); ++times)
            wake_one(index, crew, checks, random, await);
}

// ---- the end of a round ----

void DeviceSubject::drain(Checks *checks)
{
    std::array<Message, 64> messages{};
    for (;;) {
        const ssize_t bytes = ::read(files_[0].fd(), messages.data(), sizeof messages);
        if (bytes <= 0)
            return;
        const auto count = static_cast<std::size_t>(bytes) / sizeof(Message);
        bool whole = static_cast<std::size_t>(bytes) % sizeof(Message) == 0;
        for (std::size_t index = 0; index < count; ++index) {
            const Message &message = messages.at(index);
            whole = whole && message.check == check_of(message.writer, message.number);
            ++read_;
            read_sum_ += message.check;
        }
        if (checks)
            checks->hold(Check::bytes, whole, "of what was left, a write is not whole");
    }
}

void DeviceSubject::release(Crew &crew)
{
    std::array<std::uint64_t, queues_max> wanted{};
    std::size_t readers = 0, writers = 0;
    for (std::size_t task = 0; task < crew.size(); ++task) {
        const Slot &slot = crew.slot(task);
        if (!crew.alive(task) || slot.phase.load() != Phase::Calling)
            continue;
        for (std::uint32_t item = 0; item < slot.step.count; ++item)
            wanted.at(slot.step.queue.at(item)) += slot.step.threshold.at(item);
        readers += slot.step.reads;
        writers += slot.step.writes;
    }
    for (std::size_t queue = 0; queue < files_.size(); ++queue) {
        const std::uint64_t there = info(queue).counter;
        const std::uint64_t post = wanted.at(queue) > there ? wanted.at(queue) - there : 0;
        // Even without a post: a wake-up for few may have left events that others wait for.
        if (wanted.at(queue) == 0)
            continue;
        (void)require(files_[queue].wake({every_waiter, post, false}), Call::Wake, name_of(queue));
        posted_.at(queue) += post;
    }
    const auto self = static_cast<std::uint32_t>(crew.size());
    for (; readers != 0 && info(0).bytes == 0; --readers) {
        const std::uint32_t number = message_++;
        const Message message{self, number, check_of(self, number)};
        if (::write(files_[0].fd(), &message, sizeof message) != sizeof message)
            break;
        ++written_;
        written_sum_ += message.check;
    }
    if (writers != 0)
        drain(nullptr);
}

void DeviceSubject::release(std::size_t tasks)
{
    for (std::size_t queue = 0; queue < files_.size(); ++queue)
        (void)require(files_[queue].wake({every_waiter, most_at_once * tasks, false}), Call::Wake,
                      name_of(queue));
}

void DeviceSubject::end_stream(Crew &crew, Checks &checks, const Tally &sum)
{
    drain(&checks);
    const std::uint64_t written = sum.written + written_, read = sum.read + read_;
    if (written == 0 && read == 0)
        return;
    // What a task that was killed had written, or had read and not told, nobody knows.
    const Uncertain &uncertain = crew.uncertain();
    const bool sums = sum.written_sum + written_sum_ == sum.read_sum + read_sum_;
    const bool counted =
        (uncertain.read || read >= written) && (uncertain.written || read <= written);
    const bool known = !uncertain.read && !uncertain.written;
    checks.hold(Check::bytes, counted && (!known || sums),
                std::to_string(written) + " messages were written and " + std::to_string(read) +
                    " read" + (sums ? "" : "; not the same ones"));
}

void DeviceSubject::end_round(Crew &crew, Checks &checks, const Await &await)
{
    for (std::size_t queue = 0; queue < files_.size(); ++queue) {
        // A ring of io_uring's ends its polls some time after the task has closed it.
        const bool unlinked = await([&] { return waiters(queue).linked == 0; });
        checks.hold(Check::unlinked, unlinked, "all tasks are parked\n" + entries());
        const waitq_info figures = info(queue);
        checks.hold(Check::unlinked,
                    figures.readers + figures.writers + figures.event_waiters +
                            figures.event_waiters_exclusive ==
                        0,
                    "queue " + std::to_string(queue) + " counts waiters, and all tasks are parked");
        hold_conserved(checks, crew, queue, posted_.at(queue), figures.counter);
    }
    end_stream(crew, checks, crew.sum());
}

std::string DeviceSubject::entries()
{
    std::string text;
    for (std::size_t queue = 0; queue < files_.size(); ++queue) {
        const waitq_info figures = info(queue);
        text += "  queue " + std::to_string(queue) + ": counter " +
                std::to_string(figures.counter) + ", bytes " + std::to_string(figures.bytes) + '\n';
        for (const waitq_waiter &waiter : waiters(queue).entries)
            text +=
                "    " + std::string(places.at(waiter.place).name) + ": task " +
                std::to_string(waiter.pid) +
                ((waiter.flags & WAITQ_WAITER_EXCLUSIVE) != 0 ? ", exclusive" : "") +
                (waiter.threshold != 0 ? ", threshold " + std::to_string(waiter.threshold) : "") +
                ", " +
                std::string(waiter.function, strnlen(waiter.function, sizeof waiter.function)) +
                '\n';
    }
    return text;
}

} // namespace

std::unique_ptr<Subject> device_subject()
{
    return std::make_unique<DeviceSubject>();
}

} // namespace waitq::cli::torture
