// SPDX-License-Identifier: GPL-2.0
// What the steps of the demo share: the device, the story told, and the checks.
#pragma once

#include "demo_process.hpp"
#include "failure.hpp"

#include <ostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace waitq::cli {

/// The kernel did otherwise. what(): what was claimed.
class Otherwise : public std::runtime_error {
    using runtime_error::runtime_error;
};

class Stage {
public:
    /// Opens the device and empties it. Throws Failure; runtime_error if somebody sleeps on it.
    Stage(DeviceName name, std::ostream &out, bool colour);

    [[nodiscard]] const DeviceName &name() const { return name_; }
    [[nodiscard]] const Device &device() const { return device_; }
    [[nodiscard]] waitq_info info() const;
    [[nodiscard]] WakeResult wake(const WakeRequest &request) const;

    /// The headline of a step.
    void headline(std::size_t number, const char *text);
    /// What is about to happen, and why.
    void tell(const std::string &text);
    /// What was seen, marked OK; if not @true_ marked FAILED, and throws Otherwise.
    void seen(bool true_, const std::string &text);

    /// `waitq wait` on this device, with more arguments, on a terminal of its own.
    [[nodiscard]] std::vector<std::string> waiter(std::vector<std::string> more = {}) const;
    /// Checks that @process is in @state and that the device counts one more in @figure than none.
    void seen_asleep(const PtyProcess &process, char state, __u64 waitq_info::*figure,
                     const std::string &counted);

private:
    void mark(const char *colour, const char *word, const std::string &text);

    DeviceName name_;
    Device device_;
    std::ostream &out_;
    bool colour_;
};

} // namespace waitq::cli
