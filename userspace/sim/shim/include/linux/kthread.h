/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_KTHREAD_H
#define _LINUX_KTHREAD_H
#include <linux/err.h>
#include <linux/sched.h>
struct task_struct *kthread_create_named(int (*function)(void *), void *data, const char *format,
					 ...) __attribute__((format(printf, 3, 4)));
#define kthread_create(function, data, format, ...) \
	kthread_create_named(function, data, format, ##__VA_ARGS__)
#define kthread_run(function, data, format, ...)                               \
	({                                                                     \
		struct task_struct *__started =                                \
			kthread_create(function, data, format, ##__VA_ARGS__); \
		if (!IS_ERR(__started))                                        \
			wake_up_process(__started);                            \
		__started;                                                     \
	})
int kthread_stop(struct task_struct *task);
#endif
