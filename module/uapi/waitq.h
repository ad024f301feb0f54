/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * waitq.h - the contract between /dev/waitqN and user space.
 *
 * Each call, but POST and TAKE, takes the address of a struct that begins with its own size, flags
 * and inputs. A longer struct than the kernel's is taken if its tail is zero, else the call fails
 * with E2BIG, as it does above WAITQ_SIZE_MAX; a shorter one, down to the first version of the
 * struct, is extended with zeros. Unknown flags and a nonzero `pad` are EINVAL. Layouts are the
 * same for 32-bit and 64-bit programs. A call that fails has changed nothing, unless its text says
 * so.
 *
 * A call returns 0, but EVENTFD a descriptor, WAKE and POST the number of waiters that they woke,
 * WAIT_ANY the number of the item that ended it, and WAIT_ALL that of its alert if this ended it.
 *
 * Times are nanoseconds on the CLOCK_MONOTONIC of the caller's time namespace. They are relative;
 * with WAITQ_ABSOLUTE they are points of that clock.
 *
 * Errors of every call:
 *   EBADF   the file is not open for what the call does: reading, to wait; writing, to post
 *   EFAULT  a bad address. If the memory is unmapped during the call, the work may be done
 *   EINVAL  a field has a value that the call does not take; the size is below the first version's
 *   ENOTTY  the file is no waitq device, or the module does not know the call
 */
#ifndef WAITQ_UAPI_H
#define WAITQ_UAPI_H

#ifdef WAITQ_FREESTANDING
/* The module's C++ core, which sees no header but the project's own. */
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef long long __s64;
#define __aligned_u64 __u64 __attribute__((aligned(8)))
#define __aligned_s64 __s64 __attribute__((aligned(8)))
#else
#include <linux/ioctl.h>
#include <linux/types.h>
/* <linux/types.h> has it since 6.8 only. */
#ifndef __aligned_s64
#define __aligned_s64 __s64 __attribute__((aligned(8)))
#endif
#endif

#define WAITQ_SIZE_MAX 4096U
#define WAITQ_QUEUES_MAX 256U
#define WAITQ_CAPACITY_MIN 64U
#define WAITQ_CAPACITY_MAX (1U << 20)
/* A write of at most this many bytes (or the capacity, if smaller) goes in whole or not at all. */
#define WAITQ_ATOMIC_WRITE 4096U
/* As eventfd's. */
#define WAITQ_COUNTER_MAX (~0ULL - 1)
/* The counter is in the kernel: see "The page". */
#define WAITQ_PAGE_TAKEN (~0ULL)
/* The longest wait that kill -9 cannot end, for a caller without CAP_SYS_ADMIN. */
#define WAITQ_UNPRIVILEGED_UNINTERRUPTIBLE_MAX_NS 10000000000LL

/* Flags. Each call names those that it takes. */
#define WAITQ_EXCLUSIVE (1U << 0) /* the waits, an item: an exclusive waiter; see WAKE */
#define WAITQ_CONSUME (1U << 1)   /* the same: take `threshold` off the counter */
#define WAITQ_TIMEOUT (1U << 2)   /* the waits: until timeout_ns at the latest */
#define WAITQ_ABSOLUTE (1U << 3)  /* the waits, TIMER: the time is a point of the clock */
#define WAITQ_CANCEL (1U << 4)    /* TIMER: disarm; every other input is 0 */
#define WAITQ_SYNC (1U << 5)      /* WAKE: the caller is about to sleep (SIGNAL_WAIT: always) */
#define WAITQ_ALERT (1U << 6)     /* WAIT_ANY, WAIT_ALL: the last item is an alert */

