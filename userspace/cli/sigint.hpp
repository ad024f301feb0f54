// SPDX-License-Identifier: GPL-2.0
// Ctrl+C during a call that sleeps.
#pragma once

namespace waitq::cli {

/**
 * While it lives, SIGINT does not kill: it ends an interruptible call of this thread with EINTR,
 * and caught() says so. If SIGINT was ignored (a background job), it stays ignored. One at a time.
 *
 * A signal that comes just before the call would be lost on it, and the call would sleep on. So
 * the handler also puts /dev/null in the place of @descriptor, if given: a call on it that had not
 * begun yet fails with ENOTTY, and caught() tells why. One that had begun keeps its file.
 */
class SigintGuard {
public:
    explicit SigintGuard(int descriptor = -1);
    SigintGuard(const SigintGuard &) = delete;
    SigintGuard &operator=(const SigintGuard &) = delete;
    ~SigintGuard();

    [[nodiscard]] static bool caught();
};

} // namespace waitq::cli
