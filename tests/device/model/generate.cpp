// SPDX-License-Identifier: GPL-2.0
#include "generate.hpp"

#include <algorithm>
#include <poll.h>
#include <rapidcheck.h>

namespace waitq::test::model {
namespace {

// Not fewer of the later entries in the first, small sequences, as RapidCheck has it otherwise.
std::size_t below(std::size_t count)
{
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::size_t>(0, count));
}

template <class T, std::size_t size>
T pick(const T (&values)[size])
{
    return values[below(size)];
}

// Not all alike: more happens where much meets.
unsigned int queue()
{
    return pick({0U, 0U, 0U, 1U, 1U, 2U});
}
// Now and then the file is not open for the call, nor a number one that it takes; but not where the
// call is to sleep.
bool mistake()
{
    return below(16) == 15;
}
On reader(bool sleeps)
{
    using enum Mode;
    return {queue(), !sleeps && mistake() ? write_only : pick({both, read_only})};
}
On writer()
{
    using enum Mode;
    return {queue(), mistake() ? read_only : pick({both, write_only})};
}
On either()
{
    return {queue(), pick({Mode::both, Mode::read_only, Mode::write_only})};
}

Envelope envelope()
{
    using enum Envelope;
    const Envelope others[] = {longer, constant, unmapped, shorter, dirty, huge, bad_flag, bad_pad};
    return below(5) == 4 ? pick(others) : plain;
}

// A number of events: mostly small, or one of those where something ends.
__u64 number(const Model &model, unsigned int queue)
{
    const __u64 counter = model.at(queue).counter, room = WAITQ_COUNTER_MAX - counter;
    const __u64 small[] = {1, 1, 1, 2, 2, 3, 4};
    const __u64 edge[] = {counter,  counter + 1, counter,           room,
                          room + 1, 0,           WAITQ_COUNTER_MAX, ~0ULL};
    return below(6) < 5 ? pick(small) : pick(edge);
}
__u64 possible_number(const Model &model, unsigned int queue)
{
    return std::clamp<__u64>(number(model, queue), 1, WAITQ_COUNTER_MAX);
}

__u64 threshold(const Model &model, unsigned int queue, bool sleeps)
{
    return sleeps ? possible_number(model, queue) : number(model, queue);
}

__u32 taking()
{
    return pick({0U, 0U + WAITQ_CONSUME, 0U + WAITQ_EXCLUSIVE, WAITQ_EXCLUSIVE | WAITQ_CONSUME});
}
__u32 nr()
{
    return pick({0U, 1U, 1U, 2U, 3U, ~0U});
}
Time time(bool sleeps)
{
    return sleeps ? pick({Time::none, Time::none, Time::hour})
                  : pick({Time::zero, Time::zero, Time::past});
}

// ---- kinds of calls ----

Call post(const Model &model, bool)
{
    const On on = writer();
    return Post{on, number(model, on.queue)};
}
Call take(const Model &model, bool sleeps)
{
    const On on = reader(sleeps);
    return Take{on, threshold(model, on.queue, sleeps)};
}
Call wake(const Model &model, bool)
{
    const On on = writer();
    return Wake{on, envelope(), below(3) ? number(model, on.queue) : 0, nr(),
                pick({0U, 0U + WAITQ_SYNC})};
}
Wait wait_of(const Model &model, bool sleeps)
{
    const On on = reader(sleeps);
    const __u32 unknown = WAITQ_STATE_IDLE + 1;
    return {on,
            sleeps ? Envelope::plain : envelope(),
            threshold(model, on.queue, sleeps),
            taking(),
            sleeps ? pick({0U, 0U, 0U, 1U, 2U, 3U})
                   : pick({0U, 0U, 0U, 0U, 0U, 1U, 2U, 3U, unknown}),
            time(sleeps)};
}
Call wait(const Model &model, bool sleeps)
{
    return wait_of(model, sleeps);
}
Call signal_wait(const Model &model, bool sleeps)
{
    const Wait what = wait_of(model, sleeps);
    const On to = writer();
    return SignalWait{what, to, number(model, to.queue)};
}
Call many(const Model &model, bool sleeps)
{
    Many many{either(),    sleeps ? Envelope::plain : envelope(), below(2) != 0, below(3) == 2, {},
              time(sleeps)};
    const std::size_t count = pick({1U, 2U, 2U, 2U, 2U, 3U, 3U, sleeps ? 3U : 0U});
    unsigned int queue = test::model::queue();
    for (std::size_t i = 0; i < count; ++i) {
        Item item{reader(sleeps), 0, taking()};
        // Mostly different queues: of one, WAIT_ALL is refused.
        if ((sleeps && many.all) || below(8) != 7)
            item.on.queue = queue++ % queues;
        item.threshold = threshold(model, item.on.queue, sleeps);
        many.items.push_back(item);
    }
    return many;
}

std::size_t size(const Model &model)
{
    const std::size_t atomic = model.atomic_write();
    return pick<std::size_t>({1, 2, 5, 16, 17, 30, 5, 17, atomic / 2, atomic - 1, atomic,
                              atomic + 1, model.capacity(), model.capacity() + 9, 0});
}
bool good()
{
    return below(6) != 5;
}
// To a queue in which a task sleeps in a call of that kind, mostly.
template <class Kind>
void join(const Model &model, On &on)
{
    for (unsigned int slot = 0; slot < slots; ++slot)
        if (const Sleeper *sleeper = model.sleeper(slot))
            if (const auto *call = std::get_if<Kind>(&sleeper->call); call && below(4))
                on.queue = call->on.queue;
}
template <class Kind>
bool any_sleeps(const Model &model)
{
    for (unsigned int slot = 0; slot < slots; ++slot)
        if (const Sleeper *sleeper = model.sleeper(slot))
            if (std::holds_alternative<Kind>(sleeper->call))
                return true;
    return false;
}
Call read(const Model &model, bool sleeps)
{
    On on = reader(sleeps);
    // Mostly where there are bytes, if it is not to sleep.
    for (unsigned int other = 0; other < queues && !sleeps && below(4); ++other)
        if (!model.at(other).bytes.empty())
            on.queue = other;
    // Those that sleep stand in line; the others make room for writers.
    sleeps ? join<Read>(model, on) : join<Write>(model, on);
    return Read{on, size(model), good()};
}
Call write(const Model &model, bool sleeps)
{
    On on = writer();
    sleeps ? join<Write>(model, on) : join<Read>(model, on);
    std::string text(size(model), ' ');
    // Two writes next to each other differ.
    std::size_t letter = below(26);
    for (char &byte : text)
        byte = static_cast<char>('A' + letter++ % 26);
    return Write{on, text, good()};
}

Call event_read(const Model &, bool)
{
    return EventRead{queue(), pick<std::size_t>({8, 8, 8, 8, 16, 7}), good()};
}
Call event_write(const Model &model, bool)
{
    const unsigned int on = queue();
    return EventWrite{on, pick<std::size_t>({8, 8, 8, 8, 16, 7}), good(), number(model, on)};
}
Call full_event_write(const Model &model, bool)
{
    EventWrite write = std::get<EventWrite>(event_write(model, true));
    write.n = std::clamp<__u64>(WAITQ_COUNTER_MAX - model.at(write.queue).counter + 1, 1,
                                WAITQ_COUNTER_MAX);
    return write;
}
Call poll(const Model &, bool)
{
    const On on = either();
    return Poll{on, pick<short>({POLLMSG, POLLIN, POLLOUT, POLLIN | POLLMSG, POLLOUT | POLLMSG})};
}

Call timer(const Model &model, bool)
{
    const On on = writer();
    const bool cancel = below(4) == 3, soon = below(2) == 0;
    return Timer{on,  envelope(), cancel, soon, below(3) == 2 ? 3U : 1U, number(model, on.queue),
                 nr()};
}
Call ask(const Model &, bool)
{
    const On on = either();
    return Ask{on, pick({Question::info, Question::waiters, Question::eventfd}), envelope()};
}

// The page is mapped if it is not, and then used more often than unmapped.
Call page(const Model &model, bool)
{
    const unsigned int on = queue();
    if (!model.at(on).mapped)
        return Map{on, true};
    switch (below(7)) {
    case 6:
        return Map{on, false};
    case 5:
    case 4:
        return TakeInPage{on, possible_number(model, on)};
    default:
        return PostInPage{on, possible_number(model, on)};
    }
}

using Kind = Call (*)(const Model &, bool sleeps);

Call of(std::initializer_list<Kind> kinds, const Model &model, bool sleeps)
{
    return (*(kinds.begin() + below(kinds.size())))(model, sleeps);
}

} // namespace

Call any_call(const Model &model)
{
    // Where a task waits for bytes or room, a third of the calls brings that.
    if (any_sleeps<Read>(model) && below(3) == 2)
        return write(model, false);
    if (any_sleeps<Write>(model) && below(3) == 2)
        return read(model, false);
    return of({post, post, take, wake, wake, wait, signal_wait, many, many, read, read, write,
               write, event_read, event_write, timer, ask, page, page},
              model, false);
}

Call any_sleep(const Model &model)
{
    // Tasks in a line behind each other are rare otherwise.
    if (any_sleeps<Read>(model) && below(2))
        return read(model, true);
    if (any_sleeps<Write>(model) && below(2))
        return write(model, true);
    return of({take, wait, wait, wait, signal_wait, many, many, many, read, read, write, write,
               event_read, event_read, full_event_write, poll},
              model, true);
}

unsigned int any_sleeper(const Model &model)
{
    std::vector<unsigned int> found;
    for (unsigned int slot = 0; slot < slots; ++slot)
        if (model.sleeps(slot))
            found.push_back(slot);
    return found.empty() ? slots : found.at(below(found.size()));
}

} // namespace waitq::test::model
