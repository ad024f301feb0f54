// SPDX-License-Identifier: GPL-2.0
// shims.hpp - the headers and the C that stand for the kernel's, and the kernel's own wait.h and
// wait.c: compiled once for each kernel and compiler, and kept.
#pragma once

#include "compile.hpp"

#include <array>

namespace waitq::explore {

/// The compiler tells each access of the driver, and of the kernel's own wait.c.
inline constexpr std::array watched{"-fsanitize=thread", "--param", "tsan-distinguish-volatile=1"};

/// Where the headers and C that stand for the kernel's are.
std::filesystem::path shims();

/// The compiler's command for kernel C, without files. `kernel` has linux/wait.h.
std::vector<std::string> flags_for(const Sources &sources, const std::filesystem::path &kernel);

/// A directory with the objects (*.o), and in kernel/ the kernel's two files. It is in the user's
/// cache; where there can be none, in `otherwise`. Throws CompileError.
std::filesystem::path kept_shims(const Sources &sources, const std::filesystem::path &otherwise);

/// Sixteen hexadecimal digits that stand for these texts.
std::string sum_of(const std::vector<std::string> &parts);

} // namespace waitq::explore
