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

// Whether @report, which begins with the first line of a report of KCSAN's, has its last line, and
// before that no frame of ours: those end with the module's name, as in " [waitq]".
bool is_race_of_others(std::string_view report)
{
    constexpr std::string_view race = "BUG: KCSAN:", end = "==================", ours = "[waitq";
    const auto line_end = std::min(report.find('\n'), report.size());
    if (report.substr(0, line_end).find(race) == std::string_view::npos)
        return false;
    const auto last = report.find(end);
    return last != std::string_view::npos &&
           report.substr(0, last).find(ours) == std::string_view::npos;
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

const std::vector<Allowed> &allowed()
{
    static const auto list = [] {
        std::vector<Allowed> result;
        for_each_entry(data::allowed, [&](auto entry, auto comment) {
            result.push_back({entry, comment});
        });
        return result;
    }();
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
        if (splat != splats().end() && !is_allowed(line) &&
            !is_race_of_others(log.substr(static_cast<std::size_t>(line.data() - log.data()))))
            findings.push_back({number, line, *splat, test});
    });
    return findings;
}

std::vector<std::string_view> races_of_others(std::string_view log)
{
    std::vector<std::string_view> races;
    for_each_line(log, [&](std::string_view line, std::size_t) {
        if (is_race_of_others(log.substr(static_cast<std::size_t>(line.data() - log.data()))))
            races.push_back(line.substr(line.find("BUG: KCSAN:")));
    });
    return races;
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
