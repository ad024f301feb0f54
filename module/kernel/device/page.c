// SPDX-License-Identifier: GPL-2.0
/* page.c - mmap of /dev/waitqN: one page, in which user space posts and takes by itself. */
#include <linux/atomic.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/mm.h>

#include "../compat.h"
#include "../device.h"
#include "kernel.h"

unsigned long long *kapi_page_alloc(void)
{
	/*
	 * Not accounted: there is one for each queue, vm_insert_page() refuses an accounted page
	 * before 5.11, and it would keep the group of the first process until the module goes.
	 */
	return (unsigned long long *)get_zeroed_page(GFP_KERNEL | __GFP_RETRY_MAYFAIL |
						     __GFP_NOWARN);
}

void kapi_page_free(unsigned long long *word)
{
	free_page((unsigned long)word);
}

/* On 64 bits an atomic64_t is the number and nothing else, so user space can change it as well. */
unsigned long long kapi_page_swap(unsigned long long *word, unsigned long long value)
{
	return atomic64_xchg((atomic64_t *)word, value);
}

/* fork() and mremap() come here, but mmap() does not. A mapping keeps its file open. */
static void page_opened(struct vm_area_struct *vma)
{
	waitq_page_mapped(vma->vm_file->private_data);
}

static void page_closed(struct vm_area_struct *vma)
{
	waitq_page_unmapped(vma->vm_file->private_data);
}

static const struct vm_operations_struct page_ops = {
	.open = page_opened,
	.close = page_closed,
};

int waitq_mmap(struct file *filp, struct vm_area_struct *vma)
{
	void *page;
	int error;

	/* Without 64-bit words that both sides change at once there is no page. */
	if (!IS_ENABLED(CONFIG_64BIT) || !compat_swaps_at_once())
		return -ENODEV;
	/* (Of a file that is not open for writing, VM_SHARED is gone by now.) */
	if (!(vma->vm_flags & VM_MAYSHARE) || vma->vm_pgoff != 0 ||
	    vma->vm_end - vma->vm_start != PAGE_SIZE)
		return -EINVAL;
	if (vma->vm_flags & VM_EXEC)
		return -EACCES;
	page = waitq_page(filp->private_data);
	if (!page)
		return -ENOMEM;
	compat_vm_flags_mod(vma, VM_DONTEXPAND | VM_DONTDUMP, VM_MAYEXEC);
	error = vm_insert_page(vma, vma->vm_start, virt_to_page(page));
	if (error)
		return error;
	vma->vm_ops = &page_ops;
	page_opened(vma);
	return 0;
}
