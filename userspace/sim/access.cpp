// SPDX-License-Identifier: GPL-2.0
// access.cpp - the module's plain memory accesses. Its sources are compiled with
// -fsanitize=thread, which puts a call before each; here those calls end, and nothing of the
// sanitizer's own runtime is linked.
#include "machine.hpp"

using sim::Access;

extern "C" {

void __tsan_init() {}
// Its caller has a frame pointer (-fno-omit-frame-pointer).
#pragma GCC diagnostic ignored "-Wframe-address"
void __tsan_func_entry(void *from)
{
    if (sim::Machine::get().runs())
        sim::world().entered(__builtin_return_address(0), from, __builtin_frame_address(1));
}
void __tsan_func_exit()
{
    if (sim::Machine::get().runs())
        sim::world().left();
}

// The same by -finstrument-functions.
void __cyg_profile_func_enter(void *function, void *from)
{
    if (sim::Machine::get().runs())
        sim::world().entered(static_cast<const unsigned char *>(function) + 1, from,
                             __builtin_frame_address(1));
}
void __cyg_profile_func_exit(void *, void *)
{
    __tsan_func_exit();
}

#define ACCESS(name, does, how)                                                                    \
    void __tsan_##name(void *at)                                                                   \
    {                                                                                              \
        sim::here = __builtin_return_address(0);                                                   \
        sim::leave_trail(sim::here);                                                               \
        sim::does(at, SIZE, Access::how);                                                          \
    }
#define ACCESSES(size)                                                                             \
    ACCESS(read##size, plain_access, read)                                                         \
    ACCESS(write##size, plain_access, write)                                                       \
    ACCESS(unaligned_read##size, plain_access, read)                                               \
    ACCESS(unaligned_write##size, plain_access, write)                                             \
    ACCESS(volatile_read##size, marked_access, read)                                               \
    ACCESS(volatile_write##size, marked_access, write)                                             \
    ACCESS(unaligned_volatile_read##size, marked_access, read)                                     \
    ACCESS(unaligned_volatile_write##size, marked_access, write)
#define SIZE 1
ACCESSES(1)
#undef SIZE
#define SIZE 2
ACCESSES(2)
#undef SIZE
#define SIZE 4
ACCESSES(4)
#undef SIZE
#define SIZE 8
ACCESSES(8)
#undef SIZE
#define SIZE 16
ACCESSES(16)
#undef SIZE

void __tsan_read_range(void *at, unsigned long size)
{
    sim::here = __builtin_return_address(0);
    sim::plain_access(at, size, Access::read);
}
void __tsan_write_range(void *at, unsigned long size)
{
    sim::here = __builtin_return_address(0);
    sim::plain_access(at, size, Access::write);
}

// __atomic_load_n() of a pointer: others may write to it at the same time, so it is a step.
unsigned long __tsan_atomic64_load(const volatile unsigned long *at, int)
{
    sim::point();
    sim::touch(const_cast<const unsigned long *>(at), Access::read);
    return *at;
}

} // extern "C"
