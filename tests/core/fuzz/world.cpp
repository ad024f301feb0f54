// SPDX-License-Identifier: GPL-2.0
#include "world.hpp"

#include <algorithm>

namespace fuzz {
namespace {

constexpr std::size_t user_size = 10'240; // of each task
constexpr long long far = 1LL << 60;      // no clock gets there

World *the_world = nullptr;
constexpr std::array<unsigned int, 4> capacities{1, 4, 64, 8192};

} // namespace

void must(bool holds, const char *what)
{
    if (!holds)
        threads::broken(what);
}

World::World(Input input)
    : input_(input), user_(2 * user_size), capacity_(capacities.at(input_.below(4)))
{
    the_world = this;
    threads::set_clock(now_ns_);
    waitq_core_init();
    // Each has memory of its own, so that no call changes the arguments of another.
    const unsigned long middle = Open::address(user_.data()) + user_size;
    task_.user = {middle - user_size, middle};
    other_.user = {middle, middle + user_size};
    task_.idle = other_.idle = idle_of;
    other_.privileged = true;
    running_.emplace(task_);
    device_ = std::make_unique<threads::Device>(capacity_);
    for (File &file : files_)
        file.open = std::make_unique<Open>(*device_);
}

World::~World()
{
    for (File &file : files_) {
        if (file.sigio)
            file.open->sigio(false);
        file.epoll.reset();
        file.open.reset();
    }
    device_.reset();
    must(threads::fire_next(threads::endless) == nullptr, "a timer is armed and its file closed");
    must(threads::allocations() == 0, "kernel memory is never freed");
    the_world = nullptr;
}

void World::run()
{
    while (!input_.empty()) {
        step();
        look(true);
    }
}

// ---- who acts ----

void World::step()
{
    task_.privileged = input_.flag();
    idles_ = 0;
    act(input_.flag());
    threads::take_signals();
}

void World::act(bool nonblock)
{
    ++depth_;
    arm_faults();
    switch (input_.below(13)) {
    case 12:
        pass_time(now_ns_ + input_.byte() * WAITQ_TIMER_PERIOD_MIN_NS);
        break;
    case 0:
    case 1:
        do_read(nonblock || depth_ > 1);
        break;
    case 2:
    case 3:
        do_write(nonblock || depth_ > 1);
        break;
    case 4:
    case 5:
        do_wait(depth_ == 1);
        break;
    case 6:
        do_wake();
        break;
    case 7:
        do_timer();
        break;
    case 8:
        do_info();
        break;
    case 9:
        do_garbage();
        break;
    case 10:
        do_poll();
        break;
    default:
        if (depth_ == 1 && input_.flag())
            do_reopen();
        else
            do_subscribe();
    }
    threads::current().failing_copy = 0;
    --depth_;
}

void World::idle_of(threads::Task &self, long long deadline_ns)
{
    the_world->idle(self, deadline_ns);
}

// The task sleeps: others do what they do, until something ends that.
void World::idle(threads::Task &self, long long deadline_ns)
{
    must(&self == &task_, "somebody sleeps in a call that must not");
    absorb();
    if (!input_.empty() && ++idles_ < 16) {
        const unsigned int what = input_.below(8);
        if (what == 0) {
            threads::send_signal(self, input_.flag());
        } else if (what <= 2) {
            pass_time(std::min(deadline_ns, now_ns_ + input_.byte() * WAITQ_TIMER_PERIOD_MIN_NS));
        } else {
            const threads::RunAs other(other_);
            act(true);
            absorb();
            look(false);
        }
        return;
    }
    // Nobody does anything any more: the time passes, a signal kills, or all is posted.
    if (deadline_ns < far)
        pass_time(deadline_ns);
    else if (!self.signal_pending || !self.fatal_signal_pending)
        threads::send_signal(self, true);
    else {
        const threads::RunAs other(other_);
        waitq_wake request{};
        request.kind = WAITQ_WAKE_UP_ALL;
        request.post = WAITQ_COUNTER_MAX - counter_;
        const threads::UserMemory memory = std::exchange(other_.user, {});
        must(files_[0].open->wake(request) == 0, "a post to the limit is refused");
        other_.user = memory;
        counter_ = request.counter;
        must(counter_ == WAITQ_COUNTER_MAX, "a post to the limit does not get there");
        must(self.state == threads::TASK_RUNNING, "nothing wakes a task");
    }
}

// ---- time ----

World::File &World::file_of(const hrtimer *timer)
{
    // The timer is in what waitq_open() allocated: the nearest one below.
    File *nearest = nullptr;
    for (File &file : files_) {
        const auto *device = reinterpret_cast<const unsigned char *>(file.open->native().device);
        if (device <= reinterpret_cast<const unsigned char *>(timer) &&
            (!nearest ||
             device > reinterpret_cast<const unsigned char *>(nearest->open->native().device)))
            nearest = &file;
    }
    must(nearest != nullptr, "a timer fires that is in no file");
    return *nearest;
}

void World::before_firing(hrtimer *timer)
{
    World &self = *the_world;
    File &file = self.file_of(timer);
    ++file.fired;
    // What would overflow is dropped.
    if (file.post <= WAITQ_COUNTER_MAX - self.counter_)
        self.counter_ += file.post;
}

void World::pass_time(long long until_ns)
{
    now_ns_ = std::max(now_ns_, until_ns);
    threads::set_clock(now_ns_);
    // Firings that came too late are one; their pace sees to it that there is an end.
    for (int i = 0; threads::fire_next(now_ns_, before_firing); ++i) {
        must(i < 1000, "timers fire without end");
        must(device_->info().counter == counter_, "a firing posts another number");
    }
}

// ---- what must hold ----

// The bytes that went into the ring during a write() that is under way.
void World::absorb()
{
    const std::uint64_t bytes = device_->info().bytes;
    must(bytes >= held_.size(), "bytes are gone that nobody read");
    must(bytes == held_.size() || writing_, "bytes come that nobody wrote");
    while (held_.size() < bytes)
        held_.push_back(writing_->bytes[writing_->entered++]);
}

void World::look(bool nobody_sleeps)
{
    const waitq_info info = device_->info();
    must(info.bytes == held_.size() && info.capacity == capacity_, "bytes are lost or made");
    must(info.counter == counter_, "the counter is not what was posted and taken");
    must(info.readers + info.writers + info.event_waiters + info.event_waiters_exclusive ==
             (nobody_sleeps ? 0U : 1U),
         "tasks asleep are counted wrong");
    must(info.wakes >= last_.wakes && info.woken >= last_.woken && info.spurious >= last_.spurious,
         "a total runs backwards");
    must(info.timeouts == timeouts_, "timeouts are counted wrong");
    last_ = info;
}

} // namespace fuzz
