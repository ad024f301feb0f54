/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kernel.h - what the headers of include/linux stand on: the few things that a simulated kernel
 * does for a driver. Implemented in ../kernel; C, and C++ for that.
 *
 * Each function that others may notice is a step of its own: any number of steps of other flows
 * may come before it.
 */
#ifndef SIM_KERNEL_H
#define SIM_KERNEL_H

/* C, as C has it: NOLINTBEGIN(modernize-deprecated-headers, modernize-redundant-void-arg) */
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct task_struct;

/* ---- marked accesses: READ_ONCE(), atomics, barriers ---- */

void sim_read(const volatile void *from, void *to, unsigned int size);
void sim_write(volatile void *to, const void *from, unsigned int size);
enum sim_op { SIM_XCHG, SIM_ADD, SIM_AND, SIM_OR, SIM_XOR, SIM_CMPXCHG };
/* Returns the old value. `ordered`: a full barrier, as all that return a value are. */
unsigned long long sim_rmw(volatile void *at, unsigned int size, enum sim_op op,
			   unsigned long long argument, unsigned long long expected, bool ordered);
/* After an acquiring read, before a releasing write of that object. */
void sim_acquire(const volatile void *object);
void sim_release(const volatile void *object);
void sim_mb(void);
/* A loop that looks at memory again and again: goes on when what was last read has changed. */
void sim_relax(void);

/* ---- locks ---- */

enum sim_lock_kind { SIM_SPIN, SIM_RWLOCK, SIM_MUTEX, SIM_RWSEM };
struct sim_lock {
	const char *name;
	unsigned short holder;  /* flow + 1; 0: none holds it alone */
	unsigned short readers; /* a bit each flow */
	unsigned char kind;
	bool initialised;
	unsigned short taken; /* in which contexts it was */
};
#define SIM_LOCK_INIT(text, of_kind)                                   \
	{                                                              \
		.name = (text), .kind = (of_kind), .initialised = true \
	}

enum {
	SIM_SHARED = 1,        /* as one of several readers */
	SIM_IRQS_OFF = 2,      /* spin_lock_irq(), spin_lock_irqsave() */
	SIM_INTERRUPTIBLE = 4, /* a signal ends the wait: -EINTR */
	SIM_KILLABLE = 8,
	SIM_TRY = 16,    /* -EBUSY at once */
	SIM_BH_OFF = 32, /* spin_lock_bh() */
};
void sim_lock_init(struct sim_lock *lock, const char *name, enum sim_lock_kind kind);
int sim_lock_acquire(struct sim_lock *lock, unsigned int how);
/* `irqs`: of sim_irqs() before the lock; what they are after the unlock. */
void sim_lock_release(struct sim_lock *lock, unsigned int how);
bool sim_holds(const struct sim_lock *lock);
bool sim_is_locked(const struct sim_lock *lock);
bool sim_irqs(void);
void sim_set_irqs(bool on);
void sim_set_bh(bool on);

/* A counter that is taken from when it is not 0: semaphores. Returns 0 or -EINTR; -EBUSY. */
int sim_take(unsigned int *count, unsigned int how, const char *what);
void sim_give(unsigned int *count);

/* ---- tasks ---- */

#define SIM_NAME_LENGTH 16
struct task_struct {
	int pid, tgid;
	char comm[SIM_NAME_LENGTH];
	unsigned int flags;
	unsigned int flow; /* the simulation's */
	int exit_code;
	unsigned long timer_slack_ns;
	bool should_stop; /* kthread_stop() */
};
struct task_struct *sim_current(void);
/* `ordered`: a full barrier follows, as in set_current_state(). */
void sim_set_state(unsigned int state, bool ordered);
unsigned int sim_state(void);
bool sim_signal_pending(unsigned int state); /* of the current task; ~0: any state */
int sim_wake(struct task_struct *task, unsigned int mask);
void schedule(void);
long schedule_timeout(long timeout);
void sim_might_sleep(const char *what);
bool sim_in_interrupt(void);
bool sim_is_boot(void); /* no thread yet: the scenario's block, or the module's init */

