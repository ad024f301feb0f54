// SPDX-License-Identifier: GPL-2.0
/* The wait layer's seam, of which each module has a copy of its own. */
#include "../../wait/kernel/seam.c"
