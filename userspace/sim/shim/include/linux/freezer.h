/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_FREEZER_H
#define _LINUX_FREEZER_H
/* Nothing is frozen here. */
#include <linux/sched.h>
#define try_to_freeze() false
#define set_freezable() false
#define freezing(task) ((void)(task), false)
#endif
