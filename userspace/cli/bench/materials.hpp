// SPDX-License-Identifier: GPL-2.0
// The materials of contenders: system calls that stop the program if they fail, and descriptors,
// shared memory and devices to make.
#pragma once

#include "bench/machine.hpp"
#include "failure.hpp"
#include "report.hpp"

#include <memory>
#include <new>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>
#include <waitq/waitq.hpp>

namespace waitq::cli::bench {

// ---- calls ----

// System calls go past libc's read() and write(): in a program that has threads, these take some 45
// instructions more than the call itself, to be points where a thread can be cancelled.

inline void write_all(int fd, const void *bytes, std::size_t size)
{
    if (syscall(SYS_write, fd, bytes, size) != static_cast<long>(size)) [[unlikely]]
        broken("write");
}

/// Returns what read() does.
inline long read_some(int fd, void *bytes, std::size_t size)
{
    const long got = syscall(SYS_read, fd, bytes, size);
    if (got < 0) [[unlikely]]
        broken("read");
    return got;
}

inline void read_all(int fd, void *bytes, std::size_t size)
{
    if (read_some(fd, bytes, size) != static_cast<long>(size)) [[unlikely]]
        broken("read");
}

/// @name is for the message if it fails.
template <typename Argument>
void control(int fd, unsigned long request, Argument argument, const char *name)
{
    if (syscall(SYS_ioctl, fd, request, argument) < 0) [[unlikely]]
        broken(name);
}

inline void write_byte(int fd)
{
    const char byte = 1;
    write_all(fd, &byte, sizeof byte);
}

inline void read_byte(int fd)
{
    char byte = 0;
    read_all(fd, &byte, sizeof byte);
}

inline void write_number(int fd, std::uint64_t number)
{
    write_all(fd, &number, sizeof number);
}

inline void read_number(int fd)
{
    std::uint64_t number = 0;
    read_all(fd, &number, sizeof number);
}

/// WAITQ_IOC_POST or WAITQ_IOC_TAKE.
inline void waitq_number(int fd, unsigned long request, unsigned long n)
{
    control(fd, request, n, "WAITQ_IOC_POST or _TAKE");
}

inline void waitq_wait_for(int fd, std::uint32_t flags, std::uint64_t threshold)
{
    waitq_wait call{};
    call.size = sizeof call;
    call.flags = flags;
    call.threshold = threshold;
    control(fd, WAITQ_IOC_WAIT, &call, "WAITQ_IOC_WAIT");
}

// ---- what they are made of ----

/// @count descriptors, each by @make(), which returns -1 for errno.
template <typename Make>
std::vector<Descriptor> descriptors(const char *call, unsigned count, Make make)
{
    std::vector<Descriptor> made;
    for (unsigned index = 0; index < count; ++index) {
        const int fd = make(index);
        if (fd < 0)
            throw std::system_error(errno, std::generic_category(), call);
        made.emplace_back(fd);
    }
    return made;
}

/// The two ends of @count pipes or the like, which @make(ends) makes.
struct Ends {
    template <typename Make>
    Ends(const char *call, unsigned count, Make make)
    {
        for (unsigned index = 0; index < count; ++index) {
            int ends[2];
            if (make(ends) != 0)
                throw std::system_error(errno, std::generic_category(), call);
            reading.emplace_back(ends[0]);
            writing.emplace_back(ends[1]);
        }
    }
    std::vector<Descriptor> reading, writing;
};

/// @count objects in memory that processes can share, each with a cache line of its own.
template <typename T>
class Shared {
public:
    explicit Shared(unsigned count) : bytes_(count * sizeof(Line))
    {
        void *memory =
            mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED)
            throw std::system_error(errno, std::generic_category(), "mmap");
        lines_ = static_cast<Line *>(memory);
        std::uninitialized_value_construct_n(lines_, count);
    }
    Shared(const Shared &) = delete;
    Shared &operator=(const Shared &) = delete;
    ~Shared() { munmap(lines_, bytes_); }

    T &operator[](unsigned index) { return lines_[index].object; }

private:
    struct alignas(64) Line {
        T object;
    };
    std::size_t bytes_;
    Line *lines_;
};

/**
 * @count open files of devices, the first of device @first and each other one of the device @step
 * further. No other program may use them meanwhile. Contenders share them: between two batches they
 * are empty. Throws Failure, std::runtime_error.
 */
class IdleDevices {
public:
    explicit IdleDevices(unsigned count, unsigned first = 0, unsigned step = 1)
    {
        for (unsigned file = 0; file < count; ++file) {
            const unsigned index = first + file * step;
            const DeviceName name{&device_module, node_path(device_module, index), index};
            Device device = open_device(name);
            const waitq_info info = require(device.info(), Call::Info, name);
            if (info.counter != 0 || info.bytes != 0)
                throw std::runtime_error(
                    name.path + " is not empty: it holds " + plural(info.counter, "event") +
                    " and " + plural(info.bytes, "byte") +
                    "; take them with `waitq wait --consume`, `cat`, or load the module anew");
            devices_.push_back(std::move(device));
        }
    }
    [[nodiscard]] int fd(unsigned index) const { return devices_[index].fd(); }
    [[nodiscard]] const Device &operator[](unsigned index) const { return devices_[index]; }

private:
    std::vector<Device> devices_;
};

} // namespace waitq::cli::bench
