// SPDX-License-Identifier: GPL-2.0
// The contenders: each is a type that passes events from a task that signals to one that consumes.
// Their calls are inline, so that a measured loop has nothing else in it.
#pragma once

#include "bench/materials.hpp"
#include "bench/results.hpp"

#include <atomic>
#include <climits>
#include <concepts>
#include <linux/futex.h>
#include <semaphore.h>
#include <string_view>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <utility>
#include <waitq/page.hpp>

namespace waitq::cli::bench {

/**
 * Made for so many channels. signal() adds an event to a channel and wakes a task that waits for
 * one; consume() takes an event and sleeps until there is one.
 */
template <typename T>
concept Contender = std::constructible_from<T, unsigned> && requires(T made, unsigned channel)
{
    {
        T::name
        } -> std::convertible_to<std::string_view>;
    {
        T::available()
        } -> std::same_as<bool>; // whether this kernel has it
    {
        made.signal(channel)
        } -> std::same_as<void>;
    {
        made.consume(channel)
        } -> std::same_as<void>;
};

/**
 * One that can wake many tasks by one call. Rounds count from 0: in each one wake_all() is called
 * once and every waiter calls wait_all() once.
 */
template <typename T>
concept WakesAll = Contender<T> && requires(T made, std::uint64_t round, unsigned waiters)
{
    {
        made.wake_all(round, waiters)
        } -> std::same_as<void>;
    {
        made.wait_all(round)
        } -> std::same_as<void>;
};

// ---- the contenders ----

class Eventfd {
public:
    static constexpr std::string_view name = reference;
    static bool available() { return true; }
    explicit Eventfd(unsigned channels)
        : fds_(descriptors("eventfd", channels,
                           [](unsigned) { return eventfd(0, EFD_SEMAPHORE | EFD_CLOEXEC); }))
    {}
    void signal(unsigned channel) { write_number(fds_[channel].fd(), 1); }
    void consume(unsigned channel) { read_number(fds_[channel].fd()); }
    // A waiter that comes back at once must not take an event of another one: two channels by
    // turns.
    void wake_all(std::uint64_t round, unsigned waiters)
    {
        write_number(fds_[round % 2].fd(), waiters);
    }
    void wait_all(std::uint64_t round) { read_number(fds_[round % 2].fd()); }

private:
    std::vector<Descriptor> fds_;
};

class Pipe {
public:
    static constexpr std::string_view name = "pipe";
    static bool available() { return true; }
    explicit Pipe(unsigned channels)
        : ends_("pipe", channels, [](int ends[2]) { return pipe2(ends, O_CLOEXEC); })
    {}
    void signal(unsigned channel) { write_byte(ends_.writing[channel].fd()); }
    void consume(unsigned channel) { read_byte(ends_.reading[channel].fd()); }

private:
    Ends ends_;
};

class SocketPair {
public:
    static constexpr std::string_view name = "socketpair";
    static bool available() { return true; }
    explicit SocketPair(unsigned channels)
        : ends_("socketpair", channels, [](int ends[2]) {
              return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
          })
    {}
    void signal(unsigned channel) { write_byte(ends_.writing[channel].fd()); }
    void consume(unsigned channel) { read_byte(ends_.reading[channel].fd()); }

private:
    Ends ends_;
};

/// A counter in shared memory. Every signal asks the kernel to wake, as a futex does whose user
/// does not count the waiters.
class Futex {
public:
    static constexpr std::string_view name = "futex";
    static bool available() { return true; }
    explicit Futex(unsigned channels) : words_(channels) {}
    void signal(unsigned channel)
    {
        words_[channel].fetch_add(1);
        wake(words_[channel], 1);
    }
    void consume(unsigned channel)
    {
        Word &word = words_[channel];
        for (;;) {
            std::uint32_t count = word.load();
            if (count == 0)
                sleep_while(word, 0);
            else if (word.compare_exchange_strong(count, count - 1))
                return;
        }
    }
    void wake_all(std::uint64_t /*round*/, unsigned /*waiters*/)
    {
        words_[0].fetch_add(1);
        wake(words_[0], INT_MAX);
    }
    void wait_all(std::uint64_t round)
    {
        const auto seen = static_cast<std::uint32_t>(round);
        while (words_[0].load() == seen)
            sleep_while(words_[0], seen);
    }

private:
    using Word = std::atomic<std::uint32_t>;

