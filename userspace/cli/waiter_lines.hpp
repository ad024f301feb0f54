// SPDX-License-Identifier: GPL-2.0
// From an entry of WAITERS to the line that tells of it.
#pragma once

#include "reports.hpp"

#include <cstring>
#include <uapi/waitq_lab.h>

namespace waitq::cli {

[[nodiscard]] WaiterLine to_line(const waitq_waiter &waiter);
[[nodiscard]] WaiterLine to_line(const lab_waiter &waiter);

/// The name of a wait queue; a module newer than this command may have more of them.
template <typename Table>
[[nodiscard]] std::string place_name(const Table &places, std::uint32_t place)
{
    return place < places.size() ? std::string(places[place].name)
                                 : "place " + std::to_string(place);
}

/// The text in an array that ends with a 0 or with the array.
template <std::size_t size>
[[nodiscard]] std::string text_of(const char (&array)[size])
{
    return {array, strnlen(array, size)};
}

} // namespace waitq::cli
