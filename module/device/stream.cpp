// SPDX-License-Identifier: GPL-2.0
// stream.cpp - read and write: this is where `cat /dev/waitq0` sleeps.
#include "../wait/locked.hpp"
#include "error.hpp"
#include "file.hpp"
#include "tell.hpp"

namespace waitq {
namespace {

// The news for others that a change brings: found under the stream's lock, told without it.
enum StreamNews : unsigned int {
    no_news = 0,
    wakes_writer = 1U << 0, // wake one of `writers`
    wakes_room = 1U << 1,   // of `room`
    says_in = 1U << 2,      // POLLIN, to pollers
    says_out = 1U << 3,     // POLLOUT
    sigio_in = 1U << 4,     // POLL_IN, to subscribers
    sigio_out = 1U << 5,    // POLL_OUT
};
WAITQ_INLINE StreamNews operator|(StreamNews a, StreamNews b)
{
    return static_cast<StreamNews>(static_cast<unsigned int>(a) | static_cast<unsigned int>(b));
}
WAITQ_INLINE void operator|=(StreamNews &a, StreamNews b)
{
    a = a | b;
}
WAITQ_INLINE StreamNews news_if(bool condition, StreamNews news)
{
    return condition ? news : no_news;
}

void tell_all(Queue &queue, StreamNews news)
{
    Stream &stream = queue.stream;
    if (news & says_in)
        notify(queue, poll_in, news & sigio_in ? KAPI_POLL_IN : 0);
    if (news & wakes_writer)
        (void)stream.writers.wake_up(Wakes::one());
    if (news & wakes_room)
        (void)stream.room.wake_up(Wakes::one());
    if (news & says_out)
        notify(queue, poll_out, news & sigio_out ? KAPI_POLL_OUT : 0);
}

// Process context, no lock held.
WAITQ_INLINE void tell(Queue &queue, StreamNews news)
{
    if (news != no_news)
        tell_all(queue, news);
}

// Whether somebody may listen to news of POLLIN and POLLOUT: see polled() in event.hpp. Stream's
// lock held.
WAITQ_INLINE bool is_heard(Queue &queue)
{
    Stream &stream = queue.stream;
    stream.assert_held();
    if (stream.polled)
        stream.polled = queue.pollers.has_sleeper();
    return stream.polled || subscribed(queue);
}

// A condition that runs with the stream's lock held. It also counts the waiter, and tells onlookers
// when the wait began.
template <class Condition>
struct Counted {
    unsigned int &waiting;
    Condition condition;
    bool counted = false;
    unsigned long since = 0; // a tick

