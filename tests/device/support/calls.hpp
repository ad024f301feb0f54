// SPDX-License-Identifier: GPL-2.0
// calls.hpp - the bare system calls on a queue device, with errno as a value. The tests
// go by these and not by libwaitq, because what they test is the kernel's side.
#pragma once

#include "../../../module/uapi/waitq.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/ioctl.h>
#include <unistd.h>

namespace waitq::test {

class File {
public:
    explicit File(int flags = O_RDWR, unsigned int index = 0)
        : fd_(::open(("/dev/waitq" + std::to_string(index)).c_str(), flags | O_CLOEXEC))
    {}
    ~File() { close(); }
    File(const File &) = delete;
    File &operator=(const File &) = delete;

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

// The value of a call that returns -1 with errno: 0 or more, or -errno.
inline long value_of(long returned)
{
    return returned < 0 ? -static_cast<long>(errno) : returned;
}

inline long read(const File &file, void *to, std::size_t size)
{
    return value_of(::read(file.fd(), to, size));
}
inline long write(const File &file, const void *from, std::size_t size)
{
    return value_of(::write(file.fd(), from, size));
}
inline long write(const File &file, const std::string &text)
{
    return write(file, text.data(), text.size());
}
inline std::string read_text(const File &file, std::size_t size = 65536)
{
    std::string text(size, '?');
    const long got = read(file, text.data(), size);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
}

// A struct of a call, and what came of it. The out fields begin poisoned.
template <class Struct>
struct Answer {
    long error; // 0 or -errno
    Struct out;
};

constexpr auto poison = 0xa5a5a5a5a5a5a5a5ULL;

inline waitq_wait wait_request(waitq_wait_kind kind, __u64 threshold = 1, __s64 timeout_ns = 0,
                               __u32 flags = 0, __u32 engine = WAITQ_ENGINE_CORE)
{
    waitq_wait request;
    std::memset(&request, 0xa5, sizeof request);
    request.size = sizeof request;
    request.kind = kind;
    request.engine = engine;
    request.flags = flags;
    request.state = request.callback = request.key = request.pad = 0;
    request.threshold = threshold;
    request.timeout_ns = timeout_ns;
    return request;
}
inline Answer<waitq_wait> wait(const File &file, waitq_wait request)
{
    const long error = value_of(::ioctl(file.fd(), WAITQ_IOC_WAIT, &request));
    return {error, request};
}

inline Answer<waitq_wake> wake(const File &file, waitq_wake request)
{
    const long error = value_of(::ioctl(file.fd(), WAITQ_IOC_WAKE, &request));
    return {error, request};
}
inline Answer<waitq_wake> wake(const File &file, __u64 post, waitq_wake_kind kind = WAITQ_WAKE_UP,
                               __u32 nr = 0)
{
    return wake(file, {sizeof(waitq_wake), kind, 0, 0, nr, 0, post, poison, poison});
}

inline waitq_timer timer_request(__s64 delay_ns, __s64 period_ns = 0, __u64 count = 1,
                                 __u64 post = 1, waitq_wake_kind kind = WAITQ_WAKE_UP)
{
    return {sizeof(waitq_timer), 0, kind, 0, 0, 0, delay_ns, period_ns, count, post, poison};
}
inline Answer<waitq_timer> timer(const File &file, waitq_timer request)
{
    const long error = value_of(::ioctl(file.fd(), WAITQ_IOC_TIMER, &request));
    return {error, request};
}
inline Answer<waitq_timer> cancel_timer(const File &file)
{
    waitq_timer request{};
    request.size = sizeof request;
    request.flags = WAITQ_TIMER_CANCEL;
    request.fired = poison;
    return timer(file, request);
}

inline waitq_info info(const File &file)
{
    waitq_info figures;
    std::memset(&figures, 0xa5, sizeof figures);
    figures.size = sizeof figures;
    figures.pad = 0;
    if (::ioctl(file.fd(), WAITQ_IOC_INFO, &figures) != 0)
        figures.size = 0; // poisoned figures fail whatever they are compared with
    return figures;
}

} // namespace waitq::test
