// SPDX-License-Identifier: GPL-2.0
// lab_calls.cpp - the ioctls of the lab. Their number carries the struct's size.
#include "call.hpp"

#include <string_view>

namespace devfuzz {
namespace {

struct WaitRow {
    std::string_view clock, state, family;
};
constexpr std::array wait_rows{
#define LAB_X(value, id, name, family, state, clock, exclusive, lock, sleep, since)                \
    WaitRow{#clock, #state, #family},
    LAB_WAIT_KINDS(LAB_X)
#undef LAB_X
};
#define LAB_X(...) +1
constexpr unsigned int wake_kinds = 0 LAB_WAKE_KINDS(LAB_X), contexts = 0 LAB_CONTEXTS(LAB_X);
#undef LAB_X

bool ends_by_signal(const lab_wait &request)
{
    if (request.kind >= wait_rows.size())
        return true; // refused
    const std::string_view state = wait_rows.at(request.kind).state;
    return state == "INTERRUPTIBLE" || state == "FREEZABLE" ||
           (state == "CALLER" && request.state == LAB_STATE_INTERRUPTIBLE);
}

} // namespace

long Runner::lab_wait()
{
    const unsigned int kind = in_.below(wait_rows.size());
    const WaitRow &row = wait_rows.at(kind);
    ::lab_wait request{};
    request.kind = mostly(kind);
    request.engine = mostly(in_.flag() ? LAB_ENGINE_MACRO : LAB_ENGINE_CORE);
    request.flags = flags(LAB_CONSUME) | (row.family == "MACRO" ? flags(LAB_EXCLUSIVE) : 0);
    if (in_.below(8) == 0)
        request.flags |= flags(LAB_WINDOW | LAB_NAP | LAB_ABSOLUTE);
    if (row.state == "CALLER")
        request.state = mostly(in_.below(4));
    if (kind == LAB_WAIT_INIT_WAITQUEUE_FUNC_ENTRY) {
        request.callback = mostly(in_.below(4));
        request.key = in_.below(4);
        if (request.callback != LAB_CALLBACK_WAKE)
            request.engine = LAB_ENGINE_CORE;
    }
    request.pad = mostly(0);
    request.threshold = count();
    request.timeout_ns = row.clock == "NONE" ? mostly(0) : delay();
    // A sleep that no signal ends must end by itself, or by a wake-up for a small threshold; and
    // the struct must stay as it is.
    if (!ends_by_signal(request)) {
        request.threshold = in_.below(6);
        if (request.timeout_ns != 0)
            request.timeout_ns = in_.byte() * 8'000LL;
    }
    return call(file(lab), LAB_IOC_WAIT, request, Memory::own);
}

long Runner::lab_wake()
{
    ::lab_wake request{};
    request.kind = mostly(in_.below(wake_kinds));
    // Its end waits for a grace period of RCU, which takes as long as a thousand other calls.
    if (request.kind == LAB_WAKE_UP_POLLFREE && in_.below(16) != 0)
        request.kind = LAB_WAKE_UP;
    request.engine = mostly(in_.below(2));
    request.context = in_.flag() ? mostly(in_.below(contexts)) : 0;
    const bool nr = request.kind == LAB_WAKE_UP_NR || request.kind == LAB_WAKE_UP_INTERRUPTIBLE_NR;
    request.nr = nr ? 1 + in_.below(4) : mostly(0);
    const bool key = request.kind >= LAB_WAKE_UP_POLL && request.kind < LAB_WAKE_UP_POLLFREE;
    request.key = key ? in_.below(4) : mostly(0);
    request.post = request.kind == LAB_WAKE_UP_POLLFREE ? 0 : in_.below(3);
    if (in_.below(24) == 0)
        request.post = in_.number();
    return call(file(lab), LAB_IOC_WAKE, request);
}

long Runner::lab_info()
{
    ::lab_info request{};
    request.pad = mostly(0);
    return call(file(lab), LAB_IOC_INFO, request);
}

long Runner::lab_kinds()
{
    return call(file(lab), LAB_IOC_KINDS, ::lab_kinds{0, mostly(0), 0, 0});
}

long Runner::lab_waiters()
{
    const __u32 room = in_.below(64) == 0 ? static_cast<__u32>(in_.number()) : in_.below(40);
    return call(file(lab), LAB_IOC_WAITERS, ::lab_waiters{0, room, room_for(4096), 0});
}

} // namespace devfuzz
