// SPDX-License-Identifier: GPL-2.0
// file.cpp - open, release, readiness.
#include "file.hpp"

#include "event.hpp"
#include "many.hpp"

void waitq_core_init()
{
    waitq::timers_init();
    waitq::many_init();
}

void waitq_core_exit()
{
    waitq::timers_exit();
}

waitq_file *waitq_open(waitq_queue *queue, const waitq_opener *opener)
{
    auto *file = static_cast<waitq_file *>(kapi_zalloc(sizeof(waitq_file)));
    if (!file)
        return nullptr;
    file->queue = queue;
    file->opener = *opener;
    file->timer.init(*queue);
    return file;
}

void waitq_release(waitq_file *file)
{
    file->timer.end();
    kapi_free(file);
}

// No barrier is needed between linking into a head and looking at the state: both sides take the
// lock that guards the state, and the lock orders them.
//
//   poller                             waker
//   link into the head
//   lock; look: nothing; unlock
//                                      lock; make it ready; unlock
//                                      (the poller's unlock came before this lock, so the
//                                      link is seen:) has_sleeper(): yes; wake
//
// With the sections the other way round, the poller sees the waker's change.
unsigned int waitq_poll(waitq_file *file, struct file *filp, poll_table_struct *table)
{
    waitq_queue &queue = *file->queue;
    // Always, and before the look: epoll links on the first call and never again, not even
    // when it is later asked for other events.
    kapi_poll_wait(filp, queue.pollers.native(), table);

    unsigned int ready = 0;
    {
        const waitq::HeadIrqGuard guard(queue.stream.readers);
        queue.stream.polled = true;
        if (file->opener.reads && waitq::readable(queue.stream))
            ready |= waitq::poll_in;
        if (file->opener.writes && waitq::writable(queue.stream))
            ready |= waitq::poll_out;
    }
    const waitq::CounterIrqGuard section(queue);
    queue.events.polled = true;
    if (file->opener.reads && queue.events.counter != 0)
        ready |= waitq::poll_event;
    return ready;
}

int waitq_fasync(waitq_file *file, int fd, struct file *filp, int on)
{
    const int done = fasync_helper(fd, filp, on, &file->queue->subscribers);
    // User space sends no SIGIO: its page is taken if somebody subscribed, and lent again if nobody
    // has.
    const waitq::CounterIrqGuard section(*file->queue);
    return done;
}
