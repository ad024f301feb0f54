// SPDX-License-Identifier: GPL-2.0
// act.hpp - what the tasks of a scenario do, as data. The words for it: device_words.hpp,
// lab_words.hpp.
#pragma once

#include <uapi/waitq.h>
#include <uapi/waitq_lab.h>

#include <cstddef>
#include <string>
#include <vector>

namespace core {

enum class Op : unsigned char {
    none,
    signal, // kill(), from another process
    // The lab's:
    lab_wait, // LAB_IOC_WAIT
    lab_wake, // LAB_IOC_WAKE
    lab_list, // LAB_IOC_WAITERS, LAB_IOC_KINDS
    lab_info, // LAB_IOC_INFO
    // The device's:
    wait,      // WAITQ_IOC_WAIT
    wait_any,  // WAITQ_IOC_WAIT_ANY
    wait_all,  // WAITQ_IOC_WAIT_ALL
    wake,      // WAITQ_IOC_WAKE
    info,      // WAITQ_IOC_INFO
    list,      // WAITQ_IOC_WAITERS
    set_timer, // WAITQ_IOC_TIMER
    read,      // of the device, or of an EVENTFD
    write,
    poll,       // poll(), then nothing
    epoll,      // EPOLL_CTL_ADD, epoll_wait(), EPOLL_CTL_DEL
    open_event, // WAITQ_IOC_EVENTFD
    close,      // the file's descriptor, the last one or not
    unload,     // rmmod: waits until no file is open
    sigio_read, // O_NONBLOCK and O_ASYNC: reads, and waits for SIGIO whenever it can't
    sigio_write,
    sigio_event, // O_ASYNC: waits for SIGIO until the counter is not 0
};

struct Act {
    Op op = Op::none;
    unsigned int flags = 0;        // of the call
    bool by_number = false;        // wait, wake: TAKE, POST
    bool by_page = false;          // wait, wake: in the mapped page, and by number if that fails
    unsigned long long posts = 0;  // wait: SIGNAL_WAIT, which posts so much first
    unsigned int state = 0;        // wait
    unsigned int nr = 0;           // wake, set_timer
    unsigned long long n = 0;      // threshold, post; what a write to an EVENTFD adds
    long long ns = 0;              // timeout, delay
    bool endless = false;          // wait: the timeout is so far that it never comes
    unsigned int target = 0;       // signal: the actor
    bool fatal = false;            // signal
    unsigned int failing_copy = 0; // of the call's copies to and from user space, the nth
    bool either_way = false;       // the world chooses whether that copy fails
    bool no_memory = false;        // the call's first allocation fails
    // The lab's:
    unsigned int kind = 0; // of wait or wake
    unsigned int context = LAB_CONTEXT_PROCESS;
    unsigned int callback = LAB_CALLBACK_WAKE;
    unsigned int key = 0;
    // The device's:
    unsigned int file = 0;         // of the scenario's open files, then of its EVENTFDs
    std::vector<waitq_item> items; // wait_any, wait_all: `fd` is a file of the scenario's
    long long period_ns = 0;       // set_timer
    unsigned long long count = 1;  // set_timer
    std::size_t size = 0;          // read, write
    std::size_t good = ~0UL;       // bytes of the buffer before a bad address
    bool present = false;          // that buffer can be accessed without sleeping
    bool nonblock = false;
    bool at_once = false;   // read, write: IOCB_NOWAIT on a file that blocks
    unsigned int mask = 0;  // poll
    bool exclusive = false; // epoll
};

struct Actor {
    const char *name;
    std::vector<Act> acts;
    bool privileged = true;
};

struct Row {
    std::string name;
    std::vector<Actor> actors;
    bool lab = false;
    unsigned long long counter = 0;   // posted beforehand
    unsigned int weight = 1;          // schedules before it goes on by dice, as a multiple
    unsigned int failing_alloc = 0;   // at set-up
    unsigned int jiffies_ahead = 100; // percent: see sim::jiffies_run_ahead()
    unsigned int walk_break = 0;      // see sim::WaitVersion
    // The lab's:
    bool window = false; // a wait has LAB_WINDOW
    // The device's:
    unsigned int capacity = 4;
    unsigned int bytes = 0; // written beforehand
    unsigned int files = 1;
    unsigned int users = 1;         // who opened them, in turn
    unsigned int event_files = 0;   // EVENTFDs, opened beforehand
    unsigned int queues = 0;        // so many, for WAIT_ANY and WAIT_ALL: see many_scenario.hpp
    bool mapped = false;            // user space has mapped the page
    unsigned int timer_firings = 0; // interrupts of the timer that all files share
    long long interrupt_takes = 0;  // see sim::interrupts_take()
    long long timens_offset_ns = 0; // of all tasks
};

// ---- words for the table ----

inline Act signal(unsigned int target, bool fatal = false)
{
    Act act;
    act.op = Op::signal;
    act.target = target;
    act.fatal = fatal;
    return act;
}
inline Act plain(Op op, std::size_t size = 0)
{
    Act act;
    act.op = op;
    act.size = size;
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
