// SPDX-License-Identifier: GPL-2.0
#include "torture/arena.hpp"

#include <cerrno>
#include <climits>
#include <linux/futex.h>
#include <memory>
#include <new>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>

namespace waitq::cli::torture {

namespace {

// Processes share the memory, so std::atomic's own wait(), which may be private to one, won't do.
long futex(std::atomic<Order> *word, int operation, std::uint32_t value)
{
    return syscall(SYS_futex, reinterpret_cast<std::uint32_t *>(word), operation, value, nullptr,
                   nullptr, 0);
}

} // namespace

Arena::Arena(std::size_t tasks) : count_(tasks), size_(sizeof(Head) + tasks * sizeof(Slot))
{
    void *memory = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        throw std::system_error(errno, std::generic_category(), "memory for the tasks");
    head_ = new (memory) Head;
    slots_ = reinterpret_cast<Slot *>(head_ + 1);
    std::uninitialized_default_construct_n(slots_, count_);
}

Arena::~Arena()
{
    munmap(head_, size_);
}

void Arena::order(Order order)
{
    head_->order.store(order);
    futex(&head_->order, FUTEX_WAKE, INT_MAX);
}

void Arena::park(Order order) const
{
    while (head_->order.load() == order)
        futex(&head_->order, FUTEX_WAIT, static_cast<std::uint32_t>(order));
}

} // namespace waitq::cli::torture
