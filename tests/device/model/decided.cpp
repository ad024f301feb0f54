// SPDX-License-Identifier: GPL-2.0
// decided.cpp - which calls a sequence must not make, because two tasks would race for what they
// bring, and the model knows only one outcome.
#include "attempt.hpp"

#include <algorithm>
#include <poll.h>

namespace waitq::test::model {
namespace {

// A task in read of an EVENTFD with a bad address: it puts its event back once it runs.
bool returns_its_event(const Call &call)
{
    const auto *read = std::get_if<EventRead>(&call);
    return read && !read->good;
}
bool waits_for_all(const Call &call)
{
    const auto *many = std::get_if<Many>(&call);
    return many && many->all;
}
bool is_stream(const Call &call)
{
    return std::holds_alternative<Read>(call) || std::holds_alternative<Write>(call);
}
bool polls_for_bytes(const Call &call)
{
    const auto *poll = std::get_if<Poll>(&call);
    return poll && (poll->asked & (POLLIN | POLLOUT));
}

} // namespace

bool Model::is_decided(const Call &call, bool blocks) const
{
    const auto sleeps = [&](bool (*what)(const Call &), std::optional<unsigned int> queue = {}) {
        return std::ranges::any_of(sleepers_, [&](const Sleeper &sleeper) {
            const auto in = queues_of(sleeper.call);
            return what(sleeper.call) && (!queue || std::ranges::find(in, *queue) != in.end());
        });
    };
    // While a WAKE pauses in a walk over waiters for several queues, the event may come back.
    if (returns_its_event(call))
        return asleep<EventWrite>(queue_of(std::get<EventRead>(call))) == 0 &&
               !sleeps(waits_for_all);
    if (blocks && waits_for_all(call) && sleeps(returns_its_event))
        return false;
    if (const auto *both = std::get_if<SignalWait>(&call))
        // A poller may see the post before the wait takes it.
        return !sleeps(returns_its_event) &&
               (both->to.queue != both->wait.on.queue || !polled(both->to.queue, POLLMSG));
    // Of two that wait for room in the counter, both are woken.
    if (const auto *write = std::get_if<EventWrite>(&call))
        return !blocks || asleep<EventWrite>(write->queue) == 0;
    // Firings may be one to those whom they wake.
    if (const auto *timer = std::get_if<Timer>(&call))
        return timer->count == 1 || !keeps_the_counter(timer->on.queue);
    if (const auto *write = std::get_if<Write>(&call))
        // What the second of two readers gets of a write that goes on.
        if (write->text.size() > room(write->on.queue) && asleep<Read>(write->on.queue) != 0)
            return false;
    // A byte or room wakes a poller and another task, which may take it before the poller looks.
    if (blocks && is_stream(call))
        return !sleeps(polls_for_bytes, queues_of(call).front());
    if (polls_for_bytes(call))
        return !sleeps(is_stream, queues_of(call).front());
    return true;
}

} // namespace waitq::test::model
