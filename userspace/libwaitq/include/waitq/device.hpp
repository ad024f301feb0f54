// SPDX-License-Identifier: GPL-2.0
// Device - an open waitq device.
#pragma once

#include <cstddef>
#include <cstdint>
#include <fcntl.h>
#include <span>
#include <string>
#include <waitq/requests.hpp>
#include <waitq/result.hpp>

namespace waitq {

/**
 * Owns the file descriptor of an open waitq device. Moves, does not copy; a moved-from Device
 * has fd() -1 and its calls fail with EBADF.
 *
 * Every call may fail with ENOTTY (the file is no waitq device) and EINVAL (the request is
 * malformed, or the module is of a version that does not know it); an EINVAL changed nothing.
 */
class Device {
public:
    /**
     * Opens a device node. O_CLOEXEC is added to @flags; with O_NONBLOCK, read() and write()
     * fail with EAGAIN where they would sleep.
     * Errors: those of open(2); ENOENT or ENXIO: no such device; EACCES: the node's mode.
     */
    static Result<Device> open(const std::string &path, int flags = O_RDWR);
    /// Opens /dev/waitq<index>.
    static Result<Device> open(unsigned index, int flags = O_RDWR);

    Device(Device &&other) noexcept;
    Device &operator=(Device &&other) noexcept;
    Device(const Device &) = delete;
    Device &operator=(const Device &) = delete;
    ~Device();

    /**
     * Sleeps until the counter is at least the threshold, the time is up or a signal comes, in
     * the task state that the kind has. Satisfied beats timed out, timed out beats signalled.
     * A signal whose handler has SA_RESTART never ends the wait.
     * Errors: EINVAL: threshold 0, a negative timeout, a timeout for a kind without one or none
     * for a kind with one; EPERM: an uninterruptible wait, endless or above
     * WAITQ_UNPRIVILEGED_UNINTERRUPTIBLE_MAX_NS, without CAP_SYS_ADMIN; EOPNOTSUPP: this kernel
     * does not have the kind. <uapi/waitq.h> has the rest.
     */
    [[nodiscard]] Result<WaitResult> wait(const WaitRequest &request) const;

    /**
     * Posts to the counter, then wakes those who sleep in wait(), from the context asked for;
     * that may take a few milliseconds.
     * Errors: EOVERFLOW: the counter would pass WAITQ_COUNTER_MAX, nothing was done; EINVAL;
     * EOPNOTSUPP: this kernel does not have the kind; ENOMEM.
     */
    [[nodiscard]] Result<WakeResult> wake(const WakeRequest &request) const;

    /**
     * Arms the one timer of this open file; it ends with the file. An armed one is cancelled
     * first. Returns how often the former arming fired.
     * Errors: EINVAL: a negative time, a period too short, no period and count not 1.
     */
    [[nodiscard]] Result<std::uint64_t> arm(const TimerRequest &request) const;
    /// Disarms the timer. Returns how often it fired.
    [[nodiscard]] Result<std::uint64_t> cancel_timer() const;

    /// Which kinds the running kernel has.
    [[nodiscard]] Result<Kinds> kinds() const;

    /// Who is linked into the wait queues. Errors: ENOMEM.
    [[nodiscard]] Result<Waiters> waiters() const;

    /// The figures of the queue, as they were at the call.
    [[nodiscard]] Result<waitq_info> info() const;

    /**
     * Reads at least one byte; sleeps (interruptibly) until there is one.
     * Errors: EINTR, EAGAIN (O_NONBLOCK), EFAULT.
     */
    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> buffer) const;
    /**
     * Writes bytes; sleeps (interruptibly) until there is room. Up to WAITQ_ATOMIC_WRITE bytes
     * go as a whole. Returns the bytes written, fewer than given if a signal came in between.
     * Errors: EINTR, EAGAIN (O_NONBLOCK), EFAULT.
     */
    [[nodiscard]] Result<std::size_t> write(std::span<const std::byte> bytes) const;

    /// The descriptor, still owned by this object: for poll(2) and its kin.
    [[nodiscard]] int fd() const noexcept { return fd_; }

private:
    explicit Device(int fd) noexcept : fd_(fd) {}

    int fd_;
};

} // namespace waitq
