// SPDX-License-Identifier: GPL-2.0
// The tables of <uapi/waitq.h>: the figures of a queue, and the wait queues of a device.
#pragma once

#include <array>
#include <string_view>
#include <uapi/waitq.h>

namespace waitq {

/// A figure of @Info, the struct that info() returns.
template <typename Info>
struct Figure {
    std::string_view name;
    std::string_view text; ///< what it counts
    __u64 Info::*value;
};

/// All figures, in the contract's order: `info.*figure.value`.
inline constexpr auto figures = std::to_array<Figure<waitq_info>>({
#define WAITQ_X(name, text) {#name, text, &waitq_info::name},
    WAITQ_FIGURES(WAITQ_X)
#undef WAITQ_X
});

/// One of the wait queues of a node; waiters() says of each entry in which it is.
struct Place {
    std::string_view name;
    std::string_view text; ///< the tasks that it has
};

/// By waitq_waiter.place.
inline constexpr auto places = std::to_array<Place>({
#define WAITQ_X(value, id, name, text) {#name, text},
    WAITQ_PLACES(WAITQ_X)
#undef WAITQ_X
});

} // namespace waitq
