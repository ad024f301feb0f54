// SPDX-License-Identifier: GPL-2.0
// The figures of a queue, made from the table of <uapi/waitq.h>.
#pragma once

#include <array>
#include <string_view>
#include <uapi/waitq.h>

namespace waitq {

struct Figure {
    std::string_view name;
    std::string_view text; ///< what it counts
    __u64 waitq_info::*value;
};

/// All figures, in the contract's order: `info.*figure.value`.
inline constexpr auto figures = std::to_array<Figure>({
#define WAITQ_X(name, text) {#name, text, &waitq_info::name},
    WAITQ_FIGURES(WAITQ_X)
#undef WAITQ_X
});

} // namespace waitq
