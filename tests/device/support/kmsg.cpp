// SPDX-License-Identifier: GPL-2.0
#include "kmsg.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>

namespace waitq::test {

Kmsg::Kmsg() : fd_(open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC))
{
    lseek(fd_, 0, SEEK_END);
}

Kmsg::~Kmsg()
{
    close(fd_);
}

std::string Kmsg::since() const
{
    std::array<char, 8192> record{};
    for (;;) {
        const ssize_t size = read(fd_, record.data(), record.size());
        if (size < 0 && errno == EPIPE) // records were overwritten before we saw them
            continue;
        if (size <= 0)
            return text_;
        // "priority,sequence,time,flags;text\n continuation..."
        const std::string line(record.data(), static_cast<std::size_t>(size));
        text_ += line.substr(line.find(';') + 1);
    }
}

void Kmsg::write(const std::string &line)
{
    std::ofstream("/dev/kmsg") << line << '\n' << std::flush;
}

} // namespace waitq::test