enum sim_context { SIM_TASK, SIM_INTERRUPT, SIM_WORKER, SIM_SOFTIRQ };
/* `name` is copied. Refused: more than there is room for. */
struct task_struct *sim_spawn(const char *name, enum sim_context context, void (*body)(void *),
			      void *argument);
/* Of a task that has not begun: it begins with schedule(), and waits there for a wake-up. */
void sim_make_asleep(struct task_struct *task, unsigned int state);
/* A change of it is a write to the task. */
bool sim_is_done(const struct task_struct *task);
/*
 * Goes on when ready(argument), which others make so by writing to `object`. `what` a task waits
 * for, which is a deadlock if it never comes; null: it has nothing to do until then.
 */
void sim_wait_until(bool (*ready)(const void *), const void *argument, const void *object,
		    const char *what);
void sim_point(void);
void sim_touch(const volatile void *object, bool write);

/* ---- time: stands still but for timers ---- */

extern volatile unsigned long jiffies;
struct sim_timer {
	bool armed, running, known;
	bool soft; /* fires in a softirq */
	unsigned long expires;
	void (*function)(void *);
	void *argument;
	const char *name;
};
/* Arms it, or moves it; returns whether it was armed. It fires in an interrupt, at any point. */
bool sim_timer_arm(struct sim_timer *timer, unsigned long expires);
/* Returns whether it was armed. `sync`: does not return while its function runs. */
bool sim_timer_cancel(struct sim_timer *timer, bool sync);
/* Its function runs. */
bool sim_timer_runs(const struct sim_timer *timer);
/* Its memory is something else from now on. Refused if it is armed, or runs. */
void sim_timer_forget(struct sim_timer *timer);

/* ---- memory ---- */

void *sim_alloc(size_t size, bool may_sleep);
void sim_free(const void *memory);
/* Refuses memory that is freed, or null. */
void sim_check(const void *memory, size_t size);
/* memmove() and memset(), of which the compiler tells no access. */
void sim_copy(void *to, const void *from, size_t size);
void sim_fill(void *to, int byte, size_t size);
/* Return what could not be copied, as copy_to_user() does. */
unsigned long sim_copy_out(void *to, const void *from, unsigned long size);
unsigned long sim_copy_in(void *to, const void *from, unsigned long size);
/* A list entry was linked or unlinked: one on the stack must not outlive its function. */
void sim_linked(const void *entry);
void sim_unlinked(const void *entry);

/* ---- reports ---- */

__attribute__((noreturn, format(printf, 1, 2))) void sim_refuse(const char *format, ...);
/* It can't be explored: no mistake of the driver's. */
__attribute__((noreturn, format(printf, 1, 2))) void sim_give_up(const char *format, ...);
__attribute__((format(printf, 1, 2))) void sim_tell(const char *format, ...);
void sim_warn(const char *text); /* WARN_ON() */

/* ---- what a program tells of itself when it is loaded ---- */

void sim_init_is(int (*init)(void));
void sim_exit_is(void (*exit)(void));
void sim_scenario_is(const char *name, void (*body)(void));
/* Scenarios for a program that has none, and for each driver: shim/scenarios.c. */
void sim_default_scenario_is(const char *name, void (*body)(void), bool always);
/* The current flow runs code of the module from here on, until it leaves it. Refused once it is
 * unloaded. */
void sim_enter_module(void);
void sim_leave_module(void);
/* Runs the module's exit function, in the current task, when nobody uses the module. */
void sim_unload(const unsigned int *users, bool *going);
/*
 * Returns what is still pending that would run the module's code, in that memory or, if it is null,
 * at all; null: nothing.
 */
void sim_tells_pending(const char *(*pending)(const void *memory, size_t size));

#ifdef __cplusplus
}
#endif
/* NOLINTEND(modernize-deprecated-headers, modernize-redundant-void-arg) */
#endif
