/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * waitq_lab.h - the calls of the laboratory, /dev/waitq_labN: the waits and wake-ups of
 * include/linux/wait.h, by the C++ wait layer and by the kernel's own macros, from each context in
 * which a driver's code may run.
 *
 * For the administrator of a test machine: to open a node needs CAP_SYS_ADMIN. This header
 * promises nothing. The next version may change any of it, so the module, the library and the
 * command are built from one tree. Each struct begins with its size, which must be the module's.
 * Times are nanoseconds on CLOCK_MONOTONIC, relative unless LAB_ABSOLUTE.
 *
 * The module, the library and the command are made from the tables here: LAB_WAIT_KINDS,
 * LAB_WAKE_KINDS, LAB_CONTEXTS, LAB_PLACES, LAB_FIGURES.
 */
#ifndef WAITQ_LAB_UAPI_H
#define WAITQ_LAB_UAPI_H

#include "waitq.h" /* for __u32 and its kin only */

#define LAB_QUEUES_MAX 256U
#define LAB_COUNTER_MAX (~0ULL)

/* ---- flags -------------------------------------------------------------- */

#define LAB_EXCLUSIVE (1U << 0) /* WAIT: an exclusive wait entry; engine core, family MACRO */
#define LAB_CONSUME (1U << 1)   /* WAIT: take `threshold` off the counter */
#define LAB_ABSOLUTE (1U << 2)  /* WAIT: the time is absolute */
/*
 * WAIT: after the first test, if that was false, hold on until a wake-up comes, then test
 * again and go on to sleep. It makes happen what may come between the test and the sleep. Not with
 * kinds that hold a lock. (sleep_on_timeout goes on without a second test: that is its fault.)
 */
#define LAB_WINDOW (1U << 3)
/* WAIT: the condition sleeps for a jiffy whenever it is tested. As LAB_WINDOW. */
#define LAB_NAP (1U << 4)

/* ---- wait kinds ---------------------------------------------------------
 * X(value, ID, the kernel's name, family, task state, clock of the timeout, exclusive, lock, sleep,
 *   since)
 *
 * family     MACRO: a macro of the wait_event family. HAND: an idiom, a task that sleeps by hand
 * state      CALLER: as lab_wait.state says. FREEZABLE: interruptible, and the freezer
 *            need not wake the task
 * clock      JIFFIES: the timeout is rounded up to the kernel's tick and is never early
 * exclusive  YES: an exclusive entry
 * lock       held while the condition is tested, and not while the task sleeps.
 *            CALLER: a spinlock of the caller's; HEAD: the head's own, with interrupts on;
 *            HEAD_IRQ: with interrupts off
 * sleep      PLAIN: schedule(). IO: counted as waiting for I/O. CMD: a command runs before and
 *            after, BEFORE_CMD: before only. The others are idioms: sleeping by hand
 * since      "" is 5.10 or before. Stable kernels carry backports: LAB_IOC_KINDS tells
 */
