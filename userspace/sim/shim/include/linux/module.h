/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_MODULE_H
#define _LINUX_MODULE_H
#include <linux/init.h>
#include <linux/kernel.h>

struct module {
	const char *name;
	unsigned int users; /* files that are open, and module_get() */
	bool going;         /* its exit function runs, or has run: nobody gets it any more */
};
extern struct module __this_module;
#define THIS_MODULE (&__this_module)
#define KBUILD_MODNAME "module"
#define __module_tells(function, what)                                   \
	__attribute__((constructor)) static void __know_##function(void) \
	{                                                                \
		what(function);                                          \
	}
#define module_init(function) __module_tells(function, sim_init_is)
#define module_exit(function) __module_tells(function, sim_exit_is)
#define MODULE_LICENSE(text) extern int __no_info
#define MODULE_AUTHOR(text) extern int __no_info
#define MODULE_DESCRIPTION(text) extern int __no_info
#define MODULE_VERSION(text) extern int __no_info
#define MODULE_ALIAS(text) extern int __no_info
#define MODULE_ALIAS_MISCDEV(minor) extern int __no_info
#define MODULE_SUPPORTED_DEVICE(text) extern int __no_info
#define MODULE_INFO(tag, text) extern int __no_info
#define MODULE_FIRMWARE(text) extern int __no_info
#define MODULE_DEVICE_TABLE(bus, table) extern int __no_info
#define MODULE_PARM_DESC(name, text) extern int __no_info
#define module_param(name, type, mode) extern int __no_info
#define module_param_named(name, value, type, mode) extern int __no_info
#define module_param_array(name, type, count, mode) extern int __no_info
static inline bool try_module_get(struct module *module)
{
	if (!module)
		return true;
	if (module->going)
		return false;
	++module->users;
	return true;
}
static inline void module_put(struct module *module)
{
	if (module)
		--module->users;
}
#define __module_get(module) ((void)try_module_get(module))
#endif
