// SPDX-License-Identifier: GPL-2.0
// runner.hpp - makes calls of bytes. Mostly the fields are valid; every one of them may be
// anything.
#pragma once

#include "../core/fuzz/input.hpp"
#include "shared.hpp"

#include "../../module/uapi/waitq_lab.h"

#include <functional>
#include <span>

namespace devfuzz {

using fuzz::Input;

// The nodes: queues of the device, and of the lab.
inline constexpr unsigned int device_queues = 4, lab_queues = 2;

class Runner {
public:
    Runner(Shared &shared, Worker &self);
    ~Runner();
    Runner(const Runner &) = delete;
    Runner &operator=(const Runner &) = delete;

    // After each call it says which of the bytes that call was made of.
    using After = std::function<void(std::size_t begin, std::size_t end)>;
    void run(std::span<const std::uint8_t> bytes, const After &after);

    struct Call {
        const char *name;
        unsigned int weight;
        long (Runner::*make)();
    };
    static std::span<const Call> calls();

private:
    // The kind of file at each place. The first of each kind are opened again when their number is
    // closed; `other` are files of other kinds, and `closed` is none.
    enum Kind { device, reader, writer, nonblock, events, lab, epoll, other, closed, kinds };
    static constexpr unsigned int of_each = 4;

    int open_one(Kind kind, unsigned int i);
    // Mostly one of that kind.
    int file(Kind kind);
    // Any place where a device may be.
    int any_device();
    __u32 fd_field();

    // Copies what of it there is room for at an address of some kind, and returns that.
    // `own`: memory that no other process writes to.
    enum class Memory { any, own };
    unsigned long place(const void *from, std::size_t size, Memory memory = Memory::any);
    unsigned long room_for(std::size_t size, Memory memory = Memory::any);
    template <class Struct>
    long call(int fd, unsigned long number, Struct request, Memory memory = Memory::any);

    std::uint64_t count() { return in_.below(8) == 0 ? in_.number() : in_.below(6); }
    __s64 delay();
    // Flags, mostly of those.
    __u32 flags(__u32 known);
    __u32 mostly(__u32 value)
    {
        return in_.below(32) == 0 ? static_cast<__u32>(in_.number()) : value;
    }

    // device_calls.cpp
    long wait(), wake(), post(), take(), timer(), open_eventfd(), info(), waiters(), signal_wait(),
        wait_any(), wait_all(), garbage();
    long wait_many(unsigned long number);
    // file_calls.cpp
    long read(), write(), read_pieces(), write_pieces(), read_events(), write_events(), look(),
        watch(), set_flags(), map(), scribble(), reopen(), duplicate(), seek(), signal(), list();
    // lab_calls.cpp
    long lab_wait(), lab_wake(), lab_info(), lab_kinds(), lab_waiters();

    Shared &shared_;
    Worker &self_;
    Input in_{{}};
    std::array<std::array<int, of_each>, kinds> files_{};
    // Private memory whose end is the end of a mapping; the same as read-only memory; a page of the
    // device.
    std::uint8_t *memory_, *read_only_;
    void *page_;
};

} // namespace devfuzz