/* clang-format off */
#define LAB_WAIT_KINDS(X) \
	X(0,  EVENT,                                    wait_event,                                    MACRO, UNINTERRUPTIBLE, NONE,    NO,       NONE,     PLAIN,         "")           \
	X(1,  EVENT_TIMEOUT,                            wait_event_timeout,                            MACRO, UNINTERRUPTIBLE, JIFFIES, NO,       NONE,     PLAIN,         "")           \
	X(2,  EVENT_INTERRUPTIBLE,                      wait_event_interruptible,                      MACRO, INTERRUPTIBLE,   NONE,    NO,       NONE,     PLAIN,         "")           \
	X(3,  EVENT_INTERRUPTIBLE_TIMEOUT,              wait_event_interruptible_timeout,              MACRO, INTERRUPTIBLE,   JIFFIES, NO,       NONE,     PLAIN,         "")           \
	X(4,  EVENT_KILLABLE,                           wait_event_killable,                           MACRO, KILLABLE,        NONE,    NO,       NONE,     PLAIN,         "")           \
	X(5,  EVENT_KILLABLE_TIMEOUT,                   wait_event_killable_timeout,                   MACRO, KILLABLE,        JIFFIES, NO,       NONE,     PLAIN,         "")           \
	X(6,  EVENT_INTERRUPTIBLE_EXCLUSIVE,            wait_event_interruptible_exclusive,            MACRO, INTERRUPTIBLE,   NONE,    YES,      NONE,     PLAIN,         "")           \
	X(7,  EVENT_HRTIMEOUT,                          wait_event_hrtimeout,                          MACRO, UNINTERRUPTIBLE, HRTIMER, NO,       NONE,     PLAIN,         "")           \
	X(8,  EVENT_INTERRUPTIBLE_HRTIMEOUT,            wait_event_interruptible_hrtimeout,            MACRO, INTERRUPTIBLE,   HRTIMER, NO,       NONE,     PLAIN,         "")           \
	X(9,  EVENT_KILLABLE_EXCLUSIVE,                 wait_event_killable_exclusive,                 MACRO, KILLABLE,        NONE,    YES,      NONE,     PLAIN,         "")           \
	X(10, EVENT_IDLE,                               wait_event_idle,                               MACRO, IDLE,            NONE,    NO,       NONE,     PLAIN,         "")           \
	X(11, EVENT_IDLE_EXCLUSIVE,                     wait_event_idle_exclusive,                     MACRO, IDLE,            NONE,    YES,      NONE,     PLAIN,         "")           \
	X(12, EVENT_IDLE_TIMEOUT,                       wait_event_idle_timeout,                       MACRO, IDLE,            JIFFIES, NO,       NONE,     PLAIN,         "")           \
	X(13, EVENT_IDLE_EXCLUSIVE_TIMEOUT,             wait_event_idle_exclusive_timeout,             MACRO, IDLE,            JIFFIES, YES,      NONE,     PLAIN,         "")           \
	X(14, EVENT_FREEZABLE,                          wait_event_freezable,                          MACRO, FREEZABLE,       NONE,    NO,       NONE,     PLAIN,         "")           \
	X(15, EVENT_FREEZABLE_EXCLUSIVE,                wait_event_freezable_exclusive,                MACRO, FREEZABLE,       NONE,    YES,      NONE,     PLAIN,         "")           \
	X(16, EVENT_FREEZABLE_TIMEOUT,                  wait_event_freezable_timeout,                  MACRO, FREEZABLE,       JIFFIES, NO,       NONE,     PLAIN,         "")           \
	X(17, EVENT_STATE,                              wait_event_state,                              MACRO, CALLER,          NONE,    NO,       NONE,     PLAIN,         "since 6.1")  \
	X(18, EVENT_STATE_EXCLUSIVE,                    wait_event_state_exclusive,                    MACRO, CALLER,          NONE,    YES,      NONE,     PLAIN,         "since 6.18") \
	X(19, IO_EVENT,                                 io_wait_event,                                 MACRO, UNINTERRUPTIBLE, NONE,    NO,       NONE,     IO,            "")           \
	X(20, IO_EVENT_KILLABLE,                        io_wait_event_killable,                        MACRO, KILLABLE,        NONE,    NO,       NONE,     IO,            "since 7.0")  \
	X(21, EVENT_CMD,                                wait_event_cmd,                                MACRO, UNINTERRUPTIBLE, NONE,    NO,       NONE,     CMD,           "")           \
	X(22, EVENT_EXCLUSIVE_CMD,                      wait_event_exclusive_cmd,                      MACRO, UNINTERRUPTIBLE, NONE,    YES,      NONE,     CMD,           "")           \
	X(23, EVENT_LOCK_IRQ,                           wait_event_lock_irq,                           MACRO, UNINTERRUPTIBLE, NONE,    NO,       CALLER,   PLAIN,         "")           \
	X(24, EVENT_LOCK_IRQ_CMD,                       wait_event_lock_irq_cmd,                       MACRO, UNINTERRUPTIBLE, NONE,    NO,       CALLER,   BEFORE_CMD,    "")           \
	X(25, EVENT_INTERRUPTIBLE_LOCK_IRQ,             wait_event_interruptible_lock_irq,             MACRO, INTERRUPTIBLE,   NONE,    NO,       CALLER,   PLAIN,         "")           \
	X(26, EVENT_INTERRUPTIBLE_LOCK_IRQ_CMD,         wait_event_interruptible_lock_irq_cmd,         MACRO, INTERRUPTIBLE,   NONE,    NO,       CALLER,   BEFORE_CMD,    "")           \
	X(27, EVENT_LOCK_IRQ_TIMEOUT,                   wait_event_lock_irq_timeout,                   MACRO, UNINTERRUPTIBLE, JIFFIES, NO,       CALLER,   PLAIN,         "")           \
	X(28, EVENT_INTERRUPTIBLE_LOCK_IRQ_TIMEOUT,     wait_event_interruptible_lock_irq_timeout,     MACRO, INTERRUPTIBLE,   JIFFIES, NO,       CALLER,   PLAIN,         "")           \
	X(29, EVENT_INTERRUPTIBLE_LOCKED,               wait_event_interruptible_locked,               MACRO, INTERRUPTIBLE,   NONE,    NO,       HEAD,     PLAIN,         "")           \
	X(30, EVENT_INTERRUPTIBLE_LOCKED_IRQ,           wait_event_interruptible_locked_irq,           MACRO, INTERRUPTIBLE,   NONE,    NO,       HEAD_IRQ, PLAIN,         "")           \
	X(31, EVENT_INTERRUPTIBLE_EXCLUSIVE_LOCKED,     wait_event_interruptible_exclusive_locked,     MACRO, INTERRUPTIBLE,   NONE,    YES,      HEAD,     PLAIN,         "")           \
	X(32, EVENT_INTERRUPTIBLE_EXCLUSIVE_LOCKED_IRQ, wait_event_interruptible_exclusive_locked_irq, MACRO, INTERRUPTIBLE,   NONE,    YES,      HEAD_IRQ, PLAIN,         "")           \
	X(33, PREPARE_TO_WAIT,                          prepare_to_wait,                               HAND,  CALLER,          NONE,    NO,       NONE,     PREPARE,       "")           \
	X(34, PREPARE_TO_WAIT_EXCLUSIVE,                prepare_to_wait_exclusive,                     HAND,  CALLER,          NONE,    YES,      NONE,     PREPARE,       "")           \
	X(35, PREPARE_TO_WAIT_EVENT,                    prepare_to_wait_event,                         HAND,  CALLER,          NONE,    NO,       NONE,     PREPARE_EVENT, "")           \
	X(36, ADD_WAIT_QUEUE,                           add_wait_queue,                                HAND,  CALLER,          JIFFIES, NO,       NONE,     ADD,           "")           \
	X(37, ADD_WAIT_QUEUE_EXCLUSIVE,                 add_wait_queue_exclusive,                      HAND,  CALLER,          JIFFIES, YES,      NONE,     ADD,           "")           \
	X(38, ADD_WAIT_QUEUE_PRIORITY,                  add_wait_queue_priority,                       HAND,  CALLER,          JIFFIES, PRIORITY, NONE,     ADD,           "since 5.11") \
	X(39, ADD_WAIT_QUEUE_PRIORITY_EXCLUSIVE,        add_wait_queue_priority_exclusive,             HAND,  CALLER,          JIFFIES, SOLE,     NONE,     ADD,           "since 6.17") \
	X(40, WAIT_WOKEN,                               wait_woken,                                    HAND,  CALLER,          JIFFIES, NO,       NONE,     WOKEN,         "")           \
	X(41, INIT_WAITQUEUE_FUNC_ENTRY,                init_waitqueue_func_entry,                     HAND,  CALLER,          JIFFIES, NO,       NONE,     FUNC,          "")           \
	X(42, SLEEP_ON_TIMEOUT,                         sleep_on_timeout,                              HAND,  CALLER,          JIFFIES, NO,       NONE,     SLEEP_ON,      "until 3.15")
