// SPDX-License-Identifier: GPL-2.0
// What disturbs the tasks of a torture. Each is a switch of the command line.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <string_view>

namespace waitq::cli::torture {

// X(name, text)
#define WAITQ_NOISES(X)                                                                            \
    X(signals, "handlers that end a call, and handlers that restart it")                           \
    X(timeouts, "waits that end by themselves, near the wake-up")                                  \
    X(kill, "kill -9 of a task, and a new one in its place")                                       \
    X(fork, "fork in a task that has the device open; some children exec")                         \
    X(stop, "SIGSTOP and SIGCONT")                                                                 \
    X(ptrace, "a debugger comes, interrupts and goes")                                             \
    X(freezer, "the freezer of a control group")                                                   \
    X(hotplug, "processors go offline and come back")                                              \
    X(affinity, "tasks move from processor to processor")                                          \
    X(priorities, "nice values, the policies batch and idle, and for moments fifo and rr")         \
    X(cgroups, "tasks move between groups with little processor time and with much")               \
    X(pollers, "poll, epoll and io_uring come and go")                                             \
    X(close, "a file is closed while another thread polls it")                                     \
    X(reload, "the module is unloaded and loaded between rounds; needs --module")                  \
    X(delays, "delays at the windows of the wait functions; needs waitq_delays.ko")

enum class Noise : std::size_t {
#define WAITQ_X(name, text) name,
    WAITQ_NOISES(WAITQ_X)
#undef WAITQ_X
};

struct NoiseRow {
    Noise noise;
    std::string_view name, text;
};

inline constexpr auto noise_rows = std::to_array<NoiseRow>({
#define WAITQ_X(name, text) {Noise::name, #name, text},
    WAITQ_NOISES(WAITQ_X)
#undef WAITQ_X
});

class Noises {
public:
    [[nodiscard]] bool has(Noise noise) const { return set_.test(static_cast<std::size_t>(noise)); }
    void set(Noise noise, bool on = true) { set_.set(static_cast<std::size_t>(noise), on); }
    [[nodiscard]] bool any() const { return set_.any(); }

private:
    std::bitset<noise_rows.size()> set_;
};

} // namespace waitq::cli::torture
