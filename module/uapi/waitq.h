/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * waitq.h - the one contract between the waitq module and user space.
 *
 * Rules that hold for every call:
 *  - Each struct starts with its own size, and a size that the kernel does not know
 *    is EINVAL. A later version may grow a struct at its end, and will go on taking
 *    the sizes of the versions before.
 *  - Unknown flags, unknown kinds and nonzero padding are EINVAL, and an EINVAL
 *    has changed nothing.
 *  - Times are nanoseconds on CLOCK_MONOTONIC, relative unless WAITQ_ABSOLUTE.
 *  - Layouts are the same for 32-bit and 64-bit callers.
 *
 * The tables (WAITQ_WAIT_KINDS, WAITQ_WAKE_KINDS, WAITQ_CONTEXTS, WAITQ_PLACES,
 * WAITQ_FIGURES) are the only place where a kind or a figure is listed: the module, sysfs, the
 * library and the command line are all made from them. Rows are only ever appended.
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

/* ---- limits ------------------------------------------------------------- */

#define WAITQ_QUEUES_MAX 256U
#define WAITQ_CAPACITY_MIN 64U
#define WAITQ_CAPACITY_MAX (1U << 20)
/* A write of at most this many bytes (or the capacity, if smaller) is atomic. */
#define WAITQ_ATOMIC_WRITE 4096U
#define WAITQ_COUNTER_MAX (~0ULL)
#define WAITQ_TIMER_PERIOD_MIN_NS 50000LL
/* The longest wait that kill -9 can't end, for a caller without CAP_SYS_ADMIN. */
#define WAITQ_UNPRIVILEGED_UNINTERRUPTIBLE_MAX_NS 10000000000LL

/* ---- flags -------------------------------------------------------------- */

#define WAITQ_EXCLUSIVE (1U << 0)    /* WAIT: an exclusive wait entry; engine core only */
#define WAITQ_CONSUME (1U << 1)      /* WAIT: take `threshold` off the counter */
#define WAITQ_ABSOLUTE (1U << 2)     /* WAIT, TIMER: the time is absolute */
#define WAITQ_TIMER_CANCEL (1U << 3) /* TIMER: disarm; every other field is 0 */
/*
 * WAIT: after the first test, if that was false, hold on until somebody wakes, and only
 * then go on to sleep: what comes between the test and the sleep, made to happen. Not with
 * kinds that hold a lock.
 */
#define WAITQ_WINDOW (1U << 4)
/* WAIT: the condition sleeps for a jiffy whenever it is tested. As WAITQ_WINDOW. */
#define WAITQ_NAP (1U << 5)

/* ---- wait kinds ---------------------------------------------------------
 * X(value, ID, the kernel's name, task state, clock of the timeout, exclusive, lock, sleep,
 *   since)
 *
 * state      CALLER: as waitq_wait.state says. FREEZABLE: interruptible, and the freezer
 *            need not wake the task
 * clock      JIFFIES: the timeout is rounded up to the kernel's tick and is never early
 * exclusive  YES: an exclusive entry
 * lock       held while the condition is tested, and not while the task sleeps.
 *            CALLER: a spinlock of the caller's; HEAD: the head's own, with interrupts on;
 *            HEAD_IRQ: with interrupts off
 * sleep      PLAIN: schedule(). IO: counted as waiting for I/O. CMD: a command runs before and
 *            after, BEFORE_CMD: before only. The others are idioms: sleeping by hand
 * since      "" is 5.10 or before. Stable kernels carry backports: WAITQ_IOC_KINDS tells
 */
