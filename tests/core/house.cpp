// SPDX-License-Identifier: GPL-2.0
// house.cpp - device/timers.cpp as it is, and what must reach into it: see house.hpp. (The other
// sources of the cores are compiled by themselves: ../sim/house.cmake.)
#include "device/timers.cpp"

#include "house.hpp"

void forget_statics()
{
    __builtin_memset(static_cast<void *>(&waitq::timers), 0, sizeof waitq::timers);
}
