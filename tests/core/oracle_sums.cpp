// SPDX-License-Identifier: GPL-2.0
// oracle_sums.cpp - what must be true at the end of every execution: nothing was lost, nothing
// came from nowhere, nothing is left behind.
#include "../sim/objects.hpp"
#include "device_scenario.hpp"
#include <device/file.hpp>

#include <algorithm>

namespace core {

using sim::Machine;
using sim::refuse;

namespace {

const Act *timer_act(const Row &row)
{
    for (const Actor &actor : row.actors)
        for (const Act &act : actor.acts)
            if (act.op == Op::set_timer && !(act.flags & WAITQ_TIMER_CANCEL))
                return &act;
    return nullptr;
}

// How often all timers may fire; 0: without end.
unsigned long long most_firings(const Row &row)
{
    unsigned long long sum = 0;
    for (const Actor &actor : row.actors)
        for (const Act &act : actor.acts) {
            if (act.op != Op::set_timer || (act.flags & WAITQ_TIMER_CANCEL))
                continue;
            if (act.count == 0)
                return 0;
            sum += act.count;
        }
    return sum;
}

bool any_act(const Row &row, bool (*is)(const Act &))
{
    return std::ranges::any_of(
        row.actors, [&](const Actor &actor) { return std::ranges::any_of(actor.acts, is); });
}

bool streams(const Act &act)
{
    return act.op == Op::read || act.op == Op::write || act.op == Op::sigio_read ||
           act.op == Op::sigio_write;
}

bool empty(waitq::WaitQueue &queue)
{
    const sim::WaitHead &head = sim::inside(queue.native());
    return head.list.next == &head.list;
}

} // namespace

// ---- the sums ----

// What was read is what was written, each writer's bytes in order; and an atomic write in one
// piece, where one reader saw them all.
void DeviceScenario::check_bytes() const
{
    if (!any_act(row_, streams))
        return;
    if (loaded_ && sums_.written != sums_.read + queue_->ring.size())
        refuse("%llu bytes were written; %llu read and %u held make another sum", sums_.written,
               sums_.read, queue_->ring.size());
    unsigned int readers = 0;
    const Player *reader = nullptr;
    for (unsigned int i = 0; i < player_count_; ++i) {
        const Player &player = players_[i];
        readers += player.byte_count != 0;
        if (player.byte_count)
            reader = &player;
        std::array<int, 8> last{-1, -1, -1, -1, -1, -1, -1, -1};
        for (unsigned int n = 0; n < player.byte_count; ++n) {
            const unsigned int writer = player.buffer[n] >> 5;
            const int number = player.buffer[n] & 31;
            const unsigned int written = writer == 7              ? row_.bytes
                                         : writer < player_count_ ? players_[writer].written
                                                                  : 0;
            if (number <= last[writer])
                refuse("%s reads byte %d of writer %u after byte %d", player.task->name, number,
                       writer, last[writer]);
            if (static_cast<unsigned int>(number) >= written)
                refuse("%s reads a byte that nobody wrote", player.task->name);
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

void DeviceScenario::check_sums() const
{
    const waitq_queue &queue = *queue_;
    unsigned long long posted = sums_.posted;
    if (const Act *act = timer_act(row_); act && row_.timer_firings) {
        unsigned long long fired = 0;
        for (unsigned int i = 0; i < row_.timers; ++i)
            fired +=
                row_.timer_firings -
                reinterpret_cast<const sim::HrTimer *>(&files_[i].file.device->timer)->firings_left;
        if (const unsigned long long most = most_firings(row_); most && fired > most)
            refuse("the timers fired %llu times, asked for %llu", fired, most);
        posted += act->n * fired;
    }
    if (queue.lent != 0)
        refuse("%llu events are lent for ever", static_cast<unsigned long long>(queue.lent));
    if (queue.counter + sums_.consumed != posted)
        refuse("%llu events were posted; %llu taken and %llu left make another sum", posted,
               sums_.consumed, static_cast<unsigned long long>(queue.counter));
    if (queue.reading || queue.writing)
        refuse("an end of the stream is taken, and nobody has it");
    if (queue.holding_on || queue.mortal_waiting)
        refuse("waiters are counted in the window or the mortal queue, and nobody waits");
    for (auto *head :
         {&queue_->readers, &queue_->writers, &queue_->room, &queue_->events, &queue_->locked}) {
        if (head->waiting[0] || head->waiting[1])
            refuse("%u waiters are counted, and nobody waits", head->waiting[0] + head->waiting[1]);
        if (!empty(head->queue))
            refuse("an entry is left in a wait queue");
    }
    if (!empty(queue_->pollers))
        refuse("an entry is left in the pollers' queue");

    unsigned long long woken = sim::current().tasks_woken;
    for (unsigned int i = 0; i < Machine::get().threads(); ++i)
        woken += Machine::get().thread(i).tasks_woken;
    if (queue.totals.woken != woken && !row_.window)
        refuse("the figures count %llu tasks woken; there were %llu",
               static_cast<unsigned long long>(queue.totals.woken), woken);
    if (sums_.faults || any_act(row_, streams))
        return;
    if (queue.totals.timeouts != sums_.timeouts || queue.totals.signals != sums_.signals ||
        queue.totals.spurious != sums_.spurious)
        refuse("the figures count %llu timeouts, %llu signals, %llu wake-ups in vain; there were "
               "%llu, %llu, %llu",
               static_cast<unsigned long long>(queue.totals.timeouts),
               static_cast<unsigned long long>(queue.totals.signals),
               static_cast<unsigned long long>(queue.totals.spurious), sums_.timeouts,
               sums_.signals, sums_.spurious);
}

} // namespace core
