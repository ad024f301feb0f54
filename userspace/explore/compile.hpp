// SPDX-License-Identifier: GPL-2.0
// compile.hpp - kernel C, unchanged, to a program that can be loaded.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace waitq::explore {

/// It does not compile. The message is the whole of what there is to say.
class CompileError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A directory that goes with it.
class TemporaryDirectory {
public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory &) = delete;
    TemporaryDirectory &operator=(const TemporaryDirectory &) = delete;
    [[nodiscard]] const std::filesystem::path &path() const { return path_; }

private:
    std::filesystem::path path_;
};

struct Sources {
    std::vector<std::string> files;       ///< of the driver and its scenarios
    std::filesystem::path kernel;         ///< has include/linux/wait.h and kernel/sched/wait.c
    std::vector<std::string> definitions; ///< as -D takes them
    std::vector<std::string> folders;     ///< as -I takes them
    std::string compiler = "cc";
};

struct Compiled {
    std::filesystem::path program; ///< can be loaded
    std::vector<std::string> own;  ///< the driver's files: those it names, and what they include
    std::string fingerprint;       ///< stands for all that it is made of
};

/// Into that directory. Throws CompileError.
Compiled compile(const Sources &sources, const std::filesystem::path &into);

} // namespace waitq::explore
