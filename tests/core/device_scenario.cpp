// SPDX-License-Identifier: GPL-2.0
#include "device_scenario.hpp"

#include "../sim/context.hpp"

#include "../sim/memory.hpp"
#include "../sim/timer.hpp"
#include "../sim/wait.hpp"
#include <device/file.hpp>

#include <cstdio>
#include <cstring>

namespace core {

using sim::Context;
using sim::Machine;
using sim::refuse;

namespace {

// More would be data for the copies only.
unsigned char byte_of(unsigned int player, unsigned int number)
{
    return static_cast<unsigned char>(player << 5 | (number & 31));
}

} // namespace

DeviceScenario::DeviceScenario(const Row &row) : row_(row) {}

void DeviceScenario::set_up()
{
    Machine &machine = Machine::get();
    sums_ = {};
    sim::wait_version() = {};
    sim::wait_version().walk_break = row_.walk_break;
    sim::jiffies_run_ahead(row_.jiffies_ahead);
    waitq_core_init();
    sim::current().failing_alloc = row_.failing_alloc;
    queue_ = waitq_queue_create(row_.capacity);
    if (row_.failing_alloc && !queue_) // refused, and nothing is left behind: again, with memory
        queue_ = waitq_queue_create(row_.capacity);
    if (!queue_)
        refuse("a queue can't be made though there is memory");
    loaded_ = true;
    player_count_ = 0;
    files_ = {};
    for (const Actor &actor : row_.actors) {
        Player &player = players_.at(player_count_++);
        player.scenario = this;
        player.actor = &actor;
        player.call = {};
        player.result_count = player.byte_count = player.written = 0;
        player.polled = false;
        player.task = &machine.spawn(actor.name, Context::task, play, &player);
        player.task->privileged = actor.privileged;
    }
    for (unsigned int i = 0; i < row_.files; ++i) {
        OpenFile &file = files_.at(i);
        if (i < row_.timers && row_.timer_firings)
            sim::next_timer_fires(i == 0 ? "timer" : "timer 2", row_.timer_firings);
        file.file.device = waitq_open(queue_);
        file.open = true;
        file.firings = i < row_.timers ? row_.timer_firings : 0;
        for (const Actor &actor : row_.actors) {
            bool uses = false;
            for (const Act &act : actor.acts)
                uses |= act.file == i && act.op != Op::unload && act.op != Op::signal;
            file.users += uses; // its descriptor
        }
    }
    for (unsigned int i = 0; i < player_count_; ++i)
        for (const Act &act : players_.at(i).actor->acts)
            if (act.op == Op::wait && act.ns > 0 && !act.endless && !players_.at(i).task->has_tick)
                sim::spawn_tick(*players_.at(i).task);
    spawn_others();
    queue_->counter = sums_.posted = row_.counter;
    for (unsigned int i = 0; i < row_.bytes; ++i) {
        unsigned char byte = byte_of(7, i);
        iov_iter from{&byte, 1, 1};
        sums_.written +=
            static_cast<unsigned long long>(waitq_write(files_[0].file.device, &from, true));
    }

    // Statistics: only ever added to, and looked at by the info call alone.
    bool looked_at = false;
    for (const Actor &actor : row_.actors)
        for (const Act &act : actor.acts)
            looked_at |= act.op == Op::info;
    if (!looked_at) {
        machine.additions_only(&queue_->totals, sizeof queue_->totals);
        for (auto *head : {&queue_->readers, &queue_->writers, &queue_->room, &queue_->events})
            machine.additions_only(&head->waiting, sizeof head->waiting);
    }
    machine.name(&queue_->counter, 8, "counter");
    machine.name(&queue_->lent, 8, "lent");
    machine.name(&queue_->reading, 1, "reading");
    machine.name(&queue_->writing, 1, "writing");
    machine.name(&queue_->owes_in, 1, "owes_in");
    machine.name(&queue_->owes_out, 1, "owes_out");
    // The ring's counts are its own: by their place in it.
    const auto *ring = reinterpret_cast<const unsigned char *>(&queue_->ring);
    machine.name(ring + sizeof(void *) + 4, 4, "bytes put in");
    machine.name(ring + sizeof(void *) + 8, 4, "bytes taken out");
}

// Those who run the module's code for others: where a wake-up comes from elsewhere, and where an
// interrupt leaves one to a worker.
void DeviceScenario::spawn_others()
{
    bool interrupts = row_.timer_firings != 0, holds_head = false;
    unsigned int elsewhere = WAITQ_CONTEXT_PROCESS;
    for (const Actor &actor : row_.actors)
        for (const Act &act : actor.acts) {
            holds_head |= act.op == Op::wait && traits_of(act.kind).holds_head;
            if (act.op != Op::wake)
                continue;
            elsewhere = act.context ? act.context : elsewhere;
            if (act.kind == WAITQ_WAKE_UP_POLLFREE)
                sim::watch_rcu();
        }
    if (elsewhere != WAITQ_CONTEXT_PROCESS) {
        const bool thread = elsewhere == WAITQ_CONTEXT_WORK || elsewhere == WAITQ_CONTEXT_KTHREAD;
        sim::spawn_errand_runner(thread ? Context::worker : Context::interrupt);
        interrupts |= !thread;
    }
    if (interrupts && holds_head)
        sim::spawn_worker();
}

// ---- the actors ----

void DeviceScenario::play(void *argument)
{
    auto &player = *static_cast<Player *>(argument);
    for (const Act &act : player.actor->acts) {
        if (player.task->fatal_signal_pending)
            break;
        player.scenario->perform(player, act);
    }
    player.call = {};
}

void DeviceScenario::begin(Player &player, const Act &act)
{
    sim::point(); // a call begins when it likes
    player.call = {&act,
                   Machine::get().steps(),
                   0,
                   sim::clock_ns(),
                   player.task->tasks_woken,
                   player.task->exclusive_woken};
    player.task->resumed_at = 0;
    unsigned int failing = act.failing_copy;
    if (act.either_way && sim::choose(2) == 0)
        failing = 0;
    player.task->failing_copy = failing;
}

void DeviceScenario::end(Player &player, const char *what, long result)
{
    sim::tell("%s returns %ld", what, result);
    player.results.at(player.result_count++) = result;
    player.task->failing_copy = 0;
    player.call = {};
    sim::must_be_clean(what);
}

void DeviceScenario::perform(Player &player, const Act &act)
{
    switch (act.op) {
    case Op::none:
        return;
    case Op::wait:
        return end(player, traits_of(act.kind).name, do_wait(player, act));
    case Op::wake:
        return end(player, "wake", do_wake(player, act));
    case Op::info:
        return end(player, "info", do_info(player, act));
    case Op::list:
        return end(player, "list", do_list(player, act));
    case Op::set_timer:
        return end(player, "the timer call", do_timer(player, act));
    case Op::read:
        return end(player, "read", do_read(player, act));
    case Op::write:
        return end(player, "write", do_write(player, act));
    case Op::sigio_read:
    case Op::sigio_write:
        return end(player, act.op == Op::sigio_read ? "read" : "write",
                   do_sigio(player, act, act.op == Op::sigio_read));
    case Op::poll: {
        begin(player, act);
        const unsigned int events = sim::poll(files_.at(act.file).file, act.mask);
        player.polled = events != 0;
        return end(player, "poll", events);
    }
    case Op::epoll: {
        begin(player, act);
        player.epoll.add(files_.at(act.file).file, act.mask, act.exclusive);
        const unsigned int events = player.epoll.wait();
        player.polled = events != 0;
        player.epoll.remove();
        return end(player, "epoll_wait", events);
    }
    case Op::signal:
        ++sums_.signals_sent;
        sim::send_signal(*players_.at(act.target).task, act.fatal);
        return;
    case Op::close:
        return do_close(player, act);
    case Op::unload:
        begin(player, act);
        sim::point_when(no_file_open, this, &files_);
        sim::touch(&files_, sim::Access::write);
        sim::tell("no file is open: unloads");
        waitq_queue_destroy(queue_);
        loaded_ = false;
        return end(player, "rmmod", 0);
    }
}

long DeviceScenario::ioctl(const Act &act, unsigned int nr, void *argument, unsigned int size)
{
    const waitq_call call{WAITQ_IOC_MAGIC, KAPI_IOC_READ_WRITE, nr, size,
                          reinterpret_cast<unsigned long>(argument)};
    return waitq_ioctl(files_.at(act.file).file.device, &call);
}

long DeviceScenario::do_wait(Player &player, const Act &act)
{
    begin(player, act);
    waitq_wait request{};
    std::memset(&request, 0xa5, sizeof request);
    request.size = sizeof request;
    request.kind = act.kind;
    request.engine = WAITQ_ENGINE_CORE;
    request.flags = act.flags;
    request.state = act.state;
    request.pad = 0;
    request.callback = act.callback;
    request.key = act.key;
    request.threshold = act.n;
    request.timeout_ns = act.ns;
    sim::tell("calls %s%s%s, threshold %llu", traits_of(act.kind).name,
              act.flags & WAITQ_EXCLUSIVE ? ", exclusive" : "",
              act.flags & WAITQ_CONSUME ? ", to consume" : "", act.n);
    const long result = ioctl(act, WAITQ_NR_WAIT, &request, sizeof request);
    check_wait(player, act, request, result);
    return result;
}

long DeviceScenario::do_wake(Player &player, const Act &act)
{
    begin(player, act);
    waitq_wake request{sizeof request, act.kind, WAITQ_ENGINE_CORE,
                       act.context,    act.nr,   act.key,
                       act.n,          ~0ULL,    ~0ULL};
    sim::tell("posts %llu", act.n);
    const long result = ioctl(act, WAITQ_NR_WAKE, &request, sizeof request);
    check_wake(player, act, request, result);
    return result;
}

long DeviceScenario::do_timer(Player &player, const Act &act)
{
    begin(player, act);
    waitq_timer request{sizeof request, act.flags,     act.kind,  act.nr, act.key, 0,
                        act.ns,         act.period_ns, act.count, act.n,  ~0ULL};
    const long result = ioctl(act, WAITQ_NR_TIMER, &request, sizeof request);
    if (result == 0 && request.fired > files_.at(act.file).firings)
        refuse("the timer says that it fired %llu times, which is too often", request.fired);
    return result;
}

long DeviceScenario::do_list(Player &player, const Act &act)
{
    begin(player, act);
    waitq_kinds kinds{sizeof kinds, 0, 0, 0};
    if (ioctl(act, WAITQ_NR_KINDS, &kinds, sizeof kinds) != 0 || kinds.wait == 0)
        refuse("the kinds are not told");
    std::array<waitq_waiter, 2> list{};
    waitq_waiters request{sizeof request, list.size(), reinterpret_cast<__u64>(list.data()), 0};
    const long result = ioctl(act, WAITQ_NR_WAITERS, &request, sizeof request);
    // Who links itself again while it is looked at may be seen twice.
    if (result == 0 && (request.count > list.size() || request.count > request.linked ||
                        request.linked > 2ULL * player_count_))
        refuse("%u of %llu waiters are listed", request.count,
               static_cast<unsigned long long>(request.linked));
    for (unsigned int i = 0; result == 0 && i < request.count; ++i) {
        const waitq_waiter &waiter = list.at(i);
        const bool known = waiter.flags & WAITQ_WAITER_KNOWN;
        if (known && (waiter.kind >= wait_kind_count() || waiter.pid == 0))
            refuse("a waiter of kind %u and pid %u is listed", waiter.kind, waiter.pid);
    }
    return result;
}

long DeviceScenario::do_info(Player &player, const Act &act)
{
    begin(player, act);
    waitq_info info{};
    std::memset(&info, 0xa5, sizeof info);
    info.size = sizeof info;
    info.pad = 0;
    const long result = ioctl(act, WAITQ_NR_INFO, &info, sizeof info);
    const unsigned long long waiters =
        info.readers + info.writers + info.event_waiters + info.event_waiters_exclusive;
    if (result == 0 && (waiters > player_count_ || info.bytes > info.capacity))
        refuse("info counts %llu waiters and %llu bytes", waiters,
               static_cast<unsigned long long>(info.bytes));
    return result;
}

long DeviceScenario::do_read(Player &player, const Act &act)
{
    begin(player, act);
    iov_iter to{&player.buffer.at(player.byte_count), act.size, act.good};
    const long result = waitq_read(files_.at(act.file).file.device, &to, act.nonblock);
    if (result > 0) {
        player.byte_count += static_cast<unsigned int>(result);
        sums_.read += static_cast<unsigned long long>(result);
    }
    if (result == -KAPI_ERESTARTSYS)
        ++sums_.signals;
    return result;
}

long DeviceScenario::do_write(Player &player, const Act &act)
{
    begin(player, act);
    std::array<unsigned char, max_bytes> bytes{};
    const auto index = static_cast<unsigned int>(&player - players_.data());
    for (unsigned int i = 0; i < act.size; ++i)
        bytes.at(i) = byte_of(index, player.written + i);
    iov_iter from{bytes.data(), act.size, act.good};
    const long result = waitq_write(files_.at(act.file).file.device, &from, act.nonblock);
    if (result > 0) {
        player.written += static_cast<unsigned int>(result);
        sums_.written += static_cast<unsigned long long>(result);
        if (act.size <= std::min<std::size_t>(row_.capacity, WAITQ_ATOMIC_WRITE) &&
            static_cast<std::size_t>(result) != act.size)
            refuse("a write of %zu bytes, which is atomic, wrote %ld", act.size, result);
    }
    return result;
}

// A program that reads (or writes) only when SIGIO tells it to.
long DeviceScenario::do_sigio(Player &player, const Act &act, bool reads)
{
    file &file = files_.at(act.file).file;
    file.owner = player.task;
    waitq_fasync(file.device, 3, &file, 1);
    const unsigned int band = reads ? KAPI_POLL_IN : KAPI_POLL_OUT;
    long result = 0;
    for (;;) {
        const unsigned int seen = file.sigio.at(band);
        const Act once = nonblocking(reads ? read(act.size) : write(act.size));
        result = reads ? do_read(player, once) : do_write(player, once);
        player.call.act = &act; // `once` goes
        if (result != -KAPI_EAGAIN)
            break;
        sim::wait_for_sigio(file, band, seen);
        if (player.task->signal_pending)
            break;
    }
    waitq_fasync(file.device, -1, &file, 0);
    return result;
}

// ---- files and the module ----

// The last user, be it a descriptor or a call under way, releases the file.
void DeviceScenario::put(OpenFile &file)
{
    sim::point();
    sim::touch(&file.users, sim::Access::write);
    sim::acquire_from(&file.users);
    sim::release_to(&file.users);
    if (--file.users != 0)
        return;
    waitq_release(file.file.device);
    sim::point();
    sim::touch(&files_, sim::Access::write);
    file.open = false;
    sim::tell("the file is released");
}

void DeviceScenario::do_close(Player &player, const Act &act)
{
    begin(player, act);
    sim::tell("closes its descriptor");
    put(files_.at(act.file));
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

// ---- the end ----

// Somebody sleeps as they should: free them, to see that they leave nothing behind.
bool DeviceScenario::rescue()
{
    if (++sums_.rescues > 3)
        return false;
    for (unsigned int i = 0; i < player_count_; ++i) {
        Player &player = players_.at(i);
        if (player.task->done)
            continue;
        ++sums_.signals_sent;
        sim::send_signal(*player.task, true);
        if (player.call.act && player.call.act->op == Op::wait &&
            !(traits_of(player.call.act->kind).state &
              (sim::TASK_INTERRUPTIBLE | sim::TASK_WAKEKILL))) {
            // Nothing but its condition frees it.
            waitq_wake request{
                sizeof request, WAITQ_WAKE_UP_ALL, 0, 0, 0, 0, player.call.act->n, 0, 0};
            Act act = wake(WAITQ_WAKE_UP_ALL);
            if (ioctl(act, WAITQ_NR_WAKE, &request, sizeof request) == 0)
                sums_.posted += request.post;
        }
        if (player.call.act && player.call.act->op == Op::epoll)
            player.epoll.interrupt();
        for (OpenFile &file : files_)
            if (file.file.owner == player.task)
                for (unsigned int &count : file.file.sigio)
                    ++count;
    }
    return true;
}

void DeviceScenario::tear_down()
{
    check_bytes();
    if (loaded_)
        check_sums();
    for (OpenFile &file : files_)
        if (file.open)
            waitq_release(file.file.device);
    if (loaded_)
        waitq_queue_destroy(queue_);
}

std::string DeviceScenario::outcome() const
{
    std::string text;
    for (unsigned int i = 0; i < player_count_; ++i) {
        const Player &player = players_.at(i);
        text += player.actor->name;
        for (unsigned int n = 0; n < player.result_count; ++n)
            text += ' ' + std::to_string(player.results.at(n));
        for (unsigned int n = 0; n < player.byte_count; ++n)
            text += '.' + std::to_string(player.buffer.at(n));
        text += "; ";
    }
    return text;
}

} // namespace core
