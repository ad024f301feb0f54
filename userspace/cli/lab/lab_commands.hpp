// SPDX-License-Identifier: GPL-2.0
// The commands of `waitq lab`.
#pragma once

#include "command.hpp"

namespace waitq::cli::of_lab {

extern const Command list, info, kinds, waiters, wait, wake;
extern const Command torture; ///< ../torture/lab_torture.cpp

} // namespace waitq::cli::of_lab
