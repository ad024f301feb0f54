// SPDX-License-Identifier: GPL-2.0
// access.cpp - the module's plain memory accesses. Its sources are compiled with
// -fsanitize=thread, which puts a call before each; here those calls end, and nothing of the
// sanitizer's own runtime is linked.
#include "host.hpp"

using sim::Access;

extern "C" {

void __tsan_init() {}
void __tsan_func_entry(void *) {}
void __tsan_func_exit() {}

#define ACCESSES(size)                                                                             \
    void __tsan_read##size(void *at)                                                               \
    {                                                                                              \
        sim::plain_access(at, size, Access::read);                                                 \
    }                                                                                              \
    void __tsan_write##size(void *at)                                                              \
    {                                                                                              \
        sim::plain_access(at, size, Access::write);                                                \
    }                                                                                              \
    void __tsan_unaligned_read##size(void *at)                                                     \
    {                                                                                              \
        sim::plain_access(at, size, Access::read);                                                 \
    }                                                                                              \
    void __tsan_unaligned_write##size(void *at)                                                    \
    {                                                                                              \
        sim::plain_access(at, size, Access::write);                                                \
    }
ACCESSES(1)
ACCESSES(2)
ACCESSES(4)
ACCESSES(8)
ACCESSES(16)
#undef ACCESSES

void __tsan_read_range(void *at, unsigned long size)
{
    sim::plain_access(at, size, Access::read);
}
void __tsan_write_range(void *at, unsigned long size)
{
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
