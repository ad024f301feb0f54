// SPDX-License-Identifier: GPL-2.0
/*
 * threads.c - the threads of the parameter `threads`: "waitq_sleeper/0" and "/1" wait in a queue,
 * "waitq_waker" wakes them. They run lab_sleeper() and lab_waker().
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kthread.h>

#include "../lab.h"
#include "kernel.h"

static int run_sleeper(void *queue)
{
	lab_sleeper(queue);
	return 0;
}

static int run_waker(void *queue)
{
	lab_waker(queue);
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
void lab_threads_stop(void)
{
	while (started)
		kthread_stop(threads[--started]);
}

int lab_threads_start(struct lab_queue *queue)
{
	for (; started < ARRAY_SIZE(table); started++) {
		struct task_struct *thread =
			kthread_run(table[started].run, queue, "%s", table[started].name);

		if (IS_ERR(thread)) {
			pr_err("load refused: can't start thread %s: error %ld\n",
			       table[started].name, PTR_ERR(thread));
			lab_threads_stop();
			return PTR_ERR(thread);
		}
		threads[started] = thread;
	}
	return 0;
}
