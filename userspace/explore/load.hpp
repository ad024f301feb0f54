// SPDX-License-Identifier: GPL-2.0
// load.hpp - a driver and its scenarios, compiled to a shared object.
#pragma once

#include <string>

namespace waitq::explore {

/// Loads it; sim::program() then has what it says of itself, and its variables as they are at
/// first. Throws std::runtime_error with the loader's reason.
void load(const std::string &path);
/// Where in the file an address of the loaded program is; 0: nowhere.
unsigned long offset_in_file(const void *address);

} // namespace waitq::explore
