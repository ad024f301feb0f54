// SPDX-License-Identifier: GPL-2.0
// kmsg.hpp - the kernel's log from a moment on.
#pragma once

#include <string>

namespace waitq::test {

// Stands at the end of the log when made.
class Kmsg {
public:
    Kmsg();
    ~Kmsg();
    Kmsg(const Kmsg &) = delete;
    Kmsg &operator=(const Kmsg &) = delete;

    // The lines that have come since, without their prefixes. Can be asked again.
    [[nodiscard]] std::string since() const;
    // Writes a line into the log.
    static void write(const std::string &line);

private:
    int fd_;
    mutable std::string text_;
};

} // namespace waitq::test
