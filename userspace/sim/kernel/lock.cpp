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
        point_when_either(ready_or_signal, &wait, object);
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

// In which contexts a spinlock was taken. An interrupt that spins for a lock which the task that it
// has interrupted holds, spins for ever; only readers do not keep each other out.
enum Taken : unsigned short {
    in_hard = 1,
    in_soft = 2,
    open_to_hard = 4, // by a task that a hard interrupt can interrupt
    open_to_soft = 8,
    shared_bits = 4, // how far the same for readers is
};

void check_contexts(const Task &self, sim_lock &lock, unsigned int how)
{
    unsigned int now = 0;
    if (self.context == Context::interrupt) {
        if (!(how & SIM_TRY))
            now = self.soft ? in_soft : in_hard;
    } else if (self.irqs_on) {
        now = self.bh_off ? open_to_hard : open_to_hard | open_to_soft;
    }
    lock.taken =
        static_cast<unsigned short>(lock.taken | (how & SIM_SHARED ? now << shared_bits : now));
    const unsigned int writers = lock.taken, readers = writers >> shared_bits;
    const auto clash = [&](unsigned int in, unsigned int open) {
        return ((writers & in) && ((writers | readers) & open)) ||
               ((readers & in) && (writers & open));
    };
    const bool hard = clash(in_hard, open_to_hard);
    if (hard || clash(in_soft, open_to_soft))
        refuse("\"%s\", which %s takes, is taken in %s interrupt, and with %s on: on one CPU the "
               "interrupt would spin for ever",
               lock.name, self.name, hard ? "an" : "a software",
               hard ? "interrupts" : "software interrupts");
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
    if (how & SIM_BH_OFF)
        self.bh_off = true;
    check_contexts(self, lock, how);
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
    if (self.bh_off)
        refuse("%s returns with software interrupts off", self.name);
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
    if (holder_of(lock) != max_threads)
        refuse("%s initialises \"%s\", which is held", current().name, name);
    order.forget(lock);
    *lock = {name, 0, 0, static_cast<unsigned char>(kind), true, 0};
}

int sim_lock_acquire(struct sim_lock *lock, unsigned int how)
{
    here = __builtin_return_address(0);
    Task &self = current();
    if (!lock->initialised)
        refuse("%s takes a lock that was never initialised", self.name);
    if (!spins(*lock) && !(how & SIM_TRY))
        must_not_be_asleep("a lock's function");
    if (lock->kind == SIM_MUTEX && self.context == Context::interrupt)
        refuse("%s, an interrupt, tries to take the mutex \"%s\": only tasks may", self.name,
               lock->name);
    if (lock->holder == self.index + 1 && holds(self, *lock) && !(how & SIM_TRY))
        refuse("self-deadlock: %s takes \"%s\", which it holds", self.name, lock->name);
    const auto ready = how & SIM_SHARED ? may_read : is_free;
    if (how & SIM_TRY) {
        look_at_lock(lock);
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
    world().check(lock, sizeof *lock);
    if (spins(*lock) && shared)
        full_barrier();                             // a reader leaves by a locked instruction
    if (!spins(*lock) || lock_is_looked_at(lock)) { // others may come before the release
        point();
        touch(lock, Access::write);
    }
    if (!spins(*lock)) {
        release_it(lock, self.index);
        std::erase(sleeping_held.at(self.index), lock);
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
    look_at_lock(lock);
    load_point();
    touch(lock, Access::read);
    return lock->holder || lock->readers;
}

bool sim_irqs()
{
    return current().irqs_on;
}

void sim_set_bh(bool on)
{
    current().bh_off = !on;
}

void sim_set_irqs(bool on)
{
    here = __builtin_return_address(0);
    Task &self = current();
    self.irqs_on = on && self.context != Context::interrupt;
    for (unsigned int i = 0; i < self.held_count && self.irqs_on;
         ++i) // they were taken with irqs off
        check_contexts(self, *static_cast<sim_lock *>(const_cast<void *>(self.held.at(i).lock)), 0);
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
