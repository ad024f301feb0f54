// SPDX-License-Identifier: GPL-2.0
// memory.cpp - kernel memory, and user space with its faults.
#include "kernel.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace threads {
namespace {

std::atomic<unsigned int> living = 0;

bool strikes(unsigned int &fault)
{
    return fault && --fault == 0;
}

// How many of the bytes can be accessed before the first that faults.
size_t accessible(unsigned long user, size_t size)
{
    Task &self = current();
    if (strikes(self.failing_copy) || user < self.user.begin || user >= self.user.end)
        return 0;
    return std::min<size_t>(size, self.user.end - user);
}

// memcpy(), to which a null pointer is no address even for no bytes.
void copy(void *to, const void *from, size_t size)
{
    if (size != 0)
        std::memcpy(to, from, size);
}

// A copy that is to fail does so where that counts.
bool is_present()
{
    return current().failing_copy == 0 && ++current().copies % 3 != 0;
}

} // namespace

unsigned int allocations()
{
    return living;
}

} // namespace threads

using namespace threads;

extern "C" {

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
    return __atomic_exchange_n(word, value, __ATOMIC_SEQ_CST);
}

void *kapi_zalloc(size_t size)
{
    must_be_able_to_sleep("kvzalloc() where no task may sleep");
    if (strikes(current().failing_alloc))
        return nullptr;
    ++living;
    return std::calloc(1, size);
}

void kapi_free(void *memory)
{
    if (!memory)
        return;
    --living;
    std::free(memory);
}

bool kapi_copy_from_user(void *to, unsigned long user, size_t size)
{
    must_be_able_to_sleep("copy_from_user() where no task may sleep");
    const size_t good = accessible(user, size);
    copy(to, reinterpret_cast<const void *>(user), good);
    // copy_from_user() leaves nothing as it was.
    std::memset(static_cast<unsigned char *>(to) + good, 0, size - good);
    return good == size;
}

bool kapi_get_words(unsigned long long *to, unsigned long user, unsigned int count)
{
    return kapi_copy_from_user(to, user, count * sizeof *to);
}

bool kapi_copy_to_user(unsigned long user, const void *from, size_t size)
{
    must_be_able_to_sleep("copy_to_user() where no task may sleep");
    const size_t good = accessible(user, size);
    copy(reinterpret_cast<void *>(user), from, good);
    return good == size;
}

int kapi_copy_struct_from_user(void *to, size_t size, unsigned long user, size_t user_size)
{
    must_be_able_to_sleep("copy_struct_from_user() where no task may sleep");
    if (accessible(user, user_size) != user_size)
        return -KAPI_EFAULT;
    const auto *from = reinterpret_cast<const unsigned char *>(user);
    const size_t both = std::min(size, user_size);
    if (std::any_of(from + both, from + user_size, [](unsigned char byte) { return byte != 0; }))
        return -KAPI_E2BIG;
    std::memset(to, 0, size);
    copy(to, from, both);
    return 0;
}

bool kapi_clear_user(unsigned long user, size_t size)
{
    must_be_able_to_sleep("clear_user() where no task may sleep");
    const size_t good = accessible(user, size);
    if (good != 0)
        std::memset(reinterpret_cast<void *>(user), 0, good);
    return good == size;
}

unsigned long kapi_index_nospec(unsigned long index, unsigned long size)
{
    return index < size ? index : 0;
}

static size_t move_behind(kapi_bytes *bytes, size_t size)
{
    bytes->user += size;
    bytes->size -= size;
    return size;
}

static size_t out(kapi_bytes *to, const void *from, size_t size)
{
    const size_t moved = accessible(to->user, std::min(size, to->size));
    copy(reinterpret_cast<void *>(to->user), from, moved);
    return move_behind(to, moved);
}

static size_t in(kapi_bytes *from, void *to, size_t size)
{
    const size_t moved = accessible(from->user, std::min(size, from->size));
    copy(to, reinterpret_cast<const void *>(from->user), moved);
    return move_behind(from, moved);
}

size_t kapi_copy_out(kapi_bytes *to, const void *from, size_t size)
{
    must_be_able_to_sleep("copy_to_user() where no task may sleep");
    return out(to, from, size);
}

size_t kapi_copy_in(kapi_bytes *from, void *to, size_t size)
{
    must_be_able_to_sleep("copy_from_user() where no task may sleep");
    return in(from, to, size);
}

// Memory that is there twice out of three times.
bool kapi_try_copy_out(const kapi_bytes *to, const void *from, unsigned int size)
{
    kapi_bytes first = *to;
    return is_present() && out(&first, from, size) == size;
}

bool kapi_try_copy_in(const kapi_bytes *from, void *to, unsigned int size)
{
    kapi_bytes first = *from;
    return is_present() && in(&first, to, size) == size;
}

} // extern "C"
