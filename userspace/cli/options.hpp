// SPDX-License-Identifier: GPL-2.0
// Options that several commands have.
#pragma once

#include "device_name.hpp"

#include <chrono>
#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <waitq/requests.hpp>

namespace waitq::cli {

/// [DEVICE], /dev/waitq0 by default.
void add_device(CLI::App &app, DeviceName &target);

/// An option that takes a duration.
CLI::Option *add_duration(CLI::App &app, const std::string &name,
                          std::optional<std::chrono::nanoseconds> &target, const std::string &text);

/// An option that takes a whole decimal number from @least to @most.
CLI::Option *add_number(CLI::App &app, const std::string &name,
                        std::function<void(std::uint64_t)> use, const std::string &text,
                        std::uint64_t least = 0,
                        std::uint64_t most = std::numeric_limits<std::uint64_t>::max());

/// --key, a number of 32 bits that may be hexadecimal: 0x41.
CLI::Option *add_key(CLI::App &app, std::function<void(std::uint32_t)> use,
                     const std::string &text);

/// How to wake, as it was given.
struct WakeOptions {
    WakeRequest request;
    std::optional<std::uint64_t> post; ///< by default as the kind has it
};

/// --post, --one, --nr, --all, --kind and --key.
void add_wake(CLI::App &app, WakeOptions &target);
/// The request; throws CLI::ValidationError if --nr, --key or --post does not go with the --kind.
[[nodiscard]] WakeRequest complete(const WakeOptions &options);

/// An option that takes a name out of a table of kinds.
template <typename Table>
CLI::Option *add_kind(CLI::App &app, const Table &table,
                      std::function<void(const typename Table::value_type &)> use,
                      const std::string &text)
{
    std::string names;
    for (const auto &row : table)
        names += "\n  " + std::string(row.name);
    auto parse = [&table, use](const std::string &name) {
        const auto *row = find_kind(table, name);
        if (!row)
            throw CLI::ValidationError("--kind", "there is no kind '" + name + "'; see --help");
        use(*row);
    };
    return app.add_option_function<std::string>("--kind", parse, text + names)->type_name("NAME");
}

} // namespace waitq::cli
