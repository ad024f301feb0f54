// SPDX-License-Identifier: GPL-2.0
// lock_order.hpp - each lock that was taken with another held. An inversion is seen when it is
// made, not when it deadlocks. Every order that can come is explored, so that one execution is
// enough.
#pragma once

#include <vector>

namespace sim {

class LockOrder {
public:
    void clear() { pairs_.clear(); }

    // `inner` is taken with `outer` held. False: the other way round it was taken too.
    bool add(const void *outer, const void *inner)
    {
        if (leads_to(inner, outer))
            return false;
        for (const Pair &pair : pairs_)
            if (pair.outer == outer && pair.inner == inner)
                return true;
        pairs_.push_back({outer, inner});
        return true;
    }

    // The memory is another lock from now on.
    void forget(const void *lock)
    {
        std::erase_if(pairs_,
                      [&](const Pair &pair) { return pair.outer == lock || pair.inner == lock; });
    }

private:
    struct Pair {
        const void *outer, *inner;
    };

    [[nodiscard]] bool leads_to(const void *from, const void *to) const
    {
        if (from == to)
            return true;
        for (const Pair &pair : pairs_)
            if (pair.outer == from && leads_to(pair.inner, to))
                return true;
        return false;
    }

    std::vector<Pair> pairs_;
};

} // namespace sim
