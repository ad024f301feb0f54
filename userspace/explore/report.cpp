// SPDX-License-Identifier: GPL-2.0
#include "report.hpp"

#include <filesystem>
#include <set>
#include <sim/kernel/kernel.hpp>

namespace waitq::explore {
namespace {

std::vector<const void *> addresses_of(const std::vector<sim::Line> &lines)
{
    std::vector<const void *> addresses;
    for (const sim::Line &line : lines)
        addresses.insert(addresses.end(), line.where.begin(), line.where.end());
    return addresses;
}

} // namespace

std::vector<sim::Line> story(Source &source)
{
    const std::vector<sim::Line> &all = sim::Machine::get().story();
    source.find(addresses_of(all));
    std::vector<sim::Line> told;
    for (sim::Line line : all) {
        switch (line.kind) {
        case sim::Line::Kind::calls: {
            // Of the driver's calls, those that leave it.
            if (line.where.size() < 2 || source.is_own(source.innermost(line.where[0])) ||
                !source.is_own(source.innermost(line.where[1])))
                continue;
            line.text = "calls " + source.innermost(line.where[0]).function + "()";
            line.where.erase(line.where.begin());
            break;
        }
        case sim::Line::Kind::accesses:
            if (line.where.empty())
                continue;
            if (!source.is_own(source.innermost(line.where[0]))) {
                const std::string call = source.inlined_call(line.where[0]);
                if (call.empty() || !line.text.starts_with("reads"))
                    continue;
                line.text = "looks with " + call + "()";
            }
            break;
        case sim::Line::Kind::says:
            break;
        }
        // (Places in what stands for the kernel tell nobody anything.)
        if (const std::string where = source.in_words(line.where);
            source.is_own(source.place(line.where)) && !line.text.starts_with("***"))
            line.text += " [" + where + "]";
        if (!told.empty() && told.back().thread == line.thread && told.back().text == line.text)
            continue; // a function that looks twice
        told.push_back(std::move(line));
    }
    return told;
}

std::string place_of_failure(Source &source)
{
    const auto &all = sim::Machine::get().story();
    if (all.empty())
        return "";
    const Place place = source.place(all.back().where);
    if (place.file.empty())
        return "";
    std::error_code error;
    const std::string near = std::filesystem::proximate(place.file, error).string();
    return (error || near.starts_with("..") ? place.file : near) + ':' +
           std::to_string(place.line) + ": " + Source::text(place);
}

std::vector<std::string> races(Source &source)
{
    std::vector<const void *> addresses;
    for (const sim::NotedRace &race : sim::noted_races()) {
        addresses.push_back(race.here);
        addresses.push_back(race.there);
    }
    source.find(addresses);
    std::set<std::string> lines;
    for (const sim::NotedRace &race : sim::noted_races()) {
        const Place one = source.place({race.here}), other = source.place({race.there});
        // The kernel's own code races with itself on purpose here and there.
        if (!source.is_own(one) && !source.is_own(other))
            continue;
        lines.insert("data race: " + source.in_words({race.there}) + " (" + race.other + ") and " +
                     source.in_words({race.here}) + " (" + race.one +
                     ") access the same memory, and nothing orders them: READ_ONCE() and "
                     "WRITE_ONCE(), or a lock");
    }
    return {lines.begin(), lines.end()};
}

} // namespace waitq::explore
