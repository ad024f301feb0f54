// SPDX-License-Identifier: GPL-2.0
#include "sequence.hpp"

#include <cstdio>

namespace core {
namespace {

constexpr long long hour = 3'600'000'000'000;

struct WaitRow {
    const char *name;
    bool has_timeout, interruptible;
};
namespace word {
constexpr bool INTERRUPTIBLE = true, UNINTERRUPTIBLE = false, KILLABLE = false;
constexpr bool IDLE = false, FREEZABLE = true, CALLER = true;
constexpr bool NONE = false, JIFFIES = true, HRTIMER = true;
} // namespace word
constexpr auto wait_rows = std::to_array<WaitRow>({
#define WAITQ_X(value, id, name, state, clock, ...) {#name, word::clock, word::state},
    WAITQ_WAIT_KINDS(WAITQ_X)
#undef WAITQ_X
});

enum class Scope : unsigned char { ONE, NR, ALL };
struct WakeRow {
    const char *name;
    Scope scope;
};
constexpr auto wake_rows = std::to_array<WakeRow>({
#define WAITQ_X(value, id, name, mode, scope, ...) {#name, Scope::scope},
    WAITQ_WAKE_KINDS(WAITQ_X)
#undef WAITQ_X
});

// Of the tables those that go well together: the others have tests of their own on both sides.
constexpr unsigned int mixed_waits = 6, mixed_wakes = 3;

template <class... Values>
std::string line(const char *format, Values... values)
{
    std::array<char, 256> text{};
    std::snprintf(text.data(), text.size(), format, values...);
    return text.data();
}

} // namespace

Sequence::Sequence(SequenceWorld &world, unsigned int seed, unsigned int length)
    : world_(world), mode_(static_cast<Mode>(seed % 3)), left_(length),
      state_(seed * 2654435761U + 12345)
{}

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
        if (call.what == SequenceCall::What::wait)
            text_ += line(", outcome %u, in vain %llu", call.wait.outcome,
                          static_cast<unsigned long long>(call.wait.spurious));
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
    switch (const unsigned int die = roll(10)) {
    case 0:
    case 1:
    case 2:
    case 3:
        if (slot >= 0) {
            const auto free = static_cast<unsigned int>(slot);
            return mode_ == Mode::streaming ? start_stream(free) : start_wait(free);
        }
        [[fallthrough]];
    case 4:
    case 5:
    case 6:
        return mode_ == Mode::streaming ? stream_now() : wake();
    case 7:
        return signal_somebody();
    default:
        static_cast<void>(die);
        return look();
    }
}

void Sequence::start_wait(unsigned int slot)
{
    SequenceCall call{};
    call.what = SequenceCall::What::wait;
    call.wait.size = sizeof call.wait;
    call.wait.kind = roll(mixed_waits);
    const bool taking = mode_ == Mode::taking;
    call.wait.flags = taking ? WAITQ_EXCLUSIVE | WAITQ_CONSUME : roll(2) ? WAITQ_EXCLUSIVE : 0;
    call.wait.threshold = taking ? 1 : 1 + roll(12);
    const WaitRow &row = wait_rows.at(call.wait.kind);
    if (row.has_timeout)
        call.wait.timeout_ns = roll(4) == 0 ? 0 : hour;
    call.wait.outcome = 0;
    slots_.at(slot) = {true, (call.wait.flags & WAITQ_EXCLUSIVE) != 0, call.wait.threshold,
                       call.what};
    text_ += line("task %u calls %s%s%s, threshold %llu%s\n", slot, row.name,
                  call.wait.flags & WAITQ_EXCLUSIVE ? ", exclusive" : "",
                  call.wait.flags & WAITQ_CONSUME ? ", consume" : "",
                  static_cast<unsigned long long>(call.wait.threshold),
                  row.has_timeout ? call.wait.timeout_ns ? ", an hour" : ", no time" : "");
    world_.start(slot, call);
}

// One direction at a time: what a reader and a writer that both sleep would do depends on who
// runs first.
void Sequence::start_stream(unsigned int slot)
{
    bool readers = false, writers = false;
    for (const Slot &other : slots_) {
        readers |= other.busy && other.what == SequenceCall::What::read;
        writers |= other.busy && other.what == SequenceCall::What::write;
    }
    SequenceCall call{};
    call.what =
        writers || (!readers && roll(2)) ? SequenceCall::What::write : SequenceCall::What::read;
    call.size = 1 + roll(call.what == SequenceCall::What::write ? sequence_capacity : 20);
    slots_.at(slot) = {true, true, 0, call.what};
    const bool reads = call.what == SequenceCall::What::read;
    text_ += line("task %u %s %u bytes\n", slot, reads ? "reads" : "writes", call.size);
    world_.start(slot, call);
}

void Sequence::wake()
{
    waitq_wake request{};
    request.size = sizeof request;
    request.kind = roll(mixed_wakes);
    const WakeRow &row = wake_rows.at(request.kind);
    request.nr = row.scope == Scope::NR ? 1 + roll(3) : 0;
    request.post = roll(4);
    // Several exclusive waiters at once: enough for each, or they would queue up again in an
    // order that nobody knows.
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
    const long result = world_.wake(request);
    text_ += line("%s", row.name);
    if (request.nr)
        text_ += line("(%u)", request.nr);
    text_ += line(", post %llu: %ld, woken %llu, counter %llu\n",
                  static_cast<unsigned long long>(request.post), result,
                  static_cast<unsigned long long>(request.woken),
                  static_cast<unsigned long long>(request.counter));
}

void Sequence::stream_now()
{
    bool writers = false, readers = false;
    for (const Slot &slot : slots_) {
        writers |= slot.busy && slot.what == SequenceCall::What::write;
        readers |= slot.busy && slot.what == SequenceCall::What::read;
    }
    if (writers || (!readers && roll(2))) {
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

void Sequence::signal_somebody()
{
    const unsigned int slot = roll(sequence_slots);
    text_ += line("a signal for task %u\n", slot);
    if (slots_.at(slot).busy)
        world_.signal(slot);
}

void Sequence::look()
{
    const waitq_info info = world_.info();
    const auto number = [](unsigned long long value) { return std::to_string(value); };
    text_ += "readers " + number(info.readers) + ", writers " + number(info.writers) +
             ", waiters " + number(info.event_waiters) + "+" +
             number(info.event_waiters_exclusive) + ", counter " + number(info.counter) +
             ", bytes " + number(info.bytes) + " of " + number(info.capacity) + ", timeouts " +
             number(info.timeouts) + ", signals " + number(info.signals) + "; poll " +
             line("%#x", world_.poll_now());
    // Whether a write finds room left for the next writer depends on how far the reader is
    // whom it has woken; so the sums of wake-ups are no part of a stream's outcome.
    if (mode_ != Mode::streaming)
        text_ += "; woken " + number(info.woken) + " by " + number(info.wakes) + ", in vain " +
                 number(info.spurious);
    text_ += '\n';
}

// The end: whoever sleeps is let go, and that is told as well.
void Sequence::free_all()
{
    text_ += "end. ";
    if (mode_ == Mode::streaming)
        return stream_now();
    waitq_wake request{};
    request.size = sizeof request;
    request.kind = WAITQ_WAKE_UP_ALL;
    request.post = 100;
    static_cast<void>(world_.wake(request));
    text_ += "everybody is let go\n";
}

} // namespace core
