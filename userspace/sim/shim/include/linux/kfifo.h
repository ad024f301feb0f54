/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A ring that one reader and one writer use without a lock: the index that the other side looks at
 * is stored with release and read with acquire. One's own index and the data are accessed plainly,
 * so that two writers, or two readers, without a lock are a data race.
 */
#ifndef _LINUX_KFIFO_H
#define _LINUX_KFIFO_H
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>

struct __kfifo {
	unsigned int in, out; /* count on for ever; & mask is the place */
	unsigned int mask, esize;
	void *data;
};

/* The two arrays of no length keep a type: of what an element is pointed to with. */
#define __KFIFO(element, pointed, size)         \
	{                                       \
		struct __kfifo kfifo;           \
		typeof(pointed) *to[0];         \
		const typeof(pointed) *from[0]; \
		typeof(element) buf[size];      \
	}
#define __KFIFO_SIZE(size) ((size) < 2 || ((size) & ((size)-1)) ? -1 : (size))
#define DECLARE_KFIFO(fifo, type, size) struct __KFIFO(type, type, __KFIFO_SIZE(size)) fifo
#define DECLARE_KFIFO_PTR(fifo, type) struct __KFIFO(type, type, 0) fifo
struct kfifo __KFIFO(unsigned char, void, 0);

#define __KFIFO_INIT(fifo)                                                                     \
	{                                                                                      \
		.mask = sizeof((fifo).buf) ? sizeof((fifo).buf) / sizeof(*(fifo).buf) - 1 : 0, \
		.esize = sizeof(*(fifo).buf), .data = sizeof((fifo).buf) ? (fifo).buf : NULL   \
	}
#define INIT_KFIFO(fifo) ((void)((fifo).kfifo = (struct __kfifo)__KFIFO_INIT(fifo)))
#define DEFINE_KFIFO(fifo, type, size) \
	DECLARE_KFIFO(fifo, type, size) = { .kfifo = __KFIFO_INIT(fifo) }

static inline unsigned int __kfifo_len(const struct __kfifo *fifo)
{
	unsigned int out = smp_load_acquire(&fifo->out);

	return smp_load_acquire(&fifo->in) - out;
}
/* For its writer, and for its reader. */
static inline unsigned int __kfifo_room(const struct __kfifo *fifo)
{
	return fifo->mask + 1 - (fifo->in - smp_load_acquire(&fifo->out));
}
static inline unsigned int __kfifo_filled(const struct __kfifo *fifo)
{
	return smp_load_acquire(&fifo->in) - fifo->out;
}
static inline char *__kfifo_at(const struct __kfifo *fifo, unsigned int index)
{
	return (char *)fifo->data + (size_t)(index & fifo->mask) * fifo->esize;
}
/* Byte by byte, so that each access is told. */
static inline void __kfifo_copy(char *to, const char *from, unsigned int size)
{
	while (size--)
		*to++ = *from++;
}
static inline unsigned int __kfifo_in(struct __kfifo *fifo, const void *from, unsigned int n)
{
	unsigned int in = fifo->in, i;

	n = min(n, __kfifo_room(fifo));
	for (i = 0; i < n; ++i)
		__kfifo_copy(__kfifo_at(fifo, in + i), (const char *)from + (size_t)i * fifo->esize,
			     fifo->esize);
	if (n)
		smp_store_release(&fifo->in, in + n);
	return n;
}
static inline unsigned int __kfifo_peek(const struct __kfifo *fifo, void *to, unsigned int n)
{
	unsigned int i;

	n = min(n, __kfifo_filled(fifo));
	for (i = 0; i < n; ++i)
		__kfifo_copy((char *)to + (size_t)i * fifo->esize, __kfifo_at(fifo, fifo->out + i),
			     fifo->esize);
	return n;
}
static inline unsigned int __kfifo_out(struct __kfifo *fifo, void *to, unsigned int n)
{
	n = __kfifo_peek(fifo, to, n);
	if (n)
		smp_store_release(&fifo->out, fifo->out + n);
	return n;
}
/* In two pieces where it goes round the end. The size and what was copied are in bytes. */
static inline int __kfifo_to_user(struct __kfifo *fifo, void __user *to, size_t size,
				  unsigned int *copied)
{
	unsigned int out = fifo->out, n = min(size / fifo->esize, (size_t)__kfifo_filled(fifo));
	unsigned int first = min(n, fifo->mask + 1 - (out & fifo->mask)),
		     bytes = first * fifo->esize;
	unsigned long left;

	left = copy_to_user(to, __kfifo_at(fifo, out), bytes);
	if (!left && n > first)
		left = copy_to_user((char __user *)to + bytes, fifo->data,
				    (n - first) * fifo->esize);
	else
		left += (n - first) * fifo->esize;
	left = DIV_ROUND_UP(left, fifo->esize);
	*copied = (n - left) * fifo->esize;
	if (n > left)
		smp_store_release(&fifo->out, out + n - left);
	return left ? -EFAULT : 0;
}
static inline int __kfifo_from_user(struct __kfifo *fifo, const void __user *from, size_t size,
				    unsigned int *copied)
{
	unsigned int in = fifo->in, n = min(size / fifo->esize, (size_t)__kfifo_room(fifo));
	unsigned int first = min(n, fifo->mask + 1 - (in & fifo->mask)),
		     bytes = first * fifo->esize;
	unsigned long left;

	left = copy_from_user(__kfifo_at(fifo, in), from, bytes);
	if (!left && n > first)
		left = copy_from_user(fifo->data, (const char __user *)from + bytes,
				      (n - first) * fifo->esize);
	else
		left += (n - first) * fifo->esize;
	left = DIV_ROUND_UP(left, fifo->esize);
	*copied = (n - left) * fifo->esize;
	if (n > left)
		smp_store_release(&fifo->in, in + n - left);
	return left ? -EFAULT : 0;
}
/* Of the elements that there is room for, a power of two are used. */
static inline int __kfifo_init(struct __kfifo *fifo, void *data, size_t elements)
{
	fifo->in = fifo->out = fifo->mask = 0;
	fifo->data = NULL;
	if (elements < 2)
		return -EINVAL;
	fifo->data = data;
	fifo->mask = (1U << (31 - __builtin_clz((unsigned int)elements))) - 1;
	return 0;
}
static inline int __kfifo_alloc(struct __kfifo *fifo, size_t elements, gfp_t flags)
{
	void *data;

	if (elements < 2)
		return __kfifo_init(fifo, NULL, 0);
	elements = 1U << (32 - __builtin_clz((unsigned int)elements - 1));
	data = kmalloc(elements * fifo->esize, flags);
	return data ? __kfifo_init(fifo, data, elements) : -ENOMEM;
}

