// SPDX-License-Identifier: GPL-2.0
#include "runner.hpp"

#include "call.hpp"

#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <numeric>
#include <string>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace devfuzz {
namespace {

constexpr std::size_t memory_size = 4UL * 4096;

} // namespace

std::span<const Runner::Call> Runner::calls()
{
    static constexpr Call table[] = {
        {"WAIT", 8, &Runner::wait},
        {"WAKE", 8, &Runner::wake},
        {"POST", 6, &Runner::post},
        {"TAKE", 4, &Runner::take},
        {"TIMER", 4, &Runner::timer},
        {"EVENTFD", 2, &Runner::open_eventfd},
        {"INFO", 2, &Runner::info},
        {"WAITERS", 2, &Runner::waiters},
        {"SIGNAL_WAIT", 5, &Runner::signal_wait},
        {"WAIT_ANY", 6, &Runner::wait_any},
        {"WAIT_ALL", 6, &Runner::wait_all},
        {"no call", 1, &Runner::garbage},
        {"read", 6, &Runner::read},
        {"write", 6, &Runner::write},
        {"readv", 3, &Runner::read_pieces},
        {"writev", 3, &Runner::write_pieces},
        {"read, EVENTFD", 4, &Runner::read_events},
        {"write, EVENTFD", 4, &Runner::write_events},
        {"poll", 4, &Runner::look},
        {"epoll", 4, &Runner::watch},
        {"fcntl", 2, &Runner::set_flags},
        {"mmap", 2, &Runner::map},
        {"a word of the page", 3, &Runner::scribble},
        {"open", 3, &Runner::reopen},
        {"dup", 1, &Runner::duplicate},
        {"lseek", 1, &Runner::seek},
        {"kill", 2, &Runner::signal},
        {"sysfs, debugfs", 1, &Runner::list},
        {"lab WAIT", 14, &Runner::lab_wait},
        {"lab WAKE", 12, &Runner::lab_wake},
        {"lab INFO", 1, &Runner::lab_info},
        {"lab KINDS", 1, &Runner::lab_kinds},
        {"lab WAITERS", 2, &Runner::lab_waiters},
    };
    return table;
}

