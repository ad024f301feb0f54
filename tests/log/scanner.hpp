// SPDX-License-Identifier: GPL-2.0
// Finds what must not stand in a kernel's log.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace waitq::log {

// Views into the log that was scanned, and into the program's own patterns.
struct Finding {
    std::size_t line;         // counted from 1
    std::string_view text;    // the line, without its end
    std::string_view pattern; // the first of splats() that it holds
    std::string_view test;    // of the last marker above it; empty without one
};

struct Allowed {
    std::string_view text;
    std::string_view reason;
};

// The patterns, as splats.txt, allowed.txt and known.txt have them.
const std::vector<std::string_view> &splats();
const std::vector<Allowed> &allowed();
const std::vector<Allowed> &known();

// Every line of the log that holds a splat's text and is not an allowed line. Empty: it is clean.
std::vector<Finding> scan(std::string_view log);

// A report of the kernel's in which no frame is of waitq's modules: a race that KCSAN saw, of
// either side, or a warning that known.txt has. A report without its end may yet have such a frame,
// so it is none.
struct OfOthers {
    std::string_view report; // whole lines
    std::string_view title;  // KCSAN's own, or the reason in known.txt
};

// All of them, which scan() leaves out.
std::vector<OfOthers> reports_of_others(std::string_view log);

// As scan(), from the last marker of that test on. Nothing: the log has no such marker, so that
// nobody can tell; which is not the same as clean.
std::optional<std::vector<Finding>> scan_since(std::string_view log, std::string_view test);

// What a test writes to /dev/kmsg, in one write, before it begins; test is "Suite.Name".
std::string marker(std::string_view test);

// The test whose marker this line of a log is, if it is one.
std::optional<std::string_view> marked_test(std::string_view line);

} // namespace waitq::log
