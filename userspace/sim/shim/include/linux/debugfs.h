/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A removal waits for those that are in an operation; later ones fail, and release() is still
 * called. A process opens a file by its name alone. Files that show a variable are none.
 */
#ifndef _LINUX_DEBUGFS_H
#define _LINUX_DEBUGFS_H
#include <linux/fs.h>
#include <linux/seq_file.h>
struct dentry;
struct dentry *debugfs_create_dir(const char *name, struct dentry *directory);
struct dentry *debugfs_create_file(const char *name, umode_t mode, struct dentry *directory,
				   void *data, const struct file_operations *operations);
#define debugfs_create_file_unsafe debugfs_create_file
/* A directory goes with all that is in it. */
void debugfs_remove(struct dentry *entry);
#define debugfs_remove_recursive debugfs_remove
#define debugfs_initialized() true
#define __DEBUGFS_NOTHING(name, type)                                                      \
	static inline void debugfs_create_##name(const char *file, umode_t mode,           \
						 struct dentry *directory, type *variable) \
	{                                                                                  \
	}
__DEBUGFS_NOTHING(u8, u8)
__DEBUGFS_NOTHING(u16, u16)
__DEBUGFS_NOTHING(u32, u32)
__DEBUGFS_NOTHING(u64, u64)
__DEBUGFS_NOTHING(x8, u8)
__DEBUGFS_NOTHING(x16, u16)
__DEBUGFS_NOTHING(x32, u32)
__DEBUGFS_NOTHING(x64, u64)
__DEBUGFS_NOTHING(ulong, unsigned long)
__DEBUGFS_NOTHING(size_t, size_t)
__DEBUGFS_NOTHING(bool, bool)
__DEBUGFS_NOTHING(atomic_t, atomic_t)
#endif
