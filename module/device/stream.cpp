// SPDX-License-Identifier: GPL-2.0
// stream.cpp - read and write: this is where `cat /dev/waitq0` sleeps.
#include "error.hpp"
#include "file.hpp"

namespace waitq {
namespace {

// An exclusive, interruptible wait without a timeout, counted as a waiter. Enters its outcome in
// the totals. Process context, may sleep, no lock held. Inlined into each caller, so that
// /proc/PID/wchan and a stack trace name the caller.
template <class Condition>
[[nodiscard]] WAITQ_INLINE bool sleep_in(Stream &stream, CountedQueue &head, unsigned int &waiting,
                                         Condition condition)
{
    // The condition. It also counts wake-ups in vain, and tells onlookers when the wait began.
    struct Counted {
        Stream &stream;
        const __s64 since_ns;
        Condition &condition;

        WAITQ_INLINE bool operator()() const { return condition(); }
        WAITQ_INLINE const __s64 *waiter_info() const { return &since_ns; }
        WAITQ_INLINE void woken_in_vain() const
        {
            const SpinGuard guard(stream.lock);
            ++stream.totals.spurious;
        }
    };
    {
        const SpinGuard guard(stream.lock);
        ++waiting;
    }
    const WaitResult result = wait_event(head, TaskState::interruptible, Exclusive::yes, Forever(),
                                         Counted{stream, kapi_now_ns(), condition});
    const SpinGuard guard(stream.lock);
    --waiting;
    stream.totals.woken += result.passed_on;
    stream.totals.interrupted += result.outcome == WaitOutcome::signalled;
    return result.satisfied();
}

// Wakes one waiter in `head`, and enters that in the totals. The condition was made true under
// the stream's lock, which is no longer held. Process context.
void wake_one(Stream &stream, CountedQueue &head)
{
    // An empty head needs no walk; while the reader is busy its head is empty. has_sleeper() says
    // why no waiter is missed.
    const unsigned long woken = head.has_sleeper() ? head.wake_up(Wakes::one()).tasks : 0;
    const SpinGuard guard(stream.lock);
    ++stream.totals.wakes;
    stream.totals.woken += woken;
}

// ---- read ------------------------------------------------------------------

// The reader's condition: takes the reading end if there is a byte. Returns the number of bytes
// held, which only grows while this task has the end; 0: the end was not taken.
WAITQ_INLINE unsigned int begin_reading(Stream &stream)
{
    const SpinGuard guard(stream.lock);
    stream.sigio_in_pending |= stream.reading;
    if (!readable(stream))
        return 0;
    stream.reading = true;
    return stream.ring.size();
}

// Takes `taken` bytes off, gives the reading end back, and wakes the waiters whose condition that
// may have made true. Called on every way out, so that a wake-up which this reader did not use goes
// on to the next.
void end_reading(Queue &queue, unsigned int taken)
{
    Stream &stream = queue.stream;
    bool bytes_left, someone_writes, now_writable, sigio_in, sigio_out;
    {
        const SpinGuard guard(stream.lock);
        const bool was_writable = writable(stream);
        stream.ring.consume(taken);
        stream.reading = false;
        bytes_left = stream.ring.size() != 0;
        someone_writes = stream.writing;
        now_writable = writable(stream);
        sigio_out = now_writable && !was_writable;
        sigio_in = bytes_left && stream.sigio_in_pending;
        stream.sigio_in_pending = false;
        stream.sigio_out_pending |= taken != 0 && someone_writes;
    }
    if (bytes_left) {
        wake_one(stream, stream.readers);
        notify(queue, poll_in, sigio_in ? KAPI_POLL_IN : 0);
    }
    if (taken != 0)
        wake_one(stream, someone_writes ? stream.room : stream.writers);
    if (taken != 0 && now_writable)
        notify(queue, poll_out, sigio_out ? KAPI_POLL_OUT : 0);
}

WAITQ_INLINE Transfer read(Queue &queue, iov_iter *to, waitq_blocking blocking)
{
    Stream &stream = queue.stream;
    const size_t asked = kapi_iter_count(to);
    if (asked == 0)
        return {0, Error::none};

    unsigned int held = 0;
    const auto condition = [&] { return (held = begin_reading(stream)) != 0; };
    if (!condition()) {
        if (blocking != WAITQ_BLOCKS)
            return {0, Error::would_block};
        if (!sleep_in(stream, stream.readers, stream.waiting_readers, condition))
            return {0, Error::interrupted};
    }

    const unsigned int taken =
        stream.ring.copy_out(asked < held ? static_cast<unsigned int>(asked) : held, to);
    end_reading(queue, taken);
    return {taken, Error::bad_address};
}

// ---- write -----------------------------------------------------------------

// The writer's condition: takes the writing end if at least `need` bytes fit.
WAITQ_INLINE bool begin_writing(Stream &stream, size_t need)
{
    const SpinGuard guard(stream.lock);
    stream.sigio_out_pending |= stream.writing;
    if (stream.writing || stream.ring.room() < need)
        return false;
    stream.writing = true;
    return true;
}

// Adds `put` bytes for the readers.
WAITQ_INLINE void publish(Queue &queue, unsigned int put)
{
    Stream &stream = queue.stream;
    {
        const SpinGuard guard(stream.lock);
        stream.ring.produce(put);
    }
    wake_one(stream, stream.readers);
    notify(queue, poll_in, KAPI_POLL_IN);
}

// Gives the writing end back. Called on every way out, as end_reading() is.
void end_writing(Queue &queue)
{
    Stream &stream = queue.stream;
    bool room_left, now_writable, sigio_out;
    {
        const SpinGuard guard(stream.lock);
        stream.writing = false;
        room_left = stream.ring.room() != 0;
        now_writable = writable(stream);
        sigio_out = now_writable && stream.sigio_out_pending;
        stream.sigio_out_pending = false;
    }
    if (room_left)
        wake_one(stream, stream.writers);
    if (now_writable) // pollers saw the end taken
        notify(queue, poll_out, sigio_out ? KAPI_POLL_OUT : 0);
}

// Sleeps until `need` bytes fit. False: a signal came. The caller has the writing end.
WAITQ_INLINE bool wait_for_room(Stream &stream, size_t need)
{
    const auto condition = [&] {
        const SpinGuard guard(stream.lock);
        return stream.ring.room() >= need;
    };
    return condition() || sleep_in(stream, stream.room, stream.waiting_writers, condition);
}

// The caller has the writing end. An atomic write (need == all of it) goes in whole or not at all;
// a longer one goes in by parts, as there is room.
WAITQ_INLINE Transfer write_all(Queue &queue, iov_iter *from, size_t need, waitq_blocking blocking)
{
    Stream &stream = queue.stream;
    size_t done = 0;
    for (;;) {
        const size_t wanted = kapi_iter_count(from);
        unsigned int room;
        {
            const SpinGuard guard(stream.lock);
            room = stream.ring.room();
        }
        const unsigned int chunk = wanted < room ? static_cast<unsigned int>(wanted) : room;
        const unsigned int put = stream.ring.copy_in(chunk, from);
        if (put < need || put == 0)
            return {done, Error::bad_address};
        publish(queue, put);
        done += put;
        if (put < chunk || put == wanted)
            return {done, Error::none};
        need = 1;
        if (blocking != WAITQ_BLOCKS)
            return {done, Error::would_block};
        // While readers keep up, wait_for_room() neither sleeps nor looks at signals.
        kapi_cond_resched();
        if (kapi_signal_pending())
            return {done, Error::interrupted};
        if (!wait_for_room(stream, need))
            return {done, Error::interrupted};
    }
}

// The number of bytes that must fit before the first goes in. With WAITQ_AT_ONCE, all: after EAGAIN
// io_uring tries again from a thread that may sleep, but a short count would end its write.
WAITQ_INLINE size_t needed(const Stream &stream, size_t size, waitq_blocking blocking)
{
    return blocking == WAITQ_AT_ONCE || size <= atomic_write(stream) ? size : 1;
}

WAITQ_INLINE Transfer write(Queue &queue, iov_iter *from, waitq_blocking blocking)
{
    Stream &stream = queue.stream;
    const size_t size = kapi_iter_count(from);
    if (size == 0)
        return {0, Error::none};
    const size_t need = needed(stream, size, blocking);

    if (!begin_writing(stream, need)) {
        if (blocking != WAITQ_BLOCKS)
            return {0, Error::would_block};
        // First the turn, then the room: the condition of `writers` must be the same for
        // all in it, or a wake-up could go to one that needs more room than there is
        // while another, which needs less, sleeps on.
        if (!sleep_in(stream, stream.writers, stream.waiting_writers,
                      [&] { return begin_writing(stream, 1); }))
            return {0, Error::interrupted};
        if (!wait_for_room(stream, need)) {
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

long waitq_read(waitq_file *file, iov_iter *to, waitq_blocking blocking)
{
    return waitq::read(*file->queue, to, blocking).to_syscall();
}

long waitq_write(waitq_file *file, iov_iter *from, waitq_blocking blocking)
{
    return waitq::write(*file->queue, from, blocking).to_syscall();
}
