// SPDX-License-Identifier: GPL-2.0
#include "lock.hpp"

#include "memory.hpp"
#include <sim/lock_order.hpp>
#include <sim/machine.hpp>

namespace sim {
namespace {

bool is_free(const void *lock)
{
    return static_cast<const SpinLock *>(lock)->holder == 0;
}

LockOrder order;
unsigned int order_of_step = 0;

// `nest`: those who hold it may take locks such as this in any order.
void check_order(const SpinLock &lock, const SpinLock *nest)
{
    const Task &self = current();
    if (Machine::get().steps() < order_of_step)
        order.clear(); // another execution
    order_of_step = Machine::get().steps();
    bool in_nest = false;
    for (unsigned int i = 0; i < self.held_count && !in_nest; ++i) {
        const auto *outer = static_cast<const SpinLock *>(self.held[i].lock);
        in_nest = outer == nest;
        if (!order.add(outer, &lock))
            refuse("lock order: %s takes \"%s\" with \"%s\" held; the other way round it was "
                   "taken too",
                   self.name, lock.name, outer->name);
    }
}

} // namespace

void spin_init(SpinLock &lock, const char *name)
{
    if (lock.holder)
        refuse("\"%s\" is initialised while it is held", lock.name);
    lock = {0, true, false, false, name};
}

bool spin_lock(SpinLock &lock, const SpinLock *nest)
{
    Task &self = current();
    if (!lock.initialised)
        refuse("%s takes a spinlock that was never initialised", self.name);
    for (unsigned int i = 0; i < self.held_count; ++i)
        if (self.held[i].lock == &lock)
            refuse("self-deadlock: %s takes \"%s\", which it holds", self.name, lock.name);
    if (self.held_count == self.held.size())
        refuse("%s holds more spinlocks than it should", self.name);
    point_when(is_free, &lock);
    check_memory(&lock, sizeof lock);
    if (self.held_count)
        check_order(lock, nest);
    if (self.context == Context::interrupt) {
        if (lock.taken_with_irqs_on)
            refuse("%s, an interrupt, takes \"%s\", which is also taken with interrupts on",
                   self.name, lock.name);
        lock.taken_in_interrupt = true;
    }
    const bool irqs_were_on = self.irqs_on;
    self.irqs_on = false;
    self.held[self.held_count++] = {&lock, irqs_were_on};
    lock.holder = static_cast<std::uint16_t>(self.index + 1);
    lock_taken(&lock);
    return irqs_were_on;
}

void spin_unlock(SpinLock &lock, bool irqs_were_on)
{
    Task &self = current();
    if (lock.holder != self.index + 1)
        refuse("%s unlocks \"%s\", which it does not hold", self.name, lock.name);
    unsigned int at = self.held_count;
    while (self.held[--at].lock != &lock) {
    }
    if (self.held[at].irqs_were_on != irqs_were_on)
        refuse("%s unlocks \"%s\" with the interrupt flags of another section", self.name,
               lock.name);
    // Every spinlock here may be taken by an interrupt as well: one that came now, on this
    // CPU, would spin for ever.
    if (irqs_were_on && self.held_count > 1)
        refuse("%s turns interrupts on while it holds \"%s\"", self.name,
               static_cast<const SpinLock *>(self.held[at ? 0 : 1].lock)->name);
    for (--self.held_count; at < self.held_count; ++at)
        self.held[at] = self.held[at + 1];
    self.irqs_on = irqs_were_on;
    lock.holder = 0;
    lock_released(&lock);
}

void spin_lock_irqs_on(SpinLock &lock)
{
    spin_lock(lock);
    Task &self = current();
    if (lock.taken_in_interrupt)
        refuse("%s takes \"%s\", which interrupts take, with interrupts on", self.name, lock.name);
    lock.taken_with_irqs_on = true;
}

void spin_unlock_irqs_on(SpinLock &lock)
{
    spin_unlock(lock, true);
}

// lockdep_assert_held()
void assert_held(const SpinLock &lock)
{
    if (lock.holder != current().index + 1)
        refuse("%s is where \"%s\" must be held, and does not hold it", current().name, lock.name);
}

} // namespace sim

using namespace sim;

extern "C" {

void kapi_spin_init(spinlock *lock, const char *name, lock_class_key *)
{
    spin_init(inside(lock), name);
}

unsigned long kapi_spin_lock_irqsave(spinlock *lock)
{
    return spin_lock(inside(lock));
}

void kapi_spin_unlock_irqrestore(spinlock *lock, unsigned long irq_flags)
{
    spin_unlock(inside(lock), irq_flags != 0);
}

unsigned long kapi_head_lock(wait_queue_head *head)
{
    return spin_lock(inside(head).lock);
}

void kapi_head_unlock(wait_queue_head *head, unsigned long irq_flags)
{
    spin_unlock(inside(head).lock, irq_flags != 0);
}

void kapi_spin_lock_irq(spinlock *lock)
{
    if (!spin_lock(inside(lock)))
        refuse("%s calls spin_lock_irq() with interrupts off", current().name);
}

void kapi_spin_unlock_irq(spinlock *lock)
{
    spin_unlock(inside(lock), true);
}

bool kapi_spin_is_locked(spinlock *lock)
{
    return inside(lock).holder != 0;
}

void kapi_head_lock_irq(wait_queue_head *head)
{
    if (!spin_lock(inside(head).lock))
        refuse("%s calls spin_lock_irq() with interrupts off", current().name);
}

void kapi_head_unlock_irq(wait_queue_head *head)
{
    spin_unlock(inside(head).lock, true);
}

void kapi_head_lock_irq_on(wait_queue_head *head)
{
    spin_lock_irqs_on(inside(head).lock);
}

void kapi_head_unlock_irq_on(wait_queue_head *head)
{
    spin_unlock_irqs_on(inside(head).lock);
}

void kapi_head_lock_nested(wait_queue_head *head, spinlock *outer)
{
    if (inside(outer).holder != current().index + 1)
        refuse(R"(%s takes "%s" as one of several, without "%s")", current().name,
               inside(head).lock.name, inside(outer).name);
    spin_lock(inside(head).lock, &inside(outer));
}

void kapi_head_unlock_nested(wait_queue_head *head)
{
    spin_unlock(inside(head).lock, false);
}

bool kapi_head_is_locked(wait_queue_head *head)
{
    return inside(head).lock.holder != 0;
}

void kapi_head_assert_held(wait_queue_head *head)
{
    assert_held(inside(head).lock);
}

void kapi_spin_assert_held(spinlock *lock)
{
    assert_held(inside(lock));
}

} // extern "C"
