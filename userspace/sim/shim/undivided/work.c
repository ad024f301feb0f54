// SPDX-License-Identifier: GPL-2.0
/*
 * work.c - work items, tasklets, kernel threads, interrupts and timers: flows of their own, begun
 * when they are first asked for.
 */
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/workqueue.h>
#include <stdarg.h>

/* Work items, tasklets and threads that were asked for: they are looked at when the module goes. */
static struct known {
	const bool *pending, *running;
	const char *name;
	void *of;
	struct task_struct *task; /* that runs it */
	bool freed;               /* by its own function */
} known[16];
static unsigned int known_count;

static struct known *know(const bool *pending, const bool *running, const char *name, void *of)
{
	if (known_count == ARRAY_SIZE(known))
		sim_give_up("more work items and tasklets than the simulation has room for");
	known[known_count] = (struct known){ pending, running, name, of };
	return &known[known_count++];
}

static const char *what_is_pending(const void *memory, size_t size)
{
	unsigned int i;

	for (i = 0; i < known_count; ++i) {
		const bool *pending = known[i].pending;

		if (known[i].freed)
			continue;
		if (memory && (size_t)((const char *)pending - (const char *)memory) >= size)
			continue;
		if (memory) {
			sim_point();
			sim_touch(known[i].of, true);
		}
		if (memory && !*pending && known[i].task == current) {
			known[i].freed = true;
			continue;
		}
		if (*pending || *known[i].running)
			return known[i].name;
	}
	return NULL;
}

__attribute__((constructor)) static void tell_pending(void)
{
	sim_tells_pending(what_is_pending);
}

/* Of a work item and of a tasklet. */
static bool is_pending(const void *pending)
{
	return *(const bool *)pending;
}

static bool is_idle(const void *argument)
{
	const struct work_struct *work = argument;

	return !work->pending && !work->running;
}

static void run_work(void *argument)
{
	struct known *self = argument;
	struct work_struct *work = self->of;

	for (;;) {
		sim_wait_until(is_pending, &work->pending, work, NULL);
		work->pending = false;
		work->running = true;
		sim_tell("runs");
		sim_enter_module();
		work->func(work);
		sim_leave_module();
		if (self->freed)
			return;
		sim_point();
		sim_touch(work, true);
		sim_release(work);
		work->running = false;
	}
}

bool schedule_work(struct work_struct *work)
{
	bool was;

	sim_point();
	sim_check(work, sizeof(*work));
	sim_touch(work, true);
	sim_release(work);
	was = work->pending;
	if (work->cancelled) /* by cancel_work_sync(), which waits */
		return false;
	work->pending = true;
	if (!work->known) {
		struct known *it = know(&work->pending, &work->running, work->name ?: "work", work);

		work->known = true;
		it->task = sim_spawn(work->name ?: "work", SIM_WORKER, run_work, it);
	}
	return !was;
}

bool flush_work(struct work_struct *work)
{
	sim_might_sleep("flush_work()");
	sim_wait_until(is_idle, work, work, "flush_work()");
	return true;
}

static bool is_not_running(const void *work)
{
	return !((const struct work_struct *)work)->running;
}

bool cancel_work_sync(struct work_struct *work)
{
	bool was;

	sim_might_sleep("cancel_work_sync()");
	sim_point();
	sim_touch(work, true);
	was = work->pending;
	work->pending = false;
	work->cancelled = true;
	sim_wait_until(is_not_running, work, work, "cancel_work_sync()");
	work->cancelled = false;
	return was;
}

void __delayed_work_due(void *work)
{
	schedule_work(&((struct delayed_work *)work)->work);
}

bool schedule_delayed_work(struct delayed_work *work, unsigned long delay)
{
	if (!delay)
		return schedule_work(&work->work);
	sim_point();
	sim_touch(&jiffies, false);
	return !sim_timer_arm(&work->timer, jiffies + delay);
}

bool cancel_delayed_work(struct delayed_work *work)
{
	bool was = sim_timer_cancel(&work->timer, false);

	sim_point();
	sim_touch(&work->work, true);
	was |= work->work.pending;
	work->work.pending = false;
	return was;
}

bool cancel_delayed_work_sync(struct delayed_work *work)
{
	bool was = sim_timer_cancel(&work->timer, true);

	was |= cancel_work_sync(&work->work);
	/* The work may have armed it again before it was waited for. */
	was |= sim_timer_cancel(&work->timer, true);
	return cancel_work_sync(&work->work) || was;
}

/* ---- timers ---- */

void __hrtimer_function(void *argument)
{
	struct hrtimer *timer = argument;
	enum hrtimer_restart again;

	sim_enter_module();
	again = timer->function(timer);
	sim_leave_module();
	if (again == HRTIMER_RESTART)
		sim_timer_arm(&timer->timer, ktime_to_jiffies(timer->expires));
}

enum hrtimer_restart __hrtimer_wakeup(struct hrtimer *timer)
{
	struct hrtimer_sleeper *sleeper = container_of(timer, struct hrtimer_sleeper, timer);
	struct task_struct *task = sleeper->task;

	sleeper->task = NULL;
	if (task)
		sim_wake(task, TASK_NORMAL);
	return HRTIMER_NORESTART;
}

void __timer_function(void *argument)
{
	struct timer_list *timer = argument;

	sim_enter_module();
	timer->function(timer);
	sim_leave_module();
}

/* ---- tasklets ---- */

