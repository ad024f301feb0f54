/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_PROCESSOR_H
#define _ASM_PROCESSOR_H
#include <sim/kernel.h>
#define cpu_relax() sim_relax()
#endif
