// SPDX-License-Identifier: GPL-2.0
/*
 * sleep_on(): a driver tests its flag, and only then links itself
 * found: a wake-up is lost
 * commit: b8780c363d80 sched: remove sleep_on() and friends
 *
 * A driver starts a transfer of its tape drive and waits until the interrupt has set a flag.
 * sleep_on() gets no condition, so the driver tests its flag before the call. An interrupt
 * between the test and the link finds nobody in the queue, and the driver sleeps for ever. The
 * last drivers were changed to wait_event() and its kind, which link the task first and test
 * afterwards; then sleep_on() was removed.
 */
#include <linux/sched.h>
#include <linux/wait.h>
#include <waitq/explore.h>

struct tape {
	wait_queue_head_t queue;
	bool done; /* set by the interrupt */
};

static struct tape tape = {
	.queue = __WAIT_QUEUE_HEAD_INITIALIZER(tape.queue),
};

#ifdef BROKEN
/* Sleeps until the next wake-up: one that came before the link is not seen. */
static void sleep_till_woken(wait_queue_head_t *queue)
{
	DECLARE_WAITQUEUE(entry, current);

	__set_current_state(TASK_UNINTERRUPTIBLE);
	add_wait_queue(queue, &entry);
	schedule();
	remove_wait_queue(queue, &entry);
}
#endif

static void tape_wait(struct tape *drive)
{
#ifdef BROKEN
	while (!READ_ONCE(drive->done))
		sleep_till_woken(&drive->queue);
#else
	wait_event(drive->queue, READ_ONCE(drive->done));
#endif
}

static void tape_interrupt(struct tape *drive)
{
	WRITE_ONCE(drive->done, true);
	wake_up(&drive->queue);
}

EXPLORE(one_transfer)
{
	THREAD(writer)
	{
		tape_wait(&tape);
	}
	IRQ(drive)
	{
		tape_interrupt(&tape);
	}
}
