// SPDX-License-Identifier: GPL-2.0
// Device - an open waitq device.
#pragma once

#include <cstddef>
#include <cstdint>
#include <fcntl.h>
#include <memory>
#include <span>
#include <string>
#include <waitq/descriptor.hpp>
#include <waitq/page.hpp>
#include <waitq/requests.hpp>
#include <waitq/result.hpp>

namespace waitq {

/**
 * Owns the descriptor of an open waitq device. Moves, does not copy; a moved-from Device has
 * fd() -1, and its calls fail with EBADF.
 *
 * Every call may fail with
 *   EBADF   the device is not open for what the call does: wait, read: reading; wake, arm,
 *           cancel_timer, write: writing; eventfd: both
 *   EINVAL  the request is malformed; nothing has changed
 *   ENOTTY  the file is no waitq device, or the module is older than the call
 */
class Device {
public:
    /**
     * Opens a device node. O_CLOEXEC is added to @flags. With O_NONBLOCK, read() and write() fail
     * with EAGAIN where they would sleep.
     * Errors: those of open(2); ENOENT or ENXIO: no such device; EACCES: the node's mode.
     */
    static Result<Device> open(const std::string &path, int flags = O_RDWR);
    /// Opens /dev/waitq<index>.
    static Result<Device> open(unsigned index, int flags = O_RDWR);

    /**
     * Sleeps until the counter is at or above the threshold, the time is up or a signal comes.
     * Satisfied beats timed out, timed out beats signalled. A signal whose handler has SA_RESTART
     * does not end the wait. A wait that need not sleep makes no system call where it consumes, and
     * the device is open for reading and writing.
     * Errors: EINVAL: threshold 0, a negative timeout; EPERM: State::Uninterruptible or Idle
     * without CAP_SYS_ADMIN, with no timeout or one that may last longer than
     * WAITQ_UNPRIVILEGED_UNINTERRUPTIBLE_MAX_NS.
     */
    [[nodiscard]] Result<WaitResult> wait(const WaitRequest &request) const;

    /**
     * Adds to the counter, then wakes the waiters whose condition is true. Returns how
     * many that were, exclusive or not (INT_MAX at most). Does not sleep.
     * Errors: EOVERFLOW: the counter would pass WAITQ_COUNTER_MAX; nothing has changed.
     */
    [[nodiscard]] Result<std::uint64_t> wake(const WakeRequest &request) const;

    /**
     * Adds @n, 1 to WAITQ_COUNTER_MAX, to the counter, then wakes all waiters whose condition is
     * true. It makes no system call while nobody waits or polls and the device is open for reading
     * and writing. Returns how many it woke. Does not sleep.
     * Errors: EOVERFLOW, as wake().
     */
    [[nodiscard]] Result<std::uint64_t> post(std::uint64_t n = 1) const;

    /**
     * post() on @other, then wait() on this one: one system call, which tells the scheduler that
     * the woken task may have this one's CPU (it does from Linux 6.6 on). The post is made once,
     * however often a signal comes. Errors: those of both; of those of wait() but EINVAL and EPERM
     * the post was made.
     */
    [[nodiscard]] Result<WaitResult>
    signal_and_wait(const Device &other, const WaitRequest &request, std::uint64_t n = 1) const;

    /**
     * Arms the one timer of this open file; closing the file ends it. An armed timer is cancelled
     * first. Returns the number of times that the cancelled one had fired.
     * Errors: EINVAL: a negative time, a period too short, no period and count not 1.
     */
    [[nodiscard]] Result<std::uint64_t> arm(const TimerRequest &request) const;
    /// Disarms the timer. Returns the number of times that it had fired.
    [[nodiscard]] Result<std::uint64_t> cancel_timer() const;

    /**
     * A new descriptor for the counter, for event loops: it does as an eventfd with EFD_SEMAPHORE
     * does, and outlives this object. O_CLOEXEC is added to @flags, which may have O_NONBLOCK.
     * Errors: EMFILE, ENFILE, ENOMEM.
     */
    [[nodiscard]] Result<Descriptor> eventfd(int flags = 0) const;

    /// The figures of the queue, as they were at the call.
    [[nodiscard]] Result<waitq_info> info() const;

    /// The entries of the wait queues, up to WAITQ_WAITERS_MAX. Errors: ENOMEM.
    [[nodiscard]] Result<Waiters> waiters() const;

    /**
     * Reads at least one byte; sleeps (interruptibly) until there is one.
     * Errors: EINTR, EAGAIN (O_NONBLOCK), EFAULT.
     */
    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> buffer) const;
    /**
     * Writes bytes; sleeps (interruptibly) until there is room. Up to WAITQ_ATOMIC_WRITE bytes go
     * as a whole. Returns the bytes written, fewer than given if a signal came in between.
     * Errors: EINTR, EAGAIN (O_NONBLOCK), EFAULT.
     */
    [[nodiscard]] Result<std::size_t> write(std::span<const std::byte> bytes) const;

    Device(Device &&) noexcept;
    Device &operator=(Device &&) noexcept;
    Device(const Device &) = delete;
    Device &operator=(const Device &) = delete;
    ~Device();

    /// The descriptor, still owned by this object: for poll(2) and its kin.
    [[nodiscard]] int fd() const noexcept { return file_.fd(); }

private:
    struct LazyPage;

    explicit Device(Descriptor file);
    [[nodiscard]] InPage post_in_page(std::uint64_t n) const;
    [[nodiscard]] InPage take_in_page(std::uint64_t n) const;

    Descriptor file_;
    // Mapped by the first call that can use it: a mapping costs those a little that call the
    // kernel.
    std::unique_ptr<LazyPage> page_;
};

} // namespace waitq
