// SPDX-License-Identifier: GPL-2.0
// file.cpp - open, release, readiness.
#include "file.hpp"

#include "error.hpp"

void waitq_core_init()
{
    waitq::timers_init();
}

waitq_file *waitq_open(waitq_queue *queue)
{
    auto *file = static_cast<waitq_file *>(kapi_zalloc(sizeof(waitq_file)));
    if (!file)
        return nullptr;
    file->queue = queue;
    file->timer.init(*queue);
    return file;
}

void waitq_release(waitq_file *file)
{
    file->timer.cancel();
    kapi_free(file);
}

// No barrier stands between linking into a head and looking: both sides go through
// queue.lock, and that orders them.
//
//   poller                             waker
//   link into the head
//   lock; look: nothing; unlock
//                                      lock; make it ready; unlock
//                                      (our unlock came before this lock, so the link is
//                                      seen:) has_sleeper(): yes; wake
//
// With the sections the other way round, the look sees what the waker made.
unsigned int waitq_poll(waitq_file *file, struct file *filp, poll_table_struct *table)
{
    waitq_queue &queue = *file->queue;
    // Only what was asked for: a poll for bytes is not to be woken by events, and
    // io_uring can wait in two heads at most.
    const unsigned int asked = kapi_poll_requested(table);
    if (asked & (KAPI_EPOLLIN | KAPI_EPOLLRDNORM))
        kapi_poll_wait(filp, queue.readers.queue.native(), table);
    if (asked & (KAPI_EPOLLOUT | KAPI_EPOLLWRNORM))
        kapi_poll_wait(filp, queue.room.queue.native(), table);
    if (asked & KAPI_EPOLLPRI)
        kapi_poll_wait(filp, queue.events.queue.native(), table);

    const waitq::SpinGuard guard(queue.lock);
    unsigned int ready = 0;
    if (queue.ring.size() != 0)
        ready |= KAPI_EPOLLIN | KAPI_EPOLLRDNORM;
    if (waitq::writable(queue))
        ready |= KAPI_EPOLLOUT | KAPI_EPOLLWRNORM;
    if (queue.counter != 0)
        ready |= KAPI_EPOLLPRI;
    return ready;
}

int waitq_fasync(waitq_file *file, int fd, struct file *filp, int on)
{
    return fasync_helper(fd, filp, on, &file->queue->subscribers);
}
