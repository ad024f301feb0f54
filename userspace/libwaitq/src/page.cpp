// SPDX-License-Identifier: GPL-2.0
#include "call.hpp"

#include <sys/mman.h>
#include <unistd.h>
#include <utility>
#include <waitq/page.hpp>

namespace waitq {

namespace {

std::size_t page_size()
{
    return static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

} // namespace

Result<Page> Page::map(int fd)
{
    void *page = mmap(nullptr, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (page == MAP_FAILED)
        return last_error();
    return Page(static_cast<std::uint64_t *>(page));
}

Page::Page(Page &&other) noexcept : word_(std::exchange(other.word_, nullptr)) {}

Page &Page::operator=(Page &&other) noexcept
{
    std::swap(word_, other.word_);
    return *this;
}

Page::~Page()
{
    if (word_)
        munmap(word_, page_size());
}

} // namespace waitq
