// SPDX-License-Identifier: GPL-2.0
// Page - the page of a waitq device, in which a program posts and takes without a system call.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <uapi/waitq.h>
#include <waitq/result.hpp>

namespace waitq {

enum class InPage {
    Done,
    Overflow,  ///< the counter would pass WAITQ_COUNTER_MAX; nothing has changed
    AskKernel, ///< only the kernel can do it
};

/**
 * Adds @n to the counter in the page. @Word has load() and compare_exchange_weak(), as
 * std::atomic_ref has.
 */
template <typename Word>
InPage post_in_page(Word word, std::uint64_t n)
{
    std::uint64_t counter = word.load();
    for (;;) {
        if (counter > WAITQ_COUNTER_MAX)
            return InPage::AskKernel;
        if (n > WAITQ_COUNTER_MAX - counter)
            return InPage::Overflow;
        if (word.compare_exchange_weak(counter, counter + n))
            return InPage::Done;
    }
}

/// Takes @n off the counter in the page. AskKernel: it is not there, or too low.
template <typename Word>
InPage take_in_page(Word word, std::uint64_t n)
{
    std::uint64_t counter = word.load();
    for (;;) {
        if (counter > WAITQ_COUNTER_MAX || counter < n)
            return InPage::AskKernel;
        if (word.compare_exchange_weak(counter, counter - n))
            return InPage::Done;
    }
}

/// A mapping of the page. Moves, does not copy; a moved-from one is empty.
class Page {
public:
    /// Maps the page of an open device, which must be open for reading and writing.
    /// Errors: those of mmap(2).
    static Result<Page> map(int fd);

    Page() noexcept = default;
    Page(Page &&other) noexcept;
    Page &operator=(Page &&other) noexcept;
    Page(const Page &) = delete;
    Page &operator=(const Page &) = delete;
    ~Page();

    /// As the functions above. An empty one: AskKernel.
    [[nodiscard]] InPage post(std::uint64_t n) const
    {
        return word_ ? post_in_page(std::atomic_ref(*word_), n) : InPage::AskKernel;
    }
    [[nodiscard]] InPage take(std::uint64_t n) const
    {
        return word_ ? take_in_page(std::atomic_ref(*word_), n) : InPage::AskKernel;
    }

private:
    explicit Page(std::uint64_t *word) noexcept : word_(word) {}

    std::uint64_t *word_ = nullptr;
};

} // namespace waitq
