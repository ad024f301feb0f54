// SPDX-License-Identifier: GPL-2.0
// polling.hpp - poll and epoll on open files, as values.
#pragma once

#include "calls.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/epoll.h>

namespace waitq::test {

// What poll() says is ready, without waiting (timeout 0) or without end (-1).
inline short ready(const Descriptor &file, short asked = POLLIN | POLLOUT | POLLMSG,
                   int timeout_ms = 0)
{
    pollfd entry{file.fd(), asked, 0};
    EXPECT_GE(poll(&entry, 1, timeout_ms), 0);
    return entry.revents;
}

class Epoll {
public:
    Epoll() : fd_(epoll_create1(EPOLL_CLOEXEC)) {}

    void add(const Descriptor &file, std::uint32_t events) const
    {
        ASSERT_EQ(control(EPOLL_CTL_ADD, file, events), 0);
    }
    void modify(const Descriptor &file, std::uint32_t events) const
    {
        ASSERT_EQ(control(EPOLL_CTL_MOD, file, events), 0);
    }
    // The events of the one file in it, 0 if none came in time (-1: without end).
    [[nodiscard]] std::uint32_t wait(int timeout_ms) const
    {
        epoll_event event{};
        return epoll_wait(fd_.fd(), &event, 1, timeout_ms) == 1 ? event.events : 0;
    }

private:
    [[nodiscard]] long control(int what, const Descriptor &file, std::uint32_t events) const
    {
        epoll_event event{};
        event.events = events;
        return value_of(epoll_ctl(fd_.fd(), what, file.fd(), &event));
    }

    Descriptor fd_;
};

} // namespace waitq::test
