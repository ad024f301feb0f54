// SPDX-License-Identifier: GPL-2.0
// calls.hpp - the bare system calls on a queue of the device, with errno as a value. The tests
// go by these and not by libwaitq, because what they test is the kernel's side.
#pragma once

#include "../../../module/uapi/waitq.h"

#include <cerrno>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <string>
#include <sys/ioctl.h>
#include <unistd.h>
#include <vector>

namespace waitq::test {

// The value of a call that returns -1 with errno: 0 or more, or -errno.
inline long value_of(long returned)
{
    return returned < 0 ? -static_cast<long>(errno) : returned;
}

// An open file, closed at its end. -1 if it could not be opened; then errno says why.
class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() { close(); }
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;

    void close()
    {
        if (fd_ >= 0)
            ::close(fd_);
        fd_ = -1;
    }
    [[nodiscard]] int fd() const { return fd_; }

private:
    int fd_;
};

// /dev/waitqN.
class File : public Descriptor {
public:
    explicit File(int flags = O_RDWR, unsigned int index = 0)
        : Descriptor(::open(("/dev/waitq" + std::to_string(index)).c_str(), flags | O_CLOEXEC))
    {}
};

inline long read(const Descriptor &file, void *to, std::size_t size)
{
    return value_of(::read(file.fd(), to, size));
}
inline long write(const Descriptor &file, const void *from, std::size_t size)
{
    return value_of(::write(file.fd(), from, size));
}
inline long write(const Descriptor &file, const std::string &text)
{
    return write(file, text.data(), text.size());
}
inline std::string read_text(const Descriptor &file, std::size_t size = 65536)
{
    std::string text(size, '?');
    const long got = read(file, text.data(), size);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
}

constexpr __s64 us = 1000, ms = 1000 * us, one_second = 1000 * ms;
constexpr __s64 tick = 10 * ms; // the longest of any kernel

// CLOCK_MONOTONIC of the caller's time namespace.
inline __s64 now()
{
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * one_second + time.tv_nsec;
}

// A struct of a call, and what came of it. The out fields begin poisoned.
template <class Struct>
struct Answer {
    long error; // 0 or -errno
    Struct out;
};

constexpr auto poison = 0xa5a5a5a5a5a5a5a5ULL;

template <class Struct>
Answer<Struct> call(const Descriptor &file, unsigned long number, Struct request)
{
    const long error = value_of(::ioctl(file.fd(), number, &request));
    return {error, request};
}

inline waitq_wait wait_request(__u64 threshold = 1, __u32 flags = 0,
                               waitq_state state = WAITQ_STATE_INTERRUPTIBLE)
{
    return {sizeof(waitq_wait), flags, state, 0, threshold, 0};
}
inline waitq_wait timed(waitq_wait request, __s64 timeout_ns, __u32 flags = 0)
{
    request.flags |= WAITQ_TIMEOUT | flags;
    request.timeout_ns = timeout_ns;
    return request;
}
inline Answer<waitq_wait> wait(const Descriptor &file, waitq_wait request)
{
    return call(file, WAITQ_IOC_WAIT, request);
}
// Takes so many events, if they are there: 0, or -ETIMEDOUT.
inline long take(const Descriptor &file, __u64 count = 1)
{
    return wait(file, timed(wait_request(count, WAITQ_CONSUME), 0)).error;
}

constexpr __u32 every_one = 0; // waitq_wake.nr
inline waitq_wake wake_request(__u64 post, __u32 nr = 1)
{
    return {sizeof(waitq_wake), 0, nr, 0, post};
}
struct Woken {
    long error; // 0 or -errno
    __u64 woken;
};
inline Woken wake(const Descriptor &file, waitq_wake request)
{
    const long answer = call(file, WAITQ_IOC_WAKE, request).error;
    return {answer < 0 ? answer : 0, answer < 0 ? 0 : static_cast<__u64>(answer)};
}
inline Woken wake(const Descriptor &file, __u64 post, __u32 nr = 1)
{
    return wake(file, wake_request(post, nr));
}

inline waitq_timer timer_request(__s64 delay_ns, __s64 period_ns = 0, __u64 count = 1,
                                 __u64 post = 1, __u32 nr = 1)
{
    return {sizeof(waitq_timer), 0, nr, 0, delay_ns, period_ns, count, post, poison};
}
inline Answer<waitq_timer> timer(const Descriptor &file, waitq_timer request)
{
    return call(file, WAITQ_IOC_TIMER, request);
}
inline Answer<waitq_timer> cancel_timer(const Descriptor &file)
{
    return timer(file, {sizeof(waitq_timer), WAITQ_CANCEL, 0, 0, 0, 0, 0, 0, poison});
}

// A new descriptor, or -1 with errno.
inline int open_eventfd(const Descriptor &file, __u32 flags = 0)
{
    waitq_eventfd request{sizeof request, flags};
    return ::ioctl(file.fd(), WAITQ_IOC_EVENTFD, &request);
}

inline waitq_info info(const File &file)
{
    waitq_info figures;
    std::memset(&figures, 0xa5, sizeof figures);
    figures.size = sizeof figures;
    figures.flags = 0;
    if (::ioctl(file.fd(), WAITQ_IOC_INFO, &figures) != 0)
        figures.size = 0; // poisoned figures fail whatever they are compared with
    return figures;
}

// The entries of every wait queue, up to `room`.
inline std::vector<waitq_waiter> waiters(const Descriptor &file, __u32 room = 1024)
{
    std::vector<waitq_waiter> list(room);
    waitq_waiters request{
        sizeof request, 0, room, sizeof(waitq_waiter), reinterpret_cast<__u64>(list.data()),
        poison};
    list.resize(::ioctl(file.fd(), WAITQ_IOC_WAITERS, &request) == 0 ? request.count : 0);
    return list;
}

// How many entries that wait queue has.
inline __u64 linked(const Descriptor &file, waitq_place place)
{
    __u64 count = 0;
    for (const waitq_waiter &waiter : waiters(file))
        count += waiter.place == place;
    return count;
}

} // namespace waitq::test
