// SPDX-License-Identifier: GPL-2.0
#include "call.hpp"

#include <vector>
#include <waitq/many.hpp>

namespace waitq {

namespace {

waitq_item entry_of(const Item &item)
{
    return {static_cast<std::uint32_t>(item.device.fd()),
            (item.consume ? WAITQ_CONSUME : 0) | (item.exclusive ? WAITQ_EXCLUSIVE : 0),
            item.threshold};
}

Result<ManyResult> wait_by(unsigned long number, std::span<const Item> items,
                           const ManyRequest &request)
{
    if (items.empty())
        return std::make_error_code(std::errc::invalid_argument);
    std::vector<waitq_item> entries;
    entries.reserve(items.size() + 1);
    for (const Item &item : items)
        entries.push_back(entry_of(item));
    auto call = sized<waitq_wait_many>();
    if (request.alert) {
        entries.push_back(entry_of(*request.alert));
        call.flags |= WAITQ_ALERT;
    }
    call.count = static_cast<std::uint32_t>(entries.size());
    call.items = reinterpret_cast<std::uintptr_t>(entries.data());
    Time time{};
    if (request.timeout) {
        time = to_time(*request.timeout);
        call.timeout_ns = time.ns;
        call.flags |= WAITQ_TIMEOUT | (time.absolute ? WAITQ_ABSOLUTE : 0);
    }
    for (;;) {
        const int answer = ioctl(items[0].device.fd(), number, &call);
        const int error = answer < 0 ? errno : 0;
        const auto outcome = to_outcome(error);
        if (!outcome)
            return std::error_code(error, std::generic_category());
        // The kernel has put the time that is left into `call`.
        if (*outcome == Outcome::Signalled && request.on_signal == OnSignal::Continue)
            continue;
        const bool left = !time.absolute && *outcome != Outcome::TimedOut;
        return ManyResult{*outcome, static_cast<std::size_t>(answer < 0 ? 0 : answer),
                          std::chrono::nanoseconds(left ? call.timeout_ns : 0)};
    }
}

} // namespace

Result<ManyResult> wait_any(std::span<const Item> items, const ManyRequest &request)
{
    return wait_by(WAITQ_IOC_WAIT_ANY, items, request);
}

Result<ManyResult> wait_all(std::span<const Item> items, const ManyRequest &request)
{
    return wait_by(WAITQ_IOC_WAIT_ALL, items, request);
}

} // namespace waitq
