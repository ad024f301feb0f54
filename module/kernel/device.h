/* SPDX-License-Identifier: GPL-2.0 */
/*
 * device.h - the device's part of the seam, beside the wait layer's (../wait/kernel/seam.h):
 * the kernel's functions that the device core (../device/) calls, kapi_*, and the core's functions
 * that the kernel side calls, waitq_*.
 */
#ifndef WAITQ_DEVICE_SEAM_H
#define WAITQ_DEVICE_SEAM_H

#include "../wait/kernel/seam.h"
#include "layout.h"

#ifdef __cplusplus

KAPI_OPAQUE(hrtimer);
KAPI_OPAQUE(rb_node);
KAPI_OPAQUE(rb_root_cached);

struct fasync_struct;
struct file;
struct iov_iter;
struct poll_table_struct;

extern "C" {

#else /* C: the kernel's own definitions */

#include <linux/fs.h>
#include <linux/hrtimer.h>
#include <linux/poll.h>
#include <linux/rbtree.h>
#include <linux/uio.h>
#include <linux/workqueue.h>

#endif

#include "memory.h"

struct waitq_file;
struct waitq_info;
struct waitq_queue;
struct waitq_waiter;

/* ---- memory and user space ------------------------------------------------ */

/*
 * copy_struct_from_user(): fills @to, of @size bytes, from a struct of @user_size. A shorter one is
 * extended with zeros. Returns 0, -EFAULT, or -E2BIG: a longer one has a nonzero byte beyond @size.
 * May sleep.
 */
int kapi_copy_struct_from_user(void *to, size_t size, unsigned long user, size_t user_size);
/*
 * Reads @count 64-bit words from @user, an address in user space: quicker than
 * kapi_copy_from_user() for a few. True if all were read. May sleep.
 */
bool kapi_get_words(unsigned long long *to, unsigned long user, unsigned int count);
/* True if @size bytes were set to 0. May sleep. */
bool kapi_clear_user(unsigned long user, size_t size);

/* The memory that a read fills or a write takes from. */
struct kapi_bytes {
	size_t size;           /* not copied yet */
	unsigned long user;    /* the address of the next in user space, unless there is: */
	struct iov_iter *iter; /* what describes them */
};
/*
 * Copy and move @to or @from behind what was copied. Return the bytes copied, fewer than @size at a
 * bad address. May sleep.
 */
size_t kapi_copy_out(struct kapi_bytes *to, const void *from, size_t size);
size_t kapi_copy_in(struct kapi_bytes *from, void *to, size_t size);
/*
 * The same without sleeping, for up to KAPI_FEW bytes: all, or it returns false. It moves in
 * neither case, because nothing is copied behind these. False may come at any time, because the
 * memory is not there at the moment or because an iov_iter describes it. Process context, locks may
 * be held.
 */
#define KAPI_FEW 16U
bool kapi_try_copy_out(const struct kapi_bytes *to, const void *from, unsigned int size);
bool kapi_try_copy_in(const struct kapi_bytes *from, void *to, unsigned int size);

bool kapi_capable_sys_admin(void);

/* ---- a page that user space maps ------------------------------------------- */

/* A page of zeros, accounted as kapi_zalloc(); its first word. Null: no memory. May sleep. */
unsigned long long *kapi_page_alloc(void);
/* Nobody maps it any more. Null is allowed. */
void kapi_page_free(unsigned long long *word);
/*
 * Writes @value and returns what was there, at once: a full barrier, for user space on other CPUs
 * too. Any context.
 */
unsigned long long kapi_page_swap(unsigned long long *word, unsigned long long value);

/* ---- readiness (poll, SIGIO) ---------------------------------------------- */

void kapi_poll_wait(struct file *file, struct wait_queue_head *head,
		    struct poll_table_struct *table);
int fasync_helper(int fd, struct file *file, int on, struct fasync_struct **list);
/* Sends SIGIO to those on @list; any context. */
void kill_fasync(struct fasync_struct **list, int signal, int band);

/* ---- time (kernel/time) ----------------------------------------------------- */

/* CLOCK_MONOTONIC of the current task's time namespace, less the machine's. */
long long kapi_timens_offset_ns(void);

/* @timer will call waitq_timers_due(). CLOCK_MONOTONIC; never a _HARD mode. */
void kapi_timer_init(struct hrtimer *timer);
/* At @at_ns of the machine's clock, whatever it was armed for. Any context, its own too. */
void kapi_timer_start(struct hrtimer *timer, long long at_ns);
/* Disarms and waits for a running waitq_timers_due(). May sleep on PREEMPT_RT. */
int hrtimer_cancel(struct hrtimer *timer);

/* ---- sorted by a number (lib/rbtree.c) --------------------------------------- */

struct kapi_sorted {
	struct rb_node node;
	long long key;
};
/* Behind those of the same key. In O(log n). A tree of zeros is empty. */
void kapi_sorted_add(struct rb_root_cached *tree, struct kapi_sorted *element);
/* An element of that tree. In O(log n). */
void kapi_sorted_remove(struct rb_root_cached *tree, struct kapi_sorted *element);
/* The one with the least key, or null. */
struct kapi_sorted *kapi_sorted_first(struct rb_root_cached *tree);
/* The first with that key, or null. In O(log n). */
struct kapi_sorted *kapi_sorted_find(struct rb_root_cached *tree, long long key);

/* ---- work -------------------------------------------------------------------- */

/* @work will call waitq_deferred() from a thread of the kernel. */
void kapi_work_init(struct work_struct *work);
/* Any context. Scheduled again while it waits: runs once. */
void kapi_work_schedule(struct work_struct *work);
/* Neither waits nor runs any more. May sleep. */
void kapi_work_cancel(struct work_struct *work);

/* ---- files ------------------------------------------------------------------- */

/*
 * A new descriptor whose reads, writes and polls are waitq_eventfd_*() of @queue.
 * @flags: KAPI_O_CLOEXEC, KAPI_O_NONBLOCK. A descriptor, or a negative errno. May sleep.
 */
int kapi_open_eventfd(struct waitq_queue *queue, unsigned int flags);

/* A file that a call uses, and the caller's hold on it. */
struct kapi_held {
	unsigned long words[2];
};
/*
 * The waitq device that is open as @fd, which stays open until kapi_file_put(). Null: there is no
 * such descriptor, or it is of something else; then there is nothing to put. The task that got it
 * puts it, and closes nothing in between.
 */
struct waitq_file *kapi_file_get(unsigned int fd, struct kapi_held *held);
void kapi_file_put(const struct kapi_held *held);

/* ==== the other way: called by the kernel side, implemented in ../device/ ======= */

/* The first call of all, and the last. Process context, may sleep. */
void waitq_core_init(void);
void waitq_core_exit(void);

/* Process context, may sleep. Null: no memory. */
struct waitq_queue *waitq_queue_create(unsigned int capacity);
/* No file of the queue is open and none can be opened. Null is allowed. */
void waitq_queue_destroy(struct waitq_queue *queue);
void waitq_queue_info(struct waitq_queue *queue, struct waitq_info *info);

/* The opener of a file, and its mode. */
struct waitq_opener {
	unsigned int user; /* a number of its own for each user */
	bool reads, writes;
};
/* One open file. Null: no memory. */
struct waitq_file *waitq_open(struct waitq_queue *queue, const struct waitq_opener *opener);
void waitq_release(struct waitq_file *file);

/* A read or write that would sleep: */
enum waitq_blocking {
	WAITQ_BLOCKS,   /* it sleeps */
	WAITQ_NONBLOCK, /* O_NONBLOCK: it moves what can be moved, or -EAGAIN */
	WAITQ_AT_ONCE, /* IOCB_NOWAIT on a file that blocks: it moves all, or -EAGAIN and nothing */
};
/* Return bytes, or a negative errno. May sleep if it blocks. */
long waitq_read(struct waitq_file *file, struct kapi_bytes *to, enum waitq_blocking blocking);
long waitq_write(struct waitq_file *file, struct kapi_bytes *from, enum waitq_blocking blocking);
/* Return a poll mask. */
unsigned int waitq_poll(struct waitq_file *file, struct file *filp,
			struct poll_table_struct *table);
int waitq_fasync(struct waitq_file *file, int fd, struct file *filp, int on);
/* WAITQ_IOC_POST and _TAKE of @n. The number of waiters woken; 0; or a negative errno. */
long waitq_post(struct waitq_file *file, unsigned long n);
long waitq_take(struct waitq_file *file, unsigned long n, enum waitq_blocking blocking);
/* The page to map, which lives as long as the queue. Null: no memory. May sleep. */
void *waitq_page(struct waitq_file *file);
/* One mapping of it more, or one less. Process context. */
void waitq_page_mapped(struct waitq_file *file);
void waitq_page_unmapped(struct waitq_file *file);
/* @argument is an address in user space. 0, for EVENTFD a descriptor, or a negative errno. */
long waitq_ioctl(struct waitq_file *file, unsigned int nr, unsigned long argument);

/* Of a descriptor that kapi_open_eventfd() made. As above. */
long waitq_eventfd_read(struct waitq_queue *queue, struct kapi_bytes *to,
			enum waitq_blocking blocking);
long waitq_eventfd_write(struct waitq_queue *queue, struct kapi_bytes *from,
			 enum waitq_blocking blocking);
unsigned int waitq_eventfd_poll(struct waitq_queue *queue, struct file *filp,
				struct poll_table_struct *table);

/*
 * The entries of a queue's wait queues: WAITQ_IOC_WAITERS into memory of the kernel. Fills in
 * up to @room entries, sets @linked to the number of all, and returns the number filled in, or a
 * negative errno. May sleep.
 */
long waitq_list_waiters(struct waitq_queue *queue, struct waitq_waiter *list, unsigned int room,
			unsigned long long *linked);

/* Work that kapi_work_schedule() scheduled. Process context. */
void waitq_deferred(struct work_struct *work);
/* The timer has expired: hard irq, or a thread on PREEMPT_RT. */
void waitq_timers_due(struct hrtimer *timer);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif
