// SPDX-License-Identifier: GPL-2.0
// house.cpp - the device core and the wait layer as they are, in one file: a mutant of any of
// them is one compiler call.
#include "device/event.cpp"
#include "device/file.cpp"
#include "device/ioctl.cpp"
#include "device/queue.cpp"
#include "device/stream.cpp"
#include "device/timer.cpp"
