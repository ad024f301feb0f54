/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_SCHED_H
#define _LINUX_SCHED_H
#include <asm/current.h>
#include <asm/processor.h>
#include <linux/kernel.h>
#include <linux/types.h>

#define TASK_RUNNING 0x0000
#define TASK_INTERRUPTIBLE 0x0001
#define TASK_UNINTERRUPTIBLE 0x0002
#define TASK_WAKEKILL 0x0100
#define TASK_NOLOAD 0x0400
#define TASK_FREEZABLE 0x2000
#define TASK_KILLABLE (TASK_WAKEKILL | TASK_UNINTERRUPTIBLE)
#define TASK_IDLE (TASK_UNINTERRUPTIBLE | TASK_NOLOAD)
#define TASK_NORMAL (TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)
#define TASK_COMM_LEN SIM_NAME_LENGTH
#define MAX_SCHEDULE_TIMEOUT LONG_MAX
#define PF_KTHREAD 0x00200000
#define WF_SYNC 0x10
#define WF_CURRENT_CPU 0x40

#define set_current_state(state) sim_set_state(state, true)
#define __set_current_state(state) sim_set_state(state, false)
#define get_current_state() sim_state()
#define set_task_state(task, state) sim_set_state(state, true)
#define signal_pending(task) ((void)(task), sim_signal_pending(~0U))
#define signal_pending_state(state, task) ((void)(task), sim_signal_pending(state))
#define fatal_signal_pending(task) ((void)(task), sim_signal_pending(TASK_WAKEKILL))
#define wake_up_process(task) sim_wake(task, TASK_NORMAL)
#define wake_up_state(task, state) sim_wake(task, state)
#define try_to_wake_up(task, state, flags) sim_wake(task, state)
#define io_schedule schedule
#define io_schedule_timeout schedule_timeout
#define cond_resched() sim_might_sleep("cond_resched()")
#define yield() sim_point()
#define in_interrupt() sim_in_interrupt()
#define in_irq() sim_in_interrupt()
#define in_hardirq() sim_in_interrupt()
#define in_task() (!sim_in_interrupt())
#define get_task_struct(task) (task)
#define put_task_struct(task) ((void)(task))
#define task_pid_nr(task) ((task)->pid)
#define freezable_schedule schedule
#define freezable_schedule_timeout schedule_timeout
static inline long schedule_timeout_interruptible(long timeout)
{
	__set_current_state(TASK_INTERRUPTIBLE);
	return schedule_timeout(timeout);
}
static inline long schedule_timeout_uninterruptible(long timeout)
{
	__set_current_state(TASK_UNINTERRUPTIBLE);
	return schedule_timeout(timeout);
}
bool kthread_should_stop(void);
static inline bool kthread_should_stop_or_park(void)
{
	return kthread_should_stop();
}
#endif
