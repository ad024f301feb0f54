// SPDX-License-Identifier: GPL-2.0
/*
 * The module goes, and a kernel thread of its runs on.
 * found: the module is unloaded
 */
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/wait.h>
#include <waitq/explore.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static struct task_struct *thread;
static int work;

static int serve(void *data)
{
	while (!kthread_should_stop()) {
		wait_event(queue, READ_ONCE(work) || kthread_should_stop());
		WRITE_ONCE(work, 0);
	}
	return 0;
}

static int __init demo_init(void)
{
	thread = kthread_run(serve, NULL, "server");
	return PTR_ERR_OR_ZERO(thread);
}

static void __exit demo_exit(void)
{
#ifndef BROKEN
	kthread_stop(thread);
#endif
}

module_init(demo_init);
module_exit(demo_exit);
MODULE_LICENSE("GPL");

EXPLORE(work_and_unload)
{
	THREAD(user)
	{
		WRITE_ONCE(work, 1);
		wake_up(&queue);
	}
	THREAD(rmmod)
	{
		explore_unload();
	}
}