/* clang-format off */
#define WAITQ_WAIT_KINDS(X) \
	X(0,  EVENT,                                    wait_event,                                    UNINTERRUPTIBLE, NONE,    NO,       NONE,     PLAIN,         "")           \
	X(1,  EVENT_TIMEOUT,                            wait_event_timeout,                            UNINTERRUPTIBLE, JIFFIES, NO,       NONE,     PLAIN,         "")           \
	X(2,  EVENT_INTERRUPTIBLE,                      wait_event_interruptible,                      INTERRUPTIBLE,   NONE,    NO,       NONE,     PLAIN,         "")           \
	X(3,  EVENT_INTERRUPTIBLE_TIMEOUT,              wait_event_interruptible_timeout,              INTERRUPTIBLE,   JIFFIES, NO,       NONE,     PLAIN,         "")           \
	X(4,  EVENT_KILLABLE,                           wait_event_killable,                           KILLABLE,        NONE,    NO,       NONE,     PLAIN,         "")           \
	X(5,  EVENT_KILLABLE_TIMEOUT,                   wait_event_killable_timeout,                   KILLABLE,        JIFFIES, NO,       NONE,     PLAIN,         "")           \
	X(6,  EVENT_INTERRUPTIBLE_EXCLUSIVE,            wait_event_interruptible_exclusive,            INTERRUPTIBLE,   NONE,    YES,      NONE,     PLAIN,         "")           \
	X(7,  EVENT_HRTIMEOUT,                          wait_event_hrtimeout,                          UNINTERRUPTIBLE, HRTIMER, NO,       NONE,     PLAIN,         "")           \
	X(8,  EVENT_INTERRUPTIBLE_HRTIMEOUT,            wait_event_interruptible_hrtimeout,            INTERRUPTIBLE,   HRTIMER, NO,       NONE,     PLAIN,         "")           \
	X(9,  EVENT_KILLABLE_EXCLUSIVE,                 wait_event_killable_exclusive,                 KILLABLE,        NONE,    YES,      NONE,     PLAIN,         "")           \
	X(10, EVENT_IDLE,                               wait_event_idle,                               IDLE,            NONE,    NO,       NONE,     PLAIN,         "")           \
	X(11, EVENT_IDLE_EXCLUSIVE,                     wait_event_idle_exclusive,                     IDLE,            NONE,    YES,      NONE,     PLAIN,         "")           \
	X(12, EVENT_IDLE_TIMEOUT,                       wait_event_idle_timeout,                       IDLE,            JIFFIES, NO,       NONE,     PLAIN,         "")           \
	X(13, EVENT_IDLE_EXCLUSIVE_TIMEOUT,             wait_event_idle_exclusive_timeout,             IDLE,            JIFFIES, YES,      NONE,     PLAIN,         "")           \
	X(14, EVENT_FREEZABLE,                          wait_event_freezable,                          FREEZABLE,       NONE,    NO,       NONE,     PLAIN,         "")           \
	X(15, EVENT_FREEZABLE_EXCLUSIVE,                wait_event_freezable_exclusive,                FREEZABLE,       NONE,    YES,      NONE,     PLAIN,         "")           \
	X(16, EVENT_FREEZABLE_TIMEOUT,                  wait_event_freezable_timeout,                  FREEZABLE,       JIFFIES, NO,       NONE,     PLAIN,         "")           \
	X(17, EVENT_STATE,                              wait_event_state,                              CALLER,          NONE,    NO,       NONE,     PLAIN,         "since 6.1")  \
	X(18, EVENT_STATE_EXCLUSIVE,                    wait_event_state_exclusive,                    CALLER,          NONE,    YES,      NONE,     PLAIN,         "since 6.18") \
	X(19, IO_EVENT,                                 io_wait_event,                                 UNINTERRUPTIBLE, NONE,    NO,       NONE,     IO,            "")           \
	X(20, IO_EVENT_KILLABLE,                        io_wait_event_killable,                        KILLABLE,        NONE,    NO,       NONE,     IO,            "since 7.0")  \
	X(21, EVENT_CMD,                                wait_event_cmd,                                UNINTERRUPTIBLE, NONE,    NO,       NONE,     CMD,           "")           \
	X(22, EVENT_EXCLUSIVE_CMD,                      wait_event_exclusive_cmd,                      UNINTERRUPTIBLE, NONE,    YES,      NONE,     CMD,           "")           \
	X(23, EVENT_LOCK_IRQ,                           wait_event_lock_irq,                           UNINTERRUPTIBLE, NONE,    NO,       CALLER,   PLAIN,         "")           \
	X(24, EVENT_LOCK_IRQ_CMD,                       wait_event_lock_irq_cmd,                       UNINTERRUPTIBLE, NONE,    NO,       CALLER,   BEFORE_CMD,    "")           \
	X(25, EVENT_INTERRUPTIBLE_LOCK_IRQ,             wait_event_interruptible_lock_irq,             INTERRUPTIBLE,   NONE,    NO,       CALLER,   PLAIN,         "")           \
	X(26, EVENT_INTERRUPTIBLE_LOCK_IRQ_CMD,         wait_event_interruptible_lock_irq_cmd,         INTERRUPTIBLE,   NONE,    NO,       CALLER,   BEFORE_CMD,    "")           \
	X(27, EVENT_LOCK_IRQ_TIMEOUT,                   wait_event_lock_irq_timeout,                   UNINTERRUPTIBLE, JIFFIES, NO,       CALLER,   PLAIN,         "")           \
	X(28, EVENT_INTERRUPTIBLE_LOCK_IRQ_TIMEOUT,     wait_event_interruptible_lock_irq_timeout,     INTERRUPTIBLE,   JIFFIES, NO,       CALLER,   PLAIN,         "")           \
	X(29, EVENT_INTERRUPTIBLE_LOCKED,               wait_event_interruptible_locked,               INTERRUPTIBLE,   NONE,    NO,       HEAD,     PLAIN,         "")           \
	X(30, EVENT_INTERRUPTIBLE_LOCKED_IRQ,           wait_event_interruptible_locked_irq,           INTERRUPTIBLE,   NONE,    NO,       HEAD_IRQ, PLAIN,         "")           \
	X(31, EVENT_INTERRUPTIBLE_EXCLUSIVE_LOCKED,     wait_event_interruptible_exclusive_locked,     INTERRUPTIBLE,   NONE,    YES,      HEAD,     PLAIN,         "")           \
	X(32, EVENT_INTERRUPTIBLE_EXCLUSIVE_LOCKED_IRQ, wait_event_interruptible_exclusive_locked_irq, INTERRUPTIBLE,   NONE,    YES,      HEAD_IRQ, PLAIN,         "")           \
	X(33, PREPARE_TO_WAIT,                          prepare_to_wait,                               CALLER,          NONE,    NO,       NONE,     PREPARE,       "")           \
	X(34, PREPARE_TO_WAIT_EXCLUSIVE,                prepare_to_wait_exclusive,                     CALLER,          NONE,    YES,      NONE,     PREPARE,       "")           \
	X(35, PREPARE_TO_WAIT_EVENT,                    prepare_to_wait_event,                         CALLER,          NONE,    NO,       NONE,     PREPARE_EVENT, "")           \
	X(36, ADD_WAIT_QUEUE,                           add_wait_queue,                                CALLER,          JIFFIES, NO,       NONE,     ADD,           "")           \
	X(37, ADD_WAIT_QUEUE_EXCLUSIVE,                 add_wait_queue_exclusive,                      CALLER,          JIFFIES, YES,      NONE,     ADD,           "")           \
	X(38, ADD_WAIT_QUEUE_PRIORITY,                  add_wait_queue_priority,                       CALLER,          JIFFIES, PRIORITY, NONE,     ADD,           "since 5.11") \
	X(39, ADD_WAIT_QUEUE_PRIORITY_EXCLUSIVE,        add_wait_queue_priority_exclusive,             CALLER,          JIFFIES, SOLE,     NONE,     ADD,           "since 6.17") \
	X(40, WAIT_WOKEN,                               wait_woken,                                    CALLER,          JIFFIES, NO,       NONE,     WOKEN,         "")           \
	X(41, INIT_WAITQUEUE_FUNC_ENTRY,                init_waitqueue_func_entry,                     CALLER,          JIFFIES, NO,       NONE,     FUNC,          "")           \
	X(42, SLEEP_ON_TIMEOUT,                         sleep_on_timeout,                              CALLER,          JIFFIES, NO,       NONE,     SLEEP_ON,      "until 3.15")
