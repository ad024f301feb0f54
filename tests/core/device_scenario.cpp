// SPDX-License-Identifier: GPL-2.0
// device_scenario.cpp - what a row begins with, and its end.
#include "device_scenario.hpp"

#include "../sim/context.hpp"
#include "../sim/memory.hpp"
#include "../sim/poll.hpp"
#include "../sim/timer.hpp"
#include "statics.hpp"
#include <device/file.hpp>

namespace core {

using sim::Machine;
using sim::refuse;

// ---- the begin ----

void DeviceScenario::create()
{
    if (row_.timer_firings)
        sim::next_timer_fires("timer", row_.timer_firings);
    sim::interrupts_take(row_.interrupt_takes);
    forget_statics();
    waitq_core_init();
    queue_ = waitq_queue_create(row_.capacity);
    if (row_.failing_alloc && !queue_) // refused, and nothing is left behind: again, with memory
        queue_ = waitq_queue_create(row_.capacity);
    if (!queue_)
        refuse("a queue can't be made though there is memory");
    loaded_ = true;
    files_ = {};
    io_ = {};
    written_ = read_ = fired_ = 0;
    firings_unknown_ = false;
    exclusive_woken_then_ = {};
    timers_shared_ = false;
    std::array<const Actor *, max_files> setters{};
    for (const Actor &actor : row_.actors)
        for (const Act &act : actor.acts)
            if (act.op == Op::set_timer) {
                const Actor *&setter = setters.at(act.file);
                timers_shared_ |= setter && setter != &actor;
                setter = &actor;
            }
    posters_ = row_.timer_firings != 0;
    for (const Actor &actor : row_.actors)
        for (const Act &act : actor.acts)
            if (act.op == Op::wake || act.posts ||
                (act.op == Op::write && act.file >= row_.files)) {
                ++posters_;
                break;
            }
}

void DeviceScenario::prepare()
{
    open_files();
    if (row_.timer_firings)
        sim::spawn_worker();
    queue_->events.counter = sums_.posted = row_.counter;
    for (unsigned int i = 0; i < row_.bytes; ++i) {
        auto byte = static_cast<unsigned char>(7U << 5 | (i & 31));
        sim::UserBytes from(&byte, 1);
        written_ += static_cast<unsigned long long>(
            waitq_write(files_[0].file.device, &from, WAITQ_NONBLOCK));
    }
    name_things();
    if (!row_.mapped)
        return;
    if (!waitq_page(files_[0].file.device))
        refuse("there is memory, and no page");
    waitq_page_mapped(files_[0].file.device);
    Machine::get().name(queue_->events.page.counter, 8, "page");
}

// Each file that an actor uses has a descriptor of its own for it.
void DeviceScenario::open_files()
{
    for (unsigned int i = 0; i < row_.files + row_.event_files; ++i) {
        OpenFile &file = files_.at(i);
        if (i < row_.files) {
            const waitq_opener opener{i % row_.users, true, true};
            file.file.device = waitq_open(queue_, &opener);
            sim::open_as(i, file.file.device);
        } else {
            waitq_eventfd request{sizeof request, 0};
            const long number = ioctl(0, WAITQ_NR_EVENTFD, &request);
            if (number < 0)
                refuse("no EVENTFD: %ld", number);
            file.file.eventfd = sim::eventfd(static_cast<int>(number)).queue;
        }
        file.open = true;
        for (const Actor &actor : row_.actors) {
            bool uses = false;
            for (const Act &act : actor.acts)
                uses |= act.file == i && act.op != Op::unload && act.op != Op::signal;
            file.users += uses;
        }
    }
}

void DeviceScenario::name_things()
{
    Machine &machine = Machine::get();
    // Statistics: only ever added to, and looked at by the info call alone.
    bool looked_at = false;
    for (const Actor &actor : row_.actors)
        for (const Act &act : actor.acts)
            looked_at |= act.op == Op::info;
    waitq::Stream &stream = queue_->stream;
    if (!looked_at) {
        machine.additions_only(&queue_->events.totals, sizeof queue_->events.totals);
        machine.additions_only(&stream.totals, sizeof stream.totals);
        machine.additions_only(&stream.waiting_readers, sizeof stream.waiting_readers);
        machine.additions_only(&stream.waiting_writers, sizeof stream.waiting_writers);
    }
    machine.name(&queue_->events.counter, 8, "counter");
    machine.name(&stream.reading, 1, "reading");
    machine.name(&stream.writing, 1, "writing");
    machine.name(&stream.sigio_in_pending, 1, "sigio_in_pending");
    machine.name(&stream.sigio_out_pending, 1, "sigio_out_pending");
    // The ring's counts are its own: by their place in it.
    const auto *ring = reinterpret_cast<const unsigned char *>(&stream.ring);
    machine.name(ring + sizeof(void *) + 4, 4, "bytes put in");
    machine.name(ring + sizeof(void *) + 8, 4, "bytes taken out");
}

// ---- the actors ----

void DeviceScenario::perform(Player &player, const Act &act)
{
    if (act.op == Op::close)
        return do_close(player, act);
    if (act.op == Op::unload)
        return do_unload(player);
    begin(player, act);
    const bool of_events = file_of(act).file.eventfd;
    switch (act.op) {
    case Op::wait:
        return end(player, "wait", do_wait(player, act));
    case Op::wake:
        return end(player, "wake", do_wake(player, act));
    case Op::info:
        return end(player, "info", do_info(player, act));
    case Op::list:
        return end(player, "list", do_list(player, act));
    case Op::set_timer:
        return end(player, "the timer call", do_timer(player, act));
    case Op::open_event:
        return end(player, "the eventfd call", do_open_event(player, act));
    case Op::read:
        return end(player, "read", of_events ? do_take(player, act) : do_read(player, act));
    case Op::write:
        return end(player, "write", of_events ? do_add(player, act) : do_write(player, act));
    case Op::sigio_read:
        return end(player, "read", do_sigio(player, act, true));
    case Op::sigio_write:
        return end(player, "write", do_sigio(player, act, false));
    case Op::sigio_event:
        return end(player, "the look", do_sigio_event(player, act));
    case Op::poll:
        return end(player, "poll", polled(player, act, sim::poll(file_of(act).file, act.mask)));
    case Op::epoll: {
        sim::Epoll &epoll = io(player).epoll;
        epoll.add(file_of(act).file, act.mask, act.exclusive);
        const unsigned int events = epoll.wait();
        epoll.remove();
        return end(player, "epoll_wait", polled(player, act, events));
    }
    default:
        refuse("%s is asked for what the device does not do", player.task->name);
    }
}

// What poll or epoll says was ready at some time since it began.
unsigned int DeviceScenario::polled(Player &player, const Act &act, unsigned int events)
{
    Io &mine = io(player);
    mine.ready_once |= ready(act);
    if (events & act.mask & ~mine.ready_once)
        refuse("%s is told of %#x, and only %#x was ready", player.task->name, events,
               mine.ready_once);
    mine.polled = events != 0;
    mine.ready_once = 0;
    return events;
}

// ---- files and the module ----

void DeviceScenario::release(OpenFile &file)
{
    if (file.file.device) {
        // A mapping keeps its file open.
        if (row_.mapped && &file == files_.data()) {
            waitq_page_unmapped(file.file.device);
            if (queue_->events.page.lent)
                refuse("the last mapping has gone, and the counter is in the page");
        }
        waitq_release(file.file.device);
    }
    file.file.device = nullptr;
    file.file.eventfd = nullptr;
}

// The last user, be it a descriptor or a call under way, releases the file.
void DeviceScenario::put(OpenFile &file)
{
    sim::point();
    sim::touch(&file.users, sim::Access::write);
    sim::acquire_from(&file.users);
    sim::release_to(&file.users);
    if (--file.users != 0)
        return;
    firings_unknown_ |= file.file.device && row_.timer_firings;
    release(file);
    sim::point();
    sim::touch(&files_, sim::Access::write);
    file.open = false;
    sim::tell("the file is released");
}

void DeviceScenario::do_close(Player &player, const Act &act)
{
    begin(player, act);
    sim::tell("closes its descriptor");
    put(file_of(act));
    end(player, "close", 0);
}

bool DeviceScenario::no_file_open(const void *scenario)
{
    const auto &self = *static_cast<const DeviceScenario *>(scenario);
    for (const OpenFile &file : self.files_)
        if (file.open)
            return false;
    return true;
}

void DeviceScenario::do_unload(Player &player)
{
    static const Act unload = plain(Op::unload);
    begin(player, unload);
    sim::point_when(no_file_open, this, &files_);
    sim::touch(&files_, sim::Access::write);
    sim::tell("no file is open: unloads");
    waitq_queue_destroy(queue_);
    waitq_core_exit();
    sim::timers_must_be_idle();
    loaded_ = false;
    end(player, "rmmod", 0);
}

// ---- the end ----

void DeviceScenario::set_free(Player &player)
{
    const Act *act = player.call.act;
    const EventClaim claim = claim_of(row_, act);
    if (claim.waits && !(claim.state & (sim::TASK_INTERRUPTIBLE | sim::TASK_WAKEKILL))) {
        // Nothing but its condition frees it.
        waitq_wake request{sizeof request, 0, 0, 0, claim.threshold};
        if (ioctl(0, WAITQ_NR_WAKE, &request) >= 0)
            sums_.posted += request.post;
    }
    if (act && act->op == Op::epoll)
        io(player).epoll.interrupt();
    for (OpenFile &file : files_)
        if (file.file.owner == player.task)
            for (unsigned int &count : file.file.sigio)
                ++count;
}

void DeviceScenario::tear_down()
{
    check_bytes();
    if (loaded_) {
        check_events();
        check_empty();
        check_figures();
    }
    for (OpenFile &file : files_)
        if (file.open)
            release(file);
    if (loaded_) {
        waitq_queue_destroy(queue_);
        waitq_core_exit();
        sim::timers_must_be_idle();
    }
}

std::string DeviceScenario::outcome() const
{
    std::string text = RowScenario::outcome();
    for (unsigned int i = 0; i < player_count_; ++i)
        for (unsigned int n = 0; n < io_.at(i).byte_count; ++n)
            text += '.' + std::to_string(io_.at(i).buffer.at(n));
    return text;
}

} // namespace core
