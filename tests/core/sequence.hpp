// SPDX-License-Identifier: GPL-2.0
// sequence.hpp - random operations on one queue of the device or of the lab, and what came of each,
// as text. The same seed gives the same text on the simulated kernel (sequence_sim.hpp) and on a
// real one (tests/device/sequences_test.cpp), or one of the two is wrong.
//
// Between two operations all tasks come to rest: each call has returned or sleeps. And only such
// operations are chosen whose outcome no scheduling can change: two tasks that race for one
// event, or that wake in vain and queue up again side by side, are avoided.
#pragma once

#include <uapi/waitq_lab.h>

#include <array>
#include <string>

namespace core {

constexpr unsigned int sequence_slots = 4;     // tasks that make blocking calls
constexpr unsigned int sequence_capacity = 64; // of the queue, the least that the module takes

struct SequenceCall {
    enum class What : unsigned char {
        wait, // WAITQ_IOC_WAIT
        take, // read() of an EVENTFD of the queue
        read, // read() and write() of the device
        write,
        lab_wait, // LAB_IOC_WAIT
    } what;
    // In and out, of the calls that have them:
    waitq_wait wait;
    lab_wait in_lab;
    unsigned int size; // of a read or write
};

// What carries the operations out. Results are a value or -errno, -EINTR for a signal.
class SequenceWorld {
public:
    SequenceWorld() = default;
    virtual ~SequenceWorld() = default;
    SequenceWorld(const SequenceWorld &) = delete;
    SequenceWorld &operator=(const SequenceWorld &) = delete;

    // These return at once.
    virtual long wake(waitq_wake &request) = 0;
    virtual long read_now(unsigned int size, std::string &bytes) = 0;
    virtual long write_now(const std::string &bytes) = 0;
    virtual unsigned int poll_now() = 0; // POLLIN, POLLOUT, POLLMSG of the device
    virtual waitq_info info() = 0;
    // Of an EVENTFD of the queue, with O_NONBLOCK: read() and write() of 8 bytes.
    virtual long take_now() = 0;
    virtual long add_now(unsigned long long n) = 0;
    // Of the lab.
    virtual long wake_in_lab(lab_wake &request) = 0;
    virtual lab_info info_of_lab() = 0;

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
    // All tasks must have come to rest before.
    bool step();
    // After all tasks have come to rest once more, the text so far is complete.
    [[nodiscard]] const std::string &text() const { return text_; }
    // The sequence of that seed makes calls of the lab only; else of the device only.
    static bool is_of_lab(unsigned int seed);

private:
    // What keeps the outcomes of a sequence from depending on the scheduler.
    enum class Mode : unsigned char {
        events,    // of the device, where a wake-up decides: anything
        streaming, // reads and writes
        counting,  // of the lab; nothing is taken: the counter only grows
        taking,    // of the lab; all waits are exclusive and take one event
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
    [[nodiscard]] bool any(SequenceCall::What what) const;
    void start(unsigned int slot, const SequenceCall &call, bool exclusive,
               unsigned long long threshold);
    void collect();
    void operate();
    void start_call(unsigned int slot);
    void start_wait(unsigned int slot);
    void start_lab_wait(unsigned int slot);
    void start_stream(unsigned int slot);
    void act_now();
    void wake();
    void events_now();
    void wake_in_lab();
    void stream_now();
    void signal_one();
    void look();
    void look_at_lab();
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
