// SPDX-License-Identifier: GPL-2.0
#include "sequence.hpp"

#include <cstdio>

namespace core {
namespace {

constexpr long long hour = 3'600'000'000'000;

using What = SequenceCall::What;

struct WaitRow {
    const char *name;
    bool has_timeout;
};
namespace word {
constexpr bool NONE = false, JIFFIES = true, HRTIMER = true;
} // namespace word
constexpr auto wait_rows = std::to_array<WaitRow>({
#define LAB_X(value, id, name, family, state, clock, ...) {#name, word::clock},
    LAB_WAIT_KINDS(LAB_X)
#undef LAB_X
});

enum class Scope : unsigned char { ONE, NR, ALL };
struct WakeRow {
    const char *name;
    Scope scope;
};
constexpr auto wake_rows = std::to_array<WakeRow>({
#define LAB_X(value, id, name, mode, scope, ...) {#name, Scope::scope},
    LAB_WAKE_KINDS(LAB_X)
#undef LAB_X
});

// Of the tables those that go well together: the others have tests of their own on both sides.
constexpr unsigned int mixed_waits = 6, mixed_wakes = 3;

constexpr std::array states{"interruptibly", "uninterruptibly", "killably", "idly"};

template <class... Values>
std::string line(const char *format, Values... values)
{
    std::array<char, 256> text{};
    std::snprintf(text.data(), text.size(), format, values...);
    return text.data();
}

unsigned long long number(__u64 value)
{
    return value;
}

} // namespace

Sequence::Sequence(SequenceWorld &world, unsigned int seed, unsigned int length)
    : world_(world), mode_(static_cast<Mode>(seed % 4)), left_(length),
      state_(seed * 2654435761U + 12345)
{}

bool Sequence::is_of_lab(unsigned int seed)
{
    const auto mode = static_cast<Mode>(seed % 4);
    return mode == Mode::counting || mode == Mode::taking;
}

unsigned int Sequence::roll(unsigned int sides)
{
    state_ = state_ * 1664525 + 1013904223;
    return (state_ >> 16) % sides;
}

int Sequence::free_slot() const
{
    for (unsigned int slot = 0; slot < sequence_slots; ++slot)
        if (!slots_[slot].busy)
            return static_cast<int>(slot);
    return -1;
}

unsigned int Sequence::exclusive_asleep() const
{
    unsigned int count = 0;
    for (const Slot &slot : slots_)
        count += slot.busy && slot.exclusive;
    return count;
}

bool Sequence::any(What what) const
{
    bool found = false;
    for (const Slot &slot : slots_)
        found |= slot.busy && slot.what == what;
    return found;
}

// What has returned since the last operation belongs to its line.
void Sequence::collect()
{
    for (unsigned int slot = 0; slot < sequence_slots; ++slot) {
        SequenceCall call{};
        long result = 0;
        std::string bytes;
        if (!slots_[slot].busy || !world_.returned(slot, call, result, bytes))
            continue;
        slots_[slot].busy = false;
        text_ += line("    task %u returns %ld", slot, result);
        if (call.what == What::lab_wait)
            text_ += line(", outcome %u, in vain %llu", call.in_lab.outcome,
                          number(call.in_lab.spurious));
        if (!bytes.empty())
            text_ += ", \"" + bytes + '"';
        text_ += '\n';
    }
}

bool Sequence::step()
{
    collect();
    if (left_ == 0) {
        bool busy = false;
        for (const Slot &slot : slots_)
            busy |= slot.busy;
        if (!busy || ++frees_ > 200)
            return false;
        free_all();
        return true;
    }
    --left_;
    text_ += line("%u. ", ++number_);
    operate();
    return true;
}

void Sequence::operate()
{
    const int slot = free_slot();
    const unsigned int die = roll(10);
    if (die < 4 && slot >= 0)
        start_call(static_cast<unsigned int>(slot));
    else if (die < 7)
        act_now();
    else if (die == 7)
        signal_one();
    else
        look();
}

// ---- calls that may sleep ----

void Sequence::start(unsigned int slot, const SequenceCall &call, bool exclusive,
                     unsigned long long threshold)
{
    slots_.at(slot) = {true, exclusive, threshold, call.what};
    world_.start(slot, call);
}

void Sequence::start_call(unsigned int slot)
{
    switch (mode_) {
    case Mode::events:
        return start_wait(slot);
    case Mode::streaming:
        return start_stream(slot);
    case Mode::counting:
    case Mode::taking:
        return start_lab_wait(slot);
    }
}

void Sequence::start_wait(unsigned int slot)
{
    SequenceCall call{};
    if (roll(5) == 0) {
        call.what = What::take;
        text_ += line("task %u takes an event\n", slot);
        return start(slot, call, true, 1);
    }
    call.what = What::wait;
    const bool timed = roll(3) == 0;
    call.wait.size = sizeof call.wait;
    call.wait.flags = (roll(2) ? WAITQ_EXCLUSIVE : 0U) | (roll(2) ? WAITQ_CONSUME : 0U) |
                      (timed ? WAITQ_TIMEOUT : 0U);
    call.wait.state = roll(states.size());
    call.wait.threshold = 1 + roll(5);
    call.wait.timeout_ns = timed && roll(4) ? hour : 0;
    text_ +=
        line("task %u waits %s%s%s, threshold %llu%s\n", slot, states.at(call.wait.state),
             call.wait.flags & WAITQ_EXCLUSIVE ? ", exclusively" : "",
             call.wait.flags & WAITQ_CONSUME ? ", to consume" : "", number(call.wait.threshold),
             timed ? call.wait.timeout_ns ? ", an hour" : ", no time" : "");
    start(slot, call, call.wait.flags & WAITQ_EXCLUSIVE, call.wait.threshold);
}

void Sequence::start_lab_wait(unsigned int slot)
{
    SequenceCall call{};
    call.what = What::lab_wait;
    lab_wait &wait = call.in_lab;
    wait.size = sizeof wait;
    wait.kind = roll(mixed_waits);
    const bool taking = mode_ == Mode::taking;
    wait.flags = taking ? LAB_EXCLUSIVE | LAB_CONSUME : roll(2) ? LAB_EXCLUSIVE : 0;
    wait.threshold = taking ? 1 : 1 + roll(12);
    const WaitRow &row = wait_rows.at(wait.kind);
    if (row.has_timeout)
        wait.timeout_ns = roll(4) == 0 ? 0 : hour;
    text_ += line("task %u calls %s%s%s, threshold %llu%s\n", slot, row.name,
                  wait.flags & LAB_EXCLUSIVE ? ", exclusive" : "",
                  wait.flags & LAB_CONSUME ? ", consume" : "", number(wait.threshold),
                  row.has_timeout ? wait.timeout_ns ? ", an hour" : ", no time" : "");
    start(slot, call, wait.flags & LAB_EXCLUSIVE, wait.threshold);
}

// One direction at a time: what a reader and a writer that both sleep would do depends on which
// runs first.
void Sequence::start_stream(unsigned int slot)
{
    SequenceCall call{};
    call.what = any(What::write) || (!any(What::read) && roll(2)) ? What::write : What::read;
    const bool reads = call.what == What::read;
    call.size = 1 + roll(reads ? 20 : sequence_capacity);
    text_ += line("task %u %s %u bytes\n", slot, reads ? "reads" : "writes", call.size);
    start(slot, call, true, 0);
}

// ---- calls that return at once ----

void Sequence::act_now()
{
    switch (mode_) {
    case Mode::events:
        return roll(4) == 0 ? events_now() : wake();
    case Mode::streaming:
        return stream_now();
    case Mode::counting:
    case Mode::taking:
        return wake_in_lab();
    }
}

void Sequence::wake()
{
    waitq_wake request{};
    request.size = sizeof request;
    request.nr = roll(4);
    request.post = roll(5);
    const long result = world_.wake(request);
    text_ += line("wake %u, post %llu: %ld\n", request.nr, number(request.post), result);
}

void Sequence::events_now()
{
    if (roll(2)) {
        text_ += line("an event is taken: %ld\n", world_.take_now());
    } else {
        const unsigned long long n = roll(4);
        const long result = world_.add_now(n);
        text_ += line("%llu events are added: %ld\n", n, result);
    }
}

void Sequence::wake_in_lab()
{
    lab_wake request{};
    request.size = sizeof request;
    request.kind = roll(mixed_wakes);
    const WakeRow &row = wake_rows.at(request.kind);
    request.nr = row.scope == Scope::NR ? 1 + roll(3) : 0;
    request.post = roll(4);
    // Several exclusive waiters at once: enough for each, or they would queue up again in an
    // order that depends on the scheduler.
    const unsigned int asleep = exclusive_asleep();
    const unsigned int asked = row.scope == Scope::ONE  ? 1
                               : row.scope == Scope::NR ? request.nr
                                                        : asleep;
    if (asked > 1 && asleep > 1) {
        request.post = 0;
        for (const Slot &slot : slots_)
            if (slot.busy && slot.exclusive)
                request.post += slot.threshold;
    }
    const long result = world_.wake_in_lab(request);
    text_ += row.name;
    if (request.nr)
        text_ += line("(%u)", request.nr);
    text_ += line(", post %llu: %ld, woken %llu, counter %llu\n", number(request.post), result,
                  number(request.woken), number(request.counter));
}

void Sequence::stream_now()
{
    if (any(What::write) || (!any(What::read) && roll(2))) {
        std::string bytes;
        const unsigned int size = 1 + roll(40);
        const long result = world_.read_now(size, bytes);
        text_ += line("read %u without blocking: %ld", size, result) + " \"" + bytes + "\"\n";
        return;
    }
    std::string bytes(1 + roll(40), ' ');
    for (char &byte : bytes)
        byte = static_cast<char>('a' + bytes_made_++ % 26);
    const long result = world_.write_now(bytes);
    text_ += line("write %zu without blocking: %ld\n", bytes.size(), result);
}

void Sequence::signal_one()
{
    const unsigned int slot = roll(sequence_slots);
    text_ += line("a signal for task %u\n", slot);
    if (slots_.at(slot).busy)
        world_.signal(slot);
}

// ---- figures ----

void Sequence::look()
{
    if (mode_ == Mode::counting || mode_ == Mode::taking)
        return look_at_lab();
    const waitq_info info = world_.info();
    text_ += line(
        "readers %llu, writers %llu, waiters %llu+%llu, counter %llu, bytes %llu of %llu, "
        "timeouts %llu, interrupted %llu; poll %#x",
        number(info.readers), number(info.writers), number(info.event_waiters),
        number(info.event_waiters_exclusive), number(info.counter), number(info.bytes),
        number(info.capacity), number(info.timeouts), number(info.interrupted), world_.poll_now());
    // Whether a write finds room left for the next writer depends on how far the reader is that it
    // has woken; so the sums of wake-ups are no part of a stream's outcome.
    if (mode_ != Mode::streaming)
        text_ += line("; woken %llu by %llu", number(info.woken), number(info.wakes));
    text_ += '\n';
}

void Sequence::look_at_lab()
{
    const lab_info info = world_.info_of_lab();
    text_ += line("waiters %llu+%llu, counter %llu, timeouts %llu, signals %llu; woken %llu by "
                  "%llu, in vain %llu\n",
                  number(info.waiters), number(info.waiters_exclusive), number(info.counter),
                  number(info.timeouts), number(info.signals), number(info.woken),
                  number(info.wakes), number(info.spurious));
}

// ---- the end ----

// Each task that still sleeps is let go, and that is told as well.
void Sequence::free_all()
{
    text_ += "end. ";
    if (mode_ == Mode::streaming)
        return stream_now();
    if (mode_ == Mode::events) {
        waitq_wake request{};
        request.size = sizeof request;
        request.post = 100;
        static_cast<void>(world_.wake(request));
    } else {
        lab_wake request{};
        request.size = sizeof request;
        request.kind = LAB_WAKE_UP_ALL;
        request.post = 100;
        static_cast<void>(world_.wake_in_lab(request));
    }
    text_ += "all tasks are let go\n";
}

} // namespace core
