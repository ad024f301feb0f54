// SPDX-License-Identifier: GPL-2.0
/* seq_file.c - files whose text the driver prints, in one piece or element by element. */
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <stdarg.h>

int seq_open(struct file *file, const struct seq_operations *operations)
{
	struct seq_file *m;

	/* A miscdevice's file has some: seq_open() would lose it. */
	WARN_ON(file->private_data);
	m = kzalloc(sizeof(*m), GFP_KERNEL);
	mutex_init(&m->lock);
	m->op = operations;
	m->file = file;
	file->private_data = m;
	return 0;
}

void *__seq_open_private(struct file *file, const struct seq_operations *operations, int size)
{
	void *private = kzalloc(size, GFP_KERNEL);

	seq_open(file, operations);
	return ((struct seq_file *)file->private_data)->private = private;
}

int seq_open_private(struct file *file, const struct seq_operations *operations, int size)
{
	return __seq_open_private(file, operations, size) ? 0 : -ENOMEM;
}

static void *single_start(struct seq_file *m, loff_t *at)
{
	return *at ? NULL : SEQ_START_TOKEN;
}

static void *single_next(struct seq_file *m, void *element, loff_t *at)
{
	++*at;
	return NULL;
}

static void single_stop(struct seq_file *m, void *element)
{
}

/* The operations are memory of their own: seq_release() in place of single_release() loses them. */
int single_open(struct file *file, int (*show)(struct seq_file *, void *), void *data)
{
	struct seq_operations *operations = kzalloc(sizeof(*operations), GFP_KERNEL);

	*operations = (struct seq_operations){ single_start, single_stop, single_next, show };
	seq_open(file, operations);
	((struct seq_file *)file->private_data)->private = data;
	return 0;
}

int seq_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

int seq_release_private(struct inode *inode, struct file *file)
{
	struct seq_file *m = file->private_data;

	kfree(m->private);
	m->private = NULL;
	return seq_release(inode, file);
}

int single_release(struct inode *inode, struct file *file)
{
	const struct seq_operations *operations = ((struct seq_file *)file->private_data)->op;

	seq_release(inode, file);
	kfree(operations);
	return 0;
}

static int show_all(struct seq_file *m)
{
	size_t before;
	void *element;
	int error = 0;

	m->count = 0;
	m->index = 0;
	element = m->op->start(m, &m->index);
	while (element && !IS_ERR(element)) {
		before = m->count;
		error = m->op->show(m, element);
		if (error < 0)
			break;
		if (error == SEQ_SKIP)
			m->count = before;
		error = 0;
		element = m->op->next(m, element, &m->index);
	}
	if (IS_ERR(element))
		error = (int)PTR_ERR(element);
	m->op->stop(m, element);
	return error;
}

ssize_t seq_read(struct file *file, char __user *to, size_t size, loff_t *at)
{
	struct seq_file *m = file->private_data;
	ssize_t result = 0;

	mutex_lock(&m->lock);
	if (!*at)
		result = show_all(m);
	if (!result && (size_t)*at < m->count) {
		result = (ssize_t)min(size, m->count - (size_t)*at);
		if (copy_to_user(to, m->buf + *at, result))
			result = -EFAULT;
		else
			*at += result;
	}
	mutex_unlock(&m->lock);
	return result;
}

loff_t seq_lseek(struct file *file, loff_t offset, int whence)
{
	return file->f_pos = offset;
}

int seq_write(struct seq_file *m, const void *data, size_t size)
{
	if (size > sizeof(m->buf) - m->count)
		sim_give_up("shows more than the %zu bytes that the simulation has room for",
			    sizeof(m->buf));
	memcpy(m->buf + m->count, data, size);
	m->count += size;
	return 0;
}

void seq_printf(struct seq_file *m, const char *format, ...)
{
	char text[sizeof(m->buf) + 1];
	va_list arguments;
	int size;

	va_start(arguments, format);
	size = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	seq_write(m, text, size);
}
