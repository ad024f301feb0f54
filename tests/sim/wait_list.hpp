// SPDX-License-Identifier: GPL-2.0
// wait_list.hpp - what the files that make up kernel/sched/wait.c share.
#pragma once

#include "wait.hpp"

namespace sim {

WaitEntry &entry_of(List *link);
wait_queue_entry *opaque(WaitEntry &entry);
bool linked(const WaitEntry &entry);
void insert(List &link, List &prev, List &next);

// With the head's lock held: before all; behind those of priority; or at the tail.
enum class Place : unsigned char { first, last };
void link(WaitHead &head, WaitEntry &entry, Place place);
void unlink(WaitHead &head, WaitEntry &entry);
void must_hold(const WaitHead &head, const char *what);

// One entry's wake function, counted for the checks.
int wake_entry(WaitHead &head, WaitEntry &entry, unsigned int mode, int sync, void *key);
// __wake_up_common(): returns what is left of nr.
int walk(WaitHead &head, unsigned int mode, int nr, void *key);

} // namespace sim