static void run_tasklet(void *argument)
{
	struct tasklet_struct *t = argument;

	for (;;) {
		sim_wait_until(is_pending, &t->pending, t, NULL);
		t->pending = false;
		t->running = true;
		sim_enter_module();
		if (t->callback)
			t->callback(t);
		else
			t->func(t->data);
		sim_leave_module();
		sim_point();
		sim_touch(t, true);
		sim_release(t);
		t->running = false;
	}
}

void tasklet_schedule(struct tasklet_struct *t)
{
	sim_point();
	sim_touch(t, true);
	sim_release(t);
	t->pending = true;
	if (!t->known) {
		t->known = true;
		know(&t->pending, &t->running, t->name ?: "tasklet", t);
		sim_spawn(t->name ?: "tasklet", SIM_SOFTIRQ, run_tasklet, t);
	}
}

static bool is_tasklet_idle(const void *argument)
{
	const struct tasklet_struct *t = argument;

	return !t->pending && !t->running;
}

void tasklet_kill(struct tasklet_struct *t)
{
	sim_might_sleep("tasklet_kill()");
	sim_wait_until(is_tasklet_idle, t, t, "tasklet_kill()");
}

/* ---- kernel threads ---- */

static struct thread {
	int (*function)(void *data);
	void *data;
	bool lives;
	struct task_struct *task;
} threads[8];

/* It was made asleep: kthread_create() returns when the thread waits for its first wake-up. */
static void run_thread(void *argument)
{
	struct thread *thread = argument;

	schedule();
	if (kthread_should_stop()) {
		current->exit_code = -EINTR;
	} else {
		sim_enter_module();
		current->exit_code = thread->function(thread->data);
		sim_leave_module();
	}
	thread->lives = false;
}

struct task_struct *kthread_create_named(int (*function)(void *), void *data, const char *format,
					 ...)
{
	struct thread *thread = threads;
	char name[TASK_COMM_LEN];
	va_list arguments;

	while (thread->task)
		if (++thread == threads + ARRAY_SIZE(threads))
			sim_give_up("more kernel threads than the simulation has room for");
	va_start(arguments, format);
	vsnprintf(name, sizeof(name), format, arguments);
	va_end(arguments);
	thread->function = function;
	thread->data = data;
	thread->lives = true;
	thread->task = sim_spawn(name, SIM_WORKER, run_thread, thread);
	thread->task->flags |= PF_KTHREAD;
	sim_make_asleep(thread->task, TASK_UNINTERRUPTIBLE);
	know(&thread->lives, &thread->lives, thread->task->comm, thread);
	return thread->task;
}

bool kthread_should_stop(void)
{
	return READ_ONCE(current->should_stop);
}

static bool is_done(const void *task)
{
	return sim_is_done(task);
}

int kthread_stop(struct task_struct *task)
{
	sim_might_sleep("kthread_stop()");
	sim_point();
	sim_touch(&task->should_stop, true);
	task->should_stop = true;
	wake_up_process(task);
	sim_wait_until(is_done, task, task, "kthread_stop()");
	return task->exit_code;
}

/* ---- interrupts ---- */

struct handler {
	unsigned int number;
	irq_handler_t handler, thread;
	const char *name;
	void *device;
	bool used;
	unsigned int running;
};
static struct handler handlers[8];

static irqreturn_t wake_thread(int number, void *device)
{
	return IRQ_WAKE_THREAD;
}

static bool is_not_served(const void *handler)
{
	return !((const struct handler *)handler)->running;
}

int request_threaded_irq(unsigned int number, irq_handler_t handler, irq_handler_t thread,
			 unsigned long flags, const char *name, void *device)
{
	unsigned int i;

	sim_might_sleep("request_irq()");
	sim_point();
	sim_touch(handlers, true);
	for (i = 0; i < ARRAY_SIZE(handlers); ++i)
		if (!handlers[i].used) {
			handlers[i] = (struct handler){
				number, handler ?: wake_thread, thread, name, device, true, 0
			};
			return 0;
		}
	return -EBUSY;
}

const void *free_irq(unsigned int number, void *device)
{
	unsigned int i;

	sim_might_sleep("free_irq()");
	for (i = 0; i < ARRAY_SIZE(handlers); ++i)
		if (handlers[i].used && handlers[i].number == number &&
		    handlers[i].device == device) {
			sim_point();
			sim_touch(handlers, true);
			handlers[i].used = false;
			sim_wait_until(is_not_served, &handlers[i], &handlers[i], "free_irq()");
			return handlers[i].name;
		}
	sim_refuse("frees interrupt %u, which it never requested", number);
}

void explore_interrupt(int number)
{
	unsigned int i;
	bool known = false;
	irqreturn_t result;

	sim_point();
	sim_touch(handlers, false);
	for (i = 0; i < ARRAY_SIZE(handlers); ++i) {
		struct handler *handler = &handlers[i];

		known |= handler->number == (unsigned int)number && handler->name;
		if (!handler->used || handler->number != (unsigned int)number)
			continue;
		sim_touch(handler, true);
		++handler->running;
		sim_enter_module();
		result = handler->handler(number, handler->device);
		/* (The thread is not one of its own: it follows.) */
		if (result == IRQ_WAKE_THREAD && handler->thread)
			handler->thread(number, handler->device);
		sim_leave_module();
		sim_point();
		sim_touch(handler, true);
		--handler->running;
	}
	if (!known) /* One that was freed does not come. */
		sim_give_up("interrupt %d comes, and nobody has requested it", number);
}
