// SPDX-License-Identifier: GPL-2.0
#include <waitq/explore.h>
#include "my_driver.c" /* unchanged */

EXPLORE(one_reader_one_writer)
{
	struct file *file = explore_open(O_RDWR);

	THREAD(reader)
	{
		char c;

		explore_read(file, &c, 1);
	}
	THREAD(writer)
	{
		explore_write(file, "x", 1);
	}
	AFTER
	{
		explore_close(file);
	}
}