/*
 * WAIT: sleep until the counter is at or above `threshold`.
 *
 * A wake-up tests the condition of each waiter under the queue's lock and wakes only a waiter whose
 * condition is true; with WAITQ_CONSUME it takes the threshold in the waiter's name. So waiters
 * with different thresholds share a queue, and no waiter is woken in vain. Of the waiters whose
 * threshold is reached the first in is the first out; but
 * a wake-up in a queue of more than WAITQ_WAKE_CHUNK waiters gives the lock back between chunks,
 * and a call that comes then may be served before those that wait. Satisfied beats timed out, timed
 * out beats signalled.
 *
 *   0          satisfied. A relative timeout_ns holds the time that was left, if the struct can
 *              still be written
 *   ETIMEDOUT  the time was up and the counter below the threshold
 *   EINTR      a signal came whose handler has no SA_RESTART. After any other handler the call
 *              goes on by itself. Of a relative timeout_ns only what was left is waited for
 *   EPERM      the state is uninterruptible or idle, without CAP_SYS_ADMIN, and the wait may last
 *              longer than WAITQ_UNPRIVILEGED_UNINTERRUPTIBLE_MAX_NS, timer slack included
 */
enum waitq_state {
	WAITQ_STATE_INTERRUPTIBLE = 0,   /* any signal ends the sleep */
	WAITQ_STATE_UNINTERRUPTIBLE = 1, /* none does */
	WAITQ_STATE_KILLABLE = 2,        /* a fatal signal does */
	WAITQ_STATE_IDLE = 3,            /* none does, and the load average does not count it */
};

struct waitq_wait {
	__u32 size;
	__u32 flags; /* WAITQ_EXCLUSIVE, _CONSUME, _TIMEOUT, _ABSOLUTE */
	__u32 state; /* enum waitq_state */
	__u32 pad;
	__aligned_u64 threshold;  /* 1 to WAITQ_COUNTER_MAX */
	__aligned_s64 timeout_ns; /* 0 or more (0: only test); without WAITQ_TIMEOUT: 0 */
};

/*
 * WAKE: add `post` to the counter, then wake the waiters whose condition is then true: each that is
 * not exclusive, and of the exclusive ones the first `nr`. (A read of an EVENTFD is an exclusive
 * waiter.) A waiter whose condition is false is passed over and does not count. A consuming waiter
 * lowers the counter for those behind it. With a post of 0 nothing is added. The call returns the
 * number of waiters woken, INT_MAX at most.
 *
 * With WAITQ_SYNC the caller says that it is about to sleep: on Linux 6.6 and newer the first task
 * that it wakes then runs on the caller's CPU, if it may run there; before, the scheduler is told
 * and does as it likes.
 *
 *   EOVERFLOW  the counter would pass WAITQ_COUNTER_MAX
 */
struct waitq_wake {
	__u32 size;
	__u32 flags; /* WAITQ_SYNC */
	__u32 nr;    /* exclusive waiters to wake, at most; 0: all */
	__u32 pad;
	__aligned_u64 post;
};

/*
 * POST and TAKE: WAKE and WAIT for the usual case, and quicker. They take no struct: the argument
 * of the ioctl is a number n, from 1 to WAITQ_COUNTER_MAX.
 *
 * POST does as WAKE with a `post` of n and an `nr` of 0, and returns and fails as WAKE does. TAKE
 * does as WAIT with a `threshold` of n, WAITQ_EXCLUSIVE and WAITQ_CONSUME, interruptible and
 * without a timeout.
 *
 *   EAGAIN  TAKE, O_NONBLOCK: the counter is below n
 */

/*
 * SIGNAL_WAIT: post to one queue and wait on another, in one call. First it posts `post` to the
 * device that is open as `fd`, as POST does and with WAITQ_SYNC; then it does as WAIT on the file
 * of the call. The two may be of one queue.
 *
 * Nothing is posted if the call fails with EBADF, EFAULT on the way in, EINVAL, EPERM, or
 *
 *   EOVERFLOW  the counter of `fd` would pass WAITQ_COUNTER_MAX
 *
 * With every other result the post was made. After a signal, and after success with a relative
 * timeout, the struct comes back with a `post` of 0: made again, the call goes on and posts nothing
 * more. After ETIMEDOUT the struct is as it was: made again, the call posts again.
 */
struct waitq_signal_wait {
	__u32 size;
	__u32 flags; /* as in struct waitq_wait */
	__u32 state; /* the same */
	__u32 fd;    /* of a waitq device that is open for writing; not looked at if `post` is 0 */
	__aligned_u64 threshold;  /* as in struct waitq_wait */
	__aligned_s64 timeout_ns; /* the same */
	__aligned_u64 post;       /* 0: only wait */
};

