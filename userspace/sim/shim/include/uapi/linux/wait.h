/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _UAPI_LINUX_WAIT_H
#define _UAPI_LINUX_WAIT_H
#define WNOHANG 1
#endif
