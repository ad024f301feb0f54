// SPDX-License-Identifier: GPL-2.0
/* What the device and the lab share, once for each module. */
#include "../listing.c"