/* clang-format on */

enum lab_wait_kind {
#define LAB_X(value, id, ...) LAB_WAIT_##id = value,
	LAB_WAIT_KINDS(LAB_X)
#undef LAB_X
};

/* ---- wake kinds ---------------------------------------------------------
 * X(value, ID, the kernel's name, mode, exclusive waiters woken, lock, hint, key, since)
 *
 * mode  NORMAL: interruptible and uninterruptible sleepers; INTERRUPTIBLE: those only
 * lock  HELD: the caller holds the head's lock; the counter is posted to under it
 * hint  SYNC: the waker is about to sleep, and keeps its CPU until then
 * key   KEY: lab_wake.key is handed to the entries' callbacks
 * Each kind wakes every non-exclusive waiter that its mode matches, and of the exclusive ones so
 * many in all, over both queues of LAB_PLACES: those in `events` come first.
 * wake_up_pollfree ends the queue of those that wait by LAB_WAIT_INIT_WAITQUEUE_FUNC_ENTRY
 * with LAB_CALLBACK_POLLER: no other task is woken by it.
 */
/* clang-format off */
#define LAB_WAKE_KINDS(X) \
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

enum lab_wake_kind {
#define LAB_X(value, id, ...) LAB_WAKE_##id = value,
	LAB_WAKE_KINDS(LAB_X)
#undef LAB_X
};

