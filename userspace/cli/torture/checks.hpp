// SPDX-License-Identifier: GPL-2.0
// What a torture holds against the queues, how often it did, and what it found.
#pragma once

#include "report.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace waitq::cli::torture {

// X(name, text)
#define WAITQ_CHECKS(X)                                                                            \
    X(conserved, "every event that was posted was taken once, or is still there")                  \
    X(awake, "no task slept with its condition true")                                              \
    X(exclusive, "a wake-up woke no more exclusive waiters than it was asked to")                  \
    X(order, "the first in was the first out")                                                     \
    X(unlinked, "no entry was left in a wait queue")                                               \
    X(bytes, "every write came out once, whole and in order")                                      \
    X(calls, "no call failed that must not")

enum class Check : std::size_t {
#define WAITQ_X(name, text) name,
    WAITQ_CHECKS(WAITQ_X)
#undef WAITQ_X
};

struct CheckRow {
    std::string_view name, text;
};

inline constexpr auto check_rows = std::to_array<CheckRow>({
#define WAITQ_X(name, text) {#name, text},
    WAITQ_CHECKS(WAITQ_X)
#undef WAITQ_X
});

class Checks {
public:
    /// Counts that @check was made; if it does not hold, keeps @why: lines for a person.
    void hold(Check check, bool holds, const std::string &why);
    [[nodiscard]] bool all_hold() const { return failures_.empty(); }
    [[nodiscard]] std::uint64_t made(Check check) const
    {
        return made_.at(static_cast<std::size_t>(check));
    }
    [[nodiscard]] bool failed(Check check) const;
    [[nodiscard]] std::vector<std::string_view> whys(Check check) const;

private:
    struct Failure {
        Check check;
        std::string why;
    };

    std::array<std::uint64_t, check_rows.size()> made_{};
    std::vector<Failure> failures_;
};

} // namespace waitq::cli::torture
