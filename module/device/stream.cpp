// SPDX-License-Identifier: GPL-2.0
// stream.cpp - read and write: this is where `cat /dev/waitq0` sleeps.
#include "error.hpp"
#include "file.hpp"

namespace waitq {
namespace {

enum class Blocking : bool { no, yes };

// ---- read ------------------------------------------------------------------

// The reader's condition: takes the reading end if there is a byte in it. Returns the
// bytes held, which can only grow while the end is taken; 0 if it was not.
WAITQ_INLINE unsigned int begin_reading(Queue &queue)
{
    const SpinGuard guard(queue.lock);
    queue.owes_in |= queue.reading;
    if (!readable(queue))
        return 0;
    queue.reading = true;
    return queue.ring.size();
}

// Gives the reading end back, `taken` bytes poorer, and wakes whom that concerns. Called
// on every way out, so that a wake-up which this reader did not use up goes on to the next.
void end_reading(Queue &queue, unsigned int taken)
{
    bool bytes_left, someone_writes, now_writable, owed_in, owed_out;
    {
        const SpinGuard guard(queue.lock);
        const bool was_writable = writable(queue);
        queue.ring.consume(taken);
        queue.reading = false;
        bytes_left = queue.ring.size() != 0;
        someone_writes = queue.writing;
        now_writable = writable(queue);
        owed_out = now_writable && !was_writable;
        owed_in = bytes_left && queue.owes_in;
        queue.owes_in = false;
        queue.owes_out |= taken != 0 && someone_writes;
    }
    if (bytes_left) {
        wake(queue, queue.readers, Wakes::one());
        notify(queue, poll_in, owed_in ? KAPI_POLL_IN : 0);
    }
    if (taken != 0)
        wake(queue, someone_writes ? queue.room : queue.writers, Wakes::one());
    if (taken != 0 && now_writable)
        notify(queue, poll_out, owed_out ? KAPI_POLL_OUT : 0);
}

WAITQ_INLINE Transfer read(Queue &queue, iov_iter *to, Blocking blocking)
{
    const size_t asked = kapi_iter_count(to);
    if (asked == 0)
        return {0, Error::none};

    unsigned int held = 0;
    const auto condition = [&] { return (held = begin_reading(queue)) != 0; };
    if (!condition()) {
        if (blocking == Blocking::no)
            return {0, Error::would_block};
        if (!sleep_in(queue, queue.readers, condition).satisfied())
            return {0, Error::interrupted};
    }

    const unsigned int taken =
        queue.ring.copy_out(asked < held ? static_cast<unsigned int>(asked) : held, to);
    end_reading(queue, taken);
    return {taken, Error::bad_address};
}

// ---- write -----------------------------------------------------------------

// The writer's condition: takes the writing end if at least `need` bytes fit.
WAITQ_INLINE bool begin_writing(Queue &queue, unsigned int need)
{
    const SpinGuard guard(queue.lock);
    queue.owes_out |= queue.writing;
    if (queue.writing || queue.ring.room() < need)
        return false;
    queue.writing = true;
    return true;
}

// Adds `put` bytes for the readers.
WAITQ_INLINE void publish(Queue &queue, unsigned int put)
{
    {
        const SpinGuard guard(queue.lock);
        queue.ring.produce(put);
    }
    wake(queue, queue.readers, Wakes::one());
    notify(queue, poll_in, KAPI_POLL_IN);
}

// Gives the writing end back. As end_reading(): on every way out.
void end_writing(Queue &queue)
{
    bool room_left, now_writable, owed_out;
    {
        const SpinGuard guard(queue.lock);
        queue.writing = false;
        room_left = queue.ring.room() != 0;
        now_writable = writable(queue);
        owed_out = now_writable && queue.owes_out;
        queue.owes_out = false;
    }
    if (room_left)
        wake(queue, queue.writers, Wakes::one());
    if (now_writable) // pollers saw the end taken
        notify(queue, poll_out, owed_out ? KAPI_POLL_OUT : 0);
}

// With the writing end ours: sleeps until `need` bytes fit. False: a signal came.
WAITQ_INLINE bool wait_for_room(Queue &queue, unsigned int need)
{
    const auto condition = [&] {
        const SpinGuard guard(queue.lock);
        return queue.ring.room() >= need;
    };
    return condition() || sleep_in(queue, queue.room, condition).satisfied();
}

// With the writing end ours. An atomic write (need == all of it) goes in whole or not at
// all; a longer one byte by byte as there is room.
WAITQ_INLINE Transfer write_all(Queue &queue, iov_iter *from, unsigned int need, Blocking blocking)
{
    size_t done = 0;
    for (;;) {
        const size_t wanted = kapi_iter_count(from);
        unsigned int room;
        {
            const SpinGuard guard(queue.lock);
            room = queue.ring.room();
        }
        const unsigned int chunk = wanted < room ? static_cast<unsigned int>(wanted) : room;
        const unsigned int put = queue.ring.copy_in(chunk, from);
        if (put < need || put == 0)
            return {done, Error::bad_address};
        publish(queue, put);
        done += put;
        if (put < chunk || put == wanted)
            return {done, Error::none};
        need = 1;
        if (blocking == Blocking::no)
            return {done, Error::would_block};
        // As long as readers keep up, nothing below sleeps or looks at signals.
        kapi_cond_resched();
        if (kapi_signal_pending())
            return {done, Error::interrupted};
        if (!wait_for_room(queue, need))
            return {done, Error::interrupted};
    }
}

WAITQ_INLINE Transfer write(Queue &queue, iov_iter *from, Blocking blocking)
{
    const size_t size = kapi_iter_count(from);
    if (size == 0)
        return {0, Error::none};
    const unsigned int need = size <= atomic_write(queue) ? static_cast<unsigned int>(size) : 1;

    if (!begin_writing(queue, need)) {
        if (blocking == Blocking::no)
            return {0, Error::would_block};
        // First the turn, then the room: the condition of `writers` must be the same for
        // all in it, or a wake-up could go to one that needs more room than there is
        // while another, who needs less, sleeps on.
        if (!sleep_in(queue, queue.writers, [&] { return begin_writing(queue, 1); }).satisfied())
            return {0, Error::interrupted};
        if (!wait_for_room(queue, need)) {
            end_writing(queue);
            return {0, Error::interrupted};
        }
    }
    const Transfer transfer = write_all(queue, from, need, blocking);
    end_writing(queue);
    return transfer;
}

} // namespace
} // namespace waitq

long waitq_read(waitq_file *file, iov_iter *to, bool nonblock)
{
    using waitq::Blocking;
    return waitq::read(*file->queue, to, nonblock ? Blocking::no : Blocking::yes).to_syscall();
}

long waitq_write(waitq_file *file, iov_iter *from, bool nonblock)
{
    using waitq::Blocking;
    return waitq::write(*file->queue, from, nonblock ? Blocking::no : Blocking::yes).to_syscall();
}
