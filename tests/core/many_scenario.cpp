// SPDX-License-Identifier: GPL-2.0
#include "many_scenario.hpp"

#include "../sim/context.hpp"
#include "../sim/poll.hpp"
#include "../sim/timer.hpp"
#include "device_words.hpp"
#include "listing.hpp"
#include "page_word.hpp"
#include "statics.hpp"
#include <device/event.hpp>

#include <algorithm>
#include <span>

namespace core {

using sim::Machine;
using sim::refuse;

// ---- the begin ----

void ManyScenario::create()
{
    if (row_.timer_firings)
        sim::next_timer_fires("timer", row_.timer_firings);
    forget_statics();
    waitq_core_init();
    for (unsigned int i = 0; i < row_.queues; ++i)
        places_.at(i) = {waitq_queue_create(row_.capacity), nullptr, 0, 0, nullptr};
}

void ManyScenario::prepare()
{
    static constexpr std::array names{"counter of 0", "counter of 1", "counter of 2"};
    for (unsigned int i = 0; i < row_.queues; ++i) {
        Place &place = places_.at(i);
        const waitq_opener opener{0, true, true};
        place.file = waitq_open(place.queue, &opener);
        sim::open_as(i, place.file);
        waitq::Events &events = place.queue->events;
        events.counter = place.posted = row_.counter;
        Machine::get().additions_only(&events.totals, sizeof events.totals);
        Machine::get().name(&events.counter, 8, names.at(i));
    }
    bool writes = false;
    for (const Actor &actor : row_.actors)
        for (const Act &act : actor.acts)
            writes |= act.op == Op::write;
    if (row_.timer_firings || writes) // work is left to it: see waitq_deferred()
        sim::spawn_worker();
    if (!row_.mapped)
        return;
    if (!waitq_page(places_[0].file))
        refuse("there is memory, and no page");
    waitq_page_mapped(places_[0].file);
    Machine::get().name(places_[0].queue->events.page.counter, 8, "page");
}

// ---- the calls ----

void ManyScenario::perform(Player &player, const Act &act)
{
    begin(player, act);
    switch (act.op) {
    case Op::wait_any:
    case Op::wait_all:
        return end(player, "the wait", do_wait_many(player, act));
    case Op::wait:
        return end(player, "wait", do_wait(player, act));
    case Op::wake:
        return end(player, "wake", do_post(player, act));
    case Op::write:
        return end(player, "write", do_add(player, act));
    case Op::set_timer:
        return end(player, "the timer call", do_timer(act));
    case Op::list:
        return end(player, "list", do_list(player, act));
    default:
        refuse("%s is asked for what these rows do not do", player.task->name);
    }
}

void ManyScenario::take(const waitq_item &item)
{
    place(item.fd).consumed += item.flags & WAITQ_CONSUME ? item.threshold : 0;
}

long ManyScenario::do_wait_many(const Player &player, const Act &act)
{
    const bool all = act.op == Op::wait_all, alert = act.flags & WAITQ_ALERT;
    const auto count = static_cast<unsigned int>(act.items.size());
    waitq_wait_many request{sizeof request, act.flags, act.ns,
                            count,          0,         reinterpret_cast<__u64>(act.items.data())};
    sim::tell("waits for %s of %u queues", all ? "all" : "any", count);
    const long result = waitq_ioctl(places_[0].file, all ? WAITQ_NR_WAIT_ALL : WAITQ_NR_WAIT_ANY,
                                    reinterpret_cast<unsigned long>(&request));
    if (result < 0) {
        check_failed(player, act, result);
    } else if (!all || (alert && result == static_cast<long>(count) - 1)) {
        if (result >= static_cast<long>(count))
            refuse("%s gets item %ld of %u", player.task->name, result, count);
        take(act.items.at(static_cast<std::size_t>(result)));
    } else {
        if (result != 0)
            refuse("%s gets %ld for all", player.task->name, result);
        for (const waitq_item &item : std::span(act.items).first(count - alert))
            take(item);
    }
    if (player.task->woken_through_entry - player.call.through_entry_before > 1)
        refuse("%s was woken more than once in one wait", player.task->name);
    return result;
}

void ManyScenario::check_failed(const Player &player, const Act &act, long result)
{
    const char *name = player.task->name;
    const bool twice =
        act.op == Op::wait_all && act.items[0].fd == act.items.back().fd && act.items.size() > 1;
    if ((result == -KAPI_ENOMEM && act.no_memory) || (result == -KAPI_EFAULT && act.failing_copy) ||
        (result == -KAPI_EINVAL && twice))
        return;
    if (result == -KAPI_ETIMEDOUT) {
        ++sums_.timeouts;
        if (!(act.flags & WAITQ_TIMEOUT) || sim::clock_ns() - player.call.begun_ns < act.ns)
            refuse("%s timed out early", name);
    } else if (result == -KAPI_ERESTARTSYS) {
        ++sums_.signals;
        if (!player.task->signal_pending)
            refuse("%s says that a signal came, which did not", name);
    } else {
        refuse("%s: the wait returns %ld", name, result);
    }
    if (player.task->woken_through_entry != player.call.through_entry_before)
        refuse("%s was woken in vain", name);
    must_not_have_been_true(player, result == -KAPI_ETIMEDOUT);
}

long ManyScenario::do_wait(const Player &player, const Act &act)
{
    waitq_wait request{sizeof request, act.flags, act.state, 0, act.n, act.ns};
    const long result =
        waitq_ioctl(place(act.file).file, WAITQ_NR_WAIT, reinterpret_cast<unsigned long>(&request));
    if (result == 0)
        take(device::item(act.file, act.n, act.flags));
    else
        check_failed(player, act, result);
    return result;
}

long ManyScenario::do_post(const Player &player, const Act &act)
{
    Place &to = place(act.file);
    waitq_wake request{sizeof request, 0, act.nr, 0, act.n};
    sim::tell("posts %llu to queue %u", act.n, act.file);
    long result = 0;
    if (!act.by_page ||
        waitq::post_in_page(PageWord(to.queue->events.page.counter), act.n) != waitq::InPage::Done)
        result = waitq_ioctl(to.file, WAITQ_NR_WAKE, reinterpret_cast<unsigned long>(&request));
    if (result == -KAPI_EOVERFLOW && act.n > 1)
        return result;
    if (result < 0)
        refuse("%s: the post returns %ld", player.task->name, result);
    if (act.nr && player.task->exclusive_woken - player.call.exclusive_before > act.nr)
        refuse("%s woke more exclusive waiters than asked for", player.task->name);
    to.posted += act.n;
    return result;
}

// write() to the EVENTFD.
long ManyScenario::do_add(const Player &player, const Act &act)
{
    __u64 value = act.n;
    sim::UserBytes from(reinterpret_cast<unsigned char *>(&value), sizeof value, ~0UL, false);
    Place &to = place(queue_of(act.file));
    const long result = waitq_eventfd_write(to.queue, &from, WAITQ_BLOCKS);
    if (result == sizeof value)
        to.posted += act.n;
    else if (result != -KAPI_ERESTARTSYS || !player.task->signal_pending)
        refuse("%s: write to the EVENTFD returns %ld", player.task->name, result);
    return result;
}

long ManyScenario::do_timer(const Act &act)
{
    Place &of = place(act.file);
    waitq_timer request{sizeof request, act.flags, act.nr, 0,    act.ns,
                        act.period_ns,  act.count, act.n,  ~0ULL};
    const long result =
        waitq_ioctl(of.file, WAITQ_NR_TIMER, reinterpret_cast<unsigned long>(&request));
    if (result != 0)
        refuse("the timer call returns %ld", result);
    if (of.armed)
        of.posted += request.fired * of.armed->n;
    of.armed = act.flags & WAITQ_CANCEL ? nullptr : &act;
    return result;
}

long ManyScenario::do_list(const Player &player, const Act &act)
{
    const Listing listing(place(act.file).file);
    for (const waitq_waiter &waiter : listing.waiters())
        if (waiter.pid == 0 || waiter.since_ns == 0 || waiter.threshold == 0)
            refuse("%s lists a waiter of pid %u, since %lld, threshold %llu", player.task->name,
                   waiter.pid, static_cast<long long>(waiter.since_ns),
                   static_cast<unsigned long long>(waiter.threshold));
    return listing.result;
}

// ---- what must hold ----

// While it is taken out of the page it is as it was before, so nobody finds it high enough.
unsigned long long ManyScenario::counter(unsigned int file) const
{
    const waitq::Events &events = places_.at(queue_of(file)).queue->events;
    if (!events.page.lent)
        return events.counter;
    return *events.page.counter == WAITQ_PAGE_TAKEN ? 0 : *events.page.counter;
}

bool ManyScenario::reached(const waitq_item &item) const
{
    return counter(item.fd) >= item.threshold;
}

bool ManyScenario::satisfied(const Act &act) const
{
    const std::span<const waitq_item> items(act.items);
    const auto is_reached = [&](const waitq_item &item) { return reached(item); };
    if (act.op == Op::wait)
        return counter(act.file) >= act.n;
    if (act.op == Op::wait_any)
        return std::ranges::any_of(items, is_reached);
    const std::size_t alert = (act.flags & WAITQ_ALERT) != 0;
    return std::ranges::all_of(items.first(items.size() - alert), is_reached) ||
           std::ranges::any_of(items.last(alert), is_reached);
}

const char *ManyScenario::each_state()
{
    for (unsigned int i = 0; i < row_.queues; ++i)
        if (places_.at(i).queue->events.counter > WAITQ_COUNTER_MAX)
            return "more was taken than there was";
    for (unsigned int i = 0; i < player_count_; ++i) {
        Call &call = players_.at(i).call;
        if (!call.act || call.act->op == Op::wake || call.act->op == Op::write ||
            call.act->op == Op::set_timer || call.act->op == Op::list)
            continue;
        if (!satisfied(*call.act))
            call.true_since = 0;
        else if (!call.true_since)
            call.true_since = Machine::get().steps();
    }
    return nullptr;
}

void ManyScenario::quiescent()
{
    for (unsigned int i = 0; i < player_count_; ++i) {
        const Player &player = players_.at(i);
        if (player.task->done)
            continue;
        check_may_sleep(player, sim::TASK_INTERRUPTIBLE);
        const Act *act = player.call.act;
        const bool forgotten =
            act && (act->op == Op::write ? act->n <= WAITQ_COUNTER_MAX - counter(act->file)
                                         : player.call.true_since != 0);
        if (forgotten)
            refuse("a wake-up is lost: %s sleeps, its condition is true, and no task is left that "
                   "will wake it",
                   player.task->name);
        if (player.task->woken_through_entry != player.call.through_entry_before)
            refuse("%s was woken in vain, and sleeps on", player.task->name);
    }
}

void ManyScenario::tear_down()
{
    for (unsigned int i = 0; i < row_.queues; ++i) {
        static const Act cancel = device::cancel_timer();
        if (places_.at(i).armed) {
            Act its = cancel;
            its.file = i;
            do_timer(its);
        }
        const Place &place = places_.at(i);
        waitq::Events &events = place.queue->events;
        if (place.posted - place.consumed != counter(i))
            refuse("%llu events were posted to queue %u; %llu taken and %llu left make another sum",
                   place.posted, i, place.consumed, counter(i));
        if (events.waiting[0] || events.waiting[1] || events.waiting_all || events.want_room)
            refuse("waiters are counted in queue %u, and no task waits", i);
        if (!is_empty(events.queue.native()) || !is_empty(events.room.native()))
            refuse("an entry is left in queue %u", i);
    }
    for (Place &place : std::span(places_).first(row_.queues)) {
        if (row_.mapped && &place == places_.data())
            waitq_page_unmapped(place.file);
        waitq_release(place.file);
        waitq_queue_destroy(place.queue);
    }
    waitq_core_exit();
    sim::timers_must_be_idle();
}

} // namespace core