/* ---- by which engine, and where ------------------------------------------ */

enum lab_engine {
	LAB_ENGINE_CORE = 0,  /* the C++ wait layer */
	LAB_ENGINE_MACRO = 1, /* the kernel's own macro or function of that name */
};

/* The state of kinds whose state is the caller's; 0 for every other kind. */
enum lab_state {
	LAB_STATE_INTERRUPTIBLE = 0,
	LAB_STATE_UNINTERRUPTIBLE = 1,
	LAB_STATE_KILLABLE = 2,
	LAB_STATE_IDLE = 3,
};

/*
 * The wake function of kind init_waitqueue_func_entry does this; 0 for every other kind.
 */
enum lab_callback {
	LAB_CALLBACK_WAKE = 0,   /* wakes, if lab_wait.key and the wake-up's have a bit in
				  * common, or one of them is 0 */
	LAB_CALLBACK_REFUSE = 1, /* returns 0: not woken, not counted, the walk goes on */
	LAB_CALLBACK_END = 2,    /* wakes, and ends the walk */
	LAB_CALLBACK_POLLER = 3, /* as WAKE, in a queue that wake_up_pollfree ends; engine core */
};
#define LAB_POLLERS_MAX 64U

/*
 * From where a wake-up is made. X(value, ID, text). On PREEMPT_RT all but PROCESS are threads,
 * because there the head's lock sleeps.
 */
#define LAB_CONTEXTS(X)                               \
	X(0, PROCESS, "the caller's own task")        \
	X(1, HARD_IRQ, "the interrupt of an hrtimer") \
	X(2, SOFT_IRQ, "the softirq of a timer_list") \
	X(3, WORK, "a workqueue")                     \
	X(4, IRQ_WORK, "the interrupt of irq_work")   \
	X(5, KTHREAD, "a kernel thread made for it")

enum lab_context {
#define LAB_X(value, id, text) LAB_CONTEXT_##id = value,
	LAB_CONTEXTS(LAB_X)
#undef LAB_X
};

/* ---- LAB_IOC_WAIT: sleep until counter >= threshold --------------------- */

enum lab_outcome {
	LAB_OUTCOME_NONE = 0,
	LAB_OUTCOME_SATISFIED = 1, /* the ioctl returned 0 */
	LAB_OUTCOME_TIMED_OUT = 2, /* -1, ETIMEDOUT */
	LAB_OUTCOME_SIGNALLED = 3, /* -1, EINTR (or restarted) */
};

/* lab_wait.observed */
#define LAB_SAW_LOCK (1U << 0)   /* the lock of the kind was held at each test of the condition */
#define LAB_SAW_EMPTY (1U << 1)  /* prepare_to_wait_exclusive: no entry was linked before it */
#define LAB_SAW_LINKED (1U << 2) /* family HAND: still linked after a sleep */

