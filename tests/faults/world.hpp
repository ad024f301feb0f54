// SPDX-License-Identifier: GPL-2.0
// world.hpp - the queues and files that the calls under test use, and what can be seen of them.
#pragma once

#include "../device/support/lab.hpp"
#include "../device/support/tasks.hpp"

#include <atomic>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace waitq::test {

// Queue 0 is the one of most calls, and its page is mapped; 1 is another one, without a page.
// Those from `first_unmapped` on have had no page yet: each is for one mmap().
inline constexpr unsigned int queue_count = 160, first_unmapped = 80, capacity = 4096;

// What a call must not lose, and what it must not leave behind.
struct State {
    __u64 counter, other_counter;
    __u64 word; // of the page, after a call that may give the counter back to it
    std::string bytes;
    __u64 linked; // entries of the wait queues
    __u64 lab_counter, lab_waiting;
    long descriptors, device_references, lab_references;

    bool operator==(const State &) const = default;
};
std::ostream &operator<<(std::ostream &out, const State &state);

// A page of memory that a call finds not there yet, so that a quick copy fails and a slow one is
// made.
class AbsentPage {
public:
    AbsentPage();
    ~AbsentPage();
    AbsentPage(const AbsentPage &) = delete;
    AbsentPage &operator=(const AbsentPage &) = delete;

    void drop(); // all of it is zero again
    [[nodiscard]] char *data() const { return data_; }
    [[nodiscard]] static std::size_t size() { return 4096; }

private:
    char *data_;
};

class World {
public:
    World();
    ~World();
    World(const World &) = delete;
    World &operator=(const World &) = delete;

    static constexpr __u64 counter_at_first = 5;
    static constexpr const char *bytes_at_first = "hello";

    // As at first: no helper, counters of 5, 5 bytes, no entry linked.
    void reset();
    // Takes the bytes out.
    State state();

    // Begins a task of its own that makes `call`.
    void help(const std::function<long()> &call)
    {
        helpers.push_back(std::make_unique<Caller>(call));
    }
    // Waits until the task that makes the tested call sleeps with that many in `figure`. False: the
    // call has returned instead.
    [[nodiscard]] bool caller_sleeps(__u64 waitq_info::*figure, __u64 count);

    File file, nonblock{O_RDWR | O_NONBLOCK}, other{O_RDWR, 1},
        other_nonblock{O_RDWR | O_NONBLOCK, 1};
    Descriptor events{open_eventfd(file)};
    std::vector<std::unique_ptr<File>> many; // the queues 0 to 64
    LabFile lab;
    AbsentPage absent, absent_too;

    // For one call:
    std::unique_ptr<File> fresh;
    std::vector<std::unique_ptr<Caller>> helpers;
    std::atomic<bool> returned{false};
    int got = -1;                  // a descriptor that it returned
    void *mapped = nullptr;        // a page
    std::vector<waitq_item> items; // of WAIT_ANY and WAIT_ALL
    long value = 0;                // what it returned
    std::string seen;              // what it delivered
    unsigned int unmapped = first_unmapped;

private:
    volatile __u64 *page_;
    pid_t tested_;
};

} // namespace waitq::test