/*
 * WAIT_ANY and WAIT_ALL: wait for several queues. The call is made on any waitq device, in whatever
 * mode that is open. Each item names a queue, by a file that is open for reading, and what a WAIT
 * there would wait for and take. The waits are interruptible, and O_NONBLOCK changes nothing: a
 * timeout of 0 only tests.
 *
 * WAIT_ANY ends when the counter of one item is at or above its threshold, takes of that one queue,
 * and returns the item's number, from 0. Of several such items it is the first.
 *
 * WAIT_ALL ends at an instant when all counters are at or above their thresholds, takes of all
 * queues at that instant, and returns 0. Before, it takes nothing, and others may take.
 *
 * With WAITQ_ALERT the last item is an alert: if it is satisfied, and the wait for the others is
 * not, the call takes of it alone, and returns its number.
 *
 * In each queue the call is a waiter as any other. First in, first out. A WAKE counts it, if its
 * item is exclusive and the WAKE ends the call; else the WAKE passes it over. WAITERS shows it.
 * INFO counts a timeout in every queue. The call keeps the queues, whatever is closed meanwhile.
 *
 *   EBADF      an item's `fd` is no waitq device that is open for reading
 *   EINVAL     `count` is not 1 to WAITQ_ITEMS_MAX; or, with WAITQ_ALERT, 2 to one more than that.
 *              WAIT_ALL: two items are of one queue, the alert's included
 *   ENOMEM
 *   ETIMEDOUT, EINTR, and the time that was left: as WAIT
 */
#define WAITQ_ITEMS_MAX 64U

struct waitq_item {
	__u32 fd;
	__u32 flags;             /* WAITQ_EXCLUSIVE, _CONSUME */
	__aligned_u64 threshold; /* as in struct waitq_wait */
};

struct waitq_wait_many {
	__u32 size;
	__u32 flags;              /* WAITQ_TIMEOUT, _ABSOLUTE, _ALERT */
	__aligned_s64 timeout_ns; /* as in struct waitq_wait */
	__u32 count;              /* of all items, the alert too */
	__u32 pad;
	__aligned_u64 items; /* the address of the first struct waitq_item */
};

/*
 * The page: mmap() of one page at offset 0, MAP_SHARED, of a file that is open for reading. Its
 * first word, 64 bits in the machine's order, is the counter, or WAITQ_PAGE_TAKEN: then the counter
 * is in the kernel, because a task waits, polls the device or an EVENTFD, waits for room in one, or
 * asked for SIGIO. It comes back at the end of the next call that finds no such task. With
 * PROT_WRITE a program posts and takes without a system call:
 *
 *   post n   reads the word; if it is WAITQ_PAGE_TAKEN, calls POST. If n more would pass
 *            WAITQ_COUNTER_MAX: overflow. Else it adds n by compare-and-swap, with the order of a
 *            lock (acquire and release), and begins again if that fails
 *   take n   the same with TAKE, which it also calls if the word is below n
 *
 * A program that writes other things there loses or invents events of that queue, and does no other
 * harm. INFO does not count posts that made no call.
 *
 *   EACCES  PROT_EXEC; PROT_WRITE, and the file is not open for writing
 *   EINVAL  a private mapping, another length or offset
 *   ENODEV  the kernel is one of 32 bits, or the processor an ARM one before ARMv8.1
 *   ENOMEM
 */

/*
 * TIMER: do what WAKE does at a later time, from a timer's interrupt (on PREEMPT_RT: a thread).
 * An open file has one timer. The call ends what was armed before, and closing the file ends it. A
 * post that would overflow is left out.
 *
 * The timers of all open files share the interrupt time of one CPU. In any 10 ms they get
 * at most WAITQ_TIMER_BUDGET_NS, and one firing more. While more is due than that, users take
 * turns, a firing each; a user whose timer becomes due waits for about two turns of every other
 * user with due timers, at the pace of the budget. With 10 such users and firings of 5 us a timer
 * is late by about 2.6 ms: 20 firings, and the 2.5 ms of a budget and its rest. (A user is the one
 * that opened the file; in a user namespace, the owner of the outermost one.) A periodic timer
 * that is late leaves periods out; `count` counts firings. In the interrupt a firing wakes or
 * passes over at most WAITQ_WAKE_CHUNK waiters; a kernel thread goes on with the rest, and tells
 * those that poll the device or an EVENTFD.
 *
 *   ENOMEM
 */
