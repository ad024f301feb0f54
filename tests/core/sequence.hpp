// SPDX-License-Identifier: GPL-2.0
// sequence.hpp - random operations on one queue, and what came of each, as text. The same seed
// gives the same text on the simulated kernel (sequence_sim.hpp) and on a real one
// (tests/device/sequences_test.cpp), or one of the two is wrong.
//
// Between two operations everybody comes to rest: each call has returned or sleeps. And only
// such operations are chosen whose outcome no scheduling can change: two that race for one
// event, or that wake in vain and queue up again side by side, are avoided.
#pragma once

#include <uapi/waitq.h>

#include <array>
#include <string>

namespace core {

constexpr unsigned int sequence_slots = 4;     // tasks that make blocking calls
constexpr unsigned int sequence_capacity = 64; // of the queue, the least that the module takes

struct SequenceCall {
    enum class What : unsigned char { wait, read, write } what;
    waitq_wait wait;   // in and out
    unsigned int size; // of a read or write
};

// Who carries the operations out.
class SequenceWorld {
public:
    SequenceWorld() = default;
    virtual ~SequenceWorld() = default;
    SequenceWorld(const SequenceWorld &) = delete;
    SequenceWorld &operator=(const SequenceWorld &) = delete;

    // These return at once: a value, or -errno (-EINTR for a signal).
    virtual long wake(waitq_wake &request) = 0;
    virtual long read_now(unsigned int size, std::string &bytes) = 0;
    virtual long write_now(const std::string &bytes) = 0;
    virtual unsigned int poll_now() = 0; // POLLIN, POLLOUT, POLLMSG
    virtual waitq_info info() = 0;

    // A task of its own begins the call.
    virtual void start(unsigned int slot, const SequenceCall &call) = 0;
    // An ordinary signal, whose handler does nothing, for the slot's task.
    virtual void signal(unsigned int slot) = 0;
    // If the slot's call has returned since it was started or last asked: how.
    virtual bool returned(unsigned int slot, SequenceCall &call, long &result,
                          std::string &bytes) = 0;
};

class Sequence {
public:
    Sequence(SequenceWorld &world, unsigned int seed, unsigned int length);

    // Does the next operation. False: all are done, and so are all calls.
    // Everybody must have come to rest before.
    bool step();
    // After everybody has come to rest once more, the text so far is complete.
    [[nodiscard]] const std::string &text() const { return text_; }

private:
    // What keeps the outcomes of a sequence from depending on the scheduler.
    enum class Mode : unsigned char {
        counting,  // nothing is taken: the counter only grows
        taking,    // all waits are exclusive and take one event
        streaming, // reads and writes
    };
    struct Slot {
        bool busy;
        bool exclusive;
        unsigned long long threshold;
        SequenceCall::What what;
    };

    unsigned int roll(unsigned int sides);
    [[nodiscard]] int free_slot() const;
    [[nodiscard]] unsigned int exclusive_asleep() const;
    void collect();
    void operate();
    void start_wait(unsigned int slot);
    void start_stream(unsigned int slot);
    void wake();
    void stream_now();
    void signal_somebody();
    void look();
    void free_all();

    SequenceWorld &world_;
    Mode mode_;
    unsigned int left_, number_ = 0, frees_ = 0;
    unsigned int state_;
    unsigned int bytes_made_ = 0;
    std::array<Slot, sequence_slots> slots_{};
    std::string text_;
};

} // namespace core