/* Of the macros below, each takes a pointer to what was declared. */
#define __kfifo_in_place(fifo) (sizeof((fifo)->buf) != 0)
#define kfifo_alloc(fifo, elements, flags)                                                 \
	({                                                                                 \
		typeof((fifo) + 1) __fifo = (fifo);                                        \
		__fifo->kfifo.esize = sizeof(*__fifo->buf);                                \
		__kfifo_in_place(__fifo) ? -EINVAL                                         \
					 : __kfifo_alloc(&__fifo->kfifo, elements, flags); \
	})
#define kfifo_init(fifo, buffer, size)                                                         \
	({                                                                                     \
		typeof((fifo) + 1) __fifo = (fifo);                                            \
		__fifo->kfifo.esize = sizeof(*__fifo->buf);                                    \
		__kfifo_in_place(__fifo)                                                       \
			? -EINVAL                                                              \
			: __kfifo_init(&__fifo->kfifo, buffer, (size) / sizeof(*__fifo->buf)); \
	})
#define kfifo_free(fifo)                                       \
	({                                                     \
		typeof((fifo) + 1) __fifo = (fifo);            \
		if (!__kfifo_in_place(__fifo)) {               \
			kfree(__fifo->kfifo.data);             \
			__kfifo_init(&__fifo->kfifo, NULL, 0); \
		}                                              \
	})

#define kfifo_initialized(fifo) ((fifo)->kfifo.mask != 0)
#define kfifo_esize(fifo) ((fifo)->kfifo.esize)
#define kfifo_recsize(fifo) 0
#define kfifo_size(fifo) ((fifo)->kfifo.mask + 1)
#define kfifo_len(fifo) __kfifo_len(&(fifo)->kfifo)
#define kfifo_is_empty(fifo) (kfifo_len(fifo) == 0)
#define kfifo_is_full(fifo)                              \
	({                                               \
		typeof((fifo) + 1) __fifo = (fifo);      \
		kfifo_len(__fifo) >= kfifo_size(__fifo); \
	})
#define kfifo_avail(fifo)                               \
	({                                              \
		typeof((fifo) + 1) __fifo = (fifo);     \
		kfifo_size(__fifo) - kfifo_len(__fifo); \
	})
/* Nobody else may use it meanwhile. */
#define kfifo_reset(fifo)                                 \
	({                                                \
		typeof((fifo) + 1) __fifo = (fifo);       \
		__fifo->kfifo.in = __fifo->kfifo.out = 0; \
	})
#define kfifo_reset_out(fifo)                                                               \
	({                                                                                  \
		typeof((fifo) + 1) __fifo = (fifo);                                         \
		smp_store_release(&__fifo->kfifo.out, smp_load_acquire(&__fifo->kfifo.in)); \
	})
