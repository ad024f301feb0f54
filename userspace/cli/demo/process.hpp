// SPDX-License-Identifier: GPL-2.0
// A process on a terminal of its own, and what /proc tells of it.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace waitq::cli {

/// Looks again and again until @done, up to 10 s, which only a hang takes. True: it was done.
[[nodiscard]] bool eventually(const std::function<bool()> &done);

/**
 * A program that runs on a pseudo terminal, as in a window of its own: what is typed on the
 * terminal reaches the program, and Ctrl+C reaches it as SIGINT, by the kernel's tty layer.
 * When the object goes, what is left of the program is killed.
 */
class PtyProcess {
public:
    /// Starts argv[0], found in PATH. Throws std::system_error.
    explicit PtyProcess(std::vector<std::string> argv);
    PtyProcess(const PtyProcess &) = delete;
    PtyProcess &operator=(const PtyProcess &) = delete;
    ~PtyProcess();

    [[nodiscard]] pid_t pid() const { return pid_; }

    /// Types @keys on the terminal.
    void type(const std::string &keys) const;
    /// Presses Ctrl+C.
    void ctrl_c() const { type("\x03"); }

    /// Reads the terminal until @text is on it; false: it was not, within 10 s.
    [[nodiscard]] bool shows(const std::string &text);

    /// Waits for the end, up to 10 s; false: it still runs. Then exit_code() and signal() say how.
    [[nodiscard]] bool ended();
    /// The exit status, or -1 if a signal killed it.
    [[nodiscard]] int exit_code() const;
    /// Waits for the end, as ended(); true: with exit status 0.
    [[nodiscard]] bool succeeded() { return ended() && exit_code() == 0; }
    /// The signal that killed it, or 0.
    [[nodiscard]] int signal() const;

    /// The state in /proc/PID/stat: 'S' interruptible sleep, 'D' uninterruptible, 'R' running ...
    [[nodiscard]] char state() const;
    /// Where in the kernel it sleeps, from /proc/PID/wchan; empty if the kernel does not tell.
    [[nodiscard]] std::string wchan() const;
    /// Whether a signal is pending, for the process (ShdPnd) or its thread (SigPnd).
    [[nodiscard]] bool pending(int signal) const;

private:
    [[nodiscard]] std::string proc(const std::string &file) const;
    /// Reads what there is, waiting for it up to @patience. False: no more will come.
    bool read_some(std::chrono::milliseconds patience);

    pid_t pid_ = -1;
    int master_ = -1;
    int status_ = -1; // of waitpid(), once it has ended
    bool reaped_ = false;
    std::string screen_; // all that it has printed
};

} // namespace waitq::cli
