// SPDX-License-Identifier: GPL-2.0
// The exhibit of poll: pollers on a device, and which of them a wake-up tells.
#include "demo/exhibit.hpp"

#include <poll.h>
#include <sys/epoll.h>

namespace waitq::cli {

namespace {

/// A process that waits for readiness.
Child poller(Scene &scene, bool (*wait)(int fd))
{
    return Child([&] { return wait(scene.stage().device().fd()); });
}
std::uint64_t linked(Scene &scene)
{
    Stage &stage = scene.stage();
    return require(stage.device().waiters(), Call::Waiters, stage.name()).linked;
}

} // namespace

void poll_queue(Scene &scene)
{
    scene.say("A task polls for an event. poll links an entry and sleeps elsewhere.");
    Child one = poller(scene, [](int fd) {
        pollfd asked{fd, POLLMSG, 0};
        return ::poll(&asked, 1, -1) == 1 && (asked.revents & POLLMSG);
    });
    scene.claim(eventually([&] { return linked(scene) == 1; }),
                "it is linked into the pollers' queue");
    scene.timeline().sleeps("poll", "linked, sleeps (S)");
    scene.say("The wake-up calls the entry's function, which makes poll look and return.");
    (void)scene.stage().wake({});
    scene.timeline().wakes("waker", "posts 1, tells the pollers");
    scene.claim(eventually([&] { return one.succeeded(); }), "the wake-up made it return POLLMSG");
    scene.timeline().returns("poll", "returns: POLLMSG");
    scene.stage().settle();
    scene.say("Two epoll sets wait for a byte to read, both with EPOLLEXCLUSIVE.");
    const auto epoll = [](int fd) {
        const int set = epoll_create1(0);
        epoll_event event{EPOLLIN | EPOLLEXCLUSIVE, {}};
        return epoll_ctl(set, EPOLL_CTL_ADD, fd, &event) == 0 &&
               epoll_wait(set, &event, 1, -1) == 1;
    };
    Child first = poller(scene, epoll), second = poller(scene, epoll);
    const auto asleep = [](const Child &child) { return state_of(child.pid()) == 'S'; };
    scene.claim(eventually([&] { return linked(scene) == 2 && asleep(first) && asleep(second); }),
                "both are linked and sleep");
    scene.timeline().sleeps("epoll1", "linked, sleeps (S)");
    scene.timeline().sleeps("epoll2", "linked, sleeps (S)");
    scene.say("One byte comes: it is enough for one, and one is told.");
    const std::byte byte{};
    (void)scene.stage().device().write({&byte, 1});
    scene.timeline().wakes("waker", "writes a byte, tells one poller");
    scene.claim(eventually([&] { return first.succeeded() || second.succeeded(); }),
                "one of them returned");
    scene.claim(asleep(first.ended() ? second : first), "and the other sleeps on");
    scene.timeline().returns("epoll1", "returns (or the other of the two)");
}

} // namespace waitq::cli
