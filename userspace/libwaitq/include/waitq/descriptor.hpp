// SPDX-License-Identifier: GPL-2.0
// Descriptor - owns a file descriptor.
#pragma once

#include <string>
#include <waitq/result.hpp>

namespace waitq {

/// Moves, does not copy, and closes what it owns. A moved-from one has fd() -1.
class Descriptor {
public:
    /// open(2), with O_CLOEXEC added to @flags.
    static Result<Descriptor> open(const std::string &path, int flags);

    explicit Descriptor(int fd) noexcept : fd_(fd) {}
    Descriptor(Descriptor &&other) noexcept;
    Descriptor &operator=(Descriptor &&other) noexcept;
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;
    ~Descriptor();

    /// The descriptor, still owned by this object.
    [[nodiscard]] int fd() const noexcept { return fd_; }

private:
    int fd_;
};

} // namespace waitq
