// SPDX-License-Identifier: GPL-2.0
// poll.hpp - how tasks learn of readiness without sleeping in the device: poll(), epoll, SIGIO;
// and the descriptors that the device opens.
#pragma once

#include "objects.hpp"
#include "task.hpp"

#include <array>

// An open file, as far as readiness goes.
struct file {
    waitq_file *device;                // or
    waitq_queue *eventfd;              // it is of kapi_open_eventfd()
    sim::Task *owner;                  // F_SETOWN
    std::array<unsigned int, 4> sigio; // signals sent, by band (POLL_IN, ...)
};

// What poll() hands to the driver: how to link into a head.
struct poll_table_struct {
    void (*link)(poll_table_struct *table, wait_queue_head *head);
};

namespace sim {

void reset_subscribers();

// poll(): sleeps, interruptibly, until the file has an event of `mask`. Returns those, or 0 when a
// signal came. (fs/select.c)
unsigned int poll(file &file, unsigned int mask);

// One file in an epoll instance that one task waits for. (fs/eventpoll.c)
class Epoll {
public:
    // EPOLL_CTL_ADD. Exclusive: EPOLLEXCLUSIVE.
    void add(file &file, unsigned int mask, bool exclusive);
    // EPOLL_CTL_DEL
    void remove();
    // epoll_wait(): as poll().
    unsigned int wait();
    // From elsewhere: a signal ends the wait.
    void interrupt() { waiter_ = nullptr; }

private:
    struct Table : poll_table_struct {
        Epoll *epoll;
    };
    static void link(poll_table_struct *table, wait_queue_head *head);
    static int callback(wait_queue_entry *entry, unsigned int mode, int sync, void *key);
    static bool ready_or_signal(const void *epoll);
    void list_if_ready();

    wait_queue_entry entry_; // first: callback() finds the Epoll by it
    file *file_;
    unsigned int mask_;
    bool exclusive_;
    bool listed_; // on the ready list
    Task *waiter_;
    wait_queue_head *head_;
};

// The descriptors that kapi_open_eventfd() has opened, the nth of this execution.
struct Eventfd {
    waitq_queue *queue;
    unsigned int flags;
};
constexpr int first_eventfd = 3; // the number of the first
unsigned int eventfds_opened();
// The descriptors of devices, for kapi_file_get(): numbers from 0. Of this execution.
void open_as(unsigned int fd, waitq_file *device);
Eventfd eventfd(int number);

// Sleeps until the file's owner was sent a SIGIO of this band more than `seen` times.
void wait_for_sigio(file &file, unsigned int band, unsigned int seen);

} // namespace sim
