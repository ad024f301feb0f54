/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_PRINTK_H
#define _LINUX_PRINTK_H
#include <linux/types.h>
#define KERN_EMERG ""
#define KERN_ALERT ""
#define KERN_CRIT ""
#define KERN_ERR ""
#define KERN_WARNING ""
#define KERN_NOTICE ""
#define KERN_INFO ""
#define KERN_DEBUG ""
#define KERN_CONT ""
#ifndef pr_fmt
#define pr_fmt(format) format
#endif
/* Said in a story; the line is part of it. */
#define printk(format, ...) sim_tell("says: " format, ##__VA_ARGS__)
#define pr_emerg(format, ...) printk(pr_fmt(format), ##__VA_ARGS__)
#define pr_alert pr_emerg
#define pr_crit pr_emerg
#define pr_err pr_emerg
#define pr_warn pr_emerg
#define pr_warning pr_emerg
#define pr_notice pr_emerg
#define pr_info pr_emerg
#define pr_debug pr_emerg
#define pr_cont pr_emerg
#define pr_err_ratelimited pr_emerg
#define printk_ratelimited printk
#define printk_once printk
#define pr_info_once pr_emerg
#define dev_info(device, format, ...) printk(format, ##__VA_ARGS__)
#define dev_err dev_info
#define dev_warn dev_info
#define dev_dbg dev_info
#define dev_notice dev_info
#endif
