// SPDX-License-Identifier: GPL-2.0
// lab_rows_kinds.cpp - each kind of wait, of wake and each context in rows of its own: one waiter
// and its waker, with a signal between; two who take one event, with a signal for one of them.
#include "lab_scenario.hpp"
#include "lab_words.hpp"
#include "rows.hpp"

namespace core::lab {
namespace {

constexpr long long timeout = 2 * 4'000'000 + 1;
constexpr unsigned int consume = LAB_CONSUME;

Act takes(unsigned int kind)
{
    return wait(kind, consume, 1, traits_of(kind).has_timeout ? timeout : 0);
}

// With a timeout, a lost wake-up would only be late.
Act takes_for_ever(unsigned int kind)
{
    Act act = takes(kind);
    act.endless = true;
    return act;
}

// An exclusive waiter whose wait ends by itself, or by a signal, must leave the wake-up to the
// next.
void leaving_rows(Rows &rows, unsigned int kind)
{
    const WaitTraits traits = traits_of(kind);
    const bool by_hand = traits.by_hand;
    if (by_hand && !traits.exclusive)
        return;
    const std::string name = traits.name;
    const unsigned int flag = by_hand ? 0 : LAB_EXCLUSIVE;
    Act leaves = takes(kind), stays = takes_for_ever(kind);
    leaves.flags |= flag;
    stays.flags |= flag;
    if (traits.has_timeout)
        rows.push_back(
            {"kind/leaves-late/" + name,
             {{"waiter A", {leaves}}, {"waiter B", {stays}}, {"waker", {wake(LAB_WAKE_UP)}}}});
    Row signalled{"kind/leaves-signalled/" + name,
                  {{"waiter A", {stays}},
                   {"waiter B", {stays}},
                   {"waker", {wake(LAB_WAKE_UP)}},
                   {"kill(1)", {signal(0)}}}};
    rows.push_back(std::move(signalled));
}

void wait_rows(Rows &rows, unsigned int kind)
{
    const WaitTraits traits = traits_of(kind);
    const std::string name = traits.name;
    leaving_rows(rows, kind);
    rows.push_back(
        {"kind/one/" + name, {{"waiter A", {takes(kind)}}, {"waker", {wake(LAB_WAKE_UP)}}}});
    // Woken in vain first.
    rows.push_back(
        {"kind/in-vain/" + name,
         {{"waiter A", {takes(kind)}}, {"waker", {wake(LAB_WAKE_UP, 0, 0), wake(LAB_WAKE_UP)}}}});
    for (const bool fatal : {false, true})
        rows.push_back({std::string("kind/") + (fatal ? "kill/" : "signal/") + name,
                        {{"waiter A", {takes(kind)}},
                         {"waker", {wake(LAB_WAKE_UP)}},
                         {"kill(1)", {signal(0, fatal)}}}});
    // Of two who would take it, one is hit by a signal, or by its timeout: the other must get it.
    rows.push_back({"kind/two/" + name,
                    {{"waiter A", {takes(kind)}},
                     {"waiter B", {takes(kind)}},
                     {"waker", {wake(LAB_WAKE_UP)}}}});
    if (!traits.has_timeout)
        rows.push_back({"kind/two-signal/" + name,
                        {{"waiter A", {takes(kind)}},
                         {"waiter B", {takes(kind)}},
                         {"waker", {wake(LAB_WAKE_UP)}},
                         {"kill(1)", {signal(0)}}}});
    if (traits.exclusive)
        rows.push_back({"kind/two-posts/" + name,
                        {{"waiter A", {takes(kind)}},
                         {"waiter B", {takes(kind)}},
                         {"waker 1", {wake(LAB_WAKE_UP)}},
                         {"waker 2", {wake(LAB_WAKE_UP)}}}});
    if (traits.has_timeout) {
        rows.push_back({"kind/alone/" + name, {{"waiter A", {takes(kind)}}}});
        rows.push_back({"kind/endless/" + name,
                        {{"waiter A", {takes_for_ever(kind)}}, {"waker", {wake(LAB_WAKE_UP)}}}});
        rows.push_back({"kind/endless-two/" + name,
                        {{"waiter A", {takes_for_ever(kind)}},
                         {"waiter B", {takes_for_ever(kind)}},
                         {"waker 1", {wake(LAB_WAKE_UP)}},
                         {"waker 2", {wake(LAB_WAKE_UP)}}}});
    }
    rows.push_back({"kind/from-interrupt/" + name,
                    {{"waiter A", {takes(kind)}},
                     {"waker", {from_context(LAB_CONTEXT_HARD_IRQ, wake(LAB_WAKE_UP))}}}});
}

// Whom an interruptible-only wake-up passes over is not forgotten: the second one wakes it.
void wake_rows(Rows &rows, unsigned int kind, const char *name)
{
    const unsigned int nr = scope_of(kind, 7).nr == 7 && !scope_of(kind, 7).all ? 2 : 0;
    for (const unsigned int wait_kind :
         {LAB_WAIT_EVENT_INTERRUPTIBLE, LAB_WAIT_EVENT_INTERRUPTIBLE_EXCLUSIVE,
          LAB_WAIT_EVENT_INTERRUPTIBLE_EXCLUSIVE_LOCKED_IRQ, LAB_WAIT_WAIT_WOKEN}) {
        const std::string tail = std::string(name) + "/" + traits_of(wait_kind).name;
        rows.push_back(
            {"wake/one/" + tail, {{"waiter A", {takes(wait_kind)}}, {"waker", {wake(kind, nr)}}}});
        rows.push_back({"wake/two/" + tail,
                        {{"waiter A", {takes(wait_kind)}},
                         {"waiter B", {takes(wait_kind)}},
                         {"waker", {wake(kind, nr, 2), wake(LAB_WAKE_UP_ALL, 0, 0)}}}});
    }
}

void context_rows(Rows &rows, unsigned int context, const char *name)
{
    for (const unsigned int wait_kind :
         {LAB_WAIT_EVENT_INTERRUPTIBLE_EXCLUSIVE, LAB_WAIT_EVENT_INTERRUPTIBLE_LOCKED,
          LAB_WAIT_EVENT_LOCK_IRQ})
        rows.push_back({"context/" + std::string(name) + "/" + traits_of(wait_kind).name,
                        {{"waiter A", {takes(wait_kind)}},
                         {"waker", {from_context(context, wake(LAB_WAKE_UP))}}}});
}

// Wake functions of the device's own, and the queue that ends before its waiters.
void callback_rows(Rows &rows)
{
    const unsigned int kind = LAB_WAIT_INIT_WAITQUEUE_FUNC_ENTRY;
    const Act poller = with_callback(LAB_CALLBACK_POLLER, 0, takes(kind));
    // Whom a timeout would not rescue.
    const Act stays = with_callback(LAB_CALLBACK_POLLER, 0, takes_for_ever(kind));
    const Act end = wake(LAB_WAKE_UP_POLLFREE, 0, 0);
    rows.push_back({"callback/key/ours",
                    {{"waiter A", {with_callback(LAB_CALLBACK_WAKE, 1, takes(kind))}},
                     {"waker", {with_callback(0, 1, wake(LAB_WAKE_UP_POLL))}}}});
    rows.push_back({"callback/end/walk",
                    {{"waiter A", {with_callback(LAB_CALLBACK_END, 0, takes(kind))}},
                     {"waker", {wake(LAB_WAKE_UP)}}}});
    rows.push_back({"pollfree/one/end", {{"waiter A", {poller}}, {"waker", {end}}}});
    rows.push_back({"pollfree/one-stays/end", {{"waiter A", {stays}}, {"end", {end}}}});
    rows.push_back({"pollfree/wake-stays/end",
                    {{"waiter A", {stays}}, {"waker", {wake(LAB_WAKE_UP)}}, {"end", {end}}}});
    // A wake-up with the bit that POLLFREE has is none.
    rows.push_back(
        {"pollfree/key-stays/wake",
         {{"waiter A", {stays}},
          {"waker", {with_callback(0, 0x4000, wake(LAB_WAKE_UP_POLL, 0, 0)), wake(LAB_WAKE_UP)}}}});
    rows.push_back({"pollfree/wake/end",
                    {{"waiter A", {poller}}, {"waker", {wake(LAB_WAKE_UP)}}, {"end", {end}}}});
    rows.push_back(
        {"pollfree/two/end", {{"waiter A", {poller}}, {"waiter B", {poller}}, {"end", {end}}}});
    rows.push_back({"pollfree/signal/end",
                    {{"waiter A", {poller}}, {"kill(1)", {signal(0)}}, {"end", {end}}}});
    rows.push_back(
        {"pollfree/twice/end", {{"waiter A", {poller}}, {"end 1", {end}}, {"end 2", {end}}}});
    rows.push_back({"pollfree/interrupt/end",
                    {{"waiter A", {poller}}, {"end", {from_context(LAB_CONTEXT_HARD_IRQ, end)}}}});
}

// Somebody looks on while others come and go; a walk of the queue lets go of the lock meanwhile.
void list_rows(Rows &rows)
{
    const Actor onlooker{"onlooker", {plain(Op::lab_list)}};
    const Act stays = takes(LAB_WAIT_EVENT_INTERRUPTIBLE_EXCLUSIVE);
    for (const unsigned int kind :
         {LAB_WAIT_EVENT_INTERRUPTIBLE_EXCLUSIVE, LAB_WAIT_EVENT_INTERRUPTIBLE_LOCKED_IRQ,
          LAB_WAIT_ADD_WAIT_QUEUE, LAB_WAIT_WAIT_WOKEN})
        rows.push_back({std::string("list/one/") + traits_of(kind).name,
                        {{"waiter A", {takes(kind)}}, onlooker, {"waker", {wake(LAB_WAKE_UP)}}}});
    rows.push_back({"list/three/leave",
                    {{"waiter A", {stays}},
                     {"waiter B", {stays}},
                     {"waiter C", {stays}},
                     onlooker,
                     {"waker", {wake(LAB_WAKE_UP_ALL, 0, 3)}}}});
    rows.push_back(
        {"list/callback/leaves",
         {{"waiter A",
           {with_callback(LAB_CALLBACK_REFUSE, 0, takes(LAB_WAIT_INIT_WAITQUEUE_FUNC_ENTRY))}},
          onlooker,
          {"waker", {wake(LAB_WAKE_UP)}}}});
}

// sleep_on as far as it works: nobody wakes between its test and its sleep. (Else: sleep_on.txt.)
void sleep_on_rows(Rows &rows)
{
    const Act sleeps = wait(LAB_WAIT_SLEEP_ON_TIMEOUT, consume, 1, timeout);
    rows.push_back({"sleep-on/alone/late", {{"waiter A", {sleeps}}}});
    rows.push_back({"sleep-on/alone/signal", {{"waiter A", {sleeps}}, {"kill(1)", {signal(0)}}}});
    Row there{"sleep-on/alone/true-before", {{"waiter A", {sleeps}}}};
    there.counter = 1;
    rows.push_back(std::move(there));
    rows.push_back(
        {"sleep-on/alone/in-vain", {{"waiter A", {sleeps}}, {"waker", {wake(LAB_WAKE_UP, 0, 0)}}}});
}

// What the request can ask for besides: the other states, the window, a condition that sleeps.
void request_rows(Rows &rows)
{
    for (const unsigned int state :
         {LAB_STATE_UNINTERRUPTIBLE, LAB_STATE_KILLABLE, LAB_STATE_IDLE}) {
        Act act = takes(LAB_WAIT_PREPARE_TO_WAIT);
        act.state = state;
        rows.push_back({"request/state/" + std::to_string(state),
                        {{"waiter A", {act}}, {"waker", {wake(LAB_WAKE_UP)}}}});
    }
    // Without time left it must not act on the answer that it got before it held on.
    Row no_time{
        "request/window-no-time/wait_event_interruptible_timeout",
        {{"waiter A", {wait(LAB_WAIT_EVENT_INTERRUPTIBLE_TIMEOUT, consume | LAB_WINDOW, 1, 0)}},
         {"waker", {wake(LAB_WAKE_UP)}}}};
    no_time.window = true;
    rows.push_back(std::move(no_time));
    for (const unsigned int kind : {LAB_WAIT_EVENT_INTERRUPTIBLE, LAB_WAIT_ADD_WAIT_QUEUE}) {
        Act window = takes_for_ever(kind), nap = takes_for_ever(LAB_WAIT_WAIT_WOKEN);
        window.flags |= LAB_WINDOW;
        nap.flags |= LAB_NAP;
        const std::string tail = traits_of(kind).name;
        Row held{"request/window/" + tail,
                 {{"waiter A", {window}}, {"waker", {wake(LAB_WAKE_UP, 0, 0), wake(LAB_WAKE_UP)}}}};
        held.window = true;
        rows.push_back(held);
        if (kind != LAB_WAIT_EVENT_INTERRUPTIBLE)
            continue; // by hand it is not tested again when a signal comes
        held.name = "request/window-signal/" + tail;
        held.actors.push_back({"kill(1)", {signal(0)}});
        rows.push_back(std::move(held));
        rows.push_back(
            {"request/nap/wait_woken", {{"waiter A", {nap}}, {"waker", {wake(LAB_WAKE_UP)}}}});
    }
}

} // namespace

void add_kind_rows(Rows &rows, unsigned int first_wait, unsigned int first_wake)
{
    for (unsigned int kind = first_wait; kind < wait_kind_count(); ++kind)
        // (What sleep_on loses: sleep_on.txt.)
        if (kind != LAB_WAIT_SLEEP_ON_TIMEOUT)
            wait_rows(rows, kind);
#define LAB_X(value, id, name, ...)                                                                \
    if ((value) >= first_wake && (value) != LAB_WAKE_UP_POLLFREE)                                  \
        wake_rows(rows, value, #name);
    LAB_WAKE_KINDS(LAB_X)
#undef LAB_X
#define LAB_X(value, id, text) context_rows(rows, value, #id);
    LAB_CONTEXTS(LAB_X)
#undef LAB_X
    callback_rows(rows);
    list_rows(rows);
    sleep_on_rows(rows);
    request_rows(rows);
}

} // namespace core::lab
