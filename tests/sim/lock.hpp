// SPDX-License-Identifier: GPL-2.0
// lock.hpp - spinlocks, and the rules that lockdep would watch over.
#pragma once

#include "objects.hpp"

namespace sim {

void spin_init(SpinLock &lock, const char *name);
// spin_lock_irqsave(): returns whether interrupts were on, which goes back to the unlock.
// `nest`: see kapi_head_lock_nested().
bool spin_lock(SpinLock &lock, const SpinLock *nest = nullptr);
void spin_unlock(SpinLock &lock, bool irqs_were_on);
// spin_lock() and spin_unlock(): interrupts stay on. Refused for a lock that an interrupt takes
// in the same execution: on this CPU it would spin for ever.
void spin_lock_irqs_on(SpinLock &lock);
void spin_unlock_irqs_on(SpinLock &lock);
// lockdep_assert_held()
void assert_held(const SpinLock &lock);

} // namespace sim
