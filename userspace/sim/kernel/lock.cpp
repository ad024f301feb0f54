// SPDX-License-Identifier: GPL-2.0
// lock.cpp - spinlocks, rwlocks, mutexes and rw semaphores, and the rules that lockdep watches
// over.
#include "kernel.hpp"

#include "../lock_order.hpp"

#include <vector>

namespace sim {
namespace {

bool spins(const sim_lock &lock)
{
    return lock.kind == SIM_SPIN || lock.kind == SIM_RWLOCK;
}

bool is_free(const void *lock)
{
    const auto &inside = *static_cast<const sim_lock *>(lock);
    return inside.holder == 0 && inside.readers == 0;
}

bool may_read(const void *lock)
{
    return static_cast<const sim_lock *>(lock)->holder == 0;
}

// A task that waits for a lock which a signal can end.
struct Wait {
    const Task *task;
    bool (*ready)(const void *);
    const void *object;
    unsigned int state;
};

bool ready_or_signal(const void *argument)
{
    const auto &wait = *static_cast<const Wait *>(argument);
    return wait.ready(wait.object) || signal_ends(wait.state, *wait.task);
}

unsigned int state_of(unsigned int how)
{
    return how & SIM_INTERRUPTIBLE ? TASK_INTERRUPTIBLE
           : how & SIM_KILLABLE    ? TASK_KILLABLE
                                   : TASK_UNINTERRUPTIBLE;
}

// Waits until ready(object). False: a signal came first.
bool wait_for(bool (*ready)(const void *), const void *object, const char *name, unsigned int how)
{
    Task &self = current();
    const Wait wait{&self, ready, object, state_of(how)};
    if (!ready(object))
        tell("waits for \"%s\"", name);
    self.waits_for = object;
    self.waits_for_name = name;
    if (how & (SIM_INTERRUPTIBLE | SIM_KILLABLE)) {
        point_when(ready_or_signal, &wait, object);
        touch(&self, Access::read);
    } else {
        point_when(ready, object);
    }
    self.waits_for = nullptr;
    touch(object, Access::write);
    return ready(object);
}

LockOrder order;

// The locks that a flow holds: spinlocks are in Flow::held, which the machine looks at; these are
// the others.
std::array<std::vector<const sim_lock *>, max_threads + 1> sleeping_held;

void check_order(const sim_lock &lock)
{
    const Task &self = current();
    const auto after = [&](const sim_lock *outer) {
        if (!order.add(outer, &lock))
            refuse("lock order inverted: %s takes \"%s\" with \"%s\" held; the other way round it "
                   "was taken too",
                   self.name, lock.name, outer->name);
    };
    for (const sim_lock *outer : sleeping_held.at(self.index))
        after(outer);
    for (unsigned int i = 0; i < self.held_count; ++i)
        after(static_cast<const sim_lock *>(self.held.at(i).lock));
}

void hold(sim_lock &lock, unsigned int how)
{
    Task &self = current();
    if (how & SIM_SHARED)
        lock.readers = static_cast<unsigned short>(lock.readers | bit(self.index));
    else
        lock.holder = static_cast<unsigned short>(self.index + 1);
    if (!spins(lock)) {
        sleeping_held.at(self.index).push_back(&lock);
        acquire_from(&lock);
        return;
    }
    if (self.held_count == self.held.size())
        give_up("%s holds more spinlocks than the simulation has room for", self.name);
    self.held.at(self.held_count++) = {&lock, self.irqs_on};
    if (how & SIM_IRQS_OFF)
        self.irqs_on = false;
    if (self.context == Context::interrupt) {
        if (lock.taken_with_irqs_on)
            refuse("%s, an interrupt, takes \"%s\", which is also taken with interrupts on: on one "
                   "CPU it would spin for ever",
                   self.name, lock.name);
        lock.taken_in_interrupt = true;
    } else if (self.irqs_on) {
        if (lock.taken_in_interrupt)
            refuse("%s takes \"%s\", which interrupts take, with interrupts on: on one CPU the "
                   "interrupt would spin for ever",
                   self.name, lock.name);
        lock.taken_with_irqs_on = true;
    }
    lock_taken(&lock);
}

// (The holder in memory of a spinlock is who has not yet been seen to release it.)
bool holds(const Task &self, const sim_lock &lock)
{
    if (!spins(lock))
        return lock.holder == self.index + 1 || (lock.readers & bit(self.index));
    for (unsigned int i = 0; i < self.held_count; ++i)
        if (self.held.at(i).lock == &lock)
            return true;
    return false;
}

void release_alone(void *lock, unsigned int)
{
    static_cast<sim_lock *>(lock)->holder = 0;
}

void release_shared(void *lock, unsigned int thread)
{
    auto &inside = *static_cast<sim_lock *>(lock);
    inside.readers = static_cast<unsigned short>(inside.readers & ~bit(thread));
}

} // namespace

void reset_locks()
{
    order.clear();
    for (auto &held : sleeping_held)
        held.clear();
}

void must_be_clean()
{
    const Task &self = current();
    if (self.held_count)
        refuse("%s returns with the spinlock \"%s\" held", self.name,
               static_cast<const sim_lock *>(self.held[0].lock)->name);
    if (const auto &held = sleeping_held.at(self.index); !held.empty())
        refuse("%s returns with \"%s\" held", self.name, held[0]->name);
    if (!self.irqs_on && self.context != Context::interrupt)
        refuse("%s returns with interrupts off", self.name);
    if (self.state != TASK_RUNNING)
        refuse("%s returns while it is %s", self.name, in_words(self.state));
}

unsigned int holder_of(const void *object)
{
    for (unsigned int i = 0; i < Machine::get().threads(); ++i) {
        const Flow &flow = Machine::get().flow(i);
        for (const sim_lock *lock : sleeping_held.at(i))
            if (lock == object)
                return i;
        for (unsigned int n = 0; n < flow.held_count; ++n)
            if (flow.held.at(n).lock == object)
                return i;
    }
    return max_threads;
}

} // namespace sim

