// SPDX-License-Identifier: GPL-2.0
// model.hpp - what module/uapi/waitq.h promises of a few queues, their sleepers and their page, as
// a plain struct. It has no code of the module in it, and no time: each call either returns at
// once, or sleeps until a later call ends its wait.
#pragma once

#include "call.hpp"

#include <array>
#include <map>
#include <optional>

namespace waitq::test::model {

inline constexpr unsigned int slots = 4; // tasks that may sleep

// What a call must come to: one of these values, and what it hands back, as text. (A request with
// two mistakes may be refused for either.)
struct Answer {
    std::vector<long> values;
    std::string out;
};

struct Queue {
    __u64 counter = 0, timeouts = 0, interrupted = 0;
    std::string bytes;
    bool mapped = false;
    bool lent = false; // the counter is in the page
    // What the next call of TIMER tells as `fired`, by the file's mode.
    std::array<__u64, modes> fired{};
};

// A call that sleeps.
struct Sleeper {
    unsigned int slot;
    Call call;
    std::size_t done = 0; // bytes written
};

class Model {
public:
    explicit Model(std::size_t capacity) : capacity_(capacity) {}

    // Does a call that does not sleep.
    Answer now(const Call &call);
    // Begins a call in that slot, which is free. What came of it is in ended(), unless it sleeps.
    void start(unsigned int slot, const Call &call);
    // A signal, whose handler does nothing, for the slot's task.
    void signal(unsigned int slot);

    // False: the outcome would depend on which of several tasks runs first.
    [[nodiscard]] bool is_decided(const Call &call, bool blocks) const;
    // The first, or `slots` if there is none.
    [[nodiscard]] unsigned int free_slot() const;
    [[nodiscard]] const Sleeper *sleeper(unsigned int slot) const;
    [[nodiscard]] bool sleeps(unsigned int slot) const { return sleeper(slot) != nullptr; }
    // The calls in slots that the last of the functions above has ended.
    [[nodiscard]] const std::map<unsigned int, Answer> &ended() const { return ended_; }
    // The device may look so a while later only: a task that waits for room wakes in vain, or goes
    // on, and sleeps again; an interrupt has left work; a poller has left, and the next call puts
    // the counter into the page.
    [[nodiscard]] bool is_late() const { return late_; }
    [[nodiscard]] Look look(unsigned int queue) const;

    [[nodiscard]] std::size_t capacity() const { return capacity_; }
    [[nodiscard]] std::size_t atomic_write() const;
    [[nodiscard]] const Queue &at(unsigned int queue) const { return queues_.at(queue); }

private:
    friend struct Attempt;

    // How many exclusive waiters a wake-up is for.
    struct Budget {
        bool all;
        __u32 nr;
    };

    [[nodiscard]] Queue &on(On file) { return queues_.at(file.queue); }
    [[nodiscard]] std::size_t room(unsigned int queue) const;
    template <class Kind>
    [[nodiscard]] std::size_t asleep(unsigned int queue) const;
    [[nodiscard]] bool polled(unsigned int queue, short events) const;
    [[nodiscard]] short ready(unsigned int queue, Mode mode) const;
    [[nodiscard]] bool keeps_the_counter(unsigned int queue) const;
    // The call can have its events. If so it takes them: the number of the item, else nothing.
    [[nodiscard]] std::optional<long> satisfied(const Call &call, std::size_t item) const;
    std::optional<long> take_first(const Call &call);
    void take(const Call &call, std::size_t item);

    void begin();
    // 0 or more: woken. -EOVERFLOW: nothing was done.
    long post(unsigned int queue, __u64 n, Budget budget);
    void settle();
    bool settle_one(unsigned int queue);
    void end(std::vector<Sleeper>::iterator sleeper, Answer answer);
    void deliver(std::vector<Sleeper>::iterator sleeper, long number);
    void put_into_page();
    Answer gives_up(const Call &call);

    std::size_t capacity_;
    std::array<Queue, queues> queues_;
    std::vector<Sleeper> sleepers_; // the first in first
    std::map<unsigned int, Answer> ended_;
    std::vector<unsigned int> undelivered_; // queues, to which one event goes back
    bool late_ = false;
};

} // namespace waitq::test::model
