// SPDX-License-Identifier: GPL-2.0
// check-log [--since TEST] FILE...: prints each line that must not stand in a kernel's log, with
// file and line and the test that ran; and which reports are of the kernel's own, and none of
// waitq's. Exit status: 0 clean, 1 not clean, 2 usage or unreadable.
#include "scanner.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>
#include <map>
#include <optional>
#include <string>

namespace {

enum class Verdict { clean = 0, dirty = 1, unknown = 2 };

// Nothing: it can't be read, which fopen() alone does not tell of a directory.
std::optional<std::string> read(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return std::nullopt;
    std::string text;
    std::array<char, 65536> buffer;
    while (const auto n = fread(buffer.data(), 1, buffer.size(), file))
        text.append(buffer.data(), n);
    const bool failed = ferror(file);
    fclose(file);
    return failed ? std::nullopt : std::optional(text);
}

Verdict check(const char *path, std::optional<std::string_view> since)
{
    const auto log = read(path);
    if (!log) {
        std::cerr << "check-log: can't read " << path << "\n";
        return Verdict::unknown;
    }
    const auto findings = since ? waitq::log::scan_since(*log, *since) : waitq::log::scan(*log);
    if (!findings) {
        std::cerr << "check-log: no marker of test " << *since << " in " << path << "\n";
        return Verdict::unknown;
    }
    for (const auto &finding : *findings) {
        std::cout << path << ":" << finding.line << ": ";
        if (!finding.test.empty())
            std::cout << "[" << finding.test << "] ";
        std::cout << finding.text << "\n";
    }
    std::map<std::string_view, int> titles;
    for (const auto &other : waitq::log::reports_of_others(*log))
        ++titles[other.title];
    for (const auto &[title, times] : titles)
        std::cout << path << ": not waitq's: " << title << " (" << times << " times)\n";
    return findings->empty() ? Verdict::clean : Verdict::dirty;
}

} // namespace

int main(int argc, char **argv)
{
    int first = 1;
    std::optional<std::string_view> since;
    if (argc > 2 && argv[1] == std::string_view("--since")) {
        since = argv[2];
        first = 3;
    }
    if (first >= argc || argv[first][0] == '-') {
        std::cerr << "usage: check-log [--since SUITE.NAME] FILE...\n";
        return static_cast<int>(Verdict::unknown);
    }
    auto worst = Verdict::clean;
    for (int i = first; i < argc; ++i)
        worst = std::max(worst, check(argv[i], since));
    return static_cast<int>(worst);
}
