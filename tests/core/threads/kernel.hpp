// SPDX-License-Identifier: GPL-2.0
// kernel.hpp - the seam on real threads: a task is a thread of its own, a spinlock a pthread
// mutex, and what orders two accesses in the kernel orders them here, no more: so a sanitizer
// sees in the module's code what it would see there.
//
// tests/sim tries every order, on memory that is sequentially consistent, a step at a time. Its
// files can't be used here: between two of its points no other thread runs, so its plain accesses
// need no lock. With one around each step they would, and every race would be hidden behind it.
#pragma once

#include <kernel/device.h>
#include <kernel/lab.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <limits>
#include <mutex>
#include <thread>
#include <utility>

namespace threads {

enum TaskStateBits : unsigned int {
    TASK_RUNNING = 0,
    TASK_INTERRUPTIBLE = 1,
    TASK_UNINTERRUPTIBLE = 2,
    TASK_WAKEKILL = 0x100,
    TASK_NORMAL = TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE,
};

enum class Context : std::uint8_t { task, interrupt };

// The addresses at which user space has memory. What is outside is a fault.
struct UserMemory {
    std::uintptr_t begin = 4096;
    std::uintptr_t end = std::numeric_limits<std::uintptr_t>::max();
};

constexpr long long endless = std::numeric_limits<long long>::max();
constexpr long long jiffy_ns = 1'000'000'000 / KAPI_HZ;

struct Task {
    explicit Task(Context where = Context::task) : context(where), irqs_on(where == Context::task)
    {}

    std::atomic<unsigned int> state = TASK_RUNNING;
    std::atomic<bool> signal_pending = false, fatal_signal_pending = false;
    std::mutex lock; // kernel: pi_lock
    std::condition_variable runs;

    // Of the thread itself:
    Context context;
    bool irqs_on;
    unsigned int spinlocks = 0;
    long long sleeper_ns = endless; // when its hrtimer_sleeper expires
    bool privileged = true;         // CAP_SYS_ADMIN
    UserMemory user;
    unsigned int failing_copy = 0, failing_alloc = 0; // the how manyth from now fails; 0: none
    unsigned int copies = 0;                          // that were tried without sleeping
    // Called instead of sleeping, until something has woken the task or the deadline (by the
    // clock of kapi_now_ns()) is reached. For a program of one thread.
    void (*idle)(Task &self, long long deadline_ns) = nullptr;
};

Task &current();

// The thread is this task (or in this interrupt) until the end of the scope.
class [[nodiscard]] RunAs {
public:
    explicit RunAs(Task &task);
    ~RunAs();
    RunAs(const RunAs &) = delete;
    RunAs &operator=(const RunAs &) = delete;

private:
    Task *before_;
};

// A task with a thread that runs `body`.
class TaskThread {
public:
    template <class Body>
    explicit TaskThread(Body body)
        : thread_([this, body = std::move(body)] {
              const RunAs self(task_);
              body();
          })
    {}
    Task &task() { return task_; }
    void join() { thread_.join(); }

private:
    Task task_;
    std::jthread thread_;
};

bool try_to_wake_up(Task &task, unsigned int mask);
void set_current_state(unsigned int state);
// As another process does.
void send_signal(Task &task, bool fatal);
void take_signals(); // the handlers have run

// The kernel would not stand for this, or somebody hangs.
[[noreturn]] void broken(const char *what);
// Refuses what needs process context, interrupts on, no lock and TASK_RUNNING.
void must_be_able_to_sleep(const char *what);
// At the end of a call from user space.
void must_be_clean();

// ---- time ----

// From now on the clock stands still but for this, timers fire by fire_next() only, and work is
// done by do_work() only.
void set_clock(long long ns);
// Fires the timer that expires first, if it does so by `until_ns`. Returns it, or null.
// `before` is told of it first.
hrtimer *fire_next(long long until_ns, void (*before)(hrtimer *timer) = nullptr);
// When the next timer expires; endless: none is armed.
long long next_expiry();
// Does the work that was scheduled, in the current thread.
void do_work();

// ---- files ----

// The device that is open as `fd`, 0 to 3; null: none. Not while a call may look for it.
void open_as(unsigned int fd, waitq_file *device);

// ---- memory ----

unsigned int allocations();

} // namespace threads

// An open file, as far as readiness goes.
struct file {
    waitq_file *device;                             // or
    waitq_queue *eventfd;                           // it is of kapi_open_eventfd()
    std::array<std::atomic<unsigned int>, 4> sigio; // signals sent, by band
};

// What poll() hands to the driver.
struct poll_table_struct {
    void (*link)(poll_table_struct *table, wait_queue_head *head);
};

namespace threads {

// poll(): sleeps until the file has an event of `mask`. Returns those; 0: a signal came.
unsigned int poll(file &file, unsigned int mask);

// An entry as epoll has one: linked as long as the object lives, and never asleep.
class EpollEntry {
public:
    EpollEntry(file &file, unsigned int mask, bool exclusive);
    ~EpollEntry();
    EpollEntry(const EpollEntry &) = delete;
    EpollEntry &operator=(const EpollEntry &) = delete;
    [[nodiscard]] unsigned int told() const { return told_; }

private:
    static void link(poll_table_struct *table, wait_queue_head *head);
    static int callback(wait_queue_entry *entry, unsigned int mode, int sync, void *key);

    wait_queue_entry entry_; // first: callback() finds the EpollEntry by it
    wait_queue_head *head_ = nullptr;
    unsigned int mask_;
    bool exclusive_;
    std::atomic<unsigned int> told_ = 0;
};

} // namespace threads
