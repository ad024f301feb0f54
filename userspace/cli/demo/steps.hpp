// SPDX-License-Identifier: GPL-2.0
// The steps of the demo.
#pragma once

#include "demo/stage.hpp"

#include <memory>
#include <span>

namespace waitq::cli {

/// The cat that sleeps from the first step to the one that ends it.
using Cat = std::unique_ptr<PtyProcess>;

struct Step {
    const char *name; ///< for JSON
    const char *headline;
    void (*run)(Stage &, Cat &); ///< throws Otherwise
};

[[nodiscard]] std::span<const Step> demo_steps();

} // namespace waitq::cli
