// SPDX-License-Identifier: GPL-2.0
#include "scanner.hpp"

#include "patterns.hpp"

#include <algorithm>

namespace waitq::log {
namespace {

constexpr std::string_view marker_prefix = "waitq-test: ";

// Calls visit(line, number) for each line. The console ends lines with "\r\n".
template <typename Visit>
void for_each_line(std::string_view text, Visit visit)
{
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto end = std::min(text.find('\n'), text.size());
        auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        while (line.ends_with('\r'))
            line.remove_suffix(1);
        visit(line, number);
    }
}

// Calls visit(entry, comment) for each entry of a data file; comment is what stands right above.
template <typename Visit>
void for_each_entry(std::string_view data, Visit visit)
{
    std::string_view comment;
    for_each_line(data, [&](std::string_view line, std::size_t) {
        if (!line.empty() && !line.starts_with('#'))
            visit(line, comment);
        comment = line.starts_with("# ") ? line.substr(2) : std::string_view();
    });
}

bool is_allowed(std::string_view line)
{
    return std::ranges::any_of(allowed(), [&](const Allowed &entry) {
        return line.find(entry.text) != std::string_view::npos;
    });
}

// From @begin on up to a line with @end, which it includes; empty: there is none, or a frame in it
// is of ours: those end with the module's name, as in " [waitq]".
std::string_view report_of_others(std::string_view begin, std::string_view end)
{
    constexpr std::string_view ours = "[waitq";
    const auto last = begin.find(end);
    if (last == std::string_view::npos)
        return {};
    const auto report = begin.substr(0, std::min(begin.find('\n', last), begin.size()));
    return report.find(ours) == std::string_view::npos ? report : std::string_view();
}

// Whether the parts of @entry, between " ... ", stand in @report in that order.
bool holds_in_order(std::string_view report, std::string_view entry)
{
    constexpr std::string_view between = " ... ";
    while (!entry.empty()) {
        const auto part = entry.substr(0, entry.find(between));
        const auto at = report.find(part);
        if (at == std::string_view::npos)
            return false;
        report.remove_prefix(at + part.size());
        entry.remove_prefix(std::min(part.size() + between.size(), entry.size()));
    }
    return true;
}

} // namespace

const std::vector<std::string_view> &splats()
{
    static const auto list = [] {
        std::vector<std::string_view> result;
        for_each_entry(data::splats, [&](auto entry, auto) { result.push_back(entry); });
        return result;
    }();
    return list;
}

namespace {

std::vector<Allowed> with_reasons(std::string_view data)
{
    std::vector<Allowed> result;
    for_each_entry(data, [&](auto entry, auto comment) { result.push_back({entry, comment}); });
    return result;
}

} // namespace

const std::vector<Allowed> &allowed()
{
    static const auto list = with_reasons(data::allowed);
    return list;
}

const std::vector<Allowed> &known()
{
    static const auto list = with_reasons(data::known);
    return list;
}

namespace {

// The traces of allocations that a test of faults made fail. vmalloc() tells a failure with a
// trace, a few lines below its own.
class TracesOnOrder {
public:
    // True: this line begins such a trace, and is no finding.
    bool is_one(std::string_view line, std::size_t number, std::string_view test)
    {
        if (test.find("Faults.") != std::string_view::npos &&
            line.find("vmalloc error: size") != std::string_view::npos)
            told_ = number;
        if (told_ == 0 || number - told_ > lines_between ||
            line.find("Call Trace:") == std::string_view::npos)
            return false;
        told_ = 0;
        return true;
    }

private:
    static constexpr std::size_t lines_between = 4;
    std::size_t told_ = 0;
};

} // namespace

std::vector<Finding> scan(std::string_view log)
{
    std::vector<Finding> findings;
    std::string_view test;
    TracesOnOrder on_order;
    const auto of_others = reports_of_others(log);
    for_each_line(log, [&](std::string_view line, std::size_t number) {
        if (const auto marked = marked_test(line)) {
            test = *marked;
            return;
        }
        if (on_order.is_one(line, number, test))
            return;
        const auto fits = [&](std::string_view pattern) {
            return line.find(pattern) != std::string_view::npos;
        };
        const auto splat = std::ranges::find_if(splats(), fits);
        const auto holds = [&](const OfOthers &other) {
            return line.data() >= other.report.data() &&
                   line.data() < other.report.data() + other.report.size();
        };
        if (splat != splats().end() && !is_allowed(line) && std::ranges::none_of(of_others, holds))
            findings.push_back({number, line, *splat, test});
    });
    return findings;
}

std::vector<OfOthers> reports_of_others(std::string_view log)
{
    constexpr std::string_view race = "BUG: KCSAN:", race_end = "==================",
                               warning = "[ cut here ]", warning_end = "[ end trace";
    std::vector<OfOthers> found;
    for_each_line(log, [&](std::string_view line, std::size_t) {
        const auto rest = log.substr(static_cast<std::size_t>(line.data() - log.data()));
        if (const auto at = line.find(race); at != std::string_view::npos) {
            if (const auto report = report_of_others(rest, race_end); !report.empty())
                found.push_back({report, line.substr(at)});
        } else if (line.find(warning) != std::string_view::npos) {
            const auto report = report_of_others(rest, warning_end);
            for (const Allowed &entry : known())
                if (holds_in_order(report, entry.text)) {
                    found.push_back({report, entry.reason});
                    break;
                }
        }
    });
    return found;
}

std::optional<std::vector<Finding>> scan_since(std::string_view log, std::string_view test)
{
    std::size_t since = 0;
    for_each_line(log, [&](std::string_view line, std::size_t number) {
        if (marked_test(line) == test)
            since = number;
    });
    if (since == 0)
        return std::nullopt;
    auto findings = scan(log);
    std::erase_if(findings, [&](const Finding &finding) { return finding.line < since; });
    return findings;
}

std::string marker(std::string_view test)
{
    return std::string(marker_prefix) + std::string(test) + "\n";
}

std::optional<std::string_view> marked_test(std::string_view line)
{
    const auto at = line.find(marker_prefix);
    if (at == std::string_view::npos)
        return std::nullopt;
    // Before it stands what the kernel puts there: a time stamp, a level ("<4>"), or the head of a
    // /dev/kmsg record ("4,812,1290453,-;"). A line that quotes a marker is none.
    const auto before = line.substr(0, at);
    if (!before.empty() && !before.ends_with("] ") && !before.ends_with('>') &&
        !before.ends_with(';'))
        return std::nullopt;
    return line.substr(at + marker_prefix.size());
}

} // namespace waitq::log
