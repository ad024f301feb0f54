// SPDX-License-Identifier: GPL-2.0
// device_calls.cpp - the ioctls of the device.
#include "call.hpp"

#include <fcntl.h>

namespace devfuzz {

long Runner::wait()
{
    const __u32 with = flags(0xF) | (in_.below(8) != 0 ? WAITQ_TIMEOUT : 0U);
    return call(any_device(), WAITQ_IOC_WAIT,
                waitq_wait{0, with, mostly(in_.below(4)), mostly(0), count(),
                           with & WAITQ_TIMEOUT ? delay() : 0});
}

long Runner::wake()
{
    return call(any_device(), WAITQ_IOC_WAKE,
                waitq_wake{0, flags(WAITQ_SYNC), mostly(in_.below(4)), mostly(0), count()});
}

long Runner::post()
{
    return value_of(ioctl(any_device(), WAITQ_IOC_POST, count()));
}

long Runner::take()
{
    return value_of(ioctl(file(nonblock), WAITQ_IOC_TAKE, count()));
}

long Runner::timer()
{
    if (in_.below(4) == 0)
        return call(any_device(), WAITQ_IOC_TIMER,
                    waitq_timer{0, WAITQ_CANCEL, mostly(0), mostly(0), 0, 0, 0, 0, 0});
    const bool periodic = in_.flag();
    return call(any_device(), WAITQ_IOC_TIMER,
                waitq_timer{0, flags(WAITQ_ABSOLUTE), mostly(in_.below(4)), mostly(0), delay(),
                            periodic ? WAITQ_TIMER_PERIOD_MIN_NS + delay() : 0,
                            periodic ? in_.below(20) : 1, count(), 0});
}

long Runner::open_eventfd()
{
    const unsigned int i = in_.below(of_each);
    const long fd = call(files_[device][i], WAITQ_IOC_EVENTFD,
                         waitq_eventfd{0, mostly(in_.flag() ? O_NONBLOCK : O_CLOEXEC)});
    if (fd >= 0) {
        close(files_[events][i]);
        files_[events][i] = static_cast<int>(fd);
    }
    return fd;
}

long Runner::info()
{
    waitq_info request{};
    request.flags = mostly(0);
    return call(any_device(), WAITQ_IOC_INFO, request);
}

long Runner::waiters()
{
    const std::uint8_t kind = in_.byte();
    const __u32 room = kind == 0  ? WAITQ_WAITERS_MAX + in_.below(2)
                       : kind < 8 ? static_cast<__u32>(in_.number())
                                  : in_.below(40);
    const __u32 stride = in_.flag() ? sizeof(waitq_waiter) : mostly(80 + 8 * in_.below(8));
    return call(any_device(), WAITQ_IOC_WAITERS,
                waitq_waiters{0, mostly(0), room, stride, room_for(4096), 0});
}

long Runner::signal_wait()
{
    const __u32 with = flags(0xF) | (in_.below(8) != 0 ? WAITQ_TIMEOUT : 0U);
    return call(any_device(), WAITQ_IOC_SIGNAL_WAIT,
                waitq_signal_wait{0, with, mostly(in_.below(4)), fd_field(), count(),
                                  with & WAITQ_TIMEOUT ? delay() : 0, count()});
}

long Runner::wait_many(unsigned long number)
{
    std::array<waitq_item, WAITQ_ITEMS_MAX + 2> items;
    const unsigned int used = in_.below(8) == 0 ? in_.below(items.size() + 1) : in_.below(5);
    for (unsigned int i = 0; i < used; ++i)
        items.at(i) = {fd_field(), flags(WAITQ_EXCLUSIVE | WAITQ_CONSUME), count()};
    const __u32 with = flags(WAITQ_TIMEOUT | WAITQ_ABSOLUTE | WAITQ_ALERT) |
                       (in_.below(8) != 0 ? WAITQ_TIMEOUT : 0U);
    return call(any_device(), number,
                waitq_wait_many{0, with, with & WAITQ_TIMEOUT ? delay() : 0, mostly(used),
                                mostly(0), place(items.data(), used * sizeof(waitq_item))});
}

long Runner::wait_any()
{
    return wait_many(WAITQ_IOC_WAIT_ANY);
}

long Runner::wait_all()
{
    return wait_many(WAITQ_IOC_WAIT_ALL);
}

// A number that no call has, or one of the other module's, or of terminals.
long Runner::garbage()
{
    const int fd = in_.flag() ? any_device() : file(lab);
    const unsigned long type = in_.flag() ? WAITQ_IOC_MAGIC : LAB_IOC_MAGIC;
    return value_of(ioctl(fd, in_.flag() ? type << 8 | in_.byte() : in_.number(), room_for(4096)));
}

} // namespace devfuzz
