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
    const auto end = wait_to_the_end(items[0].device.fd(), number, call, time, request.on_signal);
    if (!end)
        return end.error();
    return ManyResult{end->outcome, static_cast<std::size_t>(std::max(end->answer, 0)), end->left};
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
