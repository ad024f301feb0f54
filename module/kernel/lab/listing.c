// SPDX-License-Identifier: GPL-2.0
/* The device and the lab share this source; each module has a copy of its own. */
#include "../listing.c"
