// SPDX-License-Identifier: GPL-2.0
#include "durations.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <stdexcept>

namespace waitq::cli {

namespace {

struct Unit {
    std::string_view name;
    std::int64_t ns;
};

constexpr auto units = std::to_array<Unit>({
    {"ns", 1},
    {"us", 1'000},
    {"ms", 1'000'000},
    {"s", 1'000'000'000},
    {"m", 60'000'000'000},
    {"h", 3'600'000'000'000},
});
constexpr std::size_t printed_units = 4; // above seconds there are seconds

[[noreturn]] void refuse(std::string_view text, const std::string &why)
{
    throw std::invalid_argument("'" + std::string(text) + "' is no duration: " + why);
}

std::string_view take_digits(std::string_view &text)
{
    const auto *end = std::ranges::find_if_not(
        text, [](unsigned char character) { return std::isdigit(character) != 0; });
    const auto digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text.remove_prefix(digits.size());
    return digits;
}

bool all_zeros(std::string_view digits)
{
    return digits.find_first_not_of('0') == std::string_view::npos;
}

const Unit &find_unit(std::string_view text, std::string_view name, bool zero)
{
    if (name.empty() && zero)
        return units.front();
    if (name.empty())
        refuse(text, "the unit is missing (ns, us, ms, s, m or h): " + std::string(text) + "ms? " +
                         std::string(text) + "s?");
    const auto *unit = std::ranges::find(units, name, &Unit::name);
    if (unit == units.end())
        refuse(text, "'" + std::string(name) + "' is no unit; the units are ns, us, ms, s, m, h");
    return *unit;
}

} // namespace

std::chrono::nanoseconds parse_duration(std::string_view text)
{
    std::string_view rest = text;
    if (rest.starts_with('-'))
        refuse(text, "it must not be negative");
    const std::string_view whole = take_digits(rest);
    std::string_view fraction;
    if (rest.starts_with('.')) {
        rest.remove_prefix(1);
        fraction = take_digits(rest);
        if (fraction.empty())
            refuse(text, "digits must follow the point");
    }
    if (whole.empty())
        refuse(text, "it must be a number and a unit, such as 1.5s, 200ms or 50us");

    const Unit &unit = find_unit(text, rest, all_zeros(whole) && all_zeros(fraction));

    std::int64_t ns = 0;
    for (const char digit : whole)
        if (__builtin_mul_overflow(ns, 10, &ns) || __builtin_add_overflow(ns, digit - '0', &ns))
            refuse(text, "it is too long");
    if (__builtin_mul_overflow(ns, unit.ns, &ns))
        refuse(text, "it is too long");

    // Each digit of the fraction is worth a tenth of the one before it, in whole nanoseconds; as 60
    // has no more than one factor 10, m and h leave a rest that only a zero digit can take.
    std::int64_t worth = unit.ns;
    for (const char digit : fraction) {
        if (worth % 10 != 0 && digit != '0')
            refuse(text, "it is finer than a nanosecond");
        worth /= 10;
        if (__builtin_add_overflow(ns, worth * (digit - '0'), &ns))
            refuse(text, "it is too long");
    }
    return std::chrono::nanoseconds(ns);
}

std::string format_duration(std::chrono::nanoseconds duration)
{
    const std::int64_t ns = duration.count();
    if (ns == 0)
        return "0";
    if (ns < 0)
        return "-" + format_duration(-duration);

    const Unit *unit = &units[printed_units - 1];
    while (unit->ns > ns)
        --unit;
    std::string text = std::to_string(ns / unit->ns);
    std::string fraction;
    std::int64_t rest = ns % unit->ns;
    for (std::int64_t worth = unit->ns / 10; rest != 0; worth /= 10) {
        fraction += static_cast<char>('0' + rest / worth);
        rest %= worth;
    }
    if (!fraction.empty())
        text += "." + fraction;
    return text + std::string(unit->name);
}

} // namespace waitq::cli
