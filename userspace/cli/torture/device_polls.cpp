// SPDX-License-Identifier: GPL-2.0
// Tasks that poll a device, and those that come and go with it open.
#include "torture/device_worker.hpp"
#include "torture/machine.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <liburing.h>
#include <poll.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace waitq::cli::torture {

namespace {

constexpr int patience_ms = 5; // of a poll

} // namespace

// Without a timeout it is looked at where it sleeps, as those that wait are.
void DeviceWorker::poll_for_ever(Step call)
{
    const std::uint32_t queue = any_queue();
    pollfd file{files_.at(queue).fd(), POLLMSG, 0};
    if (roll(2) == 0)
        file = {eventfd_of(queue), POLLIN, 0};
    call.count = 1;
    call.queue[0] = queue;
    call.threshold[0] = 1;
    const int error = counted(call, [&] { return ::poll(&file, 1, -1) < 0 ? errno : 0; });
    expect(error, false);
    sched_yield();
}

void DeviceWorker::poll(Step call)
{
    std::array<pollfd, 3> files{};
    for (pollfd &file : files)
        file = {files_.at(any_queue()).fd(), static_cast<short>(POLLIN | (roll(2) ? POLLMSG : 0)),
                0};
    files[0] = {eventfd_of(any_queue()), POLLIN, 0};
    call.timed = true;
    const int error = counted(call, [&] {
        return ::poll(files.data(), 1 + roll(files.size()), patience_ms) < 0 ? errno : 0;
    });
    expect(error, false);
    if ((arena().mode() & Polls) != 0)
        take_if_there(call.operation);
}

void DeviceWorker::epoll(Step call)
{
    const Descriptor set(epoll_create1(EPOLL_CLOEXEC));
    const int outer = roll(4) == 0 ? epoll_create1(EPOLL_CLOEXEC) : -1; // a set in a set
    const Descriptor nested(outer);
    for (int times = 0; times < 2; ++times) {
        const std::uint32_t queue = any_queue();
        const int file = roll(2) == 0 ? eventfd_of(queue) : files_.at(queue).fd();
        epoll_event event{};
        event.events = EPOLLIN | EPOLLMSG;
        constexpr std::array<std::uint32_t, 4> ways{0, EPOLLET, EPOLLONESHOT, EPOLLEXCLUSIVE};
        event.events |= ways.at(roll(ways.size()));
        // EPOLLEXCLUSIVE takes few other bits.
        if ((event.events & EPOLLEXCLUSIVE) != 0)
            event.events = EPOLLIN | EPOLLEXCLUSIVE;
        // The same file a second time is refused.
        if (epoll_ctl(set.fd(), EPOLL_CTL_ADD, file, &event) != 0 && errno != EEXIST)
            fail(errno, "epoll_ctl");
        if (roll(4) == 0)
            epoll_ctl(set.fd(), EPOLL_CTL_DEL, file, nullptr);
    }
    if (outer >= 0) {
        epoll_event event{};
        event.events = EPOLLIN;
        epoll_ctl(outer, EPOLL_CTL_ADD, set.fd(), &event);
    }
    call.timed = true;
    std::array<epoll_event, 4> events{};
    const int error = counted(call, [&] {
        return epoll_wait(outer >= 0 ? outer : set.fd(), events.data(), events.size(),
                          static_cast<int>(roll(patience_ms))) < 0
                   ? errno
                   : 0;
    });
    expect(error, false);
    if ((arena().mode() & Polls) != 0)
        take_if_there(call.operation);
}

void DeviceWorker::uring(Step call)
{
    io_uring ring{};
    // 5.10 has it by default, a kernel may have it not, and a system may forbid it.
    {
        const NoPlugging lock;
        if (io_uring_queue_init(4, &ring, 0) != 0)
            return;
    }
    const std::uint32_t queue = any_queue();
    const int file = roll(2) == 0 ? eventfd_of(queue) : files_.at(queue).fd();
    io_uring_sqe *request = io_uring_get_sqe(&ring);
    io_uring_prep_poll_add(request, file, POLLIN | POLLMSG);
    request->user_data = 1;
    const bool cancels = roll(3) == 0;
    if (cancels) {
        io_uring_sqe *cancel = io_uring_get_sqe(&ring);
        io_uring_prep_cancel(cancel, reinterpret_cast<void *>(std::uintptr_t{1}), 0);
        cancel->user_data = 2;
    }
    call.timed = true;
    const int error = counted(call, [&] {
        if (const int submitted = io_uring_submit(&ring); submitted < 0)
            return -submitted;
        __kernel_timespec time{0, 1000L * roll(patience_ms * 1000)};
        io_uring_cqe *completion = nullptr;
        const int waited = io_uring_wait_cqe_timeout(&ring, &completion, &time);
        return waited == -ETIME || waited == -EAGAIN ? 0 : -waited;
    });
    // The ring's own: a task that exits, and a completion that found no room.
    if (error != EBUSY)
        expect(error, false);
    io_uring_queue_exit(&ring); // with a poll that may still be armed
    if ((arena().mode() & Polls) != 0)
        take_if_there(call.operation);
}

void DeviceWorker::close_while_polled(Step call)
{
    auto opened = Device::open(any_queue());
    if (!opened) {
        fail(opened.error().value(), "no second file");
        return;
    }
    std::optional<Device> file(std::move(*opened));
    const int number = file->fd();
    call.timed = true;
    const int error = counted(call, [&] {
        std::thread poller([number] {
            pollfd polled{number, POLLIN | POLLMSG, 0};
            ::poll(&polled, 1, patience_ms);
        });
        if (roll(2) == 0)
            std::this_thread::yield();
        file.reset();
        poller.join();
        return 0;
    });
    expect(error, false);
}

// The child has all files of the task, and its page; it exits at once, or becomes another program.
void DeviceWorker::fork_here(Step call)
{
    call.timed = true;
    const int error = counted(call, [&] {
        const bool execs = roll(4) == 0;
        const pid_t child = fork();
        if (child == 0) {
            if (execs) {
                const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
                dup2(nowhere, STDOUT_FILENO);
                execl("/proc/self/exe", "waitq", "--version", nullptr);
            }
            _exit(0);
        }
        if (child < 0)
            return errno;
        int status = 0;
        while (waitpid(child, &status, 0) < 0 && errno == EINTR)
            ;
        return 0;
    });
    expect(error, false);
}

} // namespace waitq::cli::torture
