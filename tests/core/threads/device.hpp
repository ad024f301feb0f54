// SPDX-License-Identifier: GPL-2.0
// device.hpp - /dev/waitqN on the threads' kernel: what a program does with system calls.
#pragma once

#include "kernel.hpp"

#include <uapi/waitq.h>

#include <cerrno>
#include <span>

namespace threads {

// A signal came. (C library: the call is restarted, or EINTR)
constexpr long restart = -KAPI_ERESTARTSYS;

class Device {
public:
    explicit Device(unsigned int capacity) : queue_(waitq_queue_create(capacity)) {}
    ~Device() { waitq_queue_destroy(queue_); }
    Device(const Device &) = delete;
    Device &operator=(const Device &) = delete;

    [[nodiscard]] waitq_queue *queue() const { return queue_; }
    [[nodiscard]] waitq_info info() const
    {
        waitq_info figures{};
        waitq_queue_info(queue_, &figures);
        return figures;
    }

private:
    waitq_queue *queue_;
};

// An open file. Its calls return what system calls do inside the kernel: a negative errno.
class Open {
public:
    explicit Open(const Device &device) : file_{waitq_open(device.queue()), {}} {}
    ~Open() { waitq_release(file_.device); }
    Open(const Open &) = delete;
    Open &operator=(const Open &) = delete;

    long read(std::span<unsigned char> bytes, bool nonblock = false)
    {
        iov_iter iter{address(bytes.data()), bytes.size()};
        return returned(waitq_read(file_.device, &iter, nonblock));
    }
    long write(std::span<const unsigned char> bytes, bool nonblock = false)
    {
        iov_iter iter{address(bytes.data()), bytes.size()};
        return returned(waitq_write(file_.device, &iter, nonblock));
    }
    long ioctl(unsigned int nr, unsigned long argument, unsigned int size)
    {
        const waitq_call call{WAITQ_IOC_MAGIC, KAPI_IOC_READ_WRITE, nr, size, argument};
        return returned(waitq_ioctl(file_.device, &call));
    }
    long wait(waitq_wait &request)
    {
        request.size = sizeof request;
        return ioctl(WAITQ_NR_WAIT, address(&request), sizeof request);
    }
    long wake(waitq_wake &request)
    {
        request.size = sizeof request;
        return ioctl(WAITQ_NR_WAKE, address(&request), sizeof request);
    }
    long timer(waitq_timer &request)
    {
        request.size = sizeof request;
        return ioctl(WAITQ_NR_TIMER, address(&request), sizeof request);
    }
    int sigio(bool on) { return waitq_fasync(file_.device, on ? 3 : -1, &file_, on); }
    file &native() { return file_; }

    static unsigned long address(const void *memory)
    {
        return reinterpret_cast<unsigned long>(memory);
    }

private:
    static long returned(long result)
    {
        must_be_clean();
        return result;
    }

    file file_;
};

} // namespace threads
