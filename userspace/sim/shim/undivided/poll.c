// SPDX-License-Identifier: GPL-2.0
/* poll.c - poll(), on wait queues of the kernel's own. */
#include <linux/poll.h>
#include <linux/wait.h>
#include <waitq/explore.h>

#include "files.h"

struct poll_wait_of {
	poll_table table;
	struct task_struct *task;
	unsigned int events, count;
	bool triggered;
	struct {
		wait_queue_entry_t entry;
		wait_queue_head_t *queue;
	} of[4];
};

static int poll_wake(wait_queue_entry_t *entry, unsigned mode, int sync, void *key)
{
	struct poll_wait_of *wait = entry->private;

	if (key && !((unsigned int)(unsigned long)key & wait->events))
		return 0;
	WRITE_ONCE(wait->triggered, true);
	return sim_wake(wait->task, mode);
}

static void poll_link(struct file *file, wait_queue_head_t *queue, poll_table *table)
{
	struct poll_wait_of *wait = container_of(table, struct poll_wait_of, table);

	if (wait->count == ARRAY_SIZE(wait->of))
		sim_give_up("polls more wait queues than the simulation has room for");
	wait->of[wait->count].queue = queue;
	init_waitqueue_func_entry(&wait->of[wait->count].entry, poll_wake);
	wait->of[wait->count].entry.private = wait;
	add_wait_queue(queue, &wait->of[wait->count++].entry);
}

static unsigned int look(struct file *file, poll_table *table)
{
	unsigned int ready;

	if (!sim_enter(file))
		return EPOLLERR | EPOLLHUP;
	ready = file->f_op->poll(file, table);
	sim_leave(file);
	return ready;
}

unsigned int explore_look(struct file *file)
{
	if (IS_ERR(file))
		return EPOLLERR;
	return file->f_op->poll ? look(file, NULL) : EPOLLIN | EPOLLOUT;
}

unsigned int explore_poll(struct file *file, unsigned int events)
{
	struct poll_wait_of wait = { .table = { poll_link, events | EPOLLERR | EPOLLHUP },
				     .task = current,
				     .events = events | EPOLLERR | EPOLLHUP };
	poll_table *table = &wait.table;
	unsigned int ready, i;

	if (IS_ERR(file))
		return EPOLLERR;
	if (!file->f_op->poll)
		return events;
	for (;;) {
		ready = look(file, table) & wait.events;
		table = NULL;
		if (ready || signal_pending(current))
			break;
		set_current_state(TASK_INTERRUPTIBLE);
		if (!READ_ONCE(wait.triggered))
			schedule();
		__set_current_state(TASK_RUNNING);
		smp_store_mb(wait.triggered, false);
	}
	for (i = 0; i < wait.count; ++i)
		remove_wait_queue(wait.of[i].queue, &wait.of[i].entry);
	return ready;
}