/* clang-format on */

enum waitq_wait_kind {
#define WAITQ_X(value, id, ...) WAITQ_WAIT_##id = value,
	WAITQ_WAIT_KINDS(WAITQ_X)
#undef WAITQ_X
};

/* ---- wake kinds ---------------------------------------------------------
 * X(value, ID, the kernel's name, mode, exclusive waiters woken, lock, hint, key, since)
 *
 * mode  NORMAL: interruptible and uninterruptible sleepers; INTERRUPTIBLE: those only
 * lock  HELD: the caller holds the head's lock; the counter is posted to under it
 * hint  SYNC: the waker is about to sleep, and keeps its CPU until then
 * key   KEY: waitq_wake.key is handed to the entries' callbacks
 * Of the waiters that a kind can wake, it wakes all that are not exclusive.
 * wake_up_pollfree ends the queue of those that wait by WAITQ_WAIT_INIT_WAITQUEUE_FUNC_ENTRY
 * with WAITQ_CALLBACK_POLLER: nobody else is woken by it.
 */
/* clang-format off */
#define WAITQ_WAKE_KINDS(X) \
	X(0,  UP,                                wake_up,                                NORMAL,        ONE, FREE, NONE, NONE, "")           \
	X(1,  UP_NR,                             wake_up_nr,                             NORMAL,        NR,  FREE, NONE, NONE, "")           \
	X(2,  UP_ALL,                            wake_up_all,                            NORMAL,        ALL, FREE, NONE, NONE, "")           \
	X(3,  UP_INTERRUPTIBLE,                  wake_up_interruptible,                  INTERRUPTIBLE, ONE, FREE, NONE, NONE, "")           \
	X(4,  UP_INTERRUPTIBLE_NR,               wake_up_interruptible_nr,               INTERRUPTIBLE, NR,  FREE, NONE, NONE, "")           \
	X(5,  UP_INTERRUPTIBLE_ALL,              wake_up_interruptible_all,              INTERRUPTIBLE, ALL, FREE, NONE, NONE, "")           \
	X(6,  UP_LOCKED,                         wake_up_locked,                         NORMAL,        ONE, HELD, NONE, NONE, "")           \
	X(7,  UP_ALL_LOCKED,                     wake_up_all_locked,                     NORMAL,        ALL, HELD, NONE, NONE, "")           \
	X(8,  UP_SYNC,                           wake_up_sync,                           NORMAL,        ONE, FREE, SYNC, NONE, "since 6.13") \
	X(9,  UP_INTERRUPTIBLE_SYNC,             wake_up_interruptible_sync,             INTERRUPTIBLE, ONE, FREE, SYNC, NONE, "")           \
	X(10, UP_POLL,                           wake_up_poll,                           NORMAL,        ONE, FREE, NONE, KEY,  "")           \
	X(11, UP_INTERRUPTIBLE_POLL,             wake_up_interruptible_poll,             INTERRUPTIBLE, ONE, FREE, NONE, KEY,  "")           \
	X(12, UP_LOCKED_POLL,                    wake_up_locked_poll,                    NORMAL,        ONE, HELD, NONE, KEY,  "")           \
	X(13, UP_INTERRUPTIBLE_SYNC_POLL,        wake_up_interruptible_sync_poll,        INTERRUPTIBLE, ONE, FREE, SYNC, KEY,  "")           \
	X(14, UP_INTERRUPTIBLE_SYNC_POLL_LOCKED, wake_up_interruptible_sync_poll_locked, INTERRUPTIBLE, ONE, HELD, SYNC, KEY,  "")           \
	X(15, UP_POLLFREE,                       wake_up_pollfree,                       NORMAL,        ALL, FREE, NONE, NONE, "")