    WAITQ_INLINE bool test()
    {
        const bool holds = condition();
        if (holds && counted) {
            --waiting;
        } else if (!holds && !counted) {
            ++waiting;
            counted = true;
            since = kapi_tick();
        }
        return holds;
    }
    WAITQ_INLINE const unsigned long *waiter_info() const { return &since; }
};

// The wait ends by a signal. Stream's lock held.
WAITQ_INLINE void leave(Stream &stream, unsigned int &waiting)
{
    stream.assert_held();
    --waiting;
    ++stream.totals.interrupted;
}

// An exclusive, interruptible wait without a timeout, for writers. `condition` runs with the
// stream's lock held. Process context, may sleep, no lock held. Inlined into each caller, so that
// /proc/PID/wchan and a stack trace name the caller.
//
// A waker makes the condition true and looks at `waiting` in one section of that lock. It sees 0
// only if no waiter has found the condition false before:
//
//   waiter                             waker
//   lock; condition()? false;
//   ++waiting; unlock
//                                      lock; makes it true; waiting != 0: yes; unlock; wakes
//   links itself; condition()? true
//
// With the first two sections the other way round, the waiter finds it true at once.
template <class Condition>
[[nodiscard]] WAITQ_INLINE bool sleep_in(Stream &stream, CountedQueue &head, unsigned int &waiting,
                                         Condition condition)
{
    struct Locked : Counted<Condition> {
        Stream &stream;

        WAITQ_INLINE Locked(Stream &stream_, unsigned int &waiting_, Condition condition_)
            : Counted<Condition>{waiting_, condition_}, stream(stream_)
        {}
        WAITQ_INLINE bool operator()()
        {
            const HeadIrqGuard guard(stream.readers);
            return this->test();
        }
        WAITQ_INLINE void woken_in_vain() const
        {
            const HeadIrqGuard guard(stream.readers);
            ++stream.totals.spurious;
        }
    };
    const WaitResult result = wait_event(head, TaskState::interruptible, Exclusive::yes, Forever(),
                                         Locked(stream, waiting, condition));
    if (result.satisfied())
        return true;
    const HeadIrqGuard guard(stream.readers);
    leave(stream, waiting);
    return false;
}

// The same for readers, with the stream's lock held, which is their queue's own: whoever makes the
// condition true wakes them in the same section.
template <class Condition>
[[nodiscard]] WAITQ_INLINE bool sleep_locked(Stream &stream, Condition condition)
{
    struct Held : Counted<Condition> {
        Stream &stream;

        WAITQ_INLINE Held(Stream &stream_, Condition condition_)
            : Counted<Condition>{stream_.waiting_readers, condition_}, stream(stream_)
        {}
        WAITQ_INLINE bool operator()() { return this->test(); }
        WAITQ_INLINE void woken_in_vain() const { ++stream.totals.spurious; }
    };
    const WaitResult result =
        wait_event_locked<Interrupts::off>(stream.readers, Exclusive::yes, Held(stream, condition));
    if (!result.satisfied())
        leave(stream, stream.waiting_readers);
    return result.satisfied();
}

// Wakes a reader, if one waits that can have a byte: a task that is reading passes on what it
// leaves. Stream's lock held.
WAITQ_INLINE void wake_reader(Stream &stream)
{
    stream.assert_held();
    ++stream.totals.wakes;
    if (stream.waiting_readers == 0 || stream.reading)
        return;
    if (!stream.readers.wake_first_locked(0))
        (void)stream.readers.wake_locked(Wakes::one());
}

// ---- read ------------------------------------------------------------------

// Takes `taken` bytes off. The caller has the reading end, or holds the lock since it saw that no
// other has it. Stream's lock held.
WAITQ_INLINE StreamNews took(Queue &queue, unsigned int taken)
{
    Stream &stream = queue.stream;
    StreamNews news = no_news;
    const bool heard = is_heard(queue);
    const bool was_writable = heard && writable(stream);
    stream.ring.consume(taken);
    if (stream.ring.size() != 0) {
        wake_reader(stream);
        news = news_if(heard, says_in | news_if(stream.sigio_in_pending, sigio_in));
    }
    stream.sigio_in_pending = false;
    if (taken == 0)
        return news;
    ++stream.totals.wakes;
    if (stream.waiting_writers != 0)
        news |= stream.writing ? wakes_room : wakes_writer;
    stream.sigio_out_pending |= stream.writing;
    if (heard && writable(stream))
        news |= says_out | news_if(!was_writable, sigio_out);
    return news;
}

// A read under way. A few bytes are copied under the lock. More, or a few that can't be copied
// without sleeping, take the reading end first, and are copied without the lock.
struct Read {
    Queue &queue;
    kapi_bytes &to;
    unsigned int taken = 0;
    unsigned int held = 0; // not 0: it has the reading end, and so many bytes are there for it
    StreamNews news = no_news;

