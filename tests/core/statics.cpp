// SPDX-License-Identifier: GPL-2.0
// statics.cpp - device/timers.cpp as it is, and what must reach into it: see statics.hpp. (The
// other sources of the cores are compiled by themselves: ../sim/cores.cmake.)
#include "device/timers.cpp"

#include "statics.hpp"

void forget_statics()
{
    __builtin_memset(static_cast<void *>(&waitq::timers), 0, sizeof waitq::timers);
}