/* clang-format on */

enum waitq_wake_kind {
#define WAITQ_X(value, id, ...) WAITQ_WAKE_##id = value,
	WAITQ_WAKE_KINDS(WAITQ_X)
#undef WAITQ_X
};

/* ---- who does it, and where ---------------------------------------------- */

enum waitq_engine {
	WAITQ_ENGINE_CORE = 0,  /* the C++ wait layer */
	WAITQ_ENGINE_MACRO = 1, /* the kernel's own macro or function of that name */
};

/* The state of kinds whose state is the caller's; 0 for every other kind. */
enum waitq_state {
	WAITQ_STATE_INTERRUPTIBLE = 0,
	WAITQ_STATE_UNINTERRUPTIBLE = 1,
	WAITQ_STATE_KILLABLE = 2,
	WAITQ_STATE_IDLE = 3,
};

/*
 * What the wake function of kind init_waitqueue_func_entry does; 0 for every other kind.
 * END lets a wake-up reach nobody behind it, so it needs CAP_SYS_ADMIN.
 */
enum waitq_callback {
	WAITQ_CALLBACK_WAKE = 0,   /* wakes, if waitq_wait.key and the wake-up's have a bit in
				    * common, or one of them is 0 */
	WAITQ_CALLBACK_REFUSE = 1, /* returns 0: not woken, not counted, the walk goes on */
	WAITQ_CALLBACK_END = 2,    /* wakes, and ends the walk */
	WAITQ_CALLBACK_POLLER = 3, /* as WAKE, in a queue that wake_up_pollfree ends; engine core */
};
#define WAITQ_POLLERS_MAX 64U

