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

/// All of @text as a number; nothing if it is none.
std::optional<std::uint64_t> whole_number(std::string_view text, int base)
{
    std::uint64_t number = 0;
    const char *last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, number, base);
    return error == std::errc{} && end == last ? std::optional(number) : std::nullopt;
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
        const auto number = whole_number(given, 10);
        if (!number || *number < least || *number > most)
            throw std::invalid_argument("'" + given + "' is no whole number from " +
                                        std::to_string(least) + " to " + std::to_string(most));
        use(*number);
    };
    return add_parsed(app, name, parse, text)->type_name("N");
}

CLI::Option *add_key(CLI::App &app, std::function<void(std::uint32_t)> use, const std::string &text)
{
    auto parse = [use = std::move(use)](const std::string &given) {
        const auto number = given.starts_with("0x")
                                ? whole_number(std::string_view(given).substr(2), 16)
                                : whole_number(given, 10);
        if (!number || *number > std::numeric_limits<std::uint32_t>::max())
            throw std::invalid_argument("'" + given +
                                        "' is no key: a whole number below 2^32, or 0x and digits");
        use(static_cast<std::uint32_t>(*number));
    };
    return add_parsed(app, "--key", parse, text)->type_name("N");
}

void add_wake(CLI::App &app, WakeOptions &target)
{
    WakeRequest &request = target.request;
    auto set = [&request](WakeKind to) { return [&request, to] { request.kind = to; }; };
    add_number(
        app, "--post", [&target](std::uint64_t number) { target.post = number; },
        "add N to the counter first; 0: a bare wake (default: 1)");
    auto *one = app.add_flag_callback("--one", set(WakeKind::wake_up),
                                      "wake_up: wake one of the exclusive waiters (default)");
    auto *nr = add_number(
        app, "--nr",
        [&request](std::uint64_t number) {
            request.kind = WakeKind::wake_up_nr;
            request.nr = static_cast<std::uint32_t>(number);
        },
        "wake_up_nr: wake N of the exclusive waiters", 1, std::numeric_limits<std::int32_t>::max());
    auto *all =
        app.add_flag_callback("--all", set(WakeKind::wake_up_all), "wake_up_all: wake all of them");
    // Declared after --nr, so that it is --kind that decides when both are given.
    auto *kind = add_kind(
        app, wake_kinds, [&request](const WakeKindRow &row) { request.kind = row.kind; },
        "how to wake, by the kernel's name:");
    add_key(
        app, [&request](std::uint32_t key) { request.key = key; },
        "what the waiters' wake functions are handed, such as poll's events (kinds with a key)");
    one->excludes(nr)->excludes(all)->excludes(kind);
    all->excludes(nr)->excludes(kind);
}

WakeRequest complete(const WakeOptions &options)
{
    WakeRequest request = options.request;
    const WakeKindRow *row = find_kind(request.kind);
    const auto refuse = [row](const char *why) {
        throw CLI::ValidationError("--kind " + std::string(row->name), why);
    };
    if (row->scope == "NR" && request.nr == 0)
        refuse("give --nr N: how many to wake");
    if (row->scope != "NR" && request.nr != 0)
        refuse("it takes no --nr");
    if (row->key == "NONE" && request.key != 0)
        refuse("it takes no --key; `waitq kinds` tells which do");
    // It sends away those who wait: there is nothing for them to come back to.
    const bool ends = request.kind == WakeKind::wake_up_pollfree;
    if (ends && options.post.value_or(0) != 0)
        refuse("it posts nothing; leave out --post");
    request.post = options.post.value_or(ends ? 0 : WakeRequest{}.post);
    return request;
}

} // namespace waitq::cli
