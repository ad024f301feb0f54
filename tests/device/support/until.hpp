// SPDX-License-Identifier: GPL-2.0
// until.hpp - waiting for a state instead of guessing a time.
#pragma once

#include <chrono>
#include <cstdlib>
#include <gtest/gtest.h>
#include <sched.h>

namespace waitq::test {

// How long a state may take to come. Only catches a hang: no test passes or fails by how
// fast something was. WAITQ_DEADLINE_S changes it (slower kernels, broken variants).
inline std::chrono::seconds patience()
{
    const char *text = std::getenv("WAITQ_DEADLINE_S");
    return std::chrono::seconds(text ? std::atoi(text) : 30);
}

// Looks until `seen()` is true; fails if patience runs out.
template <class Seen>
[[nodiscard]] testing::AssertionResult until(Seen seen)
{
    const auto end = std::chrono::steady_clock::now() + patience();
    while (!seen()) {
        if (std::chrono::steady_clock::now() > end)
            return testing::AssertionFailure() << "not seen within " << patience().count() << " s";
        sched_yield();
    }
    return testing::AssertionSuccess();
}

// The same for something that takes long and shows how far it is: patience begins anew as long as
// what `progress()` returns changes.
template <class Seen, class Progress>
[[nodiscard]] testing::AssertionResult until(Seen seen, Progress progress)
{
    for (auto at = progress();;) {
        const auto result = until([&] { return seen() || progress() != at; });
        if (!result || seen())
            return result;
        at = progress();
    }
}

} // namespace waitq::test
