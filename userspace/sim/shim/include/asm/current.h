/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_CURRENT_H
#define _ASM_CURRENT_H
#include <sim/kernel.h>
#define current sim_current()
#endif
