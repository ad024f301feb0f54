// SPDX-License-Identifier: GPL-2.0
// device.hpp - /dev/waitq0 to 2, to which a sequence does what the model says.
#pragma once

#include "../support/memory.hpp"
#include "../support/tasks.hpp"
#include "model.hpp"

#include <memory>

namespace waitq::test::model {

// What a call came to: its value or -errno, and what it handed back.
struct Came {
    long value;
    std::string out;
};

// Open files, eventfds and mappings of each queue, and tasks for the slots. The module is loaded.
class Device {
public:
    Device();
    ~Device(); // no task is left
    Device(const Device &) = delete;
    Device &operator=(const Device &) = delete;

    // Empty queues. False: they were left in a state which this can't end.
    [[nodiscard]] bool is_fresh() const;

    // By files that are O_NONBLOCK, or else in a task of its own.
    Came now(const Call &call) { return perform(call, false); }
    void start(unsigned int slot, const Call &call);
    void signal(unsigned int slot) const { tasks_.at(slot)->caller->signal(); }
    [[nodiscard]] bool returned(unsigned int slot) const { return tasks_.at(slot)->caller->done(); }
    [[nodiscard]] bool sleeps(unsigned int slot) const;
    // Of a task that has returned.
    Came result(unsigned int slot);

    [[nodiscard]] Look look(unsigned int queue) const;
    // Every byte that a queue holds.
    [[nodiscard]] std::string take_bytes(unsigned int queue) const;

private:
    friend struct Performer;

    struct Opened {
        explicit Opened(unsigned int queue);
        ~Opened();
        Opened(const Opened &) = delete;
        Opened &operator=(const Opened &) = delete;

        const unsigned int number;
        // By mode.
        const std::array<File, modes> now, blocking;
        const Descriptor events_now, events;
        __u64 *page = nullptr;
        waitq_info before{};
    };
    struct Task {
        std::string out;
        std::unique_ptr<Caller> caller; // last: it uses the others
    };

    [[nodiscard]] const File &file(On on, bool blocks) const;
    Came perform(const Call &call, bool blocks);

    const EdgeOfMemory edge_;
    std::array<Opened, queues> opened_{Opened(0), Opened(1), Opened(2)};
    std::array<std::unique_ptr<Task>, slots> tasks_;
};

} // namespace waitq::test::model
