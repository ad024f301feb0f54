// SPDX-License-Identifier: GPL-2.0
// memory.hpp - memory that ends where a test wants it to.
#pragma once

#include <cstddef>
#include <sys/mman.h>

namespace waitq::test {

// A page of memory, and after it one that nobody may touch.
class EdgeOfMemory {
public:
    static constexpr std::size_t size = 4096;

    EdgeOfMemory()
        : page_(static_cast<char *>(
              mmap(nullptr, 2 * size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)))
    {
        writable(true);
    }
    ~EdgeOfMemory() { munmap(page_, 2 * size); }
    EdgeOfMemory(const EdgeOfMemory &) = delete;
    EdgeOfMemory &operator=(const EdgeOfMemory &) = delete;

    // An address of which `good` bytes can be used.
    [[nodiscard]] char *with(std::size_t good) const { return page_ + size - good; }
    // Whether the page can be written to. It can always be read.
    void writable(bool yes) { mprotect(page_, size, yes ? PROT_READ | PROT_WRITE : PROT_READ); }

private:
    char *page_;
};

} // namespace waitq::test