using namespace sim;

extern "C" {

void sim_lock_init(sim_lock *lock, const char *name, sim_lock_kind kind)
{
    here = __builtin_return_address(0);
    if (lock->initialised && (lock->holder || lock->readers))
        refuse("%s initialises \"%s\", which is held", current().name, lock->name);
    *lock = {name, 0, 0, static_cast<unsigned char>(kind), true, false, false};
}

int sim_lock_acquire(struct sim_lock *lock, unsigned int how)
{
    here = __builtin_return_address(0);
    Task &self = current();
    if (!lock->initialised)
        refuse("%s takes a lock that was never initialised", self.name);
    if (!spins(*lock) && !(how & SIM_TRY))
        must_not_be_asleep("a lock's function");
    if (lock->holder == self.index + 1 && holds(self, *lock) && !(how & SIM_TRY))
        refuse("self-deadlock: %s takes \"%s\", which it holds", self.name, lock->name);
    const auto ready = how & SIM_SHARED ? may_read : is_free;
    if (how & SIM_TRY) {
        point();
        touch(lock, Access::write);
        if (!ready(lock))
            return -16; // EBUSY
    } else if (!wait_for(ready, lock, lock->name, how)) {
        tell("gives up \"%s\": a signal", lock->name);
        return -4; // EINTR
    }
    world().check(lock, sizeof *lock);
    if (!(how & SIM_TRY))
        check_order(*lock);
    hold(*lock, how);
    return 0;
}

void sim_lock_release(struct sim_lock *lock, unsigned int how)
{
    here = __builtin_return_address(0);
    Task &self = current();
    const bool shared = how & SIM_SHARED;
    if (!holds(self, *lock) || shared != (lock->holder == 0))
        refuse("%s unlocks \"%s\", which it does not hold", self.name, lock->name);
    const auto release_it = shared ? release_shared : release_alone;
    if (!spins(*lock)) {
        release_it(lock, self.index);
        std::erase(sleeping_held.at(self.index), lock);
        point();
        touch(lock, Access::write);
        release_to(lock);
        return;
    }
    unsigned int at = self.held_count;
    while (self.held.at(--at).lock != lock) {
    }
    for (--self.held_count; at < self.held_count; ++at)
        self.held.at(at) = self.held.at(at + 1);
    if (unlock_waits(lock, release_it))
        return;
    release_it(lock, self.index);
    lock_released(lock);
}

bool sim_holds(const struct sim_lock *lock)
{
    return holds(current(), *lock);
}

bool sim_is_locked(const struct sim_lock *lock)
{
    here = __builtin_return_address(0);
    load_point();
    touch(lock, Access::read);
    return lock->holder || lock->readers;
}

bool sim_irqs()
{
    return current().irqs_on;
}

void sim_set_irqs(bool on)
{
    here = __builtin_return_address(0);
    current().irqs_on = on && current().context != Context::interrupt;
}

static bool not_zero(const void *count)
{
    return *static_cast<const unsigned int *>(count) != 0;
}

int sim_take(unsigned int *count, unsigned int how, const char *what)
{
    here = __builtin_return_address(0);
    if (how & SIM_TRY) {
        point();
        touch(count, Access::write);
        if (*count == 0)
            return -16;
    } else {
        must_not_be_asleep(what);
        if (!wait_for(not_zero, count, what, how))
            return -4;
    }
    acquire_from(count);
    --*count;
    return 0;
}

void sim_give(unsigned int *count)
{
    SIM_STEP();
    touch(count, Access::write);
    release_to(count);
    ++*count;
}

} // extern "C"
