// SPDX-License-Identifier: GPL-2.0
// host.hpp - what the simulated kernel is built on: flows of control, and the moments at which
// one may overtake another.
//
// Everything else in this folder says what the kernel does (wait.cpp: what kernel/sched/wait.c
// does); this says how a flow stops and goes on. Implemented by machine.cpp with fibers, one
// step at a time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sim {

enum class Access : std::uint8_t { read, write };

// ---- scheduling points ----

// What the current flow does next, others may notice: any number of steps of others may come
// first. What it does between two points is one step, which nothing can divide.
void point();
// The same, and the step can't be taken before `ready(argument)`. `object`: what the step then
// writes to, and whose changes alone decide; by default the argument.
void point_when(bool (*ready)(const void *), const void *argument, const void *object = nullptr);
// The same, and something that touches another object can make it ready as well.
void point_when_either(bool (*ready)(const void *), const void *argument, const void *object);
// The same before a load, which may come before the flow's own stores (Memory::tso). All others
// wait until others see these.
void load_point();
// Nothing, unless stores of the flow's wait: then others see them before it goes on.
void full_barrier();
// A point at which the world decides: returns each of 0 to n-1, in executions of their own.
unsigned int choose(unsigned int n);

// ---- what a step does ----

// The step reads or changes an object that others may reach at the same time, as the kernel
// does with atomics and under its locks. Steps that touch nothing in common can be swapped.
void touch(const void *object, Access access);
// The step reads or writes memory plainly, as the module's code does: two flows that do so
// unordered, one of them writing, are a data race, which is refused.
void plain_access(const void *memory, std::size_t size, Access access);
// The step reads or writes memory that others may access at the same time, and says so: it begins
// a step of its own, and is no race with others of its kind. A write under Memory::tso is none: it
// is when others see it.
void marked_access(const void *memory, std::size_t size, Access access);
// The step reads memory and writes to it, as locked instructions do.
void atomic_update(const void *memory, std::size_t size);
// The flow stores to kernel memory next; others look at it as `object`. Returns false if they see
// it at once: it is the caller's step to make.
bool store_waits(void *memory, std::size_t size, const void *object);
// The memory is used for something else from now on: nobody else may still access it.
void memory_ends(const void *memory, std::size_t size);

// Order between flows: what came before a release_to() is seen after an acquire_from().
void acquire_from(const void *object);
void release_to(const void *object);

// A spinlock by its address. From lock_taken() to lock_released() no other flow takes it.
void lock_taken(const void *lock);
void lock_released(const void *lock);
// It is released once the flow's stores are seen: unlock(lock, index of the flow) is called then.
// False: none wait.
bool unlock_waits(void *lock, void (*unlock)(void *lock, unsigned int thread));
// Somebody looks whether a lock is held, and goes on if it is: that it is released is seen then.
void look_at_lock(const void *lock);
bool lock_is_looked_at(const void *lock);
// There will be points in sections of this lock. Known early, it need not be found out.
void lock_has_points(const void *lock);

// ---- reports ----

// The kernel would not stand for this: ends the execution. Never returns.
[[noreturn]] void refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

// It can't be explored: it is no scenario, or asks for what is not simulated. Ends the execution,
// and Machine::gave_up() says so. Never returns.
[[noreturn]] void give_up(const char *format, ...) __attribute__((format(printf, 1, 2)));

// True if this execution is being told. Costs nothing otherwise.
bool telling();
// One sentence about what the current step does, without a subject.
void tell(const char *format, ...) __attribute__((format(printf, 1, 2)));

// ---- where ----

// In the simulated code, of the call or access that the current flow makes: the address after it.
// Null where nobody says.
extern const void *here;
// If it is not null: where simulated code has been, as a sum.
extern std::uint64_t *trail;
inline void leave_trail(const void *place)
{
    if (trail)
        *trail = (*trail ^ reinterpret_cast<std::uintptr_t>(place)) * 0x9e3779b97f4a7c15ULL;
}

// ---- who ----

struct Flow;
// The flow that runs (see flow.hpp).
Flow &running();

} // namespace sim
