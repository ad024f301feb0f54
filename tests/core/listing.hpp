// SPDX-License-Identifier: GPL-2.0
// listing.hpp - WAITQ_IOC_WAITERS, with room for fewer waiters than there may be.
#pragma once

#include <kernel/device.h>
#include <uapi/waitq.h>

#include <algorithm>
#include <array>
#include <span>

namespace core {

struct Listing {
    static constexpr __u32 room = 2;

    explicit Listing(waitq_file *device)
        : request{sizeof request,
                  0,
                  room,
                  sizeof(waitq_waiter),
                  reinterpret_cast<__u64>(list.data()),
                  0},
          result(waitq_ioctl(device, WAITQ_NR_WAITERS, reinterpret_cast<unsigned long>(&request)))
    {}
    Listing(const Listing &) = delete;
    Listing &operator=(const Listing &) = delete;

    // Those that were listed; none, if the call failed.
    [[nodiscard]] std::span<const waitq_waiter> waiters() const
    {
        return std::span(list).first(result == 0 ? std::min(request.count, room) : 0);
    }

    std::array<waitq_waiter, room> list{};
    waitq_waiters request;
    long result;
};

} // namespace core
