// SPDX-License-Identifier: GPL-2.0
// What the steps of the demo share: the device, the story told, and the checks.
#pragma once

#include "demo/narrator.hpp"
#include "demo/process.hpp"
#include "failure.hpp"

#include <string>
#include <vector>

namespace waitq::cli {

class Stage {
public:
    /// Opens the device and empties it. Throws Failure; runtime_error if a task sleeps on it.
    Stage(DeviceName name, Narrator &narrator);

    [[nodiscard]] const DeviceName &name() const { return name_; }
    [[nodiscard]] const Device &device() const { return device_; }
    [[nodiscard]] waitq_info info() const;
    [[nodiscard]] std::uint64_t wake(const WakeRequest &request) const;
    /// Takes what is left on the counter.
    void settle() const;

    void tell(const std::string &text) { narrator_.tell(text); }
    void seen(bool true_, const std::string &text) { narrator_.seen(true_, text); }

    /// `waitq wait` on this device, with more arguments, on a terminal of its own.
    [[nodiscard]] std::vector<std::string> waiter(const std::vector<std::string> &more = {}) const;
    /// Checks that @process is in @state and that the device counts 1 in @figure.
    void seen_asleep(const PtyProcess &process, char state, __u64 waitq_info::*figure,
                     const std::string &counted);

private:
    DeviceName name_;
    Device device_;
    Narrator &narrator_;
};

} // namespace waitq::cli