/*
 * From where a wake-up is made. X(value, ID, text). On PREEMPT_RT all but PROCESS are threads,
 * because there the head's lock sleeps.
 */
#define WAITQ_CONTEXTS(X)                             \
	X(0, PROCESS, "the caller's own task")        \
	X(1, HARD_IRQ, "the interrupt of an hrtimer") \
	X(2, SOFT_IRQ, "the softirq of a timer_list") \
	X(3, WORK, "a workqueue")                     \
	X(4, IRQ_WORK, "the interrupt of irq_work")   \
	X(5, KTHREAD, "a kernel thread made for it")

enum waitq_context {
#define WAITQ_X(value, id, text) WAITQ_CONTEXT_##id = value,
	WAITQ_CONTEXTS(WAITQ_X)
#undef WAITQ_X
};

/* ---- WAITQ_IOC_WAIT: sleep until counter >= threshold ------------------- */

enum waitq_outcome {
	WAITQ_OUTCOME_NONE = 0,
	WAITQ_OUTCOME_SATISFIED = 1, /* the ioctl returned 0 */
	WAITQ_OUTCOME_TIMED_OUT = 2, /* -1, ETIMEDOUT */
	WAITQ_OUTCOME_SIGNALLED = 3, /* -1, EINTR (or restarted) */
};

/* waitq_wait.observed */
#define WAITQ_SAW_LOCK (1U << 0)   /* the lock of the kind was held at each test of the condition */
#define WAITQ_SAW_EMPTY (1U << 1)  /* prepare_to_wait_exclusive: nobody was linked before it */
#define WAITQ_SAW_LINKED (1U << 2) /* by hand: still linked after a sleep */

/*
 * Satisfied beats timed out, and timed out beats signalled; but for clock HRTIMER, where
 * signalled beats timed out, as in the kernel.
 *
 * A wake-up for one exclusive waiter goes to the first in the queue, whatever its
 * threshold: let exclusive waiters share one, or use wake_up_all. One post of n
 * for n consumers wants wake_up_nr or wake_up_all.
 *
 * Kinds with lock HEAD wait in a queue of their own: a head that is locked with
 * interrupts on must not be woken from an interrupt. What an interrupt posts reaches
 * them through a workqueue, and then wakes all of them.
 *
 * 0           satisfied; with WAITQ_CONSUME, `threshold` was taken
 * ETIMEDOUT   the time was up and the counter still below the threshold
 * EINTR       a signal came (its handler without SA_RESTART; with SA_RESTART
 *             the call goes on with the time that was left). A relative
 *             timeout_ns is overwritten with what was left, so that calling
 *             again with the same struct does the same by hand.
 * EINVAL      size, kind, engine, flags, state, callback, padding, threshold 0, a
 *             negative timeout, a timeout for a kind without one, a key for a kind
 *             without one, WAITQ_EXCLUSIVE or WAITQ_WINDOW where it does not go
 * EOPNOTSUPP  this kernel does not have the kind: WAITQ_IOC_KINDS
 * EBUSY       add_wait_queue_priority_exclusive: another one is first already;
 *             WAITQ_CALLBACK_POLLER: there are WAITQ_POLLERS_MAX of them
 * EIDRM       WAITQ_CALLBACK_POLLER: wake_up_pollfree ended the queue, the counter was below the
 *             threshold
 * EPERM       an uninterruptible or idle wait with no timeout, with one above
 *             WAITQ_UNPRIVILEGED_UNINTERRUPTIBLE_MAX_NS (or such a timer slack:
 *             PR_SET_TIMERSLACK) or with WAITQ_NAP; WAITQ_CALLBACK_END; the two kinds of
 *             priority; without CAP_SYS_ADMIN
 * EFAULT      bad pointer; nothing was taken
 *
 * The out fields are written with 0, ETIMEDOUT and EINTR. `returned` is what the kernel's
 * call returns: 0, -ERESTARTSYS (-512), -ETIME (-62), or for clock JIFFIES 0 when timed out
 * and otherwise the jiffies left, 1 or more. What has no answer returns 0.
 */
