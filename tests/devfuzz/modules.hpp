// SPDX-License-Identifier: GPL-2.0
// modules.hpp - both modules: loaded before, and unloaded when every queue is found empty.
#pragma once

#include <string>

namespace devfuzz {

// "" or what went wrong.
std::string load_modules();
// The remains in a queue, or of a module; "" if there are none.
std::string unload_modules();
// Wakes every task that sleeps in a queue, whatever it waits for.
void free_all();

} // namespace devfuzz