    // The reader's condition. Stream's lock held.
    WAITQ_INLINE static bool may_begin(Stream &stream)
    {
        stream.sigio_in_pending |= stream.reading;
        return readable(stream);
    }
    // Takes some bytes, or the end, in the section that has found the condition true.
    WAITQ_INLINE void begin()
    {
        Stream &stream = queue.stream;
        held = stream.ring.size();
        const unsigned int n = most();
        if (stream.ring.try_copy_out(n, to)) {
            held = 0;
            taken = n;
            news = took(queue, n);
        } else {
            stream.reading = true;
        }
    }
    // Copies, and gives the reading end back, with or without a byte: so a wake-up which this
    // reader did not use goes on to the next. (Not inlined, because the usual read needs none of
    // its registers.)
    [[gnu::noinline]] void finish()
    {
        Stream &stream = queue.stream;
        taken = stream.ring.copy_out(most(), to);
        const HeadIrqGuard guard(stream.readers);
        stream.reading = false;
        news = took(queue, taken);
    }
    WAITQ_INLINE unsigned int most() const
    {
        return to.size < held ? static_cast<unsigned int>(to.size) : held;
    }
};

WAITQ_INLINE Transfer read(Queue &queue, kapi_bytes &to, waitq_blocking blocking)
{
    if (to.size == 0)
        return {0, Error::none};
    Stream &stream = queue.stream;
    const auto condition = [&stream] { return Read::may_begin(stream); };
    Read call{queue, to};
    {
        const HeadIrqGuard guard(stream.readers);
        if (blocking != WAITQ_BLOCKS) {
            if (!condition())
                return {0, Error::would_block};
        } else if (!sleep_locked(stream, condition)) {
            return {0, Error::interrupted};
        }
        call.begin();
    }
    if (__builtin_expect(call.held != 0, false))
        call.finish();
    tell(queue, call.news);
    return {call.taken, Error::bad_address};
}

// ---- write -----------------------------------------------------------------

// Adds `n` bytes for the readers. Stream's lock held, and the writing end as in took().
WAITQ_INLINE StreamNews put(Queue &queue, unsigned int n)
{
    Stream &stream = queue.stream;
    stream.ring.produce(n);
    wake_reader(stream);
    return news_if(is_heard(queue), says_in | sigio_in);
}

// Writes all, if that is a few bytes which fit and can be copied at once. Nobody has the writing
// end. Stream's lock held.
WAITQ_INLINE bool put_few(Queue &queue, kapi_bytes &from, StreamNews &news)
{
    Stream &stream = queue.stream;
    const size_t size = from.size;
    if (size > KAPI_FEW || size > stream.ring.room())
        return false;
    const auto n = static_cast<unsigned int>(size);
    if (!stream.ring.try_copy_in(n, from))
        return false;
    news = put(queue, n);
    // It may have used the wake-up of a read that made room for several.
    if (stream.waiting_writers != 0 && stream.ring.room() != 0)
        news |= wakes_writer;
    return true;
}

// Gives the writing end back. Called on every way out, as Read::finish() is.
void end_writing(Queue &queue)
{
    Stream &stream = queue.stream;
    StreamNews news = no_news;
    {
        const HeadIrqGuard guard(stream.readers);
        stream.writing = false;
        if (stream.ring.room() != 0) {
            ++stream.totals.wakes;
            news |= news_if(stream.waiting_writers != 0, wakes_writer);
        }
        if (writable(stream) && is_heard(queue)) // pollers saw the end taken
            news |= says_out | news_if(stream.sigio_out_pending, sigio_out);
        stream.sigio_out_pending = false;
    }
    tell(queue, news);
}

// A write under way: as Read.
struct Write {
    Queue &queue;
    kapi_bytes &from;
    bool whole = false; // all bytes are written, and it never had the writing end
    StreamNews news = no_news;

