// SPDX-License-Identifier: GPL-2.0
#include "options.hpp"

#include "durations.hpp"

#include <charconv>

namespace waitq::cli {

std::optional<std::uint64_t> whole_number(std::string_view text, int base)
{
    std::uint64_t number = 0;
    const char *last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, number, base);
    return error == std::errc{} && end == last ? std::optional(number) : std::nullopt;
}

void add_device(Options &options, DeviceName &target)
{
    const std::string name(target.module->name);
    options.value(
        "DEVICE", "",
        [&target](const std::string &given) { target = parse_device_name(*target.module, given); },
        "0, " + name + "0 or /dev/" + name + "0 (default: 0)");
}

Option add_duration(Options &options, const std::string &name,
                    std::optional<std::chrono::nanoseconds> &target, const std::string &text)
{
    return options.value(
        name, "DUR", [&target](const std::string &given) { target = parse_duration(given); }, text);
}

// CLI11's own conversion takes -1 for the largest number there is, and 010 for 8.
Option add_number(Options &options, const std::string &name, std::function<void(std::uint64_t)> use,
                  const std::string &text, std::uint64_t least, std::uint64_t most)
{
    auto take = [use = std::move(use), least, most](const std::string &given) {
        const auto number = whole_number(given, 10);
        if (!number || *number < least || *number > most)
            throw std::invalid_argument("'" + given + "' is no whole number from " +
                                        std::to_string(least) + " to " + std::to_string(most));
        use(*number);
    };
    return options.value(name, "N", take, text);
}

void add_time_limit(Options &options, TimeLimit &target)
{
    const Option timeout = add_duration(options, "--timeout", target.timeout, "how long, at most");
    add_number(
        options, "--until",
        [&target](std::uint64_t ns) { target.until = std::chrono::nanoseconds(ns); },
        "until when at the latest, in nanoseconds of CLOCK_MONOTONIC", 0,
        std::chrono::nanoseconds::max().count())
        .excludes(timeout);
}

std::optional<When> TimeLimit::when() const
{
    if (timeout)
        return *timeout;
    if (until)
        return std::chrono::steady_clock::time_point(*until);
    return {};
}

} // namespace waitq::cli
