// SPDX-License-Identifier: GPL-2.0
/*
 * threads.c - the threads of the parameter `threads`: "waitq_sleeper/0" and "/1" wait in a queue,
 * "waitq_waker" wakes them. What they do is waitq_sleeper() and waitq_waker().
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kthread.h>

#include "boundary.h"
#include "kernel.h"

static int run_sleeper(void *queue)
{
	waitq_sleeper(queue);
	return 0;
}

static int run_waker(void *queue)
{
	waitq_waker(queue);
	return 0;
}

static const struct {
	int (*run)(void *queue);
	const char *name;
} table[] = {
	{ run_sleeper, "waitq_sleeper/0" },
	{ run_sleeper, "waitq_sleeper/1" },
	{ run_waker, "waitq_waker" },
};

/* Written by load and unload only. */
static struct task_struct *threads[ARRAY_SIZE(table)];
static unsigned int started;

/*
 * None of them ends before kthread_stop(), so each is there to be stopped. One that has not run
 * yet never will: kthread_stop() returns all the same.
 */
void waitq_threads_stop(void)
{
	while (started)
		kthread_stop(threads[--started]);
}

int waitq_threads_start(struct waitq_queue *queue)
{
	for (; started < ARRAY_SIZE(table); started++) {
		struct task_struct *thread =
			kthread_run(table[started].run, queue, "%s", table[started].name);

		if (IS_ERR(thread)) {
			pr_err("can't start thread %s: error %ld\n", table[started].name,
			       PTR_ERR(thread));
			waitq_threads_stop();
			return PTR_ERR(thread);
		}
		threads[started] = thread;
	}
	return 0;
}
