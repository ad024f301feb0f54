// SPDX-License-Identifier: GPL-2.0
#include "demo/exhibit.hpp"

#include "words.hpp"

#include <csignal>
#include <fstream>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace waitq::cli {

namespace {

std::string outcome(const Ended &ended)
{
    if (ended.error)
        return std::generic_category().message(ended.error);
    if (ended.result.outcome == Outcome::Signalled)
        return "interrupted";
    return std::string(said(ended.result.outcome));
}

} // namespace

char state_of(int pid)
{
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string line;
    std::getline(file, line);
    const auto end = line.rfind(')');
    return end == std::string::npos ? '\0' : line[end + 2];
}

void *map_shared(std::size_t size)
{
    void *memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        throw std::system_error(errno, std::generic_category(), "mmap");
    return memory;
}

void unmap_shared(void *memory, std::size_t size)
{
    munmap(memory, size);
}

Child::Child(const std::function<bool()> &body) : pid_(fork())
{
    if (pid_ < 0)
        throw std::system_error(errno, std::generic_category(), "fork");
    if (pid_ == 0)
        _exit(body() ? 0 : 1);
}

Child::~Child()
{
    if (!reaped_) {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
}

bool Child::ended()
{
    reaped_ = reaped_ || waitpid(pid_, &status_, WNOHANG) == pid_;
    return reaped_;
}

Waiter::Waiter(Scene &scene, std::string name, const lab::WaitRequest &request, int signal_flags)
    : scene_(scene), name_(std::move(name)), child_([&] {
          struct sigaction action {};
          action.sa_handler = [](int) {};
          action.sa_flags = signal_flags;
          sigaction(SIGUSR1, &action, nullptr);
          const auto result = scene_.node().wait(request);
          told_->ended = result ? Ended{0, *result} : Ended{result.error().value(), {}};
          told_->done = true;
          return true;
      })
{}

Waiter::~Waiter()
{
    if (!child_.ended()) {
        kill(pid(), SIGKILL);
        // A sleep may not heed that, but a wake-up ends it.
        (void)scene_.node().wake({.kind = lab::WakeKind::wake_up_all, .post = 1000});
    }
}

bool Waiter::asleep(char state) const
{
    return eventually([&] { return !has_ended() && state_of(pid()) == state; });
}

bool Waiter::has_ended() const
{
    return told_->done;
}

Ended Waiter::ends()
{
    scene_.claim(eventually([&] { return child_.ended(); }), name_ + " has returned");
    const Ended &ended = told_->ended;
    const bool satisfied = !ended.error && ended.result.outcome == Outcome::Satisfied;
    scene_.timeline().returns(name_, "returns: " + outcome(ended),
                              satisfied ? Timeline::By::Wake : Timeline::By::Else);
    return ended;
}

unsigned long Waiter::switches() const
{
    std::ifstream file("/proc/" + std::to_string(pid()) + "/status");
    const std::string key = "voluntary_ctxt_switches:";
    for (std::string line; std::getline(file, line);)
        if (line.starts_with(key))
            return std::stoul(line.substr(key.size()));
    return 0;
}

void Waiter::signal(int number, const std::string &name)
{
    scene_.timeline().runs(name_, "gets " + name);
    kill(pid(), number);
}

Scene::Scene(const Nodes &nodes, Uses uses, Narrator &narrator) : nodes_(nodes), narrator_(narrator)
{
    if (uses != Uses::Lab)
        stage_.emplace(nodes.device, narrator);
    if (uses == Uses::Device)
        return;
    lab_ = open_lab(nodes.lab);
    if (waiting() != 0)
        throw std::runtime_error(nodes.lab.path +
                                 ": a task sleeps on it; an exhibit needs a node of its own");
    settle();
}

::lab_info Scene::info() const
{
    return require(node().info(), Call::Info, nodes_.lab);
}

unsigned long long Scene::waiting() const
{
    const ::lab_info now = info();
    return now.waiters + now.waiters_exclusive;
}

lab::Waiters Scene::linked() const
{
    return require(node().waiters(), Call::Waiters, nodes_.lab);
}

Waiter &Scene::waiter(const std::string &name, const lab::WaitRequest &request, char state,
                      int signal_flags)
{
    const auto before = waiting();
    const std::string kind(find_kind(request.kind)->name);
    Waiter &waiter = waiters_.emplace_back(*this, name, request, signal_flags);
    if (!state) {
        timeline_.runs(name, kind + "()");
        return waiter;
    }
    claim(eventually([&] { return waiting() == before + 1; }) && waiter.asleep(state),
          name + " sleeps in " + kind + "(), state " + state);
    timeline_.sleeps(name, std::string("sleeps (") + state + ") in " + kind + "()");
    return waiter;
}

lab::WakeResult Scene::wake_silently(const lab::WakeRequest &request) const
{
    return require(node().wake(request), Call::Wake, nodes_.lab, find_kind(request.kind)->name);
}

lab::WakeResult Scene::wake(const lab::WakeRequest &request)
{
    std::string what(find_kind(request.kind)->name);
    what += request.nr ? "(" + std::to_string(request.nr) + ")" : "()";
    if (request.post)
        what = "posts " + std::to_string(request.post) + ", " + what;
    if (request.context != lab::Context::PROCESS)
        what += std::string(", ") +
                std::string(lab::contexts.at(static_cast<std::size_t>(request.context)).name);
    const lab::WakeResult result = wake_silently(request);
    timeline_.wakes("waker", what + " -> " + std::to_string(result.woken) + " woken");
    return result;
}

void Scene::settle() const
{
    if (const auto rest = info().counter)
        (void)node().wait({.kind = lab::WaitKind::wait_event_interruptible_timeout,
                           .timeout = std::chrono::nanoseconds(0),
                           .threshold = rest,
                           .consume = true});
}

void Scene::draw()
{
    timeline_.draw(narrator_.out());
    clear();
}

} // namespace waitq::cli
