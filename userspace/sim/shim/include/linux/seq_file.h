/* SPDX-License-Identifier: GPL-2.0 */
/* The first read() of a file asks for all that there is to show, and the later ones go on in it. */
#ifndef _LINUX_SEQ_FILE_H
#define _LINUX_SEQ_FILE_H
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
struct seq_file;
struct seq_operations {
	void *(*start)(struct seq_file *m, loff_t *at);
	void (*stop)(struct seq_file *m, void *element);
	void *(*next)(struct seq_file *m, void *element, loff_t *at);
	int (*show)(struct seq_file *m, void *element);
};
struct seq_file {
	struct mutex lock;
	size_t count;
	loff_t index;
	const struct seq_operations *op;
	const struct file *file;
	void *private;
	char buf[1000];
};
#define SEQ_SKIP 1
#define SEQ_START_TOKEN ((void *)1)
int seq_open(struct file *file, const struct seq_operations *operations);
void *__seq_open_private(struct file *file, const struct seq_operations *operations, int size);
int seq_open_private(struct file *file, const struct seq_operations *operations, int size);
int single_open(struct file *file, int (*show)(struct seq_file *, void *), void *data);
#define single_open_size(file, show, data, size) single_open(file, show, data)
int seq_release(struct inode *inode, struct file *file);
int seq_release_private(struct inode *inode, struct file *file);
int single_release(struct inode *inode, struct file *file);
ssize_t seq_read(struct file *file, char __user *to, size_t size, loff_t *at);
loff_t seq_lseek(struct file *file, loff_t offset, int whence);
__printf(2, 3) void seq_printf(struct seq_file *m, const char *format, ...);
int seq_write(struct seq_file *m, const void *data, size_t size);
static inline void seq_puts(struct seq_file *m, const char *text)
{
	seq_write(m, text, strlen(text));
}
static inline void seq_putc(struct seq_file *m, char c)
{
	seq_write(m, &c, 1);
}
#define seq_has_overflowed(m) false
static inline struct list_head *seq_list_start(struct list_head *head, loff_t at)
{
	struct list_head *element;

	list_for_each(element, head) if (at-- == 0) return element;
	return NULL;
}
static inline struct list_head *seq_list_start_head(struct list_head *head, loff_t at)
{
	return at ? seq_list_start(head, at - 1) : head;
}
static inline struct list_head *seq_list_next(void *element, struct list_head *head, loff_t *at)
{
	struct list_head *next = ((struct list_head *)element)->next;

	++*at;
	return next == head ? NULL : next;
}
/* Each makes name_fops or name_proc_ops, of name_show() or of name_sops. */
#define __SINGLE_OPEN(name)                                              \
	static int name##_open(struct inode *inode, struct file *file)   \
	{                                                                \
		return single_open(file, name##_show, inode->i_private); \
	}
#define __SEQ_FOPS(name, writes, releases)                  \
	static const struct file_operations name##_fops = { \
		.owner = THIS_MODULE,                       \
		.open = name##_open,                        \
		.read = seq_read,                           \
		.write = writes,                            \
		.llseek = seq_lseek,                        \
		.release = releases,                        \
	}
#define DEFINE_SHOW_ATTRIBUTE(name) \
	__SINGLE_OPEN(name)         \
	__SEQ_FOPS(name, NULL, single_release)
#define DEFINE_SHOW_STORE_ATTRIBUTE(name) \
	__SINGLE_OPEN(name)               \
	__SEQ_FOPS(name, name##_write, single_release)
#define DEFINE_SEQ_ATTRIBUTE(name)                                                           \
	static int name##_open(struct inode *inode, struct file *file)                       \
	{                                                                                    \
		int error = seq_open(file, &name##_sops);                                    \
		if (!error && inode->i_private)                                              \
			((struct seq_file *)file->private_data)->private = inode->i_private; \
		return error;                                                                \
	}                                                                                    \
	__SEQ_FOPS(name, NULL, seq_release)
#define DEFINE_PROC_SHOW_ATTRIBUTE(name)                 \
	__SINGLE_OPEN(name)                              \
	static const struct proc_ops name##_proc_ops = { \
		.proc_open = name##_open,                \
		.proc_read = seq_read,                   \
		.proc_lseek = seq_lseek,                 \
		.proc_release = single_release,          \
	}
#endif