    static void wake(Word &word, int waiters)
    {
        if (syscall(SYS_futex, &word, FUTEX_WAKE, waiters, nullptr, nullptr, 0) < 0) [[unlikely]]
            broken("FUTEX_WAKE");
    }
    static void sleep_while(Word &word, std::uint32_t value)
    {
        if (syscall(SYS_futex, &word, FUTEX_WAIT, value, nullptr, nullptr, 0) < 0 &&
            errno != EAGAIN && errno != EINTR) [[unlikely]]
            broken("FUTEX_WAIT");
    }

    Shared<Word> words_;
};

class PosixSemaphore {
public:
    static constexpr std::string_view name = "semaphore";
    static bool available() { return true; }
    explicit PosixSemaphore(unsigned channels) : semaphores_(channels)
    {
        constexpr int shared = 1;
        for (unsigned channel = 0; channel < channels; ++channel)
            sem_init(&semaphores_[channel], shared, 0);
    }
    void signal(unsigned channel)
    {
        if (sem_post(&semaphores_[channel]) != 0) [[unlikely]]
            broken("sem_post");
    }
    void consume(unsigned channel)
    {
        while (sem_wait(&semaphores_[channel]) != 0)
            if (errno != EINTR) [[unlikely]]
                broken("sem_wait");
    }

private:
    Shared<sem_t> semaphores_;
};

/// A semaphore of /dev/ntsync, which Linux has since 6.14. Older headers have not.
class Ntsync {
public:
    static constexpr std::string_view name = "ntsync";
    static bool available() { return access(path, R_OK | W_OK) == 0; }
    explicit Ntsync(unsigned channels)
        : device_(Descriptor::open(path, O_RDWR).value()),
          semaphores_(descriptors("ntsync: create a semaphore", channels, [this](unsigned) {
              Made made{0, INT_MAX};
              return ioctl(device_.fd(), create, &made);
          }))
    {}
    void signal(unsigned channel)
    {
        std::uint32_t count = 1;
        control(semaphores_[channel].fd(), release, &count, "ntsync: release a semaphore");
    }
    void consume(unsigned channel)
    {
        const auto semaphore = static_cast<std::uint32_t>(semaphores_[channel].fd());
        Wait call{};
        call.timeout = forever;
        call.objects = reinterpret_cast<std::uintptr_t>(&semaphore);
        call.count = 1;
        call.owner = 1;
        control(device_.fd(), wait_any, &call, "ntsync: wait for any");
    }

private:
    // The layouts and the numbers are the kernel's.
    struct Made {
        std::uint32_t count, most;
    };
    struct Wait {
        std::uint64_t timeout, objects;
        std::uint32_t count, index, flags, owner, alert, pad;
    };
    static constexpr const char *path = "/dev/ntsync";
    static constexpr std::uint64_t forever = ~0ULL;
    static constexpr unsigned long create = _IOW('N', 0x80, Made);
    static constexpr unsigned long release = _IOWR('N', 0x81, std::uint32_t);
    static constexpr unsigned long wait_any = _IOWR('N', 0x82, Wait);

    Descriptor device_;
    std::vector<Descriptor> semaphores_;
};

class WaitqBytes {
public:
    static constexpr std::string_view name = "waitq-bytes";
    static bool available() { return true; }
    explicit WaitqBytes(unsigned channels) : devices_(channels) {}
    void signal(unsigned channel) { write_byte(devices_.fd(channel)); }
    void consume(unsigned channel) { read_byte(devices_.fd(channel)); }

private:
    IdleDevices devices_;
};

class WaitqEvents {
public:
    static constexpr std::string_view name = "waitq-events";
    static bool available() { return true; }
    explicit WaitqEvents(unsigned channels) : devices_(channels) {}
    WaitqEvents(const WaitqEvents &) = delete;
    WaitqEvents &operator=(const WaitqEvents &) = delete;
    /// Takes the events of all rounds back, so that the next measurement finds the device empty.
    ~WaitqEvents()
    {
        if (const auto info = devices_[0].info(); info && info->counter != 0)
            waitq_wait_for(devices_.fd(0), WAITQ_CONSUME, info->counter);
    }
    void signal(unsigned channel) { waitq_number(devices_.fd(channel), WAITQ_IOC_POST, 1); }
    void consume(unsigned channel) { waitq_number(devices_.fd(channel), WAITQ_IOC_TAKE, 1); }
    // Nobody consumes: in each round the counter is one higher.
    void wake_all(std::uint64_t /*round*/, unsigned /*waiters*/)
    {
        waitq_number(devices_.fd(0), WAITQ_IOC_POST, 1);
    }
    void wait_all(std::uint64_t round) { waitq_wait_for(devices_.fd(0), 0, round + 1); }

protected:
    [[nodiscard]] int fd(unsigned channel) const { return devices_.fd(channel); }

private:
    IdleDevices devices_;
};

/// signal() and consume() by the page of each device, as libwaitq has it. By devices of its own: a
/// page that is mapped costs the other contenders a little.
class WaitqPage {
public:
    static constexpr std::string_view name = "waitq-page";
    static bool available() { return true; }
    explicit WaitqPage(unsigned channels) : devices_(channels, 2, 1)
    {
        for (unsigned channel = 0; channel < channels; ++channel)
            pages_.push_back(mapped(devices_.fd(channel)));
    }
    void signal(unsigned channel)
    {
        if (pages_[channel].post(1) != InPage::Done)
            waitq_number(devices_.fd(channel), WAITQ_IOC_POST, 1);
    }
    void consume(unsigned channel)
    {
        if (pages_[channel].take(1) != InPage::Done)
            waitq_number(devices_.fd(channel), WAITQ_IOC_TAKE, 1);
    }

private:
    static Page mapped(int fd)
    {
        auto page = Page::map(fd);
        if (!page)
            throw std::system_error(page.error(), "mmap of a waitq device");
        return std::move(*page);
    }

