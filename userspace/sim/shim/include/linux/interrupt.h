/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_INTERRUPT_H
#define _LINUX_INTERRUPT_H
#include <linux/sched.h>
typedef enum irqreturn { IRQ_NONE, IRQ_HANDLED, IRQ_WAKE_THREAD } irqreturn_t;
typedef irqreturn_t (*irq_handler_t)(int, void *);
#define IRQF_SHARED 0x80
#define IRQF_TRIGGER_RISING 1
#define IRQF_TRIGGER_FALLING 2
#define IRQF_ONESHOT 0x2000
int request_threaded_irq(unsigned int number, irq_handler_t handler, irq_handler_t thread,
			 unsigned long flags, const char *name, void *device);
static inline int request_irq(unsigned int number, irq_handler_t handler, unsigned long flags,
			      const char *name, void *device)
{
	return request_threaded_irq(number, handler, NULL, flags, name, device);
}
const void *free_irq(unsigned int number, void *device);
struct tasklet_struct {
	void (*func)(unsigned long);
	void (*callback)(struct tasklet_struct *);
	unsigned long data;
	bool pending, running, known;
	const char *name;
};
#define DECLARE_TASKLET_OLD(n, f) struct tasklet_struct n = { .func = (f), .name = #n }
#define tasklet_init(t, f, d)    \
	do {                     \
		(t)->func = (f); \
		(t)->data = (d); \
		(t)->name = #t;  \
	} while (0)
#define tasklet_setup(t, f)          \
	do {                         \
		(t)->callback = (f); \
		(t)->name = #t;      \
	} while (0)
#define from_tasklet(var, callback_tasklet, field) \
	container_of(callback_tasklet, typeof(*var), field)
void tasklet_schedule(struct tasklet_struct *t);
void tasklet_kill(struct tasklet_struct *t);
#define tasklet_hi_schedule tasklet_schedule
#endif