#define WAITQ_TIMER_BUDGET_NS 2500000LL
#define WAITQ_TIMER_PERIOD_MIN_NS 50000LL
#define WAITQ_WAKE_CHUNK 64U

struct waitq_timer {
	__u32 size;
	__u32 flags; /* WAITQ_ABSOLUTE, or WAITQ_CANCEL alone */
	__u32 nr;    /* as in struct waitq_wake */
	__u32 pad;
	__aligned_s64 delay_ns;  /* to the first firing; 0 or more */
	__aligned_s64 period_ns; /* 0: one firing; else WAITQ_TIMER_PERIOD_MIN_NS or more */
	__aligned_u64 count;     /* firings; 0: until cancelled; without a period: 1 */
	__aligned_u64 post;
	__aligned_u64 fired; /* out: firings of the arming that this call ended */
};

/*
 * EVENTFD: a new descriptor for the counter, for every event loop. It does as an eventfd with
 * EFD_SEMAPHORE does: read() takes 1 and returns the 64-bit number 1, write() adds a 64-bit number,
 * POLLIN says that the counter is not 0, POLLOUT that 1 can be added. (POLLERR: it passed its
 * maximum, because an event that could not be delivered was put back.) The ioctl returns the
 * descriptor. The file must be open for reading and writing.
 *
 *   EMFILE, ENFILE, ENOMEM
 */
struct waitq_eventfd {
	__u32 size;
	__u32 flags; /* O_CLOEXEC, O_NONBLOCK */
};

/*
 * INFO: figures of the queue. Any open file may ask. /sys/class/waitq/waitqN has a file for each,
 * for root. X(name, what it counts)
 */
#define WAITQ_FIGURES(X)                                                                       \
	X(readers, "tasks in read that sleep or are about to")                                 \
	X(writers, "tasks in write that sleep or are about to")                                \
	X(event_waiters, "waits for the counter, not exclusive, linked into the queue")        \
	X(event_waiters_exclusive, "exclusive ones, with those in read of an EVENTFD, linked") \
	X(counter, "the event counter")                                                        \
	X(bytes, "bytes held")                                                                 \
	X(capacity, "bytes that fit")                                                          \
	X(wakes, "wake-ups made, whether or not a task slept")                                 \
	X(woken, "tasks woken by them")                                                        \
	X(spurious, "times that a reader or writer woke in vain and slept on")                 \
	X(timeouts, "waits that ended by their timeout")                                       \
	X(interrupted, "waits cut short, by a signal or by io_uring's work for the task")

struct waitq_info {
	__u32 size;
	__u32 flags;                            /* 0 */
#define WAITQ_X(name, text) __aligned_u64 name; /* out */
	WAITQ_FIGURES(WAITQ_X)
#undef WAITQ_X
};

/*
 * WAITERS: the entries of each wait queue, in its order. A queue that changes meanwhile is shown
 * partly as before and partly as after; a waiter that stays and is not woken in vain is shown once.
 * A task is shown if it is
 * of the caller's user, or if the caller has CAP_SYS_PTRACE; else, or if the caller's PID
 * namespace does not have it, WAITQ_WAITER_HIDDEN stands for it.
 *
 *   ENOMEM
 */
#define WAITQ_PLACES(X)                                                       \
	X(0, READERS, readers, "tasks in read")                               \
	X(1, WRITERS, writers, "tasks in write, for their turn")              \
	X(2, ROOM, room, "the task in write that has its turn")               \
	X(3, EVENTS, events, "tasks in WAIT, and in read of an EVENTFD")      \
	X(4, POLLERS, pollers, "poll, select, epoll, io_uring on the device") \
	X(5, EVENT_POLLERS, event_pollers, "the same on an EVENTFD")          \
	X(6, EVENT_ROOM, event_room, "tasks in write of an EVENTFD that is full")

