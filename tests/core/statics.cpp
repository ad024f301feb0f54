// SPDX-License-Identifier: GPL-2.0
// statics.cpp - device/timers.cpp and device/many.cpp as they are, and what must reach into them:
// see statics.hpp. (The other sources of the cores are compiled by themselves: ../sim/cores.cmake.)
#include "device/many.cpp"
#include "device/timers.cpp"

#include "statics.hpp"

void forget_statics()
{
    __builtin_memset(static_cast<void *>(&waitq::timers), 0, sizeof waitq::timers);
    __builtin_memset(static_cast<void *>(&waitq::all_queues), 0, sizeof waitq::all_queues);
}
