// SPDX-License-Identifier: GPL-2.0
// device.hpp - /dev/waitqN and /dev/waitq_labN on the threads' kernel: what a program does with
// system calls. Calls return what they do inside the kernel: a negative errno.
#pragma once

#include "kernel.hpp"

#include <uapi/waitq_lab.h>

#include <cerrno>
#include <span>

namespace threads {

// A signal came. (C library: the call is restarted, or EINTR)
constexpr long restart = -KAPI_ERESTARTSYS;

inline unsigned long address(const void *memory)
{
    return reinterpret_cast<unsigned long>(memory);
}

inline long returned(long result)
{
    must_be_clean();
    return result;
}

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
    // read() and write() of an EVENTFD.
    [[nodiscard]] long take(bool nonblock = false) const
    {
        __u64 value = 0;
        kapi_bytes memory{sizeof value, address(&value), nullptr};
        return returned(
            waitq_eventfd_read(queue_, &memory, nonblock ? WAITQ_NONBLOCK : WAITQ_BLOCKS));
    }
    [[nodiscard]] long add(__u64 n, bool nonblock = false) const
    {
        kapi_bytes memory{sizeof n, address(&n), nullptr};
        return returned(
            waitq_eventfd_write(queue_, &memory, nonblock ? WAITQ_NONBLOCK : WAITQ_BLOCKS));
    }

private:
    waitq_queue *queue_;
};

inline unsigned int eventfd_ready(waitq_queue *queue)
{
    file nobody{nullptr, queue, {}};
    const unsigned int ready = waitq_eventfd_poll(queue, &nobody, nullptr);
    must_be_clean();
    return ready;
}

// An open file.
class Open {
public:
    explicit Open(const Device &device, unsigned int user = 1)
        : opener_{user, true, true}, file_{waitq_open(device.queue(), &opener_), nullptr, {}}
    {}
    ~Open() { waitq_release(file_.device); }
    Open(const Open &) = delete;
    Open &operator=(const Open &) = delete;

    long read(std::span<unsigned char> bytes, bool nonblock = false)
    {
        kapi_bytes memory{bytes.size(), address(bytes.data()), nullptr};
        return returned(
            waitq_read(file_.device, &memory, nonblock ? WAITQ_NONBLOCK : WAITQ_BLOCKS));
    }
    long write(std::span<const unsigned char> bytes, bool nonblock = false)
    {
        kapi_bytes memory{bytes.size(), address(bytes.data()), nullptr};
        return returned(
            waitq_write(file_.device, &memory, nonblock ? WAITQ_NONBLOCK : WAITQ_BLOCKS));
    }
    long ioctl(unsigned int nr, unsigned long argument)
    {
        return returned(waitq_ioctl(file_.device, nr, argument));
    }
    // Of a struct, whose size is filled in.
    template <class Struct>
    long call(unsigned int nr, Struct &request)
    {
        request.size = sizeof request;
        return ioctl(nr, address(&request));
    }
    long wait(waitq_wait &request) { return call(WAITQ_NR_WAIT, request); }
    long wake(waitq_wake &request) { return call(WAITQ_NR_WAKE, request); }
    long timer(waitq_timer &request) { return call(WAITQ_NR_TIMER, request); }
    int sigio(bool on) { return waitq_fasync(file_.device, on ? 3 : -1, &file_, on); }
    file &native() { return file_; }

private:
    waitq_opener opener_;
    file file_;
};

class Lab {
public:
    Lab() : queue_(lab_queue_create()) {}
    ~Lab() { lab_queue_destroy(queue_); }
    Lab(const Lab &) = delete;
    Lab &operator=(const Lab &) = delete;

    [[nodiscard]] lab_info info() const
    {
        lab_info figures{};
        lab_queue_info(queue_, &figures);
        return figures;
    }
    template <class Struct>
    [[nodiscard]] long call(unsigned int nr, Struct &request) const
    {
        request.size = sizeof request;
        return returned(lab_ioctl(queue_, nr, sizeof request, address(&request)));
    }

private:
    lab_queue *queue_;
};

} // namespace threads
