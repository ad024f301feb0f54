// SPDX-License-Identifier: GPL-2.0
/*
 * The last writer of a pipe closes it and wakes one of its readers
 * found: a wake-up is lost
 * commit: 6551d5c56eb0 pipe: make sure to wake up everybody when the last reader/writer closes
 * broken by: 0ddad21d3e99 pipe: use exclusive waits when reading or writing
 *
 * Many processes may read from one pipe, as the jobs of make do, and one byte is of use to one
 * of them. So the readers became exclusive waiters: a write wakes one. The end of the file
 * concerns every reader, but the close of the last writer kept the wake-up that now wakes one as
 * well. The reader that it wakes returns 0 and has nothing to pass on; the others slept for
 * ever. Since the mending the close wakes all.
 */
#include <linux/mutex.h>
#include <linux/wait.h>
#include <waitq/explore.h>

struct pipe {
	struct mutex lock; /* of the two counters, for those who change them */
	unsigned int bytes, writers;
	wait_queue_head_t readers;
};

static struct pipe pipe = {
	.lock = __MUTEX_INITIALIZER(pipe.lock),
	.writers = 1,
	.readers = __WAIT_QUEUE_HEAD_INITIALIZER(pipe.readers),
};

static bool pipe_readable(const struct pipe *of)
{
	return READ_ONCE(of->bytes) || !READ_ONCE(of->writers);
}

/* Takes one byte. Returns 1, or 0 at the end of the file; -ERESTARTSYS. */
static int pipe_read(struct pipe *from)
{
	unsigned int bytes;

	for (;;) {
		if (wait_event_interruptible_exclusive(from->readers, pipe_readable(from)))
			return -ERESTARTSYS;
		mutex_lock(&from->lock);
		if (pipe_readable(from))
			break;
		mutex_unlock(&from->lock);
	}
	bytes = READ_ONCE(from->bytes);
	if (bytes)
		WRITE_ONCE(from->bytes, bytes - 1);
	mutex_unlock(&from->lock);
	/* An exclusive reader passes on what is left. */
	if (bytes > 1)
		wake_up_interruptible(&from->readers);
	return bytes ? 1 : 0;
}

static void pipe_close_writer(struct pipe *of)
{
	mutex_lock(&of->lock);
	WRITE_ONCE(of->writers, of->writers - 1);
	mutex_unlock(&of->lock);
#ifdef BROKEN
	wake_up_interruptible(&of->readers);
#else
	wake_up_interruptible_all(&of->readers);
#endif
}

EXPLORE(two_readers_and_the_end)
{
	THREAD(reader_a)
	{
		ASSERT(pipe_read(&pipe) == 0);
	}
	THREAD(reader_b)
	{
		ASSERT(pipe_read(&pipe) == 0);
	}
	THREAD(writer)
	{
		pipe_close_writer(&pipe);
	}
}
