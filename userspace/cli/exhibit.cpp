// SPDX-License-Identifier: GPL-2.0
#include "exhibit.hpp"

#include <algorithm>
#include <csignal>
#include <fstream>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace waitq::cli {

namespace {

constexpr std::size_t column = 30;

std::string padded(std::string text)
{
    text.resize(std::max(text.size(), column), ' ');
    return text;
}

char state_of(int pid)
{
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string line;
    std::getline(file, line);
    const auto end = line.rfind(')');
    return end == std::string::npos ? '\0' : line[end + 2];
}

std::string outcome(const Ended &ended)
{
    if (ended.error)
        return std::generic_category().message(ended.error);
    switch (ended.result.outcome) {
    case Outcome::Satisfied:
        return "satisfied";
    case Outcome::TimedOut:
        return "timed out";
    case Outcome::Signalled:
        break;
    }
    return "interrupted";
}

} // namespace

void Timeline::event(const std::string &actor, const std::string &what)
{
    const auto at = std::ranges::find(actors_, actor);
    events_.push_back({static_cast<std::size_t>(at - actors_.begin()), what});
    if (at == actors_.end())
        actors_.push_back(actor);
}

void Timeline::draw(std::ostream &out) const
{
    if (events_.empty())
        return;
    const auto line = [&](std::string text) {
        text.erase(text.find_last_not_of(' ') + 1);
        out << "   | " << text << '\n';
    };
    std::string header;
    for (const std::string &actor : actors_)
        header += padded(actor);
    line(header);
    line(std::string(column * actors_.size(), '-'));
    for (const Event &event : events_)
        line(std::string(column * event.actor, ' ') + event.what);
    out << std::flush;
}

struct Waiter::Shared {
    bool done;
    Ended ended;
};

Waiter::Waiter(Scene &scene, std::string name, const WaitRequest &request, std::string how,
               int signal_flags)
    : scene_(scene), name_(std::move(name))
{
    void *memory =
        mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        throw std::system_error(errno, std::generic_category(), "mmap");
    shared_ = new (memory) Shared{};
    scene_.timeline().event(name_, how);
    pid_ = fork();
    if (pid_ < 0)
        throw std::system_error(errno, std::generic_category(), "fork");
    if (pid_ > 0)
        return;
    struct sigaction action {};
    action.sa_handler = [](int) {};
    action.sa_flags = signal_flags;
    sigaction(SIGUSR1, &action, nullptr);
    const auto result = scene_.device().wait(request);
    shared_->ended = result ? Ended{0, *result} : Ended{result.error().value(), {}};
    shared_->done = true;
    _exit(0);
}

Waiter::~Waiter()
{
    if (!reaped_) {
        kill(pid_, SIGKILL);
        (void)scene_.device().wake({.kind = WakeKind::wake_up_all, .post = 1000});
        waitpid(pid_, nullptr, 0);
    }
    munmap(shared_, sizeof(Shared));
}

bool Waiter::asleep(char state) const
{
    return eventually([&] { return !has_ended() && state_of(pid_) == state; });
}

bool Waiter::has_ended() const
{
    return static_cast<volatile bool &>(shared_->done);
}

Ended Waiter::ends()
{
    scene_.claim(eventually([&] {
                     const int got = waitpid(pid_, nullptr, WNOHANG);
                     return reaped_ = reaped_ || got == pid_;
                 }),
                 name_ + " has returned");
    scene_.timeline().event(name_, "returns: " + outcome(shared_->ended));
    return shared_->ended;
}

unsigned long Waiter::switches() const
{
    std::ifstream file("/proc/" + std::to_string(pid_) + "/status");
    const std::string key = "voluntary_ctxt_switches:";
    for (std::string line; std::getline(file, line);)
        if (line.starts_with(key))
            return std::stoul(line.substr(key.size()));
    return 0;
}

void Waiter::signal(int number, const std::string &name)
{
    scene_.timeline().event(name_, "<- " + name);
    kill(pid_, number);
}

unsigned long long Scene::waiting() const
{
    const waitq_info now = info();
    return now.event_waiters + now.event_waiters_exclusive;
}

Waiter &Scene::waiter(const std::string &name, const WaitRequest &request, char state,
                      int signal_flags)
{
    const auto before = waiting();
    const std::string kind(find_kind(request.kind)->name);
    Waiter &waiter = waiters_.emplace_back(*this, name, request, kind + "()", signal_flags);
    if (!state)
        return waiter;
    claim(eventually([&] { return waiting() == before + 1; }) && waiter.asleep(state),
          name + " sleeps in " + kind + "(), state " + state);
    timeline_.event(name, std::string("sleeps (") + state + ")");
    return waiter;
}

WakeResult Scene::wake(const WakeRequest &request)
{
    std::string what(find_kind(request.kind)->name);
    what += request.nr ? "(" + std::to_string(request.nr) + ")" : "()";
    if (request.post)
        what = "posts " + std::to_string(request.post) + ", " + what;
    if (request.context != Context::PROCESS)
        what += std::string(", ") +
                std::string(contexts.at(static_cast<std::size_t>(request.context)).name);
    timeline_.event("waker", what);
    const WakeResult result = stage_.wake(request);
    timeline_.event("waker", "-> " + std::to_string(result.woken) + " woken");
    return result;
}

void Scene::settle()
{
    if (const auto rest = info().counter)
        (void)device().wait({.kind = WaitKind::wait_event_interruptible_timeout,
                             .timeout = std::chrono::nanoseconds(0),
                             .threshold = rest,
                             .consume = true});
}

void Scene::draw()
{
    timeline_.draw(out_);
    timeline_ = {};
}

} // namespace waitq::cli
