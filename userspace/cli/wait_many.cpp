// SPDX-License-Identifier: GPL-2.0
// waitq wait-any, waitq wait-all
#include "commands.hpp"
#include "durations.hpp"
#include "failure.hpp"
#include "options.hpp"
#include "wait_end.hpp"

#include <algorithm>
#include <waitq/many.hpp>

namespace waitq::cli {

namespace {

/// DEVICE or DEVICE=N.
struct Named {
    DeviceName device;
    std::uint64_t threshold;
};

struct Given {
    std::vector<Named> items;
    std::optional<Named> alert;
    bool keep = false;
    TimeLimit limit;
};

Named parse(const std::string &given)
{
    const auto equals = given.rfind('=');
    const DeviceName device = parse_device_name(device_module, given.substr(0, equals));
    if (equals == std::string::npos)
        return {device, 1};
    const auto threshold = whole_number(std::string_view(given).substr(equals + 1), 10);
    if (!threshold || *threshold == 0 || *threshold > WAITQ_COUNTER_MAX)
        throw std::invalid_argument("'" + given +
                                    "': what follows '=' must be a number from 1 to " +
                                    std::to_string(WAITQ_COUNTER_MAX));
    return {device, *threshold};
}

using Wait = Result<ManyResult> (*)(std::span<const Item> items, const ManyRequest &request);

/// The devices as one node, for wait_for_end().
struct Node {
    Wait call;
    std::span<const Item> items;

    [[nodiscard]] int fd() const { return items[0].device.fd(); }
    [[nodiscard]] Result<ManyResult> wait(const ManyRequest &request) const
    {
        return call(items, request);
    }
};

std::string told(const Given &given, const Named &named)
{
    const std::string threshold = std::to_string(named.threshold);
    return named.device.path + " reached " + threshold +
           (given.keep ? "" : ", and " + threshold + " was taken off");
}

/// Throws UsageError for what the call would refuse.
void check_names(const std::vector<Named> &names, std::size_t items, bool all)
{
    if (items > WAITQ_ITEMS_MAX)
        throw UsageError("DEVICE", "there are " + std::to_string(items) + ", and at most " +
                                       std::to_string(WAITQ_ITEMS_MAX) + " are taken");
    for (const Named &named : names)
        if (all && std::ranges::count(names, named.device.path,
                                      [](const Named &one) { return one.device.path; }) > 1)
            throw UsageError("DEVICE", named.device.path +
                                           " is named twice; wait-all takes each device once (for "
                                           "two of its events write 0=2)");
}

/// All of them, for an error.
DeviceName together(const std::vector<Named> &names)
{
    DeviceName all = names[0].device;
    for (const Named &named : std::span(names).subspan(1))
        all.path += ", " + named.device.path;
    return all;
}

Report run(const Given &given, Wait call)
{
    std::vector<Named> names = given.items;
    if (given.alert)
        names.push_back(*given.alert);
    check_names(names, given.items.size(), call == wait_all);
    std::vector<Device> devices;
    devices.reserve(names.size());
    std::vector<Item> items;
    for (const Named &named : names) {
        devices.push_back(open_device(named.device, O_RDONLY));
        items.push_back({devices.back(), named.threshold, !given.keep, !given.keep});
    }
    const std::size_t count = given.items.size();
    const ManyRequest request{given.limit.when(), given.alert ? &items.back() : nullptr};
    const Call told_as = call == wait_all ? Call::WaitAll : Call::WaitAny;
    const auto end =
        wait_for_end(Node{call, std::span(items).first(count)}, request, false,
                     [&](const auto &result) { return require(result, told_as, together(names)); });
    const auto &[outcome, item, left] = end.result;
    const bool satisfied = outcome == Outcome::Satisfied, alerted = satisfied && item == count;
    std::string text(said(outcome));
    if (satisfied && !alerted && call == wait_all)
        for (const Named &named : given.items)
            text += (&named == given.items.data() ? ": " : "; ") + told(given, named);
    else if (satisfied)
        text += (alerted ? ": the alert " : ": ") + told(given, names[item]);
    if (left.count() != 0)
        text += "; " + format_duration(left) + " left";
    return {.exit = exit_code(outcome, end.interrupted),
            .json = {{"outcome", said(outcome)},
                     {"item", satisfied ? Json(item) : Json()},
                     {"alert", alerted},
                     {"left_ns", left.count()},
                     {"interrupted", end.interrupted}},
            .text = text + '\n'};
}

void add_options(Options &options, Given &given)
{
    options
        .values(
            "DEVICE", "", [&given](const std::string &name) { given.items.push_back(parse(name)); },
            "0, waitq0 or /dev/waitq0; with =N its threshold is N (default: 1)")
        .required();
    options.value(
        "--alert", "DEVICE", [&given](const std::string &name) { given.alert = parse(name); },
        "a device that ends the wait by itself, where the others do not");
    options.flag("--keep", given.keep, "take nothing off the counters, and be no exclusive waiter");
    add_time_limit(options, given.limit);
}

template <Wait call>
Action declare(Options &options)
{
    return with_options<Given>(options, add_options, [](const Given &given, const Settings &) {
        return run(given, call);
    });
}

constexpr const char *any_footer =
    R"(It takes of one device alone: of the first, if several have enough.

Unlike `waitq wait`, it takes the thresholds off the counters, and is an exclusive waiter. --json says
by "item" and "alert" what ended it. At most 64 devices.

Durations: 10ns, 50us, 200ms, 1.5s, 2m, 1h or 0.
Exit status: 0 satisfied, by an item or the alert; 124 timed out, 130 interrupted, 1 error, 2 usage.

Examples:
  waitq wait-any 0 1              until a post to either
  waitq wait-any 0=3 1 --keep     three there or one here, and leave them)";

constexpr const char *all_footer =
    R"(It takes of all devices at one instant, when all have enough. Before, it takes nothing, and others
may take.

Unlike `waitq wait`, it takes the thresholds off the counters, and is an exclusive waiter. --json says
by "item" and "alert" what ended it. At most 64 devices.

Durations: 10ns, 50us, 200ms, 1.5s, 2m, 1h or 0.
Exit status: 0 satisfied, by an item or the alert; 124 timed out, 130 interrupted, 1 error, 2 usage.

Examples:
  waitq wait-all 0 1              until both have one
  waitq wait-all 0 1 --alert 2    or until a post to /dev/waitq2)";

} // namespace

const Command wait_any_command = {"wait-any", "Sleep until one of several devices has enough",
                                  any_footer, declare<wait_any>};
const Command wait_all_command = {"wait-all", "Sleep until all of several devices have enough",
                                  all_footer, declare<wait_all>};

} // namespace waitq::cli
