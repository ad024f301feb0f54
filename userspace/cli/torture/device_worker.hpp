// SPDX-License-Identifier: GPL-2.0
// A task that makes calls of the device.
#pragma once

#include "torture/worker.hpp"

#include <cerrno>
#include <optional>
#include <span>
#include <vector>
#include <waitq/device.hpp>
#include <waitq/many.hpp>

namespace waitq::cli::torture {

/// What a round is made of: bits of DeviceOperation::modes.
enum DeviceMode : std::uint32_t {
    Plain = 1, ///< each wait is for one queue, so the order of the waiters tells who is next
    Many = 2,  ///< waits for several queues among them
    Bytes = 4, ///< reads and writes
    Polls = 8,
    Strict = 16,      ///< plain waits, and no event is posted while one is there
    StrictBytes = 32, ///< reads, and nothing is written while a byte is there
};

class DeviceWorker;

struct DeviceOperation {
    std::string_view name;
    Role role;
    std::uint32_t modes;
    std::optional<Noise> noise; ///< without which it is not made
    void (DeviceWorker::*run)(Step call);
};

[[nodiscard]] std::span<const DeviceOperation> device_operations();

/// The error of a call that returns -1 for one.
[[nodiscard]] inline int error_of(long result)
{
    return result < 0 ? errno : 0;
}

/// A message of the byte stream: it comes out whole, once, and after those that its writer wrote
/// before it.
struct Message {
    std::uint32_t writer, number;
    std::uint64_t check;
};
[[nodiscard]] std::uint64_t check_of(std::uint32_t writer, std::uint32_t number);

class DeviceWorker : public Worker {
public:
    /// Opens the devices. Throws std::system_error.
    DeviceWorker(Arena &arena, Slot &slot, const Plan &plan, std::uint64_t seed, unsigned queues);

    void advance(Role role) override;
    void park() override;

    // The operations.
    void wait(Step call);
    void look(Step call);
    void take(Step call);
    void take_by_eventfd(Step call);
    void wait_any(Step call);
    void wait_all(Step call);
    void signal_wait(Step call);
    void read(Step call);
    void read_to_nowhere(Step call);
    void poll(Step call);
    void poll_for_ever(Step call);
    void epoll(Step call);
    void uring(Step call);
    void close_while_polled(Step call);
    void fork_here(Step call);
    void post(Step call);
    void wake(Step call);
    void wake_some(Step call);
    void wake_none(Step call);
    void add_by_eventfd(Step call);
    void arm(Step call);
    void write(Step call);

private:
    [[nodiscard]] std::uint32_t any_queue() { return any_of(files_.size()); }
    [[nodiscard]] std::optional<When> some_time();
    [[nodiscard]] int eventfd_of(std::uint32_t queue);
    void wait_by(Step call, const WaitRequest &request);
    void wait_many(Step call, bool all);
    void post_by(Step call, std::uint64_t n, const WakeRequest &request);
    void take_if_there(std::uint32_t operation);
    void expect(int error, bool timed);
    void end_timer();

    std::vector<Device> files_;
    std::vector<std::optional<Descriptor>> eventfds_;
    std::optional<std::uint32_t> armed_; ///< the queue whose file has its timer armed
    std::vector<std::uint32_t> seen_;    ///< of each writer, the number of the last message read
    std::vector<bool> has_seen_;
};

} // namespace waitq::cli::torture
