/* SPDX-License-Identifier: GPL-2.0 */
/* layout.h - tests/sim/layout.h for the structs in objects.hpp: as wait_layout.h. */
#ifndef WAITQ_THREADS_LAYOUT_H
#define WAITQ_THREADS_LAYOUT_H

#include "../../sim/layout.h"

#undef KAPI_SIZEOF_hrtimer
#define KAPI_SIZEOF_hrtimer 16

#endif
