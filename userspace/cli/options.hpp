// SPDX-License-Identifier: GPL-2.0
// Options that several commands have.
#pragma once

#include "command.hpp"
#include "device_name.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <waitq/waiting.hpp>

namespace waitq::cli {

/// [DEVICE]; node 0 of @target's module by default.
void add_device(Options &options, DeviceName &target);

/// An option that takes a duration.
Option add_duration(Options &options, const std::string &name,
                    std::optional<std::chrono::nanoseconds> &target, const std::string &text);

/// An option that takes a whole decimal number from @least to @most.
Option add_number(Options &options, const std::string &name, std::function<void(std::uint64_t)> use,
                  const std::string &text, std::uint64_t least = 0,
                  std::uint64_t most = std::numeric_limits<std::uint64_t>::max());

/// When a wait ends at the latest.
struct TimeLimit {
    std::optional<std::chrono::nanoseconds> timeout, until;

    [[nodiscard]] std::optional<When> when() const;
};

/// --timeout and --until.
void add_time_limit(Options &options, TimeLimit &target);

/// All of @text as a number; nothing if it is none.
[[nodiscard]] std::optional<std::uint64_t> whole_number(std::string_view text, int base);

/// A command whose only option is the device.
template <Report (*run)(const DeviceName &)>
Action add_device_only(Options &options, const Module &module)
{
    auto name = std::make_shared<DeviceName>(first_of(module));
    add_device(options, *name);
    return [name](const Settings & /*settings*/) { return run(*name); };
}

/// A command with options of type @Given, declared by @add and carried out by @run.
template <typename Given>
Action with_options(Options &options, void (*add)(Options &, Given &),
                    Report (*run)(const Given &, const Settings &))
{
    auto given = std::make_shared<Given>();
    add(options, *given);
    return [given, run](const Settings &settings) { return run(*given, settings); };
}

} // namespace waitq::cli