struct waitq_wait {
	__u32 size;               /* sizeof(struct waitq_wait) */
	__u32 kind;               /* enum waitq_wait_kind */
	__u32 engine;             /* enum waitq_engine */
	__u32 flags;              /* WAITQ_EXCLUSIVE, _CONSUME, _ABSOLUTE, _WINDOW, _NAP */
	__u32 state;              /* enum waitq_state */
	__u32 callback;           /* enum waitq_callback */
	__u32 key;                /* kind init_waitqueue_func_entry: see enum waitq_callback */
	__u32 pad;                /* 0 */
	__aligned_u64 threshold;  /* 1 or more */
	__aligned_s64 timeout_ns; /* 0 or more; kinds without timeout: 0 */
	__u32 outcome;            /* out: enum waitq_outcome; in: not looked at, as all below */
	__u32 observed;           /* out: WAITQ_SAW_* */
	__aligned_s64 returned;   /* out */
	__aligned_s64 left_ns;    /* out: time left; 0 for kinds without timeout */
	__aligned_u64 spurious;   /* out: times woken with the condition false; engine core only */
	__aligned_u64 tests;      /* out: times that the condition was tested */
	__aligned_u64 before;     /* out: times that the command before the sleep ran */
	__aligned_u64 after;      /* out: the command after it */
	__aligned_u64 calls;      /* out: times that the wake function was called (kind
				   * init_waitqueue_func_entry) */
};

/* ---- WAITQ_IOC_WAKE: post to the counter, then wake ---------------------
 *
 * EOVERFLOW   the counter would pass WAITQ_COUNTER_MAX: unchanged, nobody woken
 * EINVAL      size, kind, engine, context, nr 0 for a kind with NR, nr not 0 for another,
 *             a key for a kind without KEY, a post with wake_up_pollfree
 * EOPNOTSUPP  this kernel does not have the kind: WAITQ_IOC_KINDS
 * EPERM       a context that is an interrupt, without CAP_SYS_ADMIN
 * ENOMEM      no memory for the context
 * EFAULT      bad pointer, found before anything was posted (unless the memory goes
 *             away during the call)
 *
 * wake_up_all and wake_up_interruptible_all by engine core wake at most WAITQ_WAKE_CHUNK waiters
 * with the head's lock held at a time, and others come between (interrupts too, unless the call
 * comes from one). Every other kind wakes in one go: all that are not exclusive, however many.
 */
#define WAITQ_WAKE_CHUNK 64

struct waitq_wake {
	__u32 size;            /* sizeof(struct waitq_wake) */
	__u32 kind;            /* enum waitq_wake_kind */
	__u32 engine;          /* enum waitq_engine */
	__u32 context;         /* enum waitq_context */
	__u32 nr;              /* kinds with NR: exclusive waiters to wake, 1 to 2^31 - 1 */
	__u32 key;             /* kinds with KEY */
	__aligned_u64 post;    /* added to the counter; 0: a bare wake */
	__aligned_u64 woken;   /* out: tasks woken, exclusive or not, of those that wait by
				* engine core (the kernel does not tell); pollers not counted */
	__aligned_u64 counter; /* out: the counter as this post left it */
};