    IdleDevices devices_;
    std::vector<Page> pages_;
};

/// Signals one channel and consumes from another in one call, in the patterns where a task does
/// both.
class WaitqSignalWait : public WaitqEvents {
public:
    static constexpr std::string_view name = "waitq-signal-wait";
    using WaitqEvents::WaitqEvents;
    void exchange(unsigned signalled, unsigned consumed)
    {
        waitq_signal_wait call{};
        call.size = sizeof call;
        call.flags = WAITQ_EXCLUSIVE | WAITQ_CONSUME;
        call.fd = static_cast<unsigned>(fd(signalled));
        call.threshold = call.post = 1;
        control(fd(consumed), WAITQ_IOC_SIGNAL_WAIT, &call, "WAITQ_IOC_SIGNAL_WAIT");
    }
};

/// The same, but each channel is an open file of one queue.
class WaitqFiles {
public:
    static constexpr std::string_view name = "waitq-events";
    static bool available() { return true; }
    explicit WaitqFiles(unsigned files) : devices_(files, 0, 0) {}
    void signal(unsigned file) { waitq_number(devices_.fd(file), WAITQ_IOC_POST, 1); }
    void consume(unsigned file) { waitq_number(devices_.fd(file), WAITQ_IOC_TAKE, 1); }

private:
    IdleDevices devices_;
};

class WaitqEventfd {
public:
    static constexpr std::string_view name = "waitq-eventfd";
    static bool available() { return true; }
    explicit WaitqEventfd(unsigned channels) : devices_(channels)
    {
        for (unsigned channel = 0; channel < channels; ++channel)
            fds_.push_back(devices_[channel].eventfd().value());
    }
    void signal(unsigned channel) { write_number(fds_[channel].fd(), 1); }
    void consume(unsigned channel) { read_number(fds_[channel].fd()); }

private:
    IdleDevices devices_;
    std::vector<Descriptor> fds_;
};

// ---- the floors: what no contender can be cheaper than ----

/// The shortest system call.
class Getppid {
public:
    static constexpr std::string_view name = "getppid";
    static bool available() { return true; }
    explicit Getppid(unsigned /*channels*/) {}
    void signal(unsigned /*channel*/) {}
    void consume(unsigned /*channel*/) { syscall(SYS_getppid); }
};

/// A write and a read that a device does nothing for.
class DevNull {
public:
    static constexpr std::string_view name = "/dev/null";
    static bool available() { return true; }
    explicit DevNull(unsigned /*channels*/) : null_(Descriptor::open("/dev/null", O_RDWR).value())
    {}
    void signal(unsigned /*channel*/) { write_byte(null_.fd()); }
    void consume(unsigned /*channel*/)
    {
        char byte = 0;
        read_some(null_.fd(), &byte, sizeof byte);
    }

private:
    Descriptor null_;
};

/// Two tasks that give each other the processor, without an event.
class Yield {
public:
    static constexpr std::string_view name = "sched_yield";
    static bool available() { return true; }
    explicit Yield(unsigned /*channels*/) {}
    void signal(unsigned /*channel*/) {}
    void consume(unsigned /*channel*/) { sched_yield(); }
};

} // namespace waitq::cli::bench
