// SPDX-License-Identifier: GPL-2.0
// file_calls.cpp - the calls that every file has, and what the page and signals do.
#include "call.hpp"

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <string>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/uio.h>

namespace devfuzz {
namespace {

// Bytes of a read or a write: a few, some, or more than the ring holds.
std::size_t length(Input &in)
{
    const std::uint8_t kind = in.byte();
    return kind < 96    ? kind % 20
           : kind < 192 ? 8UL * kind
           : kind < 250 ? in.number() % 9'000
                        : in.number();
}

} // namespace

long Runner::read()
{
    const std::size_t size = length(in_);
    return value_of(::read(any_device(), reinterpret_cast<void *>(room_for(size)), size));
}

long Runner::write()
{
    const std::size_t size = length(in_);
    return value_of(::write(any_device(), reinterpret_cast<void *>(room_for(size)), size));
}

long Runner::read_pieces()
{
    std::array<iovec, 4> pieces{};
    for (iovec &piece : pieces)
        piece = {reinterpret_cast<void *>(room_for(64)), length(in_) % 5'000};
    return value_of(readv(in_.flag() ? file(events) : any_device(), pieces.data(),
                          static_cast<int>(in_.below(5))));
}

long Runner::write_pieces()
{
    std::array<iovec, 4> pieces{};
    for (iovec &piece : pieces)
        piece = {reinterpret_cast<void *>(room_for(64)), length(in_) % 5'000};
    return value_of(writev(in_.flag() ? file(events) : any_device(), pieces.data(),
                           static_cast<int>(in_.below(5))));
}

long Runner::read_events()
{
    return value_of(::read(file(events), reinterpret_cast<void *>(room_for(8)), mostly(8)));
}

long Runner::write_events()
{
    const std::uint64_t n = count();
    return value_of(
        ::write(file(events), reinterpret_cast<void *>(place(&n, sizeof n)), mostly(8)));
}

long Runner::look()
{
    std::array<pollfd, 8> files;
    for (pollfd &one : files)
        one = {in_.below(3) == 0 ? file(events) : any_device(),
               static_cast<short>(in_.byte() | (in_.flag() ? POLLMSG : 0)), 0};
    return value_of(poll(files.data(), in_.below(9), static_cast<int>(in_.below(3))));
}

long Runner::watch()
{
    const int at = file(epoll);
    epoll_event event{};
    switch (in_.below(4)) {
    case 0:
        return value_of(epoll_wait(at, &event, 1, static_cast<int>(in_.below(3))));
    case 1:
        return value_of(
            epoll_ctl(at, EPOLL_CTL_DEL, in_.flag() ? file(events) : any_device(), &event));
    default:
        event.events = EPOLLIN | EPOLLOUT | (in_.flag() ? EPOLLET : 0U) |
                       (in_.flag() ? EPOLLEXCLUSIVE : 0U) | (in_.flag() ? EPOLLMSG : 0U);
        return value_of(
            epoll_ctl(at, EPOLL_CTL_ADD, in_.flag() ? file(events) : any_device(), &event));
    }
}

long Runner::set_flags()
{
    const bool nonblocking = in_.below(4) != 0;
    const int fd = in_.flag() ? file(events) : any_device();
    fcntl(fd, F_SETOWN, getpid());
    return value_of(
        fcntl(fd, F_SETFL, (nonblocking ? O_NONBLOCK : 0) | (in_.flag() ? O_ASYNC : 0)));
}

long Runner::map()
{
    std::size_t size = in_.below(8) == 0 ? 8192 : 4096;
    const int access = in_.below(8) == 0 ? static_cast<int>(in_.below(8))
                                         : PROT_READ | (in_.flag() ? PROT_WRITE : 0);
    void *at = mmap(nullptr, size, access, in_.below(8) == 0 ? MAP_PRIVATE : MAP_SHARED,
                    any_device(), in_.below(8) == 0 ? 4096 : 0);
    if (at == MAP_FAILED)
        return -errno;
    if (in_.flag()) {
        mprotect(at, size, static_cast<int>(in_.below(8)));
    } else {
        const std::size_t wanted = in_.flag() ? size : 2 * size;
        void *moved = mremap(at, size, wanted, MREMAP_MAYMOVE);
        if (moved != MAP_FAILED) {
            at = moved;
            size = wanted;
        }
    }
    return value_of(munmap(at, size));
}

// A program may do anything to the page.
long Runner::scribble()
{
    auto *word = static_cast<std::uint64_t *>(page_);
    if (page_ == MAP_FAILED)
        return -1;
    if (in_.below(4) == 0) {
        __atomic_store_n(word, in_.number(), __ATOMIC_SEQ_CST);
    } else {
        std::uint64_t found = __atomic_load_n(word, __ATOMIC_SEQ_CST);
        if (found < WAITQ_COUNTER_MAX)
            __atomic_compare_exchange_n(word, &found, found + 1, false, __ATOMIC_SEQ_CST,
                                        __ATOMIC_SEQ_CST);
    }
    return 0;
}

long Runner::reopen()
{
    const auto kind = static_cast<Kind>(in_.below(closed));
    const unsigned int i = in_.below(of_each);
    // One that an unprivileged worker could not have again stays.
    const int fd = open_one(kind, i);
    if (fd < 0)
        return -errno;
    close(files_[kind][i]);
    files_[kind][i] = fd;
    return 0;
}

// Another process's table, or a copy of the descriptor, is what keeps a file when it is closed
// here.
long Runner::duplicate()
{
    const int copy = dup(any_device());
    return copy < 0 ? -errno : value_of(close(copy));
}

long Runner::seek()
{
    return value_of(lseek(in_.flag() ? file(lab) : any_device(), static_cast<off_t>(in_.number()),
                          static_cast<int>(in_.below(3))));
}

// Ends a sleep of another worker, or its own next one.
long Runner::signal()
{
    const pid_t whom = shared_.workers.at(in_.below(most_workers)).pid;
    return whom > 0 ? value_of(kill(whom, SIGUSR1)) : -ESRCH;
}

long Runner::list()
{
    static constexpr std::array paths{
        "/sys/class/waitq/waitq0/counter", "/sys/class/waitq/waitq1/event_waiters",
        "/sys/class/waitq_lab/waitq_lab0/waiters", "/sys/kernel/debug/waitq/waitq0/waiters",
        "/sys/kernel/debug/waitq_lab/waitq_lab0/waiters"};
    // Those of debugfs have room for 65536 entries each time.
    const unsigned int which = in_.below(64) == 0 ? in_.below(paths.size()) : in_.below(3);
    const int fd = open(paths.at(which), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    const long result =
        value_of(::read(fd, reinterpret_cast<void *>(room_for(512)), length(in_) % 4'000));
    close(fd);
    return result;
}

} // namespace devfuzz