/* ---- WAITQ_IOC_TIMER: the timer of this open file -----------------------
 *
 * Arms the file's one timer (an armed one is cancelled first), or cancels it.
 * Each firing does what WAITQ_IOC_WAKE does with engine core, from the hrtimer's
 * interrupt (on PREEMPT_RT: from a thread). A post that would overflow is dropped and
 * the wake done all the same. Closing the file's last descriptor cancels it.
 *
 * All timers of the module together get about a quarter of one CPU. Beyond that,
 * and when a CPU comes too late, periods are left out; `count` counts firings.
 *
 * EINVAL      size, flags, kind, padding, a negative time, a period that is not
 *             0 and below WAITQ_TIMER_PERIOD_MIN_NS, no period and count not 1,
 *             wake_up_pollfree
 * EOPNOTSUPP  this kernel does not have the kind: WAITQ_IOC_KINDS
 * EFAULT      bad pointer, found before anything was changed
 */
struct waitq_timer {
	__u32 size;              /* sizeof(struct waitq_timer) */
	__u32 flags;             /* WAITQ_ABSOLUTE, or WAITQ_TIMER_CANCEL alone */
	__u32 kind;              /* enum waitq_wake_kind */
	__u32 nr;                /* as in struct waitq_wake */
	__u32 key;               /* as in struct waitq_wake */
	__u32 pad;               /* 0 */
	__aligned_s64 delay_ns;  /* to the first firing */
	__aligned_s64 period_ns; /* between firings; 0: fires once */
	__aligned_u64 count;     /* firings; 0: until cancelled; without period: 1 */
	__aligned_u64 post;      /* added to the counter at each firing */
	__aligned_u64 fired;     /* out: firings of the arming that this call ended */
};

/* ---- WAITQ_IOC_KINDS: what this kernel has ------------------------------ */

struct waitq_kinds {
	__u32 size;         /* sizeof(struct waitq_kinds) */
	__u32 pad;          /* 0 */
	__aligned_u64 wait; /* out: bit n: wait kind n, by engine core or macro */
	__aligned_u64 wake; /* out: bit n: wake kind n */
};

/* ---- WAITQ_IOC_WAITERS: who is linked into the wait queues -------------- */

/* The queues of a device. X(value, ID, name, who is in it) */
#define WAITQ_PLACES(X)                                            \
	X(0, READERS, readers, "tasks in read")                    \
	X(1, WRITERS, writers, "tasks in write, for their turn")   \
	X(2, ROOM, room, "the task in write that has its turn")    \
	X(3, EVENTS, events, "tasks in WAITQ_IOC_WAIT")            \
	X(4, LOCKED, locked, "tasks in WAITQ_IOC_WAIT, lock HEAD") \
	X(5, POLLERS, pollers, "poll, select, epoll, io_uring")

enum waitq_place {
#define WAITQ_X(value, id, name, text) WAITQ_PLACE_##id = value,
	WAITQ_PLACES(WAITQ_X)
#undef WAITQ_X
};

/* waitq_waiter.flags */
#define WAITQ_WAITER_EXCLUSIVE (1U << 0) /* WQ_FLAG_EXCLUSIVE */
#define WAITQ_WAITER_PRIORITY (1U << 1)  /* WQ_FLAG_PRIORITY */
#define WAITQ_WAITER_WOKEN (1U << 2)     /* WQ_FLAG_WOKEN, of wait_woken */
#define WAITQ_WAITER_TASK (1U << 3)      /* the entry is a task's: a poller's is not */
#define WAITQ_WAITER_HIDDEN (1U << 4)    /* the task is not the reader's to see */
#define WAITQ_WAITER_KNOWN (1U << 5)     /* `kind` and `since_ns` are known */

struct waitq_waiter {
	__u32 place;            /* enum waitq_place */
	__u32 flags;            /* WAITQ_WAITER_* */
	__u32 pid;              /* in the reader's pid namespace; 0: no task, or hidden */
	__u32 kind;             /* enum waitq_wait_kind, with WAITQ_WAITER_KNOWN */
	__aligned_s64 since_ns; /* when it was made, CLOCK_MONOTONIC, with WAITQ_WAITER_KNOWN */
	char state;             /* as in /proc/PID/stat; '?' if there is no task, or hidden */
	char comm[16];          /* ends with 0; empty as pid is 0 */
	char function[39];      /* the wake function's name, cut to fit; ends with 0 */
};

