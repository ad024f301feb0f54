// SPDX-License-Identifier: GPL-2.0
// attempt.hpp - what each call asks for, and what comes of it if it need not sleep.
#pragma once

#include "model.hpp"

#include <algorithm>

namespace waitq::test::model {

// What the call waits for in the event queues: an item for each entry.
std::vector<Item> items_of(const Call &call);
// Every queue that it waits in.
std::vector<unsigned int> queues_of(const Call &call);
// WAITERS shows it there, and it is no item.
std::optional<waitq_place> place_of(const Call &call, unsigned int queue);
bool heeds_signals(const Call &call);
// Of WAITQ_IOC_WAIT and the like: it may time out.
bool is_timed(const Call &call);
bool is_good(const Call &call);
inline bool is_alert(const Many &many, std::size_t number)
{
    return many.alert && number + 1 == many.items.size();
}

template <class Kind>
unsigned int queue_of(const Kind &call)
{
    if constexpr (requires { call.on; })
        return call.on.queue;
    else
        return call.queue;
}

template <class Kind>
std::size_t Model::asleep(unsigned int queue) const
{
    return static_cast<std::size_t>(std::ranges::count_if(sleepers_, [&](const Sleeper &sleeper) {
        const auto *call = std::get_if<Kind>(&sleeper.call);
        return call && queue_of(*call) == queue;
    }));
}

// Of a call that waits for events: that item has ended it.
Answer answer_of(const Call &call, long number);
// It comes back like this by a signal.
std::string interrupted_text(const Call &call);
// There are bytes.
Answer attempt_read(Queue &queue, const Read &call);

// A call that returns at once, or nothing: it would sleep, and has done nothing (but SIGNAL_WAIT
// its post).
struct Attempt {
    Model &model;
    bool blocks;

    [[nodiscard]] std::optional<Answer> of(const Call &call)
    {
        return std::visit([&](const auto &kind) { return (*this)(kind); }, call);
    }
    std::optional<Answer> operator()(const Post &call);
    std::optional<Answer> operator()(const Take &call);
    std::optional<Answer> operator()(const Wake &call);
    std::optional<Answer> operator()(const Wait &call);
    std::optional<Answer> operator()(const SignalWait &call);
    std::optional<Answer> operator()(const Many &call);
    std::optional<Answer> operator()(const Read &call);
    std::optional<Answer> operator()(const Write &call);
    std::optional<Answer> operator()(const EventRead &call);
    std::optional<Answer> operator()(const EventWrite &call);
    std::optional<Answer> operator()(const Poll &call);
    std::optional<Answer> operator()(const Timer &call);
    std::optional<Answer> operator()(const Ask &call);
    std::optional<Answer> operator()(const Map &call);
    std::optional<Answer> operator()(const PostInPage &call);
    std::optional<Answer> operator()(const TakeInPage &call);

    std::optional<Answer> wait(const Call &call);
};

} // namespace waitq::test::model
