// SPDX-License-Identifier: GPL-2.0
// A test that runs a command line, with the test as the kernel.
#pragma once

#include "command_line.hpp"
#include "failure.hpp"
#include "fake_kernel.hpp"

#include <nlohmann/json.hpp>

namespace waitq::cli {

using Words = std::vector<std::string>;

inline bool has(const std::string &text, const std::string &part)
{
    return text.find(part) != std::string::npos;
}

/// The JSON of a report, as a machine reads it.
inline nlohmann::ordered_json read(const Json &json)
{
    return nlohmann::ordered_json::parse(json.dump());
}

class CommandTest : public fake::KernelTest {
protected:
    /// Runs a command line on a file that is no device: the test is the kernel.
    static Report run(Words words)
    {
        words.emplace_back("/dev/null");
        const Asked asked = parse(std::move(words), "1.0");
        return asked.action(asked.settings);
    }
};

} // namespace waitq::cli
