// SPDX-License-Identifier: GPL-2.0
// page_word.hpp - for libwaitq's calls in the page, on the simulated kernel.
#pragma once

#include "../sim/memory.hpp"
#include <sim/machine.hpp>
#include <uapi/waitq.h>

#include <cstdint>
#include <waitq/page.hpp>

namespace core {

// The word of the page, as user space changes it.
class PageWord {
public:
    explicit PageWord(__u64 *word) : word_(word) {}
    std::uint64_t load()
    {
        sim::point();
        sim::touch(word_, sim::Access::read);
        return *word_;
    }
    bool compare_exchange_weak(std::uint64_t &expected, std::uint64_t desired)
    {
        sim::point();
        sim::touch(word_, sim::Access::write);
        if (*word_ != expected) {
            expected = *word_;
            return false;
        }
        sim::tell("changes the page to %llu", static_cast<unsigned long long>(desired));
        *word_ = desired;
        return true;
    }

private:
    __u64 *word_;
};

} // namespace core