#define kfifo_skip_count(fifo, n)                                               \
	({                                                                      \
		typeof((fifo) + 1) __fifo = (fifo);                             \
		smp_store_release(&__fifo->kfifo.out, __fifo->kfifo.out + (n)); \
	})
#define kfifo_skip(fifo) kfifo_skip_count(fifo, 1)
#define kfifo_peek_len(fifo) (kfifo_len(fifo) ? kfifo_esize(fifo) : 0)

/* One element: 1, or 0 where there is no room, or none. */
#define kfifo_put(fifo, value)                                                                \
	({                                                                                    \
		typeof((fifo) + 1) __fifo = (fifo);                                           \
		typeof(*__fifo->buf) __element = (value);                                     \
		bool __done = __kfifo_room(&__fifo->kfifo) != 0;                              \
		if (__done) {                                                                 \
			((typeof(&__element))                                                 \
				 __fifo->kfifo.data)[__fifo->kfifo.in & __fifo->kfifo.mask] = \
				__element;                                                    \
			smp_store_release(&__fifo->kfifo.in, __fifo->kfifo.in + 1);           \
		}                                                                             \
		(unsigned int)__done;                                                         \
	})
#define __kfifo_take(fifo, value, takes)                                                          \
	({                                                                                        \
		typeof((fifo) + 1) __fifo = (fifo);                                               \
		typeof(*__fifo->to) __into = (value);                                             \
		typeof(&*__fifo->buf) __data = __fifo->kfifo.data;                                \
		bool __done = __kfifo_filled(&__fifo->kfifo) != 0;                                \
		if (__done) {                                                                     \
			*(typeof(__data))__into = __data[__fifo->kfifo.out & __fifo->kfifo.mask]; \
			if (takes)                                                                \
				smp_store_release(&__fifo->kfifo.out, __fifo->kfifo.out + 1);     \
		}                                                                                 \
		(unsigned int)__done;                                                             \
	})
#define kfifo_get(fifo, value) __kfifo_take(fifo, value, true)
#define kfifo_peek(fifo, value) __kfifo_take(fifo, value, false)

/* `n` elements, or as many as there is room for, or are there; that many is the value. */
#define kfifo_in(fifo, source, n)                        \
	({                                               \
		typeof((fifo) + 1) __fifo = (fifo);      \
		typeof(*__fifo->from) __from = (source); \
		__kfifo_in(&__fifo->kfifo, __from, n);   \
	})
#define __kfifo_out_by(how, fifo, target, n)         \
	({                                           \
		typeof((fifo) + 1) __fifo = (fifo);  \
		typeof(*__fifo->to) __to = (target); \
		how(&__fifo->kfifo, __to, n);        \
	})
#define kfifo_out(fifo, target, n) __kfifo_out_by(__kfifo_out, fifo, target, n)
#define kfifo_out_peek(fifo, target, n) __kfifo_out_by(__kfifo_peek, fifo, target, n)
#define kfifo_to_user(fifo, target, size, copied) \
	__kfifo_to_user(&(fifo)->kfifo, target, size, copied)
#define kfifo_from_user(fifo, source, size, copied) \
	__kfifo_from_user(&(fifo)->kfifo, source, size, copied)

#define __kfifo_irqsave(lock, does)                      \
	({                                               \
		spinlock_t *__lock = (lock);             \
		unsigned long __flags;                   \
		unsigned int __result;                   \
		spin_lock_irqsave(__lock, __flags);      \
		__result = (does);                       \
		spin_unlock_irqrestore(__lock, __flags); \
		__result;                                \
	})
#define __kfifo_noirqsave(lock, does)        \
	({                                   \
		spinlock_t *__lock = (lock); \
		unsigned int __result;       \
		spin_lock(__lock);           \
		__result = (does);           \
		spin_unlock(__lock);         \
		__result;                    \
	})
#define kfifo_in_spinlocked(fifo, source, n, lock) __kfifo_irqsave(lock, kfifo_in(fifo, source, n))
#define kfifo_out_spinlocked(fifo, target, n, lock) \
	__kfifo_irqsave(lock, kfifo_out(fifo, target, n))
#define kfifo_in_locked kfifo_in_spinlocked
#define kfifo_out_locked kfifo_out_spinlocked
#define kfifo_in_spinlocked_noirqsave(fifo, source, n, lock) \
	__kfifo_noirqsave(lock, kfifo_in(fifo, source, n))
#define kfifo_out_spinlocked_noirqsave(fifo, target, n, lock) \
	__kfifo_noirqsave(lock, kfifo_out(fifo, target, n))
#define kfifo_is_empty_spinlocked(fifo, lock) __kfifo_irqsave(lock, kfifo_is_empty(fifo))
#define kfifo_is_empty_spinlocked_noirqsave(fifo, lock) \
	__kfifo_noirqsave(lock, kfifo_is_empty(fifo))
#endif
