// SPDX-License-Identifier: GPL-2.0
#include "source.hpp"

#include "load.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

namespace waitq::explore {

Source::Source(std::string program, std::vector<std::string> own)
    : program_(std::move(program)), own_(std::move(own))
{
    for (std::string &file : own_)
        file = std::filesystem::weakly_canonical(file).string();
}

void Source::find(const std::vector<const void *> &addresses)
{
    std::ostringstream command;
    command << "addr2line -a -f -i -e '" << program_ << "'";
    std::vector<const void *> asked;
    for (const void *address : addresses)
        if (const unsigned long offset = offset_in_file(address);
            offset && !places_.contains(address)) {
            // The call itself, not what comes after it.
            command << " 0x" << std::hex << offset - 1;
            places_[address];
            asked.push_back(address);
        }
    if (asked.empty())
        return;
    const std::unique_ptr<FILE, int (*)(FILE *)> pipe(popen(command.str().c_str(), "r"), pclose);
    std::string answer;
    for (int byte = 0; pipe && (byte = std::fgetc(pipe.get())) != EOF;)
        answer += static_cast<char>(byte);
    std::istringstream lines(answer);
    std::size_t at = 0;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("0x")) {
            ++at;
            continue;
        }
        std::string where;
        std::getline(lines, where);
        where = where.substr(0, where.find(" (discriminator"));
        const std::size_t colon = where.rfind(':');
        if (at == 0 || at > asked.size() || colon == std::string::npos || where.starts_with('?'))
            continue;
        Place place;
        place.function = line;
        place.file = std::filesystem::weakly_canonical(where.substr(0, colon)).string();
        place.line = static_cast<unsigned>(std::strtoul(where.c_str() + colon + 1, nullptr, 10));
        places_[asked[at - 1]].push_back(place);
    }
}

Place Source::innermost(const void *address) const
{
    const auto found = places_.find(address);
    return found == places_.end() || found->second.empty() ? Place{} : found->second.front();
}

bool Source::is_own(const Place &place) const
{
    return std::ranges::find(own_, place.file) != own_.end();
}

std::string Source::inlined_call(const void *address) const
{
    const auto found = places_.find(address);
    if (found == places_.end())
        return "";
    const std::vector<Place> &places = found->second;
    for (std::size_t i = 1; i < places.size(); ++i)
        if (is_own(places[i]))
            return is_own(places[i - 1]) ? "" : places[i - 1].function;
    return "";
}

Place Source::place(const std::vector<const void *> &chain) const
{
    Place first;
    for (const void *address : chain) {
        const auto found = places_.find(address);
        if (found == places_.end())
            continue;
        for (const Place &place : found->second) {
            if (is_own(place))
                return place;
            if (first.file.empty())
                first = place;
        }
    }
    return first;
}

std::string Source::in_words(const std::vector<const void *> &chain) const
{
    const Place found = place(chain);
    if (found.file.empty())
        return "";
    return std::filesystem::path(found.file).filename().string() + ':' + std::to_string(found.line);
}

std::string Source::text(const Place &place)
{
    std::ifstream file(place.file);
    std::string line;
    for (unsigned i = 0; i < place.line && std::getline(file, line); ++i)
        ;
    const std::size_t begin = line.find_first_not_of(" \t");
    return begin == std::string::npos ? "" : line.substr(begin);
}

} // namespace waitq::explore
