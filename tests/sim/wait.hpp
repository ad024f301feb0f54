// SPDX-License-Identifier: GPL-2.0
// wait.hpp - kernel/sched/wait.c, as far as the seam has it, and what differs by version.
#pragma once

#include "objects.hpp"
#include "task.hpp"

#include <string>

namespace sim {

enum EntryFlags : unsigned int {
    WQ_FLAG_EXCLUSIVE = 0x01,
    WQ_FLAG_WOKEN = 0x02,
    WQ_FLAG_BOOKMARK = 0x04,
    WQ_FLAG_PRIORITY = 0x10,
};

// Differences that a waiter or a waker could notice.
struct WaitVersion {
    // Other entries go behind those with WQ_FLAG_PRIORITY (5.12; before, to the very head).
    bool behind_priority = true;
    // __wake_up() drops the head's lock after so many entries and goes on later (64 before
    // 6.7, with a bookmark in the list; since then never: 0).
    unsigned int walk_break = 0;
    // add_wait_queue_priority() makes an exclusive entry (until 6.12 at least; not in 7.3).
    bool priority_is_exclusive = true;
};
WaitVersion &wait_version();

void mark_ended(const wait_queue_entry *entry, bool ended);
bool is_unlinked(const wait_queue_entry *entry);
void layer_part_ends(const wait_queue_entry *entry);
// A wait entry of the current task's stack is over.
void entry_ends(wait_queue_entry *entry);
// __wake_up() of wait.c: takes the head's lock; `key` goes to the wake functions.
void wake_up(wait_queue_head *head, unsigned int mode, int nr, void *key);

// True if an entry of the task is linked in the queue. Looks without taking part.
bool waits_in(const wait_queue_head *head, const Task &task);
// True if `memory` is in a wait entry on the task's stack whose wait has not ended.
bool in_living_entry(const Task &task, const void *memory);
// The same, or in what its callers have on that stack, who wait for it: `memory` is on it.
bool outlives_an_entry(const Task &task, const void *memory);
// What an address is, for reports.
std::string described(const void *memory);

} // namespace sim
