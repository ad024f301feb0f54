// SPDX-License-Identifier: GPL-2.0
#include "workers.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <map>
#include <new>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace waitq::explore {
namespace {

[[noreturn]] void fail(const char *what)
{
    throw std::system_error(errno, std::generic_category(), what);
}

volatile std::sig_atomic_t asked_to_end = 0; // by that signal

constexpr std::array interrupts{SIGINT, SIGTERM, SIGHUP};

// Memory that processes share, a Progress for each.
class Shared {
public:
    explicit Shared(unsigned count) : size_(sizeof(Progress) * count)
    {
        void *memory =
            mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED)
            fail("memory for the progress of the processes");
        all_ = new (memory) Progress[count];
    }
    ~Shared() { munmap(all_, size_); }
    Shared(const Shared &) = delete;
    Shared &operator=(const Shared &) = delete;
    Progress &operator[](unsigned i) { return all_[i]; }

private:
    std::size_t size_;
    Progress *all_;
};

struct Worker {
    pid_t pid = 0;
    int pipe = -1;
    std::string said;
};

class Workers {
public:
    using Explore = std::function<Outcome(unsigned, Progress &)>;

    Workers() = default;
    ~Workers()
    {
        for (auto &[index, worker] : workers_) {
            kill(worker.pid, SIGKILL);
            end(worker);
        }
    }
    Workers(const Workers &) = delete;
    Workers &operator=(const Workers &) = delete;

    [[nodiscard]] std::size_t count() const { return workers_.size(); }

    void start(unsigned index, const Explore &explore, Progress &progress)
    {
        std::array<int, 2> ends{};
        if (pipe(ends.data()) != 0)
            fail("a pipe to a process");
        std::fflush(nullptr); // else the child prints it again
        const pid_t parent = getpid();
        const pid_t pid = fork();
        if (pid < 0)
            fail("a process for a scenario");
        if (pid == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (getppid() != parent)
                _exit(1);
            for (const int signal : interrupts)
                std::signal(signal, SIG_DFL);
            close(ends[0]);
            answer(ends[1], index, explore, progress);
        }
        close(ends[1]);
        workers_[index] = {pid, ends[0], {}};
    }

    // Waits for something that one of them says, at most a second. Calls ended(index, said).
    template <class Ended>
    void listen(Ended ended)
    {
        std::vector<pollfd> fds;
        std::vector<unsigned> indices;
        for (const auto &[index, worker] : workers_) {
            fds.push_back({worker.pipe, POLLIN, 0});
            indices.push_back(index);
        }
        if (poll(fds.data(), fds.size(), 1000) < 0 && errno != EINTR)
            fail("waiting for a process");
        if (asked_to_end)
            throw Interrupted{asked_to_end};
        for (std::size_t i = 0; i < fds.size(); ++i) {
            if (!fds[i].revents)
                continue;
            Worker &worker = workers_[indices[i]];
            std::array<char, 65536> bytes{};
            const ssize_t size = read(worker.pipe, bytes.data(), bytes.size());
            if (size > 0) {
                worker.said.append(bytes.data(), static_cast<std::size_t>(size));
                continue;
            }
            const Worker last = worker;
            workers_.erase(indices[i]);
            ended(indices[i], last.said, end(last));
        }
    }

private:
    [[noreturn]] static void answer(int to, unsigned index, const Explore &explore,
                                    Progress &progress)
    {
        int status = 1;
        try {
            const std::string text =
                nlohmann::json(explore(index, progress))
                    .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
            std::size_t at = 0;
            ssize_t written = 0;
            while (at < text.size() && (written = write(to, &text[at], text.size() - at)) > 0)
                at += static_cast<std::size_t>(written);
            status = at != text.size();
        } catch (const std::exception &error) {
            std::fprintf(stderr, "waitq-explore: %s\n", error.what());
        }
        _exit(status);
    }

    static int end(const Worker &worker)
    {
        close(worker.pipe);
        int status = 0;
        while (waitpid(worker.pid, &status, 0) < 0 && errno == EINTR)
            ;
        return status;
    }

    std::map<unsigned, Worker> workers_;
};

} // namespace

void catch_interrupts()
{
    for (const int signal : interrupts)
        std::signal(signal, [](int number) { asked_to_end = number; });
}

void in_processes(unsigned count, const std::function<Outcome(unsigned, Progress &)> &explore,
                  const std::function<void(const Outcome &)> &done,
                  const std::function<void(std::uint64_t)> &progress)
{
    const unsigned most = std::max(1U, std::thread::hardware_concurrency());
    Shared shared(count);
    Workers workers;
    std::map<unsigned, Outcome> outcomes; // that others must be told before
    unsigned started = 0, told = 0;
    while (told != count) {
        for (; started != count && workers.count() < most; ++started)
            workers.start(started, explore, shared[started]);
        workers.listen([&](unsigned index, const std::string &said, int status) {
            if (status != 0)
                throw std::runtime_error(
                    "the process of scenario " + std::to_string(index + 1) + " has ended " +
                    (WIFSIGNALED(status) ? "by signal " + std::to_string(WTERMSIG(status))
                                         : std::string("early")) +
                    ": that is a mistake of the explorer's");
            outcomes[index] = nlohmann::json::parse(said).get<Outcome>();
        });
        for (auto next = outcomes.find(told); next != outcomes.end(); next = outcomes.find(told)) {
            done(next->second);
            outcomes.erase(next);
            ++told;
        }
        std::uint64_t sum = 0;
        for (unsigned i = 0; i < count; ++i)
            sum += shared[i].schedules;
        if (progress)
            progress(sum);
    }
}

} // namespace waitq::explore
