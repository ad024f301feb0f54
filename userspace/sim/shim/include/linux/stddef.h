/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_STDDEF_H
#define _LINUX_STDDEF_H
#include <linux/types.h>
#define offsetofend(type, member) (offsetof(type, member) + sizeof(((type *)0)->member))
#endif
