// SPDX-License-Identifier: GPL-2.0
/*
 * scenarios.c - what is tried with a driver that comes without scenarios, and with each that has a
 * device: unload while somebody sleeps.
 */
#include <waitq/explore.h>

static void transfer(unsigned int flags)
{
	struct file *file = explore_open(flags);
	char byte = 'x';

	if (IS_ERR(file))
		return;
	if (flags == O_WRONLY)
		explore_write(file, &byte, 1);
	else
		explore_read(file, &byte, 1);
	explore_close(file);
}

static void reader_and_writer(void)
{
	THREAD(reader)
	{
		transfer(O_RDONLY);
	}
	THREAD(writer)
	{
		if (explore_has("write"))
			transfer(O_WRONLY);
	}
}

static void two_readers_and_two_writes(void)
{
	THREAD(reader_a)
	{
		transfer(O_RDONLY);
	}
	THREAD(reader_b)
	{
		transfer(O_RDONLY);
	}
	THREAD(writer)
	{
		if (explore_has("write")) {
			transfer(O_WRONLY);
			transfer(O_WRONLY);
		}
	}
}

static void signal_and_write(void)
{
	THREAD(reader_a)
	{
		transfer(O_RDONLY);
	}
	THREAD(reader_b)
	{
		transfer(O_RDONLY);
	}
	THREAD(writer)
	{
		if (explore_has("write"))
			transfer(O_WRONLY);
	}
	SIGNAL(reader_a);
}

static void unload_while_somebody_sleeps(void)
{
	THREAD(reader)
	{
		if (explore_has("read"))
			transfer(O_RDONLY);
	}
	THREAD(rmmod)
	{
		explore_unload();
	}
	KILL(reader);
}

__attribute__((constructor)) static void tell(void)
{
	sim_default_scenario_is("reader_and_writer", reader_and_writer, false);
	sim_default_scenario_is("two_readers_and_two_writes", two_readers_and_two_writes, false);
	sim_default_scenario_is("signal_and_write", signal_and_write, false);
	sim_default_scenario_is("unload_while_somebody_sleeps", unload_while_somebody_sleeps, true);
}
