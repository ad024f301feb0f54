// SPDX-License-Identifier: GPL-2.0
#include "kcov.hpp"

#include <algorithm>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace devfuzz {
namespace {

// <linux/kcov.h>
constexpr unsigned long init_trace = _IOR('c', 1, unsigned long), enable = _IO('c', 100),
                        disable = _IO('c', 101), trace_pc = 0;
constexpr unsigned long entries = 1UL << 16;

} // namespace

Kcov::Kcov() : fd_(open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC))
{
    if (fd_ < 0 || ioctl(fd_, init_trace, entries) != 0)
        return;
    void *memory =
        mmap(nullptr, entries * sizeof(unsigned long), PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0);
    if (memory != MAP_FAILED && ioctl(fd_, enable, trace_pc) == 0)
        cover_ = static_cast<unsigned long *>(memory);
}

Kcov::~Kcov()
{
    if (cover_ != nullptr) {
        ioctl(fd_, disable, 0);
        munmap(cover_, entries * sizeof(unsigned long));
    }
    close(fd_);
}

void Kcov::begin()
{
    if (cover_ != nullptr)
        __atomic_store_n(cover_, 0, __ATOMIC_RELAXED);
}

bool Kcov::found_more(Shared &shared)
{
    if (cover_ == nullptr)
        return false;
    const unsigned long count = std::min(__atomic_load_n(cover_, __ATOMIC_RELAXED), entries - 1);
    unsigned int more = 0;
    for (unsigned long i = 1; i <= count; ++i) {
        auto &slot = shared.seen[cover_[i] % pc_slots];
        if (slot.load(std::memory_order_relaxed) == 0)
            more += slot.exchange(1) == 0;
    }
    shared.pcs += more;
    return more != 0;
}

} // namespace devfuzz
