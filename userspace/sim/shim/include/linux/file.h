/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_FILE_H
#define _LINUX_FILE_H
#include <linux/fs.h>
struct fd {
	struct file *file;
};
#endif
