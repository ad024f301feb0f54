// SPDX-License-Identifier: GPL-2.0
// lock.cpp - spinlocks. ThreadSanitizer knows what they are, and their order.
#include "objects.hpp"

namespace threads {
namespace {

std::mutex &mutex_in(spinlock *lock)
{
    return inside<std::mutex>(lock);
}

} // namespace

bool spin_lock(std::mutex &lock)
{
    lock.lock();
    ++current().spinlocks;
    return std::exchange(current().irqs_on, false);
}

void spin_unlock(std::mutex &lock, bool irqs_were_on)
{
    Task &self = current();
    if (self.spinlocks == 0)
        broken("a spinlock is given back that is not held");
    --self.spinlocks;
    self.irqs_on = irqs_were_on;
    if (self.spinlocks && self.irqs_on)
        broken("interrupts are turned on with a spinlock held");
    lock.unlock();
}

} // namespace threads

using namespace threads;

extern "C" {

void kapi_spin_init(spinlock *lock, const char *, lock_class_key *)
{
    new (lock) std::mutex;
}

unsigned long kapi_spin_lock_irqsave(spinlock *lock)
{
    return spin_lock(mutex_in(lock));
}

void kapi_spin_unlock_irqrestore(spinlock *lock, unsigned long irq_flags)
{
    spin_unlock(mutex_in(lock), irq_flags != 0);
}

void kapi_spin_lock_irq(spinlock *lock)
{
    if (!spin_lock(mutex_in(lock)))
        broken("spin_lock_irq() with interrupts off");
}

void kapi_spin_unlock_irq(spinlock *lock)
{
    spin_unlock(mutex_in(lock), true);
}

} // extern "C"
