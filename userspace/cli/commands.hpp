// SPDX-License-Identifier: GPL-2.0
// The commands; each is defined in the file of its name.
#pragma once

#include "command.hpp"

namespace waitq::cli {

extern const Command list, info, waiters, wait, wake, timer, demo;
extern const Command wait_any_command, wait_all_command; ///< wait_many.cpp
extern const Command lab_commands;                       ///< lab/commands.cpp
extern const Command bench_command;                      ///< bench/bench.cpp
extern const Command torture_command;                    ///< torture/torture_command.cpp

} // namespace waitq::cli
