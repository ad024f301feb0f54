// SPDX-License-Identifier: GPL-2.0
// The wait layer's wake functions, of which each module has a copy of its own.
#include "../wait/wait_entry.cpp"
