// SPDX-License-Identifier: GPL-2.0
/*
 * The laboratory, /dev/waitq_labN, for C++20 programs: every way to wait and to wake that the
 * kernel has. For the administrator of a test machine; <uapi/waitq_lab.h> promises nothing, so a
 * program is built from the tree that its module is built from.
 *
 *     #include <waitq/lab.hpp>
 *     using namespace waitq::lab;
 *
 *     Lab lab = Lab::open(0).value();                            // /dev/waitq_lab0
 *     auto ended = lab.wait({.kind = WaitKind::wait_event_killable, .engine = Engine::Macro});
 *
 *     // In another process: post 1 from the interrupt of a timer, and wake.
 *     auto woken = lab.wake({.context = Context::HARD_IRQ});
 */
#pragma once

#include <fcntl.h>
#include <string>
#include <waitq/descriptor.hpp>
#include <waitq/lab_requests.hpp>
#include <waitq/result.hpp>

namespace waitq::lab {

/**
 * Owns the descriptor of an open lab node. Moves, does not copy; a moved-from Lab has fd() -1,
 * and its calls fail with EBADF.
 *
 * Every call may fail with ENOTTY (the file is no lab node) and EINVAL (the request is malformed,
 * or the module is of another version); nothing has changed then.
 */
class Lab {
public:
    /**
     * Opens a lab node. O_CLOEXEC is added to @flags.
     * Errors: those of open(2); ENOENT or ENXIO: no such node; EACCES: the node's mode; EPERM:
     * the caller lacks CAP_SYS_ADMIN.
     */
    static Result<Lab> open(const std::string &path, int flags = O_RDWR);
    /// Opens /dev/waitq_lab<index>.
    static Result<Lab> open(unsigned index, int flags = O_RDWR);

    /**
     * Sleeps until the counter is at or above the threshold, the time is up or a signal comes, in
     * the way that the kind has. Satisfied beats timed out, timed out beats signalled; by the
     * clock HRTIMER signalled beats timed out. A signal whose handler has SA_RESTART does not end
     * the wait.
     * Errors: EINVAL: threshold 0, a negative timeout, a timeout for a kind without one or none
     * for a kind with one, a field that does not go with the kind; EOPNOTSUPP: this kernel does
     * not have the kind; EBUSY, EIDRM: see LAB_IOC_WAIT in <uapi/waitq_lab.h>.
     */
    [[nodiscard]] Result<WaitResult> wait(const WaitRequest &request) const;

    /**
     * Adds to the counter, then wakes those that sleep in wait(), from the context asked for;
     * that may take a few milliseconds.
     * Errors: EOVERFLOW: the counter would pass LAB_COUNTER_MAX, nothing was done; EINVAL;
     * EOPNOTSUPP: this kernel does not have the kind; ENOMEM.
     */
    [[nodiscard]] Result<WakeResult> wake(const WakeRequest &request) const;

    /// The kinds that the running kernel has.
    [[nodiscard]] Result<Kinds> kinds() const;

    /// The figures of the queue, as they were at the call.
    [[nodiscard]] Result<lab_info> info() const;

    /// The entries of the wait queues, up to LAB_WAITERS_MAX. Errors: ENOMEM.
    [[nodiscard]] Result<Waiters> waiters() const;

    /// The descriptor, still owned by this object.
    [[nodiscard]] int fd() const noexcept { return file_.fd(); }

private:
    explicit Lab(Descriptor file) noexcept : file_(std::move(file)) {}

    Descriptor file_;
};

} // namespace waitq::lab
