/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_EXPORT_H
#define _LINUX_EXPORT_H
#define EXPORT_SYMBOL(symbol) extern int __no_export
#define EXPORT_SYMBOL_GPL(symbol) extern int __no_export
#endif
