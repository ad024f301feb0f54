// SPDX-License-Identifier: GPL-2.0
#include "options.hpp"

#include "durations.hpp"

#include <charconv>
#include <stdexcept>

namespace waitq::cli {

namespace {

/// An option whose text goes through @parse, which throws std::invalid_argument.
template <typename Parse>
CLI::Option *add_parsed(CLI::App &app, const std::string &name, Parse parse,
                        const std::string &text)
{
    auto take = [parse, name](const std::string &given) {
        try {
            parse(given);
        } catch (const std::invalid_argument &error) {
            throw CLI::ValidationError(name, error.what());
        }
    };
    return app.add_option_function<std::string>(name, take, text);
}

} // namespace

void add_device(CLI::App &app, DeviceName &target)
{
    auto parse = [&target](const std::string &given) { target = parse_device_name(given); };
    add_parsed(app, "DEVICE", parse, "0, waitq0 or /dev/waitq0 (default: 0)")->type_name("");
}

CLI::Option *add_duration(CLI::App &app, const std::string &name,
                          std::optional<std::chrono::nanoseconds> &target, const std::string &text)
{
    auto parse = [&target](const std::string &given) { target = parse_duration(given); };
    return add_parsed(app, name, parse, text)->type_name("DUR");
}

// CLI11's own conversion takes -1 for the largest number there is, and 010 for 8.
CLI::Option *add_number(CLI::App &app, const std::string &name,
                        std::function<void(std::uint64_t)> use, const std::string &text,
                        std::uint64_t least, std::uint64_t most)
{
    auto parse = [use = std::move(use), least, most](const std::string &given) {
        std::uint64_t number = 0;
        const char *last = given.data() + given.size();
        const auto [end, error] = std::from_chars(given.data(), last, number);
        if (error != std::errc{} || end != last || number < least || number > most)
            throw std::invalid_argument("'" + given + "' is no whole number from " +
                                        std::to_string(least) + " to " + std::to_string(most));
        use(number);
    };
    return add_parsed(app, name, parse, text)->type_name("N");
}

void add_wake(CLI::App &app, WakeRequest &target)
{
    auto set = [&target](WakeKind to) { return [&target, to] { target.kind = to; }; };
    add_number(
        app, "--post", [&target](std::uint64_t number) { target.post = number; },
        "add N to the counter first; 0: a bare wake (default: 1)");
    auto *one = app.add_flag_callback("--one", set(WakeKind::wake_up),
                                      "wake_up: wake one of the exclusive waiters (default)");
    auto *nr = add_number(
        app, "--nr",
        [&target](std::uint64_t number) {
            target.kind = WakeKind::wake_up_nr;
            target.nr = static_cast<std::uint32_t>(number);
        },
        "wake_up_nr: wake N of the exclusive waiters", 1, std::numeric_limits<std::int32_t>::max());
    auto *all =
        app.add_flag_callback("--all", set(WakeKind::wake_up_all), "wake_up_all: wake all of them");
    // Declared after --nr, so that it is --kind that decides when both are given.
    auto *kind = add_kind(
        app, wake_kinds, [&target](const WakeKindRow &row) { target.kind = row.kind; },
        "how to wake, by the kernel's name:");
    one->excludes(nr)->excludes(all)->excludes(kind);
    all->excludes(nr)->excludes(kind);
}

void check_wake(const WakeRequest &request)
{
    const WakeKindRow *row = find_kind(request.kind);
    if ((row->scope == "NR") != (request.nr != 0))
        throw CLI::ValidationError("--kind " + std::string(row->name),
                                   row->scope == "NR" ? "give --nr N: how many to wake"
                                                      : "it takes no --nr");
}

} // namespace waitq::cli
