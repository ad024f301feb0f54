// SPDX-License-Identifier: GPL-2.0
// work.cpp - a workqueue: one thread, or with do_work() none.
#include "objects.hpp"

#include <algorithm>
#include <vector>

namespace threads {
namespace {

class Workqueue {
public:
    ~Workqueue()
    {
        {
            const std::scoped_lock guard(lock_);
            ended_ = true;
        }
        changed_.notify_all();
    }

    void schedule(work_struct *work)
    {
        const std::scoped_lock guard(lock_);
        if (!std::exchange(inside(work).scheduled, true))
            waiting_.push_back(work);
        if (by_thread_ && !thread_.joinable())
            thread_ = std::jthread([this] { loop(); });
        changed_.notify_all();
    }

    void cancel(work_struct *work)
    {
        std::unique_lock guard(lock_);
        changed_.wait(guard, [&] { return running_ != work; });
        std::erase(waiting_, work);
        inside(work).scheduled = false;
    }

    void drain()
    {
        std::unique_lock guard(lock_);
        by_thread_ = false;
        while (!waiting_.empty())
            run_first(guard);
    }

private:
    void run_first(std::unique_lock<std::mutex> &guard)
    {
        running_ = waiting_.front();
        waiting_.erase(waiting_.begin());
        inside(running_).scheduled = false;
        guard.unlock();
        inside(running_).function(running_);
        must_be_clean();
        guard.lock();
        running_ = nullptr;
        changed_.notify_all();
    }

    void loop()
    {
        Task task;
        const RunAs self(task);
        std::unique_lock guard(lock_);
        while (!ended_) {
            if (waiting_.empty())
                changed_.wait(guard);
            else
                run_first(guard);
        }
    }

    std::mutex lock_;
    std::condition_variable changed_;
    std::vector<work_struct *> waiting_;
    work_struct *running_ = nullptr;
    bool ended_ = false, by_thread_ = true;
    std::jthread thread_; // last: it ends before the rest does
};

Workqueue workqueue;

} // namespace

void do_work()
{
    workqueue.drain();
}

} // namespace threads

using namespace threads;

extern "C" {

void kapi_work_init(work_struct *work)
{
    inside(work) = {waitq_deferred, false};
}

void kapi_work_schedule(work_struct *work)
{
    workqueue.schedule(work);
}

void kapi_work_cancel(work_struct *work)
{
    must_be_able_to_sleep("cancel_work_sync() where no task may sleep");
    workqueue.cancel(work);
}

void kapi_lab_work_init(work_struct *work)
{
    inside(work) = {lab_deferred, false};
}

void kapi_lab_work_schedule(work_struct *work)
{
    workqueue.schedule(work);
}

void kapi_lab_work_cancel(work_struct *work)
{
    must_be_able_to_sleep("cancel_work_sync() where no task may sleep");
    workqueue.cancel(work);
}

} // extern "C"
