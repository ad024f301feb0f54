// SPDX-License-Identifier: GPL-2.0
#include "worker.hpp"

#include "kcov.hpp"
#include "runner.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <functional>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

namespace devfuzz {
namespace {

// A signal every few milliseconds ends what is interruptible and would sleep on.
void interrupt_sleeps()
{
    struct sigaction action {};
    action.sa_handler = [](int) {};
    for (const int signal : {SIGALRM, SIGUSR1, SIGIO})
        sigaction(signal, &action, nullptr);
    constexpr timeval period{0, 5'000};
    const itimerval timer{period, period};
    setitimer(ITIMER_REAL, &timer, nullptr);
}

void note(Worker &self, const Bytes &bytes)
{
    self.size = static_cast<std::uint32_t>(bytes.size());
    std::ranges::copy(bytes, self.bytes.begin());
}

class Process {
public:
    Process(Shared &shared, unsigned int number)
        : shared_(shared), self_(shared.workers.at(number)), runner_(shared, self_)
    {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        self_.pid = getpid();
        constexpr rlimit files{256, 256};
        setrlimit(RLIMIT_NOFILE, &files);
        // A file in memory that is written to by mistake stays small.
        constexpr rlimit sizes{65536, 65536};
        setrlimit(RLIMIT_FSIZE, &sizes);
        std::signal(SIGXFSZ, SIG_IGN);
        if (number % 4 == 3) {
            static_cast<void>(!setresgid(65534, 65534, 65534));
            static_cast<void>(!setresuid(65534, 65534, 65534));
        }
        interrupt_sleeps();
    }

    // Calls `found` with a call that reached new code, and with that call and those before it:
    // alone it is made quickly, and changed often; but it may need them.
    void run(const Bytes &bytes, const std::function<void(const Bytes &)> &found)
    {
        constexpr std::size_t together = 4;
        std::array<std::size_t, together> begins{}; // of the last calls, a ring
        std::size_t calls = 0;
        note(self_, bytes);
        kcov_.begin();
        runner_.run(bytes, [&](std::size_t begin, std::size_t end) {
            const auto part = [&](std::size_t from) {
                return Bytes(bytes.begin() + static_cast<std::ptrdiff_t>(from),
                             bytes.begin() + static_cast<std::ptrdiff_t>(end));
            };
            begins.at(calls++ % together) = begin;
            if (kcov_.found_more(shared_)) {
                if (calls > 1)
                    found(part(calls > together ? begins.at(calls % together) : 0));
                found(part(begin));
            }
            kcov_.begin();
        });
        if (complaints() != before_) {
            ++shared_.complaints;
            shared_.stop = true;
        }
    }

private:
    Shared &shared_;
    Worker &self_;
    const unsigned long before_ = complaints();
    Kcov kcov_;
    Runner runner_;
};

} // namespace

unsigned long complaints()
{
    static const int fd = open("/proc/sys/kernel/tainted", O_RDONLY | O_CLOEXEC);
    std::array<char, 24> text{};
    static_cast<void>(!pread(fd, text.data(), text.size() - 1, 0));
    return std::strtoul(text.data(), nullptr, 10);
}

void work(Shared &shared, unsigned int number, std::uint64_t seed)
{
    {
        Process process(shared, number);
        Maker maker(shared, seed * most_workers + number);
        while (!shared.stop)
            process.run(maker.make(), [&](const Bytes &bytes) { maker.keep(bytes); });
    }
    _exit(0);
}

void replay(Shared &shared, unsigned int number, const Bytes &bytes)
{
    {
        Process process(shared, number);
        while (!shared.stop)
            process.run(bytes, [](const Bytes &) {});
    }
    _exit(0);
}

} // namespace devfuzz
