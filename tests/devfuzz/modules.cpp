// SPDX-License-Identifier: GPL-2.0
#include "modules.hpp"

#include "call.hpp"

#include <cstring>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace devfuzz {
namespace {

// Small rings: writers sleep as well.
const std::array<std::array<std::string, 2>, 2> modules{
    {{"waitq", "capacity=512 queues=" + std::to_string(device_queues)},
     {"waitq_lab", "queues=" + std::to_string(lab_queues)}}};

int open_node(const char *name, unsigned int i)
{
    return open((std::string("/dev/") + name + std::to_string(i)).c_str(),
                O_RDWR | O_NONBLOCK | O_CLOEXEC);
}

void free_device(int fd)
{
    waitq_info figures{};
    figures.size = sizeof figures;
    ioctl(fd, WAITQ_IOC_INFO, &figures);
    waitq_wake request{sizeof request, 0, 0, 0, WAITQ_COUNTER_MAX - figures.counter};
    ioctl(fd, WAITQ_IOC_WAKE, &request);
    std::array<char, 512> bytes{};
    static_cast<void>(!::write(fd, bytes.data(), 1));
    static_cast<void>(!::read(fd, bytes.data(), bytes.size()));
    // There is room again for a write of an EVENTFD.
    waitq_wait all{sizeof all, WAITQ_CONSUME | WAITQ_TIMEOUT, 0, 0, WAITQ_COUNTER_MAX, 0};
    ioctl(fd, WAITQ_IOC_WAIT, &all);
}

void free_lab(int fd)
{
    lab_info figures{};
    figures.size = sizeof figures;
    ioctl(fd, LAB_IOC_INFO, &figures);
    // No sleep that needs this has a higher threshold.
    constexpr __u64 enough = 1000;
    const __u64 post = LAB_COUNTER_MAX - figures.counter < enough ? 0 : enough;
    lab_wake request{sizeof(lab_wake), LAB_WAKE_UP_ALL, 0, 0, 0, 0, post, 0, 0};
    ioctl(fd, LAB_IOC_WAKE, &request);
    request.kind = LAB_WAKE_UP_POLLFREE;
    request.post = 0;
    ioctl(fd, LAB_IOC_WAKE, &request);
}

std::string left_in_device(unsigned int i)
{
    const int fd = open_node("waitq", i);
    waitq_info figures{};
    figures.size = sizeof figures;
    std::array<waitq_waiter, 4> list;
    waitq_waiters request{sizeof request,
                          0,
                          list.size(),
                          sizeof(waitq_waiter),
                          reinterpret_cast<__u64>(list.data()),
                          0};
    const bool asked =
        ioctl(fd, WAITQ_IOC_INFO, &figures) == 0 && ioctl(fd, WAITQ_IOC_WAITERS, &request) == 0;
    close(fd);
    const __u64 waiting =
        figures.readers + figures.writers + figures.event_waiters + figures.event_waiters_exclusive;
    if (asked && waiting == 0 && request.linked == 0)
        return "";
    return "waitq" + std::to_string(i) + " counts " + std::to_string(waiting) +
           " waiters and has " + std::to_string(request.linked) + " entries. ";
}

std::string left_in_lab(unsigned int i)
{
    const int fd = open_node("waitq_lab", i);
    lab_info figures{};
    figures.size = sizeof figures;
    const bool asked = ioctl(fd, LAB_IOC_INFO, &figures) == 0;
    close(fd);
    const __u64 waiting = figures.waiters + figures.waiters_exclusive;
    if (asked && waiting == 0)
        return "";
    return "waitq_lab" + std::to_string(i) + " counts " + std::to_string(waiting) + " waiters. ";
}

} // namespace

std::string load_modules()
{
    for (const auto &[name, parameters] : modules) {
        const int file = open(("/lib/waitq/" + name + ".ko").c_str(), O_RDONLY | O_CLOEXEC);
        if (file < 0 || syscall(SYS_finit_module, file, parameters.c_str(), 0) != 0)
            return name + ".ko: " + std::strerror(errno);
        close(file);
    }
    return "";
}

std::string unload_modules()
{
    std::string left;
    for (unsigned int i = 0; i < device_queues; ++i)
        left += left_in_device(i);
    for (unsigned int i = 0; i < lab_queues; ++i)
        left += left_in_lab(i);
    for (const auto &[name, parameters] : modules)
        if (syscall(SYS_delete_module, name.c_str(), O_NONBLOCK) != 0)
            left += name + " does not unload: " + std::strerror(errno) + ". ";
    return left;
}

void free_all()
{
    for (unsigned int i = 0; i < device_queues; ++i) {
        const int fd = open_node("waitq", i);
        free_device(fd);
        close(fd);
    }
    for (unsigned int i = 0; i < lab_queues; ++i) {
        const int fd = open_node("waitq_lab", i);
        free_lab(fd);
        close(fd);
    }
}

} // namespace devfuzz
