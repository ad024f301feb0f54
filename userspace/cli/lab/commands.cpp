// SPDX-License-Identifier: GPL-2.0
// waitq lab
#include "lab/lab_commands.hpp"

#include "commands.hpp"

#include <array>

namespace waitq::cli {

namespace {

std::span<const Command> table()
{
    static const auto all =
        std::to_array<Command>({of_lab::list, of_lab::info, of_lab::kinds, of_lab::waiters,
                                of_lab::wait, of_lab::wake, of_lab::torture});
    return all;
}

constexpr const char *footer =
    R"(The lab is a module of its own, waitq_lab.ko, with nodes /dev/waitq_labN. It needs root.
`waitq lab COMMAND --help` tells more, with examples.)";

} // namespace

const Command lab_commands = {"lab", "Every way to wait and to wake: the commands of the lab",
                              footer, nullptr, table};

} // namespace waitq::cli