Runner::Runner(Shared &shared, Worker &self) : shared_(shared), self_(self)
{
    const int backing = memfd_create("devfuzz", MFD_CLOEXEC);
    if (ftruncate(backing, memory_size) != 0)
        _exit(1);
    // A page behind it that is none of ours keeps the kernel from putting another mapping there.
    auto *all = static_cast<std::uint8_t *>(
        mmap(nullptr, memory_size + 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    memory_ = static_cast<std::uint8_t *>(
        mmap(all, memory_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, backing, 0));
    read_only_ =
        static_cast<std::uint8_t *>(mmap(nullptr, memory_size, PROT_READ, MAP_SHARED, backing, 0));
    close(backing);
    for (unsigned int kind = 0; kind < kinds; ++kind)
        for (unsigned int i = 0; i < of_each; ++i)
            files_[kind][i] = open_one(static_cast<Kind>(kind), i);
    page_ = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, files_[device][0], 0);
}

Runner::~Runner()
{
    for (const auto &kind : files_)
        for (const int fd : kind)
            close(fd);
}

int Runner::open_one(Kind kind, unsigned int i)
{
    const std::string queue = "/dev/waitq" + std::to_string(i % device_queues);
    switch (kind) {
    case device:
        return open(queue.c_str(), O_RDWR | O_CLOEXEC);
    case reader:
        return open(queue.c_str(), O_RDONLY | O_CLOEXEC);
    case writer:
        return open(queue.c_str(), O_WRONLY | O_CLOEXEC);
    case nonblock:
        return open(queue.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK);
    case events: {
        waitq_eventfd request{sizeof request, i % 2 != 0 ? O_NONBLOCK : 0U};
        return ioctl(files_[device][i], WAITQ_IOC_EVENTFD, &request);
    }
    case lab:
        return open(("/dev/waitq_lab" + std::to_string(i % lab_queues)).c_str(),
                    O_RDWR | O_CLOEXEC);
    case epoll:
        return epoll_create1(EPOLL_CLOEXEC);
    case other:
        return i == 0   ? eventfd(0, EFD_NONBLOCK)
               : i == 1 ? open("/dev/null", O_RDWR | O_CLOEXEC)
               : i == 2 ? open("/", O_PATH | O_CLOEXEC)
                        : memfd_create("other", MFD_CLOEXEC);
    case closed:
    case kinds:
        break;
    }
    return i == 0 ? -1 : 1000 + static_cast<int>(i);
}

int Runner::file(Kind kind)
{
    if (in_.below(24) == 0)
        kind = static_cast<Kind>(in_.below(kinds));
    return files_.at(kind).at(in_.below(of_each));
}

int Runner::any_device()
{
    static constexpr std::array mostly{device,   device, device, nonblock,
                                       nonblock, reader, writer, device};
    return file(mostly.at(in_.below(mostly.size())));
}

__u32 Runner::fd_field()
{
    return static_cast<__u32>(any_device());
}

unsigned long Runner::room_for(std::size_t size, Memory memory)
{
    const auto at = [](const void *where) { return reinterpret_cast<unsigned long>(where); };
    switch (in_.below(24)) {
    case 0:
        return 0;
    case 1: // over the edge of the mapping, or just not
        return at(memory_) + memory_size - std::min<std::size_t>(in_.byte(), memory_size);
    case 2:
        return at(memory_) + memory_size - std::min(size, memory_size);
    case 3:
        return at(read_only_) + 8UL * in_.byte();
    case 4: // a kernel's address, or one past all
        return in_.flag() ? ~0UL - in_.byte() : 0xffff888000000000UL + in_.number() % 4096;
    case 5:
    case 6:
    case 7:
        if (memory == Memory::own)
            return at(memory_);
        if (in_.below(4) == 0)
            return at(page_);
        return at(shared_.arena.data()) + 64UL * in_.byte() % (arena_size - 8192);
    case 8: // not aligned
        return at(memory_) + in_.byte();
    default:
        return at(memory_) + 8UL * in_.byte();
    }
}

unsigned long Runner::place(const void *from, std::size_t size, Memory memory)
{
    const unsigned long to = room_for(size, memory);
    const auto copy = [&](unsigned long begin, std::size_t length, std::uint8_t *writable) {
        if (to >= begin && to < begin + length)
            std::memcpy(writable + (to - begin), from, std::min(size, begin + length - to));
    };
    copy(reinterpret_cast<unsigned long>(memory_), memory_size, memory_);
    copy(reinterpret_cast<unsigned long>(read_only_), memory_size, memory_);
    copy(reinterpret_cast<unsigned long>(shared_.arena.data()), arena_size, shared_.arena.data());
    return to;
}

__s64 Runner::delay()
{
    if (in_.below(16) == 0)
        return static_cast<__s64>(in_.number());
    return in_.byte() * 8'000LL; // up to 2 ms
}

__u32 Runner::flags(__u32 known)
{
    const __u32 some = in_.byte() & known;
    return in_.below(24) == 0 ? some ^ (1U << in_.below(32)) : some;
}

void Runner::run(std::span<const std::uint8_t> bytes, const After &after)
{
    // A call of the table for each byte, as often as its weight says.
    static const std::vector<std::uint8_t> weighted = [] {
        std::vector<std::uint8_t> list;
        for (std::size_t i = 0; i < calls().size(); ++i)
            list.insert(list.end(), calls()[i].weight, static_cast<std::uint8_t>(i));
        return list;
    }();
    in_ = Input(bytes);
    while (!in_.empty() && !shared_.stop) {
        const std::size_t begin = bytes.size() - in_.left();
        const std::uint8_t which = weighted[in_.byte() % weighted.size()];
        const long result = (this->*calls()[which].make)();
        ++shared_.tallies[which].made;
        shared_.tallies[which].succeeded += result >= 0;
        ++self_.calls;
        after(begin, bytes.size() - in_.left());
    }
}

} // namespace devfuzz
