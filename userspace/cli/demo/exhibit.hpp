// SPDX-License-Identifier: GPL-2.0
// What the exhibits share: processes that wait, the story told, a timeline, the checks.
#pragma once

#include "demo/stage.hpp"
#include "demo/timeline.hpp"

#include <functional>
#include <list>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace waitq::cli {

/// Memory for @size bytes that this process shares with its children. Throws std::system_error.
[[nodiscard]] void *map_shared(std::size_t size);
void unmap_shared(void *memory, std::size_t size);

/// An object that this process shares with its children.
template <class T>
class Shared {
public:
    Shared() : object_(new (map_shared(sizeof(T))) T{}) {}
    Shared(const Shared &) = delete;
    Shared &operator=(const Shared &) = delete;
    ~Shared() { unmap_shared(object_, sizeof(T)); }
    T &operator*() const { return *object_; }
    T *operator->() const { return object_; }

private:
    T *object_;
};

/// A child process that runs a function, and is killed with the object.
class Child {
public:
    /// Throws std::system_error.
    explicit Child(const std::function<bool()> &body);
    Child(const Child &) = delete;
    Child &operator=(const Child &) = delete;
    ~Child();

    [[nodiscard]] int pid() const { return pid_; }
    /// Does not wait for that.
    [[nodiscard]] bool ended();
    /// It has ended, and its function returned true.
    [[nodiscard]] bool succeeded() { return ended() && status_ == 0; }

private:
    int pid_, status_ = -1; // of waitpid(), once it has ended
    bool reaped_ = false;
};

/// How a wait in another process ended.
struct Ended {
    int error; ///< of the call; 0: `result` holds
    lab::WaitResult result;
};

class Scene;

/// A process that makes one wait in the lab.
class Waiter {
public:
    Waiter(Scene &scene, std::string name, const lab::WaitRequest &request, int signal_flags);
    Waiter(const Waiter &) = delete;
    Waiter &operator=(const Waiter &) = delete;
    ~Waiter();

    /// Whether it sleeps now, in @state of /proc; waits for that.
    [[nodiscard]] bool asleep(char state) const;
    /// Waits for its end; a hang is what the kernel did otherwise.
    Ended ends();
    [[nodiscard]] bool has_ended() const;
    /// How often it has given the CPU away.
    [[nodiscard]] unsigned long switches() const;
    void signal(int number, const std::string &name);
    [[nodiscard]] const std::string &name() const { return name_; }
    [[nodiscard]] int pid() const { return child_.pid(); }

private:
    struct Told {
        volatile bool done;
        Ended ended;
    };
    Scene &scene_;
    std::string name_;
    Shared<Told> told_;
    Child child_;
};

/// The nodes for the exhibits.
struct Nodes {
    DeviceName device, lab = first_of(lab_module);
};

/// The nodes that an exhibit uses.
enum class Uses { Device, Lab, Both };

/// One exhibit while it runs.
class Scene {
public:
    /// Opens and empties the nodes. Throws Failure; runtime_error if a task sleeps on one.
    Scene(const Nodes &nodes, Uses uses, Narrator &narrator);

    /// What is about to happen, or why it did.
    void say(const std::string &text) { narrator_.tell(text); }
    /// Checks; throws Otherwise.
    void claim(bool true_, const std::string &text) { narrator_.seen(true_, text); }
    Timeline &timeline() { return timeline_; }
    /// Draws the timeline, and begins another.
    void draw();
    /// Begins another, undrawn.
    void clear() { timeline_ = {}; }

    // ---- in the lab

    [[nodiscard]] const lab::Lab &node() const { return *lab_; }
    [[nodiscard]] ::lab_info info() const;
    /// The tasks that wait, exclusive or not.
    [[nodiscard]] unsigned long long waiting() const;
    /// Starts a process that waits and sees it asleep in @state ('S', 'D'; 0: does not look).
    Waiter &waiter(const std::string &name, const lab::WaitRequest &request, char state = 'S',
                   int signal_flags = 0);
    /// Wakes, in the lane "waker".
    lab::WakeResult wake(const lab::WakeRequest &request);
    /// Wakes, and tells nothing.
    [[nodiscard]] lab::WakeResult wake_silently(const lab::WakeRequest &request) const;
    /// Takes what is left on the counter.
    void settle() const;
    /// The entries that are linked.
    [[nodiscard]] lab::Waiters linked() const;

    // ---- on the device

    [[nodiscard]] Stage &stage() { return *stage_; }

private:
    const Nodes &nodes_;
    Narrator &narrator_;
    std::optional<lab::Lab> lab_;
    std::optional<Stage> stage_;
    Timeline timeline_;
    std::list<Waiter> waiters_;
};

struct Exhibit {
    const char *name;
    const char *headline;
    const char *reason; ///< why, with where in the source
    Uses uses;
    void (*run)(Scene &);
};

[[nodiscard]] std::span<const Exhibit> wait_exhibits();
[[nodiscard]] std::span<const Exhibit> wake_exhibits();
[[nodiscard]] std::span<const Exhibit> hand_exhibits();

/// One that unloads the lab and loads it, from the file @path, and leaves it loaded plainly.
struct LoadExhibit {
    const char *name;
    const char *headline;
    const char *reason;
    void (*run)(const std::string &path, Narrator &narrator);
};

[[nodiscard]] std::span<const LoadExhibit> load_exhibits();

/// The hint of wake_up_interruptible_sync(), in counts.
void sync_hint(Scene &scene);
/// poll and epoll, on the device.
void poll_queue(Scene &scene);
/// The state in /proc/@pid/stat; 0: there is none.
[[nodiscard]] char state_of(int pid);

} // namespace waitq::cli
