// SPDX-License-Identifier: GPL-2.0
// world.hpp - a queue with its files and all that the fuzzer can do to it, and beside it what must
// come of that. One thread: a call that sleeps goes on in idle(), where others act.
#pragma once

#include "input.hpp"

#include "../threads/device.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace fuzz {

using threads::Open;

class World {
public:
    explicit World(Input input);
    ~World();
    World(const World &) = delete;
    World &operator=(const World &) = delete;

    // All of the input; then all tasks leave.
    void run();

private:
    struct File {
        std::unique_ptr<Open> open;
        std::unique_ptr<threads::EpollEntry> epoll;
        bool sigio = false;
        // Its timer:
        bool armed = false;
        std::uint64_t due_ns = 0, period_ns = 0;
        std::uint64_t left = 0; // firings; 0: no end
        std::uint64_t post = 0;
        std::uint64_t fired = 0;
        std::uint64_t order = 0; // of those that are due at once, which was set first
    };
    // A task that waits for events, in WAIT or in read of an EVENTFD.
    struct Waiting {
        std::uint64_t threshold, taken;
        bool served;
    };
    // A user buffer whose bytes go into the ring while the call that passed it is under way.
    struct Writing {
        const unsigned char *bytes;
        std::size_t entered; // of them, in held_
    };

    void step();
    void act(bool nonblock);
    void idle(threads::Task &self, long long deadline_ns);
    static void idle_of(threads::Task &self, long long deadline_ns);

    void do_read(bool nonblock);
    void do_write(bool nonblock);
    void do_wait(bool may_sleep);
    void do_wait_many();
    void do_take(bool nonblock);
    void do_add(bool nonblock);
    void do_wake();
    void do_timer();
    void do_info();
    void do_waiters();
    void do_garbage();
    void do_poll();
    void do_subscribe();
    void do_reopen();
    void pass_time(long long until_ns);
    static void before_firing(hrtimer *timer);
    // What a post does, and a look at the counter by a task that waits. False: no room.
    bool post(std::uint64_t n);
    void fire_all_due();

    File &some_file();
    void open(File &file);
    // Where the current task has a struct or a buffer: anywhere, or over the edge of its memory.
    unsigned long place(std::size_t size);
    // How many of the bytes are memory of the current task.
    static std::size_t accessible(unsigned long at, std::size_t size);
    // True: done, though perhaps the answer could not be delivered at the last copy, the nth.
    template <class Struct>
    bool call(File &file, unsigned int nr, unsigned int copies, Struct &request, long &result);
    void arm_faults();
    void absorb();
    void look(bool all_awake);

    Input input_;
    threads::Task task_, other_;
    std::optional<threads::RunAs> running_;
    std::vector<unsigned char> user_; // the memory of user space
    unsigned int capacity_;
    std::unique_ptr<threads::Device> device_;
    std::array<File, 3> files_;

    // What must be:
    std::deque<unsigned char> held_;
    std::uint64_t counter_ = 0;
    std::uint64_t timeouts_ = 0;
    std::uint64_t armings_ = 0;
    Waiting *waiting_ = nullptr; // the wait under way
    bool adding_ = false;        // a write to an EVENTFD that may sleep is under way
    unsigned char next_byte_ = 0;
    Writing *writing_ = nullptr; // the call of write() under way, the innermost
    unsigned int depth_ = 0;     // calls under way
    unsigned int idles_ = 0;     // of the call under way
    long long now_ns_ = 1'000'000;
    waitq_info last_{};
};

// The run stops here if that is not so.
void must(bool holds, const char *what);

} // namespace fuzz