enum waitq_place {
#define WAITQ_X(value, id, name, text) WAITQ_PLACE_##id = value,
	WAITQ_PLACES(WAITQ_X)
#undef WAITQ_X
};

#define WAITQ_WAITERS_MAX 65536U
#define WAITQ_STRIDE_MAX 4096U
#define WAITQ_WAITER_EXCLUSIVE (1U << 0)
#define WAITQ_WAITER_TASK (1U << 1) /* the entry is a task's: a poller's is not */
#define WAITQ_WAITER_HIDDEN                                                  \
	(1U << 2) /* the caller may not see the task: pid, state, comm are 0 \
		   */

struct waitq_waiter {
	__u32 place;             /* of WAITQ_PLACES */
	__u32 flags;             /* WAITQ_WAITER_* */
	__u32 pid;               /* in the caller's PID namespace */
	__u32 state;             /* a letter, as in /proc/PID/stat */
	__aligned_s64 since_ns;  /* a tick before the wait began, up to 20 ms; 0: not known */
	__aligned_u64 threshold; /* of a task that waits for events; else 0 */
	char comm[16];
	char function[40]; /* the wake function, cut to fit */
};

struct waitq_waiters {
	__u32 size;
	__u32 flags;  /* 0 */
	__u32 count;  /* in: entries that fit, up to WAITQ_WAITERS_MAX; out: entries written */
	__u32 stride; /* from one entry to the next: sizeof(struct waitq_waiter); a longer one, up
		       * to WAITQ_STRIDE_MAX, gets zeros behind the entry */
	__aligned_u64 waiters; /* the address of the first */
	__aligned_u64 linked;  /* out: entries there were, written or not */
};

/*
 * poll on the device, of a file that is open for reading: POLLIN, a read would not block; POLLMSG,
 * the counter is not 0 (EVENTFD says that as POLLIN). Of one that is open for writing: POLLOUT, a
 * write of up to WAITQ_ATOMIC_WRITE bytes would not block.
 */

#define WAITQ_IOC_MAGIC 0xD9
#define WAITQ_NR_WAIT 0x00
#define WAITQ_NR_WAKE 0x01
#define WAITQ_NR_TIMER 0x02
#define WAITQ_NR_EVENTFD 0x03
#define WAITQ_NR_INFO 0x04
#define WAITQ_NR_WAITERS 0x05
#define WAITQ_NR_POST 0x06
#define WAITQ_NR_TAKE 0x07
#define WAITQ_NR_SIGNAL_WAIT 0x08
#define WAITQ_NR_WAIT_ANY 0x09
#define WAITQ_NR_WAIT_ALL 0x0A
#ifndef WAITQ_FREESTANDING
#define WAITQ_IOC_WAIT _IO(WAITQ_IOC_MAGIC, WAITQ_NR_WAIT)
#define WAITQ_IOC_WAKE _IO(WAITQ_IOC_MAGIC, WAITQ_NR_WAKE)
#define WAITQ_IOC_TIMER _IO(WAITQ_IOC_MAGIC, WAITQ_NR_TIMER)
#define WAITQ_IOC_EVENTFD _IO(WAITQ_IOC_MAGIC, WAITQ_NR_EVENTFD)
#define WAITQ_IOC_INFO _IO(WAITQ_IOC_MAGIC, WAITQ_NR_INFO)
#define WAITQ_IOC_WAITERS _IO(WAITQ_IOC_MAGIC, WAITQ_NR_WAITERS)
#define WAITQ_IOC_POST _IO(WAITQ_IOC_MAGIC, WAITQ_NR_POST)
#define WAITQ_IOC_TAKE _IO(WAITQ_IOC_MAGIC, WAITQ_NR_TAKE)
#define WAITQ_IOC_SIGNAL_WAIT _IO(WAITQ_IOC_MAGIC, WAITQ_NR_SIGNAL_WAIT)
#define WAITQ_IOC_WAIT_ANY _IO(WAITQ_IOC_MAGIC, WAITQ_NR_WAIT_ANY)
#define WAITQ_IOC_WAIT_ALL _IO(WAITQ_IOC_MAGIC, WAITQ_NR_WAIT_ALL)
#endif

#endif