/*
 * Satisfied beats timed out, and timed out beats signalled; but for clock HRTIMER, where
 * signalled beats timed out, as in the kernel.
 *
 * Kinds with lock HEAD wait in a queue of their own: a head that is locked with
 * interrupts on must not be woken from an interrupt. A wake-up from an interrupt reaches
 * them through a workqueue.
 *
 * 0           satisfied; with LAB_CONSUME, `threshold` was taken
 * ETIMEDOUT   the time was up and the counter still below the threshold
 * EINTR       a signal came (its handler without SA_RESTART; with SA_RESTART
 *             the call goes on with the time that was left). A relative
 *             timeout_ns is overwritten with what was left
 * EINVAL      a field has a value that does not go with the kind
 * EOPNOTSUPP  this kernel does not have the kind: LAB_IOC_KINDS
 * EBUSY       add_wait_queue_priority_exclusive: another one is first already;
 *             LAB_CALLBACK_POLLER: there are LAB_POLLERS_MAX of them
 * EIDRM       LAB_CALLBACK_POLLER: wake_up_pollfree ended the queue, the counter was below the
 *             threshold
 * EFAULT      bad pointer; nothing was taken
 *
 * The out fields are written with 0, ETIMEDOUT and EINTR. `returned` is what the kernel's
 * call returns: 0, -ERESTARTSYS (-512), -ETIME (-62), or for clock JIFFIES 0 when timed out
 * and otherwise the jiffies left, 1 or more. A call without a value counts as 0.
 */
struct lab_wait {
	__u32 size;               /* sizeof(struct lab_wait) */
	__u32 kind;               /* enum lab_wait_kind */
	__u32 engine;             /* enum lab_engine */
	__u32 flags;              /* LAB_EXCLUSIVE, _CONSUME, _ABSOLUTE, _WINDOW, _NAP */
	__u32 state;              /* enum lab_state */
	__u32 callback;           /* enum lab_callback */
	__u32 key;                /* kind init_waitqueue_func_entry: see enum lab_callback */
	__u32 pad;                /* 0 */
	__aligned_u64 threshold;  /* 1 or more */
	__aligned_s64 timeout_ns; /* 0 or more; kinds without timeout: 0 */
	__u32 outcome;            /* out: enum lab_outcome; in: not looked at, as all below */
	__u32 observed;           /* out: LAB_SAW_* */
	__aligned_s64 returned;   /* out */
	__aligned_s64 left_ns;    /* out: time left; 0 for kinds without timeout */
	__aligned_u64 spurious;   /* out: times woken with the condition false; engine core only */
	__aligned_u64 tests;      /* out: times that the condition was tested */
	__aligned_u64 before;     /* out: times that the command before the sleep ran */
	__aligned_u64 after;      /* out: the command after it */
	__aligned_u64 calls;      /* out: times that the wake function was called (kind
				   * init_waitqueue_func_entry) */
};

/* ---- LAB_IOC_WAKE: post to the counter, then wake -----------------------
 *
 * EOVERFLOW   the counter would pass LAB_COUNTER_MAX: unchanged, no task woken
 * EINVAL      a field has a value that does not go with the kind; a post with wake_up_pollfree
 * EOPNOTSUPP  this kernel does not have the kind: LAB_IOC_KINDS
 * ENOMEM      no memory for the context
 * EFAULT      bad pointer, found before anything was posted (unless the memory goes
 *             away during the call)
 *
 * wake_up_all and wake_up_interruptible_all by engine core wake at most 64 waiters with the
 * head's lock held at a time. Every other kind wakes in one go.
 */
struct lab_wake {
	__u32 size;            /* sizeof(struct lab_wake) */
	__u32 kind;            /* enum lab_wake_kind */
	__u32 engine;          /* enum lab_engine */
	__u32 context;         /* enum lab_context */
	__u32 nr;              /* kinds with NR: exclusive waiters to wake, 1 to 2^31 - 1 */
	__u32 key;             /* kinds with KEY */
	__aligned_u64 post;    /* added to the counter; 0: a bare wake */
	__aligned_u64 woken;   /* out: tasks woken, exclusive or not, of those that wait by
				* engine core (the kernel does not tell) */
	__aligned_u64 counter; /* out: the counter as this post left it */
};

/* ---- LAB_IOC_KINDS: what this kernel has -------------------------------- */

struct lab_kinds {
	__u32 size;         /* sizeof(struct lab_kinds) */
	__u32 pad;          /* 0 */
	__aligned_u64 wait; /* out: bit n: wait kind n, by engine core or macro */
	__aligned_u64 wake; /* out: bit n: wake kind n */
};

/* ---- LAB_IOC_WAITERS: the entries of the wait queues -------------------- */

