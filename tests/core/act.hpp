// SPDX-License-Identifier: GPL-2.0
// act.hpp - what the tasks of a scenario do, as data.
#pragma once

#include <uapi/waitq.h>

#include <array>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <vector>

namespace core {

enum class Op : unsigned char {
    none,
    wait,      // WAITQ_IOC_WAIT
    wake,      // WAITQ_IOC_WAKE
    info,      // WAITQ_IOC_INFO
    list,      // WAITQ_IOC_WAITERS, WAITQ_IOC_KINDS
    set_timer, // WAITQ_IOC_TIMER
    read,
    write,
    poll,       // poll(), then nothing
    epoll,      // EPOLL_CTL_ADD, epoll_wait(), EPOLL_CTL_DEL
    signal,     // kill(), from another process
    close,      // the file's descriptor, the last one or not
    unload,     // rmmod: waits until no file is open
    sigio_read, // O_NONBLOCK and O_ASYNC: reads, and waits for SIGIO whenever it can't
    sigio_write,
};

struct Act {
    Op op = Op::none;
    unsigned int file = 0;        // of the scenario's open files
    unsigned int kind = 0;        // of wait or wake
    unsigned int flags = 0;       // WAITQ_*
    unsigned int nr = 0;          // wake_up_nr
    unsigned long long n = 0;     // threshold, post
    long long ns = 0;             // timeout, delay
    bool endless = false;         // wait: the timeout is so far that it never comes
    long long period_ns = 0;      // set_timer
    unsigned long long count = 1; // set_timer
    std::size_t size = 0;         // read, write
    std::size_t good = ~0UL;      // bytes of the buffer before a bad address
    bool nonblock = false;
    unsigned int mask = 0;   // poll
    bool exclusive = false;  // epoll
    unsigned int target = 0; // signal: the actor
    bool fatal = false;
    unsigned int failing_copy = 0; // of the call's copies to and from user space, the nth
    bool either_way = false;       // the world chooses whether that copy fails
    unsigned int context = WAITQ_CONTEXT_PROCESS;   // wake
    unsigned int callback = WAITQ_CALLBACK_WAKE;    // wait
    unsigned int key = 0;                           // wait, wake
    unsigned int state = WAITQ_STATE_INTERRUPTIBLE; // wait, by kinds that leave it to the caller
};

struct Actor {
    const char *name;
    std::vector<Act> acts;
    bool privileged = true;
};

struct Row {
    std::string name;
    std::vector<Actor> actors;
    unsigned int capacity = 4;
    unsigned int files = 1;
    unsigned int timer_firings = 0;    // of the first file's timer
    unsigned int jiffies_ahead = 100;  // percent: see sim::jiffies_run_ahead()
    unsigned long long counter = 0;    // posted beforehand
    unsigned int bytes = 0;            // written beforehand
    unsigned int failing_alloc = 0;    // at set-up
    unsigned int timers = 1;           // files whose timer can fire, if any can
    unsigned int weight = 1;           // schedules before it goes on by dice, as a multiple
    unsigned int walk_break = 0;       // see sim::WaitVersion
    bool priority_is_exclusive = true; // see sim::WaitVersion
    bool window = false;               // a wait has WAITQ_WINDOW
};

// ---- words for the table ----

inline Act wait(unsigned int kind, unsigned int flags = 0, unsigned long long threshold = 1,
                long long timeout_ns = 0)
{
    Act act;
    act.op = Op::wait;
    act.kind = kind;
    act.flags = flags;
    act.n = threshold;
    act.ns = timeout_ns;
    return act;
}
inline Act wake(unsigned int kind, unsigned int nr = 0, unsigned long long post = 1)
{
    Act act;
    act.op = Op::wake;
    act.kind = kind;
    act.nr = nr;
    act.n = post;
    return act;
}
inline Act read(std::size_t size, std::size_t good = ~0UL)
{
    Act act;
    act.op = Op::read;
    act.size = size;
    act.good = good;
    return act;
}
inline Act write(std::size_t size, std::size_t good = ~0UL)
{
    Act act = read(size, good);
    act.op = Op::write;
    return act;
}
inline Act nonblocking(Act act)
{
    act.nonblock = true;
    return act;
}
inline Act signal(unsigned int target, bool fatal = false)
{
    Act act;
    act.op = Op::signal;
    act.target = target;
    act.fatal = fatal;
    return act;
}
inline Act poll(unsigned int mask)
{
    Act act;
    act.op = Op::poll;
    act.mask = mask;
    return act;
}
inline Act epoll(unsigned int mask, bool exclusive)
{
    Act act = poll(mask);
    act.op = Op::epoll;
    act.exclusive = exclusive;
    return act;
}
inline Act set_timer(long long delay_ns, long long period_ns = 0, unsigned long long count = 1,
                     unsigned int kind = WAITQ_WAKE_UP, unsigned long long post = 1)
{
    Act act;
    act.op = Op::set_timer;
    act.ns = delay_ns;
    act.period_ns = period_ns;
    act.count = count;
    act.kind = kind;
    act.n = post;
    return act;
}
inline Act cancel_timer()
{
    Act act;
    act.op = Op::set_timer;
    act.flags = WAITQ_TIMER_CANCEL;
    act.count = 0;
    return act;
}
inline Act plain(Op op, std::size_t size = 0)
{
    Act act;
    act.op = op;
    act.size = size;
    return act;
}
inline Act on_file(unsigned int file, Act act)
{
    act.file = file;
    return act;
}
inline Act from_context(unsigned int context, Act act)
{
    act.context = context;
    return act;
}
inline Act with_callback(unsigned int callback, unsigned int key, Act act)
{
    act.callback = callback;
    act.key = key;
    return act;
}
// The nth copy of the call to or from user space may fail, or not.
inline Act fault(unsigned int nth, Act act)
{
    act.failing_copy = nth;
    act.either_way = true;
    return act;
}

} // namespace core
