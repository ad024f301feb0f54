// SPDX-License-Identifier: GPL-2.0
// house.cpp - the device core and the wait layer as they are, in one file: a mutant of any of
// them is one compiler call. (Not device/threads.cpp: loops around what is here, which end by
// kthread_stop() only. tests/device/load_test.cpp runs them.)
#include "device/awaited.cpp"
#include "device/callback.cpp"
#include "device/event.cpp"
#include "device/file.cpp"
#include "device/ioctl.cpp"
#include "device/mortal.cpp"
#include "device/queue.cpp"
#include "device/registry.cpp"
#include "device/stream.cpp"
#include "device/timer.cpp"
#include "device/wait.cpp"
#include "device/wait_core.cpp"
#include "device/wait_macro.cpp"
#include "device/waiters.cpp"
#include "wait/wait_entry.cpp"
