// SPDX-License-Identifier: GPL-2.0
// kcov.hpp - which code of the modules the calls of this thread reached. (The kernel itself is not
// compiled for that.)
#pragma once

#include "shared.hpp"

namespace devfuzz {

class Kcov {
public:
    Kcov(); // of the calling thread
    ~Kcov();
    Kcov(const Kcov &) = delete;
    Kcov &operator=(const Kcov &) = delete;

    [[nodiscard]] bool is_there() const { return cover_ != nullptr; }
    void begin();
    // Notes what was reached since begin(). True: some of it no process had reached before.
    [[nodiscard]] bool found_more(Shared &shared);

private:
    int fd_;
    unsigned long *cover_ = nullptr;
};

} // namespace devfuzz
