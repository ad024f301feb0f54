/* SPDX-License-Identifier: GPL-2.0 */
/*
 * layout.h - what module/kernel/layout.c makes of a real kernel's headers, for the simulated
 * one: as wait_layout.h, for the device and the lab.
 */
#ifndef WAITQ_SIM_LAYOUT_H
#define WAITQ_SIM_LAYOUT_H

#define KAPI_SIZEOF_hrtimer 24
#define KAPI_ALIGNOF_hrtimer 8
#define KAPI_SIZEOF_rb_node 24
#define KAPI_ALIGNOF_rb_node 8
#define KAPI_SIZEOF_rb_root_cached 16
#define KAPI_ALIGNOF_rb_root_cached 8
#define KAPI_SIZEOF_work_struct 16
#define KAPI_ALIGNOF_work_struct 8

#define KAPI_E2BIG 7
#define KAPI_EAGAIN 11
#define KAPI_EBADF 9
#define KAPI_EFAULT 14
#define KAPI_EIDRM 43
#define KAPI_EINVAL 22
#define KAPI_ENOMEM 12
#define KAPI_ENOTTY 25
#define KAPI_EOPNOTSUPP 95
#define KAPI_EOVERFLOW 75
#define KAPI_EPERM 1
#define KAPI_ETIMEDOUT 110

#define KAPI_EPOLLIN 0x1
#define KAPI_EPOLLOUT 0x4
#define KAPI_EPOLLERR 0x8
#define KAPI_EPOLLHUP 0x10
#define KAPI_EPOLLRDNORM 0x40
#define KAPI_EPOLLWRNORM 0x100
#define KAPI_EPOLLMSG 0x400
#define KAPI_SIGIO 29
#define KAPI_POLL_IN 1
#define KAPI_POLL_OUT 2
#define KAPI_POLL_MSG 3

#define KAPI_O_CLOEXEC 02000000
#define KAPI_O_NONBLOCK 04000

#endif