/* The queues of a device. X(value, ID, name, the tasks in it) */
#define LAB_PLACES(X)                                 \
	X(0, EVENTS, events, "tasks in LAB_IOC_WAIT") \
	X(1, LOCKED, locked, "tasks in LAB_IOC_WAIT, lock HEAD")

enum lab_place {
#define LAB_X(value, id, name, text) LAB_PLACE_##id = value,
	LAB_PLACES(LAB_X)
#undef LAB_X
};

/* lab_waiter.flags */
#define LAB_WAITER_EXCLUSIVE (1U << 0) /* WQ_FLAG_EXCLUSIVE */
#define LAB_WAITER_PRIORITY (1U << 1)  /* WQ_FLAG_PRIORITY */
#define LAB_WAITER_WOKEN (1U << 2)     /* WQ_FLAG_WOKEN, of wait_woken */
#define LAB_WAITER_TASK (1U << 3)      /* the entry is a task's */
#define LAB_WAITER_KNOWN (1U << 4)     /* `kind` and `since_ns` are known */

struct lab_waiter {
	__u32 place;            /* enum lab_place */
	__u32 flags;            /* LAB_WAITER_* */
	__u32 pid;              /* in the reader's pid namespace; 0: no task */
	__u32 kind;             /* enum lab_wait_kind, with LAB_WAITER_KNOWN */
	__aligned_s64 since_ns; /* when the wait began, with LAB_WAITER_KNOWN */
	char state;             /* as in /proc/PID/stat; '?' without a task */
	char comm[16];          /* ends with 0 */
	char function[39];      /* the wake function's name, cut to fit; ends with 0 */
};

/*
 * The entries of each wait queue of LAB_PLACES, in the order of the queue. (Those of waiters with
 * LAB_CALLBACK_POLLER are in neither.)
 *
 * EINVAL      size, padding, more than LAB_WAITERS_MAX
 * ENOMEM      no memory
 */
#define LAB_WAITERS_MAX 65536U

struct lab_waiters {
	__u32 size;            /* sizeof(struct lab_waiters) */
	__u32 count;           /* in: entries that fit; out: entries written */
	__aligned_u64 waiters; /* the address of struct lab_waiter[count] */
	__aligned_u64 linked;  /* out: entries there were, written or not */
};

/* ---- LAB_IOC_INFO: the figures of this queue ----------------------------
 * X(name, what it counts)
 */
#define LAB_FIGURES(X)                                                              \
	X(waiters, "tasks in LAB_IOC_WAIT, not exclusive")                          \
	X(waiters_exclusive, "tasks in LAB_IOC_WAIT, exclusive")                    \
	X(counter, "the event counter")                                             \
	X(wakes, "wake-up calls made, whether or not a task slept")                 \
	X(woken, "tasks woken by them")                                             \
	X(spurious, "times that a task woke with its condition false and slept on") \
	X(timeouts, "waits that ended by timeout")                                  \
	X(signals, "waits that ended by a signal")

struct lab_info {
	__u32 size;                           /* sizeof(struct lab_info) */
	__u32 pad;                            /* 0 */
#define LAB_X(name, text) __aligned_u64 name; /* out */
	LAB_FIGURES(LAB_X)
#undef LAB_X
};

/* ---- the calls ---------------------------------------------------------- */

#define LAB_IOC_MAGIC 0xDA
#define LAB_NR_WAIT 0x10
#define LAB_NR_WAKE 0x11
#define LAB_NR_INFO 0x12
#define LAB_NR_KINDS 0x13
#define LAB_NR_WAITERS 0x14

#ifndef WAITQ_FREESTANDING
#define LAB_IOC_WAIT _IOWR(LAB_IOC_MAGIC, LAB_NR_WAIT, struct lab_wait)
#define LAB_IOC_WAKE _IOWR(LAB_IOC_MAGIC, LAB_NR_WAKE, struct lab_wake)
#define LAB_IOC_INFO _IOWR(LAB_IOC_MAGIC, LAB_NR_INFO, struct lab_info)
#define LAB_IOC_KINDS _IOWR(LAB_IOC_MAGIC, LAB_NR_KINDS, struct lab_kinds)
#define LAB_IOC_WAITERS _IOWR(LAB_IOC_MAGIC, LAB_NR_WAITERS, struct lab_waiters)
#endif

#endif
