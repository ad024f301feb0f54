// SPDX-License-Identifier: GPL-2.0
/*
 * context.c - runs a function where a driver's code may have to run: in an interrupt, hard or
 * soft, in a workqueue, in a thread of the kernel. And the rest of the lab's seam: work that an
 * interrupt leaves behind, the current task, RCU.
 */
#include <linux/completion.h>
#include <linux/hrtimer.h>
#include <linux/irq_work.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#include "../../uapi/waitq_lab.h"
#include "../compat.h"
#include "../lab.h"

struct errand {
	void (*function)(void *argument);
	void *argument;
	struct completion done;
	union {
		struct hrtimer hrtimer;
		struct timer_list timer;
		struct work_struct work;
	};
};

/*
 * The one irq_work, for one errand at a time: on PREEMPT_RT irq_work_sync() may return while the
 * thread that ran it still looks at it, so it is not in the errand, which is freed.
 */
static DEFINE_MUTEX(irq_work_mutex);
static void run_in_irq_work(struct irq_work *work);
static DEFINE_IRQ_WORK(irq_work, run_in_irq_work);
static struct errand *irq_work_errand; /* guarded by irq_work_mutex */

static void run(struct errand *errand)
{
	errand->function(errand->argument);
	complete(&errand->done);
}

static enum hrtimer_restart run_in_hard_irq(struct hrtimer *timer)
{
	run(container_of(timer, struct errand, hrtimer));
	return HRTIMER_NORESTART;
}

static void run_in_soft_irq(struct timer_list *timer)
{
	run(container_of(timer, struct errand, timer));
}

static void run_in_work(struct work_struct *work)
{
	run(container_of(work, struct errand, work));
}

static void run_in_irq_work(struct irq_work *work)
{
	run(irq_work_errand);
}

static int run_in_thread(void *errand)
{
	run(errand);
	return 0;
}

/*
 * Each case waits for the completion, and then until no interrupt touches the errand any more:
 * complete() is not the last that an interrupt does.
 */
static bool run_elsewhere(unsigned int context, struct errand *errand)
{
	struct task_struct *thread;

	switch ((enum lab_context)context) {
	case LAB_CONTEXT_PROCESS:
		break; /* kapi_run_in() has run it */
	case LAB_CONTEXT_HARD_IRQ:
		compat_hrtimer_setup(&errand->hrtimer, run_in_hard_irq, HRTIMER_MODE_REL);
		hrtimer_start(&errand->hrtimer, 0, HRTIMER_MODE_REL);
		wait_for_completion(&errand->done);
		hrtimer_cancel(&errand->hrtimer);
		return true;
	case LAB_CONTEXT_SOFT_IRQ:
		timer_setup(&errand->timer, run_in_soft_irq, 0);
		mod_timer(&errand->timer, jiffies);
		wait_for_completion(&errand->done);
		compat_timer_delete_sync(&errand->timer);
		return true;
	case LAB_CONTEXT_WORK:
		INIT_WORK(&errand->work, run_in_work);
		schedule_work(&errand->work);
		wait_for_completion(&errand->done);
		flush_work(&errand->work);
		return true;
	case LAB_CONTEXT_IRQ_WORK:
		mutex_lock(&irq_work_mutex);
		irq_work_errand = errand;
		irq_work_queue(&irq_work);
		wait_for_completion(&errand->done);
		irq_work_sync(&irq_work);
		mutex_unlock(&irq_work_mutex);
		return true;
	case LAB_CONTEXT_KTHREAD:
		thread = kthread_create(run_in_thread, errand, "waitq_waker");
		if (IS_ERR(thread))
			return false;
		get_task_struct(thread);
		wake_up_process(thread);
		wait_for_completion(&errand->done);
		kthread_stop(thread);
		put_task_struct(thread);
		return true;
	}
	return false;
}

bool kapi_run_in(unsigned int context, void (*function)(void *argument), void *argument)
{
	struct errand *errand;
	bool ran;

	if (context == LAB_CONTEXT_PROCESS) {
		function(argument);
		return true;
	}
	errand = kzalloc(sizeof(*errand), GFP_KERNEL_ACCOUNT);
	if (!errand)
		return false;
	errand->function = function;
	errand->argument = argument;
	init_completion(&errand->done);
	ran = run_elsewhere(context, errand);
	kfree(errand);
	return ran;
}

void kapi_lab_work_init(struct work_struct *work)
{
	INIT_WORK(work, lab_deferred);
}

void kapi_lab_work_schedule(struct work_struct *work)
{
	schedule_work(work);
}

void kapi_lab_work_cancel(struct work_struct *work)
{
	cancel_work_sync(work);
}

struct task_struct *kapi_current(void)
{
	return current;
}

void kapi_nap(void)
{
	schedule_timeout_uninterruptible(1);
}

bool kapi_in_task(void)
{
	return in_task();
}

void kapi_rcu_read_lock(void)
{
	rcu_read_lock();
}

void kapi_rcu_read_unlock(void)
{
	rcu_read_unlock();
}

void kapi_synchronize_rcu(void)
{
	synchronize_rcu();
}
