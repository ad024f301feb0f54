/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_POLL_H
#define _LINUX_POLL_H
#include <linux/fs.h>
#include <poll.h>
#define EPOLLIN ((__poll_t)0x001)
#define EPOLLPRI ((__poll_t)0x002)
#define EPOLLOUT ((__poll_t)0x004)
#define EPOLLERR ((__poll_t)0x008)
#define EPOLLHUP ((__poll_t)0x010)
#define EPOLLRDNORM ((__poll_t)0x040)
#define EPOLLRDBAND ((__poll_t)0x080)
#define EPOLLWRNORM ((__poll_t)0x100)
#define EPOLLMSG ((__poll_t)0x400)
#define EPOLLRDHUP ((__poll_t)0x2000)
#define POLLFREE ((__poll_t)0x4000)
#ifndef POLLRDNORM
#define POLLRDNORM 0x040
#define POLLWRNORM 0x100
#endif
#ifndef POLLFREE
#define POLLFREE 0x4000
#endif
typedef struct poll_table_struct {
	void (*_qproc)(struct file *, wait_queue_head_t *, struct poll_table_struct *);
	__poll_t _key;
} poll_table;
static inline void poll_wait(struct file *file, wait_queue_head_t *queue, poll_table *table)
{
	if (table && table->_qproc && queue)
		table->_qproc(file, queue, table);
}
#endif
