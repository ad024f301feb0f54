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
    const unsigned long middle = threads::address(user_.data()) + user_size;
    task_.user = {middle - user_size, middle};
    other_.user = {middle, middle + user_size};
    task_.idle = other_.idle = idle_of;
    other_.privileged = true;
    running_.emplace(task_);
    device_ = std::make_unique<threads::Device>(capacity_);
    for (File &file : files_)
        open(file);
}

World::~World()
{
    for (File &file : files_) {
        if (file.sigio)
            file.open->sigio(false);
        file.epoll.reset();
        file.open.reset();
    }
    for (unsigned int fd = 0; fd < files_.size(); ++fd)
        threads::open_as(fd, nullptr);
    device_.reset();
    waitq_core_exit();
    must(threads::next_expiry() == threads::endless, "a timer is armed and the module gone");
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
    switch (input_.below(16)) {
    case 13:
        do_take(nonblock || depth_ > 1);
        break;
    case 14:
        do_add(nonblock || depth_ > 1);
        break;
    case 15:
        do_waiters();
        break;
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
        if (input_.flag())
            do_wait_many();
        else
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
    must(&self == &task_, "a task sleeps in a call that must not");
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
    // No task does anything any more: the time passes, a signal kills, or all is posted.
    if (deadline_ns < far)
        pass_time(deadline_ns);
    else if (!self.signal_pending || !self.fatal_signal_pending)
        threads::send_signal(self, true);
    else {
        const threads::RunAs other(other_);
        waitq_wake request{};
        request.post = WAITQ_COUNTER_MAX - counter_;
        must(post(request.post), "a post to the limit does not fit");
        const threads::UserMemory memory = std::exchange(other_.user, {});
        must(files_[0].open->wake(request) >= 0, "a post to the limit is refused");
        other_.user = memory;
        must(self.state == threads::TASK_RUNNING, "nothing wakes a task");
    }
}

// ---- events and time ----

bool World::post(std::uint64_t n)
{
    if (n > WAITQ_COUNTER_MAX - counter_)
        return false;
    counter_ += n;
    // The wake-up tests the condition of the task that sleeps, and takes its events for it.
    if (waiting_ && !waiting_->served && counter_ >= waiting_->threshold) {
        waiting_->served = true;
        counter_ -= waiting_->taken;
    }
    return true;
}

// All timers that are due fire once, those of the earliest deadline first. A post that would
// overflow is left out.
void World::fire_all_due()
{
    const auto now = static_cast<std::uint64_t>(now_ns_);
    std::vector<File *> due;
    for (File &file : files_)
        if (file.armed && file.due_ns <= now)
            due.push_back(&file);
    std::ranges::sort(due, {},
                      [](const File *file) { return std::pair(file->due_ns, file->order); });
    for (File *file : due) {
        ++file->fired;
        if (!post(file->post))
            post(0);
        file->armed = file->period_ns != 0 && (file->left == 0 || --file->left != 0);
        if (!file->armed)
            continue;
        // Periods that are over are left out.
        file->due_ns += ((now - file->due_ns) / file->period_ns + 1) * file->period_ns;
        file->due_ns = std::min<std::uint64_t>(file->due_ns, threads::endless);
        file->order = ++armings_;
    }
}

void World::before_firing(hrtimer *)
{
    the_world->fire_all_due();
}

void World::pass_time(long long until_ns)
{
    // In time, or so late that it says nothing of the way into the interrupt.
    const bool late = input_.below(4) == 0;
    for (int i = 0;; ++i) {
        must(i < 1000, "timers fire without end");
        const long long expiry_ns = threads::next_expiry();
        if (expiry_ns > until_ns)
            break;
        now_ns_ = std::max(now_ns_, late && until_ns - expiry_ns > 200'000 ? until_ns : expiry_ns);
        threads::set_clock(now_ns_);
        must(threads::fire_next(now_ns_, before_firing) != nullptr, "no timer fires");
        threads::do_work();
        must(device_->info().counter == counter_, "a firing posts another number");
    }
    now_ns_ = std::max(now_ns_, until_ns);
    threads::set_clock(now_ns_);
}

// ---- what must hold ----

// The bytes that went into the ring during a write() that is under way.
void World::absorb()
{
    const std::uint64_t bytes = device_->info().bytes;
    must(bytes >= held_.size(), "bytes are gone that were not read");
    must(bytes == held_.size() || writing_, "bytes come that were not written");
    while (held_.size() < bytes)
        held_.push_back(writing_->bytes[writing_->entered++]);
}

void World::look(bool all_awake)
{
    const waitq_info info = device_->info();
    must(info.bytes == held_.size() && info.capacity == capacity_, "bytes are lost or made");
    must(info.counter == counter_, "the counter is not what was posted and taken");
    // A write to a full EVENTFD is not counted, and a task that was served no more.
    const bool none = all_awake || adding_ || (waiting_ && waiting_->served);
    must(info.readers + info.writers + info.event_waiters + info.event_waiters_exclusive ==
             (none ? 0U : 1U),
         "tasks asleep are counted wrong");
    must(info.wakes >= last_.wakes && info.woken >= last_.woken && info.spurious >= last_.spurious,
         "a total runs backwards");
    must(info.timeouts == timeouts_, "timeouts are counted wrong");
    last_ = info;
}

} // namespace fuzz
