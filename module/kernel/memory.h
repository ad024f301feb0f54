/* SPDX-License-Identifier: GPL-2.0 */
/*
 * memory.h - memory, user space and work: the part of the seam that the device and the lab share.
 * Included by device.h and lab.h, which C sees after the kernel's headers and C++ after
 * ../wait/kernel/seam.h.
 */
#ifndef WAITQ_MEMORY_H
#define WAITQ_MEMORY_H

#ifdef __cplusplus
KAPI_OPAQUE(work_struct); /* here because both have work of their own */
#endif

/*
 * Zeroed memory or a null pointer, accounted to the caller's cgroup. The kernel kills no process
 * for it. May sleep.
 */
void *kapi_zalloc(size_t size);
/* Null is allowed. */
void kapi_free(void *memory);
/* True if all @size bytes were copied. May sleep. @user is an address in user space. */
bool kapi_copy_from_user(void *to, unsigned long user, size_t size);
bool kapi_copy_to_user(unsigned long user, const void *from, size_t size);
/* @index if it is below @size, else 0, in speculation too (array_index_nospec()). */
unsigned long kapi_index_nospec(unsigned long index, unsigned long size);

#endif
