/* SPDX-License-Identifier: GPL-2.0 */
/* files.h - nodes of drivers, entries of /proc and debugfs, and the files that are opened of them.
 */
#ifndef SIM_FILES_H
#define SIM_FILES_H
#include <linux/cdev.h>
#include <linux/fs.h>
#include <linux/seq_file.h>
#include <sim/kernel.h>

/* ---- nodes.c ---- */

struct node {
	const char *name;
	const struct file_operations *operations;
	void *data; /* the miscdevice, the cdev or the entry */
	struct cdev *cdev;
	dev_t first;
	unsigned int count;
	struct sim_entry *entry;
};
extern struct node sim_nodes[8];
int sim_add_node(struct node node);
void sim_remove_node(const void *data);

/* ---- entries.c ---- */

struct sim_entry {
	const char *name;
	struct sim_entry *directory;
	struct file_operations operations;
	void *data;
	int (*show)(struct seq_file *, void *);
	const struct seq_operations *sequence;
	unsigned int state_size;
	bool is_directory, is_proc, gone;
	unsigned int users; /* who is in an operation of its */
};
/* The file is closed, or its entry of /proc is removed: its release function is called, once. */
void sim_release_entry(struct file *file);

/* ---- files.c ---- */

/* Not of the driver's memory: it is not the driver that must free them. */
extern struct file sim_files[16];
extern unsigned int sim_file_count;
/* Around each operation. False: the entry was removed. A removal waits for those that are in one.
 */
bool sim_enter(struct file *file);
void sim_leave(struct file *file);

#endif