/*
 * Of each wait queue of WAITQ_PLACES the entries, in the order of the queue (those who wait with
 * WAITQ_CALLBACK_POLLER are not in them). The head's lock is
 * held for at most WAITQ_WAKE_CHUNK of them at a time, so what comes and goes meanwhile may be
 * in the list or not; nobody is in it twice for having stayed.
 *
 * A task is shown as /proc would: one that the reader's pid namespace does not have, or whose
 * user is not the reader's (without CAP_SYS_PTRACE), is HIDDEN.
 *
 * EINVAL      size, padding, more than WAITQ_WAITERS_MAX
 * ENOMEM      no memory
 * EFAULT      bad pointer
 */
#define WAITQ_WAITERS_MAX 65536U

struct waitq_waiters {
	__u32 size;            /* sizeof(struct waitq_waiters) */
	__u32 count;           /* in: entries that fit; out: entries written */
	__aligned_u64 waiters; /* the address of struct waitq_waiter[count] */
	__aligned_u64 linked;  /* out: entries there were, written or not */
};

/* ---- WAITQ_IOC_INFO: the figures of this queue --------------------------
 * X(name, what it counts)
 */
#define WAITQ_FIGURES(X)                                                                \
	X(readers, "tasks asleep in read, waiting exclusively for a byte")              \
	X(writers, "tasks asleep in write, waiting exclusively for room or their turn") \
	X(event_waiters, "tasks asleep in WAITQ_IOC_WAIT, not exclusive")               \
	X(event_waiters_exclusive, "tasks asleep in WAITQ_IOC_WAIT, exclusive")         \
	X(counter, "the event counter")                                                 \
	X(bytes, "bytes held")                                                          \
	X(capacity, "bytes that fit")                                                   \
	X(wakes, "wake-up calls made, whether or not anybody slept")                    \
	X(woken, "tasks woken by them")                                                 \
	X(spurious, "times that a task woke with its condition false and slept on")     \
	X(timeouts, "waits that ended by timeout")                                      \
	X(signals, "waits that ended by a signal")

struct waitq_info {
	__u32 size;                             /* sizeof(struct waitq_info) */
	__u32 pad;                              /* 0 */
#define WAITQ_X(name, text) __aligned_u64 name; /* out */
	WAITQ_FIGURES(WAITQ_X)
#undef WAITQ_X
};

/* ---- poll ---------------------------------------------------------------
 * POLLIN   a read would not block
 * POLLOUT  a write of up to WAITQ_ATOMIC_WRITE bytes would not block
 * POLLMSG  the event counter is not 0 (not POLLPRI: io_uring asks for that with every
 *          read and write, and would take an event for a byte)
 */

/* ---- the calls ---------------------------------------------------------- */

#define WAITQ_IOC_MAGIC 0xB7
#define WAITQ_NR_WAIT 0x10
#define WAITQ_NR_WAKE 0x11
#define WAITQ_NR_TIMER 0x12
#define WAITQ_NR_INFO 0x13
#define WAITQ_NR_KINDS 0x14
#define WAITQ_NR_WAITERS 0x15

#ifndef WAITQ_FREESTANDING
#define WAITQ_IOC_WAIT _IOWR(WAITQ_IOC_MAGIC, WAITQ_NR_WAIT, struct waitq_wait)
#define WAITQ_IOC_WAKE _IOWR(WAITQ_IOC_MAGIC, WAITQ_NR_WAKE, struct waitq_wake)
#define WAITQ_IOC_TIMER _IOWR(WAITQ_IOC_MAGIC, WAITQ_NR_TIMER, struct waitq_timer)
#define WAITQ_IOC_INFO _IOWR(WAITQ_IOC_MAGIC, WAITQ_NR_INFO, struct waitq_info)
#define WAITQ_IOC_KINDS _IOWR(WAITQ_IOC_MAGIC, WAITQ_NR_KINDS, struct waitq_kinds)
#define WAITQ_IOC_WAITERS _IOWR(WAITQ_IOC_MAGIC, WAITQ_NR_WAITERS, struct waitq_waiters)
#endif

#endif
