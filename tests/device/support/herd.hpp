// SPDX-License-Identifier: GPL-2.0
// herd.hpp - a process with thousands of threads, each of which makes one call.
#pragma once

#include "tasks.hpp"

#include <array>
#include <atomic>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <memory>
#include <sys/mman.h>

namespace waitq::test {

class Herd {
public:
    // The process begins with `prepare`, which may make it another user's.
    Herd(
        unsigned int size, std::function<long()> call,
        std::function<bool()> prepare = [] { return true; })
        : size_(size),
          shared_(static_cast<Shared *>(mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE,
                                             MAP_SHARED | MAP_ANONYMOUS, -1, 0)))
    {
        // The kernel counts threads by the memory that it has, with room to spare.
        std::ofstream("/proc/sys/kernel/threads-max") << 60000 << std::flush;
        static_cast<void>(pipe2(gate_.data(), O_CLOEXEC));
        child_ =
            std::make_unique<Child>([this, call = std::move(call), prepare = std::move(prepare)] {
                return prepare() ? run(call) : 1;
            });
    }
    ~Herd()
    {
        kill();
        child_.reset();
        for (const int end : gate_)
            ::close(end);
        munmap(shared_, sizeof *shared_);
    }
    Herd(const Herd &) = delete;
    Herd &operator=(const Herd &) = delete;

    // All threads are there, and sleep elsewhere.
    [[nodiscard]] testing::AssertionResult is_ready() { return all(shared_->begun); }
    // They make their calls.
    void go()
    {
        ::close(gate_[1]);
        gate_[1] = -1;
    }
    // Each has come back from its call.
    [[nodiscard]] testing::AssertionResult has_returned() { return all(shared_->returned); }
    [[nodiscard]] unsigned int failures() const { return shared_->failed; }
    void kill() const { child_->signal(SIGKILL); }

private:
    struct Shared {
        std::atomic<unsigned int> begun, returned, failed;
    };

    [[nodiscard]] testing::AssertionResult all(const std::atomic<unsigned int> &count)
    {
        return until([&] { return count == size_ || child_->ended(); },
                     [&] { return count.load(); })
               << "; " << count << " of " << size_ << " threads, ended: " << child_->ended();
    }

    int run(const std::function<long()> &call)
    {
        ::close(gate_[1]);
        pthread_attr_t attributes;
        pthread_attr_init(&attributes);
        pthread_attr_setstacksize(&attributes, 64 << 10);
        call_ = &call;
        const auto body = [](void *self) -> void * {
            static_cast<Herd *>(self)->run_one();
            return nullptr;
        };
        for (unsigned int i = 0; i < size_; ++i)
            if (pthread_t thread; pthread_create(&thread, &attributes, body, this) != 0)
                return 1;
        for (;;)
            pause();
    }
    void run_one()
    {
        ++shared_->begun;
        char none = 0;
        static_cast<void>(!::read(gate_[0], &none, 1)); // until the other end is closed
        shared_->failed += (*call_)() != 0;
        ++shared_->returned;
        pause();
    }

    const unsigned int size_;
    Shared *const shared_;
    std::array<int, 2> gate_{-1, -1}; // a pipe, of which the threads read
    const std::function<long()> *call_ = nullptr;
    std::unique_ptr<Child> child_;
};

} // namespace waitq::test
