// SPDX-License-Identifier: GPL-2.0
// model.cpp - the state of the queues, and what a change of it does to those who sleep. The calls
// themselves are in attempt.cpp.
#include "attempt.hpp"

#include <algorithm>
#include <cerrno>
#include <poll.h>

namespace waitq::test::model {

std::size_t Model::atomic_write() const
{
    return std::min<std::size_t>(capacity_, WAITQ_ATOMIC_WRITE);
}

std::size_t Model::room(unsigned int queue) const
{
    return capacity_ - at(queue).bytes.size();
}

short Model::ready(unsigned int queue, Mode mode) const
{
    const On on{queue, mode};
    int events = 0;
    if (on.reads() && !at(queue).bytes.empty())
        events |= POLLIN;
    if (on.reads() && at(queue).counter != 0)
        events |= POLLMSG;
    if (on.writes() && room(queue) >= atomic_write() && asleep<Write>(queue) == 0)
        events |= POLLOUT;
    return static_cast<short>(events);
}

bool Model::polled(unsigned int queue, short events) const
{
    return std::ranges::any_of(sleepers_, [&](const Sleeper &sleeper) {
        const auto *call = std::get_if<Poll>(&sleeper.call);
        return call && call->on.queue == queue && (call->asked & events);
    });
}

unsigned int Model::free_slot() const
{
    unsigned int slot = 0;
    while (slot < slots && sleeps(slot))
        ++slot;
    return slot;
}

const Sleeper *Model::sleeper(unsigned int slot) const
{
    const auto found = std::ranges::find(sleepers_, slot, &Sleeper::slot);
    return found == sleepers_.end() ? nullptr : &*found;
}

// ---- events ----

// Ends a wait for events, which have been taken.
void Model::deliver(std::vector<Sleeper>::iterator sleeper, long number)
{
    const Call call = sleeper->call;
    if (const auto *read = std::get_if<EventRead>(&call); read && !read->good)
        undelivered_.push_back(read->queue);
    end(sleeper, answer_of(call, number));
}

// Whether that item of the call ends it now: the number that it returns then.
std::optional<long> Model::satisfied(const Call &call, std::size_t number) const
{
    const std::vector<Item> items = items_of(call);
    const auto reached = [&](const Item &item) {
        return at(item.on.queue).counter >= item.threshold;
    };
    const auto *many = std::get_if<Many>(&call);
    if (many && many->all && !is_alert(*many, number))
        return std::all_of(items.begin(), items.end() - many->alert, reached) ? std::optional(0L)
                                                                              : std::nullopt;
    return reached(items.at(number)) ? std::optional(static_cast<long>(number)) : std::nullopt;
}

void Model::take(const Call &call, std::size_t number)
{
    const auto *many = std::get_if<Many>(&call);
    const bool all = many && many->all && !is_alert(*many, number);
    const std::vector<Item> items = items_of(call);
    for (std::size_t i = 0; i < items.size(); ++i)
        if ((items[i].flags & WAITQ_CONSUME) && (all ? !is_alert(*many, i) : i == number))
            on(items[i].on).counter -= items[i].threshold;
}

std::optional<long> Model::take_first(const Call &call)
{
    for (std::size_t i = 0; i < items_of(call).size(); ++i)
        if (const auto number = satisfied(call, i)) {
            take(call, i);
            return number;
        }
    return std::nullopt;
}

long Model::post(unsigned int queue, __u64 n, Budget budget)
{
    __u64 &counter = queues_.at(queue).counter;
    if (n > WAITQ_COUNTER_MAX - counter)
        return -EOVERFLOW;
    counter += n;
    // The first in is the first out, if its condition is true. An exclusive one beyond the budget
    // is passed over.
    long woken = 0;
    for (std::size_t i = 0; i < sleepers_.size();) {
        const Call call = sleepers_[i].call;
        const std::vector<Item> items = items_of(call);
        std::optional<long> number;
        for (std::size_t k = 0; k < items.size() && !number; ++k) {
            const bool exclusive = items[k].flags & WAITQ_EXCLUSIVE;
            if (items[k].on.queue != queue || (exclusive && !budget.all && budget.nr == 0))
                continue;
            number = satisfied(call, k);
            if (number) {
                take(call, k);
                budget.nr -= exclusive && !budget.all;
            }
        }
        if (!number) {
            ++i;
            continue;
        }
        ++woken;
        deliver(sleepers_.begin() + static_cast<std::ptrdiff_t>(i), *number);
    }
    return woken;
}

// ---- those who sleep ----

void Model::end(std::vector<Sleeper>::iterator sleeper, Answer answer)
{
    ended_[sleeper->slot] = std::move(answer);
    late_ |= std::holds_alternative<Poll>(sleeper->call);
    sleepers_.erase(sleeper);
}

// One step of one task that can go on in that queue. False: there is none.
bool Model::settle_one(unsigned int queue)
{
    Queue &here = queues_.at(queue);
    bool first_reader = true, first_writer = true;
    for (auto sleeper = sleepers_.begin(); sleeper != sleepers_.end(); ++sleeper) {
        if (const auto *read = std::get_if<Read>(&sleeper->call); read && read->on.queue == queue) {
            if (first_reader && !here.bytes.empty()) {
                end(sleeper, attempt_read(here, *read));
                return true;
            }
            first_reader = false;
        }
        if (const auto *write = std::get_if<Write>(&sleeper->call);
            write && write->on.queue == queue) {
            const std::size_t left = write->text.size() - sleeper->done;
            const std::size_t need = write->text.size() <= atomic_write() ? left : 1;
            if (first_writer && room(queue) >= need && !write->good) {
                end(sleeper, {{-EFAULT}, ""});
                return true;
            }
            if (first_writer && room(queue) >= need) {
                const std::size_t n = std::min(left, room(queue));
                here.bytes += write->text.substr(sleeper->done, n);
                sleeper->done += n;
                if (n == left)
                    end(sleeper, {{static_cast<long>(sleeper->done)}, ""});
                return true;
            }
            first_writer = false;
        }
        if (const auto *write = std::get_if<EventWrite>(&sleeper->call);
            write && write->queue == queue && write->n <= WAITQ_COUNTER_MAX - here.counter) {
            const __u64 n = write->n;
            end(sleeper, {{8}, ""});
            post(queue, n, {n != 0, 0});
            return true;
        }
        if (const auto *poll = std::get_if<Poll>(&sleeper->call); poll && poll->on.queue == queue)
            if (const int events = ready(queue, poll->on.mode) & poll->asked) {
                end(sleeper, {{1}, std::to_string(events)});
                return true;
            }
    }
    return false;
}

void Model::settle()
{
    for (bool more = true; more;) {
        more = false;
        // An event that could not be delivered goes back, for any waiter.
        for (; !undelivered_.empty(); more = true) {
            const unsigned int queue = undelivered_.back();
            undelivered_.pop_back();
            post(queue, 1, {true, 0});
        }
        for (unsigned int queue = 0; queue < queues; ++queue)
            more |= settle_one(queue);
    }
}

void Model::begin()
{
    ended_.clear();
    late_ = std::ranges::any_of(sleepers_, [](const Sleeper &sleeper) {
        return std::holds_alternative<Write>(sleeper.call) ||
               std::holds_alternative<EventWrite>(sleeper.call);
    });
}

void Model::start(unsigned int slot, const Call &call)
{
    begin();
    if (auto answer = Attempt{*this, true}.of(call))
        ended_[slot] = std::move(*answer);
    else
        sleepers_.push_back({slot, call, 0});
    settle();
    // The first bytes of a long write are there before it sleeps.
    put_into_page();
}

Answer Model::now(const Call &call)
{
    begin();
    std::optional<Answer> answer = Attempt{*this, false}.of(call);
    if (!answer)
        answer = gives_up(call);
    settle();
    put_into_page();
    return *answer;
}

// A call that does not sleep has found nothing.
Answer Model::gives_up(const Call &call)
{
    if (!is_timed(call))
        return {is_good(call) ? std::vector{-EAGAIN + 0L} : std::vector{-EAGAIN + 0L, -EFAULT + 0L},
                ""};
    for (const Item &item : items_of(call))
        ++on(item.on).timeouts;
    return {{-ETIMEDOUT}, ""};
}

void Model::signal(unsigned int slot)
{
    begin();
    const auto sleeper = std::ranges::find(sleepers_, slot, &Sleeper::slot);
    if (sleeper == sleepers_.end() || !heeds_signals(sleeper->call))
        return;
    const Call call = sleeper->call;
    // Satisfied beats signalled: of an exclusive waiter that a WAKE has passed over, it may be
    // true.
    if (!items_of(call).empty())
        if (const auto number = take_first(call)) {
            deliver(sleeper, *number);
            settle();
            put_into_page();
            return;
        }
    if (!std::holds_alternative<Poll>(call))
        for (const unsigned int queue : queues_of(call))
            ++queues_.at(queue).interrupted;
    const auto done = static_cast<long>(sleeper->done);
    end(sleeper, {{done ? done : -EINTR}, interrupted_text(call)});
    settle();
    put_into_page();
}

// ---- the page ----

bool Model::keeps_the_counter(unsigned int queue) const
{
    return asleep<EventWrite>(queue) != 0 || polled(queue, ~0) ||
           std::ranges::any_of(sleepers_, [&](const Sleeper &sleeper) {
               const auto items = items_of(sleeper.call);
               return std::ranges::any_of(items,
                                          [&](const Item &item) { return item.on.queue == queue; });
           });
}

void Model::put_into_page()
{
    for (unsigned int queue = 0; queue < queues; ++queue)
        queues_[queue].lent = queues_[queue].mapped && !keeps_the_counter(queue);
}

Look Model::look(unsigned int queue) const
{
    const Queue &here = at(queue);
    Look look{};
    look.counter = here.counter;
    look.bytes = here.bytes.size();
    look.readers = asleep<Read>(queue);
    look.writers = asleep<Write>(queue);
    look.timeouts = here.timeouts;
    look.interrupted = here.interrupted;
    for (unsigned int mode = 0; mode < modes; ++mode)
        look.ready[mode] = ready(queue, static_cast<Mode>(mode));
    look.event_ready = static_cast<short>((here.counter != 0 ? POLLIN : 0) |
                                          (here.counter < WAITQ_COUNTER_MAX ? POLLOUT : 0));
    if (here.mapped)
        look.word = here.lent ? std::to_string(here.counter) : "taken";
    std::map<waitq_place, std::string> entries;
    for (const Sleeper &sleeper : sleepers_) {
        for (const Item &item : items_of(sleeper.call))
            if (item.on.queue == queue) {
                const bool exclusive = item.flags & WAITQ_EXCLUSIVE;
                ++(exclusive ? look.exclusive : look.waiters);
                entries[WAITQ_PLACE_EVENTS] +=
                    entry_text(WAITQ_PLACE_EVENTS, exclusive, item.threshold);
            }
        if (const auto place = place_of(sleeper.call, queue)) {
            const bool exclusive = *place == WAITQ_PLACE_READERS || *place == WAITQ_PLACE_WRITERS;
            entries[*place] += entry_text(*place, exclusive, 0);
        }
    }
    for (const auto &[place, text] : entries)
        look.entries += text;
    return look;
}

} // namespace waitq::test::model
