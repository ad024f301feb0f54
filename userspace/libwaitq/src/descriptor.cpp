// SPDX-License-Identifier: GPL-2.0
#include "call.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <utility>
#include <waitq/descriptor.hpp>

namespace waitq {

Result<Descriptor> Descriptor::open(const std::string &path, int flags)
{
    const int fd = ::open(path.c_str(), flags | O_CLOEXEC);
    if (fd < 0)
        return last_error();
    return Descriptor(fd);
}

Descriptor::Descriptor(Descriptor &&other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Descriptor &Descriptor::operator=(Descriptor &&other) noexcept
{
    // The former descriptor goes with the temporary.
    Descriptor taken(std::move(other));
    std::swap(fd_, taken.fd_);
    return *this;
}

Descriptor::~Descriptor()
{
    if (fd_ >= 0)
        ::close(fd_);
}

} // namespace waitq
