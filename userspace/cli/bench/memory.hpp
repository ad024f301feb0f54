// SPDX-License-Identifier: GPL-2.0
// The memory that the kernel takes for itself.
#pragma once

#include <cstdint>
#include <istream>

namespace waitq::cli::bench {

/**
 * Of the fields of /proc/meminfo, in bytes: the kernel's objects (Slab), what it has mapped for
 * itself, stacks of tasks among that (VmallocUsed), page tables (PageTables), and what it has for
 * each processor (Percpu). A field that is not there counts 0.
 */
[[nodiscard]] std::int64_t kernel_memory(std::istream &meminfo);

/// That of this machine, once it no longer changes: the kernel frees much of it late.
[[nodiscard]] std::int64_t settled_kernel_memory();

/// How much more that is than @before, for each of @count things.
[[nodiscard]] inline double memory_each(std::int64_t before, std::int64_t after, unsigned count)
{
    return static_cast<double>(after - before) / count;
}

} // namespace waitq::cli::bench