    // The writer's condition: true, and all written or the end taken, if at least `need` bytes fit.
    // Stream's lock held.
    WAITQ_INLINE bool begin(size_t need)
    {
        Stream &stream = queue.stream;
        stream.sigio_out_pending |= stream.writing;
        const unsigned int room = stream.ring.room();
        if (stream.writing || room < need)
            return false;
        whole = put_few(queue, from, news);
        stream.writing = !whole;
        return true;
    }
};

// Sleeps until `need` bytes fit. False: a signal came. The caller has the writing end.
WAITQ_INLINE bool wait_for_room(Stream &stream, size_t need)
{
    return sleep_in(stream, stream.room, stream.waiting_writers,
                    [&] { return stream.ring.room() >= need; });
}

// The caller has the writing end. An atomic write (need == all of it) goes in whole or not at all;
// a longer one goes in by parts, as there is room.
WAITQ_INLINE Transfer write_all(Queue &queue, kapi_bytes &from, size_t need,
                                waitq_blocking blocking)
{
    Stream &stream = queue.stream;
    size_t done = 0;
    for (;;) {
        const size_t wanted = from.size;
        unsigned int room;
        {
            const HeadIrqGuard guard(stream.readers);
            room = stream.ring.room();
        }
        const unsigned int chunk = wanted < room ? static_cast<unsigned int>(wanted) : room;
        const unsigned int copied = stream.ring.copy_in(chunk, from);
        if (copied < need || copied == 0)
            return {done, Error::bad_address};
        StreamNews news;
        {
            const HeadIrqGuard guard(stream.readers);
            news = put(queue, copied);
        }
        tell(queue, news);
        done += copied;
        if (copied < chunk || copied == wanted)
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

WAITQ_INLINE bool begin_now(Write &call, size_t need)
{
    const HeadIrqGuard guard(call.queue.stream.readers);
    return call.begin(need);
}

WAITQ_INLINE Transfer write(Queue &queue, kapi_bytes &from, waitq_blocking blocking)
{
    const size_t size = from.size;
    if (size == 0)
        return {0, Error::none};
    Stream &stream = queue.stream;
    const size_t need = needed(stream, size, blocking);
    Write call{queue, from};

    if (!begin_now(call, need)) {
        if (blocking != WAITQ_BLOCKS)
            return {0, Error::would_block};
        // First the turn, then the room: the condition of `writers` must be the same for
        // all in it, or a wake-up could go to one that needs more room than there is
        // while another, which needs less, sleeps on.
        if (!sleep_in(stream, stream.writers, stream.waiting_writers,
                      [&] { return call.begin(1); }))
            return {0, Error::interrupted};
        if (!call.whole && !wait_for_room(stream, need)) {
            end_writing(queue);
            return {0, Error::interrupted};
        }
    }
    if (call.whole) {
        tell(queue, call.news);
        return {size, Error::none};
    }
    const Transfer transfer = write_all(queue, from, need, blocking);
    end_writing(queue);
    return transfer;
}

} // namespace
} // namespace waitq

long waitq_read(waitq_file *file, kapi_bytes *to, waitq_blocking blocking)
{
    return waitq::read(*file->queue, *to, blocking).to_syscall();
}

// The slow path: every write that sleeps, or is not of a few bytes. A function of its own, because
// its frame is large. (Not mangled, as waitq_wait_events().)
extern "C" long waitq_write_slow(waitq_queue &queue, kapi_bytes &from, waitq_blocking blocking);
[[gnu::noinline]] long waitq_write_slow(waitq_queue &queue, kapi_bytes &from,
                                        waitq_blocking blocking)
{
    return waitq::write(queue, from, blocking).to_syscall();
}

long waitq_write(waitq_file *file, kapi_bytes *from, waitq_blocking blocking)
{
    using namespace waitq;
    Queue &queue = *file->queue;
    const size_t size = from->size;
    bool written = false;
    StreamNews news = no_news;
    if (size != 0) {
        const HeadIrqGuard guard(queue.stream.readers);
        if (!queue.stream.writing)
            written = put_few(queue, *from, news);
    }
    if (!written)
        return waitq_write_slow(queue, *from, blocking);
    tell(queue, news);
    return static_cast<long>(size);
}
