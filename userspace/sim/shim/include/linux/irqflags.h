/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_IRQFLAGS_H
#define _LINUX_IRQFLAGS_H
#include <linux/types.h>
#define local_irq_save(flags)         \
	do {                          \
		(flags) = sim_irqs(); \
		sim_set_irqs(false);  \
	} while (0)
#define local_irq_restore(flags) sim_set_irqs((flags) != 0)
#define local_irq_disable() sim_set_irqs(false)
#define local_irq_enable() sim_set_irqs(true)
#define irqs_disabled() (!sim_irqs())
#endif
