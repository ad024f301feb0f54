// SPDX-License-Identifier: GPL-2.0
// device_sums.cpp - what must be true at the end of every execution: nothing was lost, nothing
// came from nowhere, nothing is left behind.
#include "../sim/timer.hpp"
#include "device_scenario.hpp"
#include <device/file.hpp>

#include <algorithm>

namespace core {

using sim::refuse;

namespace {

bool any_act(const Row &row, bool (*is)(const Row &row, const Act &))
{
    return std::ranges::any_of(row.actors, [&](const Actor &actor) {
        return std::ranges::any_of(actor.acts, [&](const Act &act) { return is(row, act); });
    });
}

bool streams(const Row &row, const Act &act)
{
    return ((act.op == Op::read || act.op == Op::write) && act.file < row.files) ||
           act.op == Op::sigio_read || act.op == Op::sigio_write;
}

bool sets_timer(const Act &act)
{
    return act.op == Op::set_timer && !(act.flags & WAITQ_CANCEL);
}

} // namespace

// ---- bytes ----

// What was read is what was written, each writer's bytes in order; and an atomic write in one
// piece, where one reader saw them all.
void DeviceScenario::check_bytes() const
{
    if (!any_act(row_, streams))
        return;
    if (loaded_ && written_ != read_ + queue_->stream.ring.size())
        refuse("%llu bytes were written; %llu read and %u held make another sum", written_, read_,
               queue_->stream.ring.size());
    unsigned int readers = 0;
    const Io *reader = nullptr;
    for (unsigned int i = 0; i < player_count_; ++i) {
        const Io &mine = io_[i];
        const char *name = players_[i].task->name;
        readers += mine.byte_count != 0;
        if (mine.byte_count)
            reader = &mine;
        std::array<int, 8> last{-1, -1, -1, -1, -1, -1, -1, -1};
        for (unsigned int n = 0; n < mine.byte_count; ++n) {
            const unsigned int writer = mine.buffer[n] >> 5;
            const int number = mine.buffer[n] & 31;
            const unsigned int written = writer == 7              ? row_.bytes
                                         : writer < player_count_ ? io_[writer].written
                                                                  : 0;
            if (number <= last[writer])
                refuse("%s reads byte %d of writer %u after byte %d", name, number, writer,
                       last[writer]);
            if (static_cast<unsigned int>(number) >= written)
                refuse("%s reads a byte that no task wrote", name);
            last[writer] = number;
        }
    }
    if (readers != 1)
        return;
    for (unsigned int n = 1; n < reader->byte_count; ++n) {
        const unsigned char before = reader->buffer[n - 1], now = reader->buffer[n];
        const unsigned int writer = now >> 5;
        // Not the first of its write, so its predecessor comes right before it.
        if (writer < player_count_ && !first_of_a_write(players_[writer], now & 31) &&
            before != now - 1 && atomic_writer(players_[writer]))
            refuse("bytes of others stand within an atomic write");
    }
}

// The writes of one actor follow each other, so a byte's number tells which write it was of.
bool DeviceScenario::first_of_a_write(const Player &player, unsigned int number)
{
    unsigned int begin = 0;
    for (const Act &act : player.actor->acts) {
        if (act.op != Op::write && act.op != Op::sigio_write)
            continue;
        if (begin == number)
            return true;
        begin += static_cast<unsigned int>(act.size);
    }
    return false;
}

bool DeviceScenario::atomic_writer(const Player &player) const
{
    return std::ranges::none_of(player.actor->acts, [&](const Act &act) {
        return act.op == Op::write && (act.size > row_.capacity || act.good < act.size);
    });
}

// ---- timers ----

// No firing came before its time.
void DeviceScenario::check_fired(const OpenFile &file, unsigned long long fired) const
{
    if (timers_shared_ || firings_unknown_ || !fired)
        return;
    if (!file.armed)
        refuse("a timer fired that was not armed");
    const long long last_ns =
        file.due_ns + static_cast<long long>(fired - 1) * file.armed->period_ns;
    if (sim::clock_ns() < last_ns)
        refuse("a timer has fired %llu times, %lld ns too early", fired, last_ns - sim::clock_ns());
}

// The timer of the file was set just now: the hrtimer comes in time for it.
void DeviceScenario::check_programmed(const OpenFile &file) const
{
    const sim::TimerState timer = sim::timer_state();
    const bool never_fired = timer.firings_left == row_.timer_firings && row_.timer_firings != 0;
    if (!file.armed || !never_fired || timers_shared_)
        return;
    const long long due_ns = sim::clock_ns() + file.armed->ns; // at the latest
    if (!timer.armed || timer.expiry_ns > due_ns)
        refuse("a timer is set, and the hrtimer comes too late for it");
}

// At rest: while a timer has firings to come, the hrtimer is armed.
void DeviceScenario::check_timers_go_on() const
{
    unsigned long long to_come = 0, each = 0;
    bool endless = false;
    for (const OpenFile &file : files_)
        if (file.open && file.armed) {
            to_come += file.armed->count;
            endless |= file.armed->count == 0;
            each = file.armed->n;
        }
    if (timers_shared_ || firings_unknown_ || !each || all_that_is_posted() >= 1e19)
        return;
    const unsigned long long by_timers = counter() + sums_.consumed - sums_.posted;
    if ((endless || by_timers / each - fired_ < to_come) && !sim::timer_will_fire())
        refuse("a timer is armed, and the hrtimer is not");
}

// ---- events ----

// What was posted was taken once or is left.
void DeviceScenario::check_events()
{
    const unsigned long long counter = this->counter(), by_calls = sums_.posted;
    unsigned long long each = 0, most = 0;
    bool endless = false;
    long long first_ns = 0;
    for (const Actor &actor : row_.actors)
        for (const Act &act : actor.acts)
            if (sets_timer(act)) {
                each = act.n;
                most += act.count;
                endless |= act.count == 0;
                first_ns = first_ns ? std::min(first_ns, act.ns) : act.ns;
            }
    for (unsigned int i = 0; each && i < row_.files; ++i) {
        waitq_timer request{sizeof request, WAITQ_CANCEL, 0, 0, 0, 0, 0, 0, 0};
        if (!files_[i].open)
            continue;
        if (const long error = ioctl(i, WAITQ_NR_TIMER, &request))
            refuse("a timer can't be cancelled: %ld", error);
        fired_ += request.fired;
        check_fired(files_[i], request.fired);
    }
    const unsigned long long by_timers = counter + sums_.consumed - by_calls;
    if (firings_unknown_ && each) {
        fired_ = by_timers / each;
        if (by_timers % each)
            refuse("%llu events came from a timer that posts %llu", by_timers, each);
    }
    if (fired_ > most && !endless)
        refuse("the timers fired %llu times, asked for %llu", fired_, most);
    // A post that would overflow is left out.
    const bool left_out =
        all_that_is_posted() >= 1e19 && each && by_timers % each == 0 && by_timers < each * fired_;
    if (by_timers != each * fired_ && !left_out)
        refuse("%llu events were posted, and %llu by timers; %llu taken and %llu left make another "
               "sum",
               by_calls, each * fired_, sums_.consumed, counter);
}

void DeviceScenario::check_empty() const
{
    waitq::Events &events = queue_->events;
    waitq::Stream &stream = queue_->stream;
    if (stream.reading || stream.writing)
        refuse("an end of the stream is taken, and no task has it");
    if (events.waiting[0] || events.waiting[1] || events.want_room || stream.waiting_readers ||
        stream.waiting_writers)
        refuse("waiters are counted, and no task waits");
    for (waitq::WaitQueue *head : std::initializer_list<waitq::WaitQueue *>{
             &events.queue, &events.room, &events.pollers, &stream.readers, &stream.writers,
             &stream.room, &queue_->pollers})
        if (!is_empty(head->native()))
            refuse("an entry is left in \"%s\"", sim::inside(head->native()).lock.name);
}

void DeviceScenario::check_figures() const
{
    const waitq::Totals &events = queue_->events.totals;
    const unsigned long long woken = all_woken();
    unsigned long long counted = events.woken;
    for (waitq::CountedQueue *head : std::initializer_list<waitq::CountedQueue *>{
             &queue_->stream.readers, &queue_->stream.writers, &queue_->stream.room})
        counted += head->woken().tasks;
    if (row_.event_files == 0 && counted != woken)
        refuse("the figures count %llu tasks woken; there were %llu", counted, woken);
    // No timer woke more than it was asked for.
    unsigned long long most = 0;
    bool all = row_.event_files != 0;
    for (const Actor &actor : row_.actors)
        for (const Act &act : actor.acts)
            if (sets_timer(act)) {
                most = std::max<unsigned long long>(most, act.nr);
                all |= act.nr == 0;
            }
    if (row_.timer_firings && !all && exclusive_woken_elsewhere() > most * fired_)
        refuse("the timers fired %llu times, for %llu exclusive waiters each, and woke %llu",
               fired_, most, exclusive_woken_elsewhere());
    if (sums_.faults || any_act(row_, streams))
        return;
    if (events.timeouts != sums_.timeouts || events.interrupted != sums_.signals)
        refuse("the figures count %llu timeouts and %llu interrupted; there were %llu and %llu",
               static_cast<unsigned long long>(events.timeouts),
               static_cast<unsigned long long>(events.interrupted), sums_.timeouts, sums_.signals);
}

} // namespace core
