// SPDX-License-Identifier: GPL-2.0
// Waiting for several devices at once.
#pragma once

#include <cstddef>
#include <span>
#include <waitq/device.hpp>

namespace waitq {

/// A wait on one of the devices. Unlike a WaitRequest, it takes and is exclusive by default.
struct Item {
    const Device &device;        ///< must live as long as the call
    std::uint64_t threshold = 1; ///< 1 to WAITQ_COUNTER_MAX
    bool consume = true;         ///< take `threshold` off the counter
    bool exclusive = true;       ///< see WaitRequest
};

struct ManyRequest {
    std::optional<When> timeout{}; ///< nothing: for as long as it takes
    const Item *alert = nullptr;   ///< one item more: if it has enough and the others do not, the
                                   ///< wait ends and takes of it alone
    OnSignal on_signal = OnSignal::Return;
};

struct ManyResult {
    Outcome outcome;
    std::size_t item; ///< satisfied: of wait_any() the index of the item, of wait_all() 0; the
                      ///< number of items, if the alert ended it
    std::chrono::nanoseconds left; ///< of a relative timeout; 0 for every other
};

/**
 * Sleeps until the counter of one item is at or above its threshold, the time is up or a signal
 * comes, and takes of that device alone; of the first, if there are several.
 * Errors: EBADF: a device is not open for reading; EINVAL: no item, more than WAITQ_ITEMS_MAX, a
 * threshold 0, a negative timeout; ENOMEM; ENOTTY: the module is older than the call.
 */
[[nodiscard]] Result<ManyResult> wait_any(std::span<const Item> items,
                                          const ManyRequest &request = {});

/**
 * Sleeps until all counters are at or above their thresholds at once, and takes of all at that
 * instant; before, it takes nothing.
 * Errors: those of wait_any(); EINVAL: two items are of one queue, the alert included.
 */
[[nodiscard]] Result<ManyResult> wait_all(std::span<const Item> items,
                                          const ManyRequest &request = {});

} // namespace waitq
