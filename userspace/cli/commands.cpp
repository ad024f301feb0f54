// SPDX-License-Identifier: GPL-2.0
#include "commands.hpp"

#include <array>

namespace waitq::cli {

std::span<const Command> commands()
{
    static const auto table =
        std::to_array<Command>({list, info, waiters, wait, wait_any_command, wait_all_command, wake,
                                timer, demo, bench_command, torture_command, lab_commands});
    return table;
}

} // namespace waitq::cli
