// SPDX-License-Identifier: GPL-2.0
// device.cpp - the files and tasks. The calls are in perform.cpp.
#include "device.hpp"

#include "../support/polling.hpp"

#include <algorithm>
#include <sys/mman.h>

namespace waitq::test::model {

Device::Opened::Opened(unsigned int queue)
    : number(queue), now{File(O_RDWR | O_NONBLOCK, queue), File(O_RDONLY | O_NONBLOCK, queue),
                         File(O_WRONLY | O_NONBLOCK, queue)},
      blocking{File(O_RDWR, queue), File(O_RDONLY, queue), File(O_WRONLY, queue)},
      events_now(open_eventfd(now[0], O_NONBLOCK)), events(open_eventfd(now[0]))
{
    // What the sequence before has left.
    take(now[0], info(now[0]).counter);
    while (!read_text(now[0]).empty())
        ;
    before = info(now[0]);
}

Device::Opened::~Opened()
{
    if (page)
        munmap(page, EdgeOfMemory::size);
}

Device::Device() = default;

Device::~Device()
{
    const auto have_returned = [&] {
        return std::ranges::all_of(tasks_,
                                   [](const auto &task) { return !task || task->caller->done(); });
    };
    for (const auto &task : tasks_)
        if (task && !task->caller->done())
            task->caller->signal();
    rescue(have_returned);
}

bool Device::is_fresh() const
{
    return std::ranges::all_of(opened_, [](const Opened &queue) {
        const waitq_info &figures = queue.before;
        return figures.size != 0 && figures.counter == 0 && figures.bytes == 0 &&
               figures.readers == 0 && figures.writers == 0 && waiters(queue.now[0]).empty();
    });
}

const File &Device::file(On on, bool blocks) const
{
    const Opened &queue = opened_.at(on.queue);
    return (blocks ? queue.blocking : queue.now).at(static_cast<std::size_t>(on.mode));
}

void Device::start(unsigned int slot, const Call &call)
{
    auto &task = tasks_.at(slot);
    task = std::make_unique<Task>();
    task->caller = std::make_unique<Caller>([this, call, &out = task->out] {
        Came came = perform(call, true);
        out = std::move(came.out);
        return came.value;
    });
}

bool Device::sleeps(unsigned int slot) const
{
    const char state = state_of(tasks_.at(slot)->caller->tid());
    return state == 'S' || state == 'D' || state == 'I';
}

Came Device::result(unsigned int slot)
{
    const std::unique_ptr<Task> task = std::move(tasks_.at(slot));
    const long value = task->caller->result();
    return {value, task->out};
}

std::string Device::take_bytes(unsigned int queue) const
{
    return read_text(opened_.at(queue).now[0], WAITQ_CAPACITY_MAX);
}

Look Device::look(unsigned int queue) const
{
    const Opened &here = opened_.at(queue);
    Look look{};
    // First: INFO is a call, which may put the counter into the page.
    if (here.page) {
        const __u64 word = std::atomic_ref(*here.page).load();
        look.word = word == WAITQ_PAGE_TAKEN ? "taken" : std::to_string(word);
    }
    const waitq_info figures = info(here.now[0]);
    look.counter = figures.counter;
    look.bytes = figures.bytes;
    look.readers = figures.readers;
    look.writers = figures.writers;
    look.waiters = figures.event_waiters;
    look.exclusive = figures.event_waiters_exclusive;
    look.timeouts = figures.timeouts - here.before.timeouts;
    look.interrupted = figures.interrupted - here.before.interrupted;
    for (unsigned int mode = 0; mode < modes; ++mode)
        look.ready[mode] = ready(here.now[mode]);
    look.event_ready = ready(here.events_now);
    for (const waitq_waiter &waiter : waiters(here.now[0], 16)) {
        // A writer has its turn only once there is room, so which of the two it is depends on what
        // was before.
        const auto place = waiter.place == WAITQ_PLACE_ROOM
                               ? WAITQ_PLACE_WRITERS
                               : static_cast<waitq_place>(waiter.place);
        look.entries += entry_text(place, waiter.flags & WAITQ_WAITER_EXCLUSIVE, waiter.threshold);
    }
    return look;
}

} // namespace waitq::test::model
