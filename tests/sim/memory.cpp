// SPDX-License-Identifier: GPL-2.0
#include "memory.hpp"

#include "objects.hpp"
#include "task.hpp"
#include "timer.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <utility>

namespace sim {
namespace {

// Counts a fault down; true when it strikes.
bool strikes(unsigned int &fault)
{
    return fault && --fault == 0;
}

} // namespace
} // namespace sim

using namespace sim;

extern "C" {

void *kapi_zalloc(size_t size)
{
    Task &self = current();
    must_be_able_to_sleep("kvzalloc()");
    if (strikes(self.failing_alloc)) {
        tell("gets no memory");
        return nullptr;
    }
    return allocate(size);
}

void kapi_free(void *memory)
{
    if (!memory)
        return;
    const std::size_t size = allocated_size(memory);
    timers_in_freed_memory(memory, size);
    release(memory);
    tell("frees %zu bytes", size);
}

unsigned long long *kapi_page_alloc()
{
    return static_cast<unsigned long long *>(kapi_zalloc(sizeof(unsigned long long)));
}

void kapi_page_free(unsigned long long *word)
{
    kapi_free(word);
}

unsigned long long kapi_page_swap(unsigned long long *word, unsigned long long value)
{
    point();
    touch(word, Access::write);
    tell("swaps %llu into the page", value);
    return std::exchange(*word, value);
}

bool kapi_copy_from_user(void *to, unsigned long user, size_t size)
{
    must_be_able_to_sleep("copy_from_user()");
    if (user < 4096 || strikes(current().failing_copy)) {
        tell("can't read the user's memory");
        return false;
    }
    std::memcpy(to, reinterpret_cast<const void *>(user), size);
    return true;
}

bool kapi_get_words(unsigned long long *to, unsigned long user, unsigned int count)
{
    return kapi_copy_from_user(to, user, count * sizeof *to);
}

bool kapi_copy_to_user(unsigned long user, const void *from, size_t size)
{
    must_be_able_to_sleep("copy_to_user()");
    if (user < 4096 || strikes(current().failing_copy)) {
        tell("can't write to the user's memory");
        return false;
    }
    std::memcpy(reinterpret_cast<void *>(user), from, size);
    return true;
}

int kapi_copy_struct_from_user(void *to, size_t size, unsigned long user, size_t user_size)
{
    must_be_able_to_sleep("copy_struct_from_user()");
    const auto *from = reinterpret_cast<const unsigned char *>(user);
    if (user >= 4096)
        for (size_t i = size; i < user_size; ++i)
            if (from[i] != 0)
                return -KAPI_E2BIG;
    if (!kapi_copy_from_user(to, user, std::min(size, user_size)))
        return -KAPI_EFAULT;
    if (user_size < size)
        std::memset(static_cast<unsigned char *>(to) + user_size, 0, size - user_size);
    return 0;
}

bool kapi_clear_user(unsigned long user, size_t size)
{
    must_be_able_to_sleep("clear_user()");
    if (user < 4096 || strikes(current().failing_copy)) {
        tell("can't clear the user's memory");
        return false;
    }
    std::memset(reinterpret_cast<void *>(user), 0, size);
    return true;
}

// (There is no speculation here.)
unsigned long kapi_index_nospec(unsigned long index, unsigned long size)
{
    return index < size ? index : 0;
}

static size_t advance(kapi_bytes *bytes, size_t size)
{
    const size_t moved = std::min({size, bytes->size, bytes->iter->good});
    bytes->user += moved;
    bytes->size -= moved;
    bytes->iter->good -= moved;
    return moved;
}

// Byte by byte: another access to these bytes races with it.
static void access_bytes(const void *memory, size_t size, Access access)
{
    for (size_t i = 0; i < size; ++i)
        plain_access(static_cast<const unsigned char *>(memory) + i, 1, access);
}

static size_t out(kapi_bytes *to, const void *from, size_t size)
{
    auto *user = reinterpret_cast<unsigned char *>(to->user);
    const size_t moved = advance(to, size);
    access_bytes(from, moved, Access::read);
    std::memcpy(user, from, moved);
    tell("copies %zu of %zu bytes to its buffer", moved, size);
    return moved;
}

static size_t in(kapi_bytes *from, void *to, size_t size)
{
    const auto *user = reinterpret_cast<const unsigned char *>(from->user);
    const size_t moved = advance(from, size);
    access_bytes(to, moved, Access::write);
    std::memcpy(to, user, moved);
    tell("copies %zu of %zu bytes from its buffer", moved, size);
    return moved;
}

// With a step of its own: others come between.
size_t kapi_copy_out(kapi_bytes *to, const void *from, size_t size)
{
    must_be_able_to_sleep("copy_to_user()");
    point();
    return out(to, from, size);
}

size_t kapi_copy_in(kapi_bytes *from, void *to, size_t size)
{
    must_be_able_to_sleep("copy_from_user()");
    point();
    return in(from, to, size);
}

bool kapi_try_copy_out(const kapi_bytes *to, const void *from, unsigned int size)
{
    kapi_bytes first = *to;
    return to->iter->present && to->iter->good >= size && out(&first, from, size) == size;
}

bool kapi_try_copy_in(const kapi_bytes *from, void *to, unsigned int size)
{
    kapi_bytes first = *from;
    return from->iter->present && from->iter->good >= size && in(&first, to, size) == size;
}

} // extern "C"
