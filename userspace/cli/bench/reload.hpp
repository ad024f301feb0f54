// SPDX-License-Identifier: GPL-2.0
// A module, loaded with other parameters.
#pragma once

#include <string>
#include <waitq/nodes.hpp>

namespace waitq::cli::bench {

/// The present values of the parameters that @parameters names, in the same form.
[[nodiscard]] std::string parameters_now(const Module &module, const std::string &parameters);

/// Unloads @module, if it is loaded, and loads it. Throws std::system_error.
void load_anew(const Module &module, const std::string &file, const std::string &parameters);

/**
 * While it lives, @module is loaded from @file with @parameters, as in "queues=8 capacity=64"; at
 * the end it is loaded with what these were before. None of its nodes may be open at either time.
 * Throws std::system_error, and the module is then as it was, or not loaded.
 */
class Reloaded {
public:
    Reloaded(const Module &module, std::string file, const std::string &parameters);
    Reloaded(const Reloaded &) = delete;
    Reloaded &operator=(const Reloaded &) = delete;
    ~Reloaded();

    /// Loads it anew with others.
    void again(const std::string &parameters);

private:
    const Module &module_;
    std::string file_;
    std::string former_; ///< the parameters that it had
};

} // namespace waitq::cli::bench
