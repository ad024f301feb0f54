// SPDX-License-Identifier: GPL-2.0
// call.hpp - the calls of a sequence, as data. The model says what a call must come to, and the
// device says what it comes to.
#pragma once

#include "../../../module/uapi/waitq.h"

#include <cstddef>
#include <iosfwd>
#include <string>
#include <variant>
#include <vector>

namespace waitq::test::model {

inline constexpr unsigned int queues = 3;

enum class Mode : unsigned char { both, read_only, write_only };
inline constexpr unsigned int modes = 3;

// The open file that a call is made on.
struct On {
    unsigned int queue;
    Mode mode;

    [[nodiscard]] bool reads() const { return mode != Mode::write_only; }
    [[nodiscard]] bool writes() const { return mode != Mode::read_only; }
};

// How the struct of a call is handed over. X(id, the error that it is, what is shown)
#define MODEL_ENVELOPES(X)                                                                         \
    X(plain, 0, "")                                                                                \
    X(longer, 0, ", a longer struct")                                                              \
    X(constant, 0, ", a struct that cannot be written to")                                         \
    X(unmapped, EFAULT, ", a struct of which half is not there")                                   \
    X(shorter, EINVAL, ", a shorter struct")                                                       \
    X(dirty, E2BIG, ", a longer struct whose tail is not 0")                                       \
    X(huge, E2BIG, ", a huge struct")                                                              \
    X(bad_flag, EINVAL, ", an unknown flag")                                                       \
    X(bad_pad, EINVAL, ", a pad that is not 0")
enum class Envelope : unsigned char {
#define MODEL_X(id, error, text) id,
    MODEL_ENVELOPES(MODEL_X)
#undef MODEL_X
};

// The timeout of a wait. The first two let it only test, the others let it sleep.
enum class Time : unsigned char { zero, past, none, hour };
inline constexpr __s64 hour_ns = 3'600'000'000'000;

// WAITQ_IOC_POST, _TAKE, _WAKE, _WAIT, _SIGNAL_WAIT.
struct Post {
    On on;
    __u64 n;
};
struct Take {
    On on;
    __u64 n;
};
struct Wake {
    On on;
    Envelope envelope;
    __u64 post;
    __u32 nr, flags;
};
struct Wait {
    On on;
    Envelope envelope;
    __u64 threshold;
    __u32 flags; // WAITQ_EXCLUSIVE, _CONSUME
    __u32 state;
    Time time;
};
struct SignalWait {
    Wait wait;
    On to;
    __u64 post;
};

// WAITQ_IOC_WAIT_ANY, _WAIT_ALL.
struct Item {
    On on;
    __u64 threshold;
    __u32 flags;
};
struct Many {
    On on;
    Envelope envelope;
    bool all, alert;
    std::vector<Item> items; // with `alert`, the last one is that
    Time time;
};

// read() and write(). Not `good`: the address is bad.
struct Read {
    On on;
    std::size_t size;
    bool good;
};
struct Write {
    On on;
    std::string text;
    bool good;
};

// The same of an EVENTFD, and poll() of the device.
struct EventRead {
    unsigned int queue;
    std::size_t size;
    bool good;
};
struct EventWrite {
    unsigned int queue;
    std::size_t size;
    bool good;
    __u64 n;
};
struct Poll {
    On on;
    short asked;
};

// WAITQ_IOC_TIMER. `soon`: it fires at once, and the call waits for all firings; else in an hour.
struct Timer {
    On on;
    Envelope envelope;
    bool cancel, soon;
    __u64 count, post;
    __u32 nr;
};

// WAITQ_IOC_INFO, _WAITERS, _EVENTFD: whether they are refused. What they say is compared anyway.
enum class Question : unsigned char { info, waiters, eventfd };
struct Ask {
    On on;
    Question question;
    Envelope envelope;
};

// The page: mmap() and munmap(), and what a program does there.
struct Map {
    unsigned int queue;
    bool mapped;
};
struct PostInPage {
    unsigned int queue;
    __u64 n;
};
struct TakeInPage {
    unsigned int queue;
    __u64 n;
};

using Call = std::variant<Post, Take, Wake, Wait, SignalWait, Many, Read, Write, EventRead,
                          EventWrite, Poll, Timer, Ask, Map, PostInPage, TakeInPage>;

std::ostream &operator<<(std::ostream &out, const Call &call);

// What one queue shows to those who look. The totals count from the begin of the sequence.
struct Look {
    __u64 counter, bytes, readers, writers, waiters, exclusive, timeouts, interrupted;
    short ready[modes];  // poll() by files of each mode
    short event_ready;   // by an EVENTFD
    std::string word;    // of the page: "taken", the counter; or "" where nothing is mapped
    std::string entries; // WAITERS, in order

    bool operator==(const Look &) const = default;
};
std::ostream &operator<<(std::ostream &out, const Look &look);
// One entry, as text.
std::string entry_text(waitq_place place, bool exclusive, __u64 threshold);

} // namespace waitq::test::model
