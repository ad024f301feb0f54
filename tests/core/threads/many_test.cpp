// SPDX-License-Identifier: GPL-2.0
// many_test.cpp - WAIT_ANY and WAIT_ALL on real threads: a queue with one event is a lock, so what
// its holders do must be ordered, with nothing else between them.
#include "device.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <vector>
#include <wait/wait_queue.hpp>

namespace threads {
namespace {

class Many : public testing::Test {
protected:
    Many()
    {
        for (unsigned int i = 0; i < 2; ++i)
            open_as(i, at(i).native().device);
    }
    ~Many() override
    {
        for (unsigned int i = 0; i < 2; ++i)
            open_as(i, nullptr);
    }

    Open &at(unsigned int i) { return i == 0 ? first_ : second_; }
    void post(unsigned int i)
    {
        waitq_wake request{};
        request.post = 1;
        EXPECT_GE(at(i).wake(request), 0);
    }
    // The number of the item.
    long wait(unsigned int nr, std::vector<waitq_item> items)
    {
        waitq_wait_many request{};
        request.count = static_cast<__u32>(items.size());
        request.items = address(items.data());
        return first_.call(nr, request);
    }
    // Several tasks do that, each with its number, again and again.
    template <class Body>
    void in_tasks(unsigned int tasks, int rounds, Body body)
    {
        std::vector<std::unique_ptr<TaskThread>> threads;
        for (unsigned int task = 0; task < tasks; ++task)
            threads.push_back(std::make_unique<TaskThread>([=] {
                for (int i = 0; i < rounds; ++i)
                    body(task);
            }));
        post(0);
        post(1);
        for (const auto &thread : threads)
            thread->join();
    }

    Device zero_{64}, one_{64};
    Open first_{zero_}, second_{one_};
};

constexpr __u32 taking = WAITQ_CONSUME | WAITQ_EXCLUSIVE;

TEST_F(Many, AllLocksBothInAnyOrder)
{
    constexpr int rounds = 300;
    int counted = 0;
    in_tasks(4, rounds, [&](unsigned int task) {
        const unsigned int mine = task % 2;
        EXPECT_EQ(wait(WAITQ_NR_WAIT_ALL, {{mine, taking, 1}, {1 - mine, taking, 1}}), 0);
        ++counted;
        post(mine);
        post(1 - mine);
    });
    EXPECT_EQ(counted, 4 * rounds);
    EXPECT_EQ(zero_.info().counter, 1U);
    EXPECT_EQ(one_.info().counter, 1U);
}

TEST_F(Many, AnyLocksOne)
{
    constexpr int rounds = 300;
    std::array<int, 2> counted{};
    in_tasks(4, rounds, [&](unsigned int task) {
        const unsigned int mine = task % 2;
        const long item = wait(WAITQ_NR_WAIT_ANY, {{mine, taking, 1}, {1 - mine, taking, 1}});
        ASSERT_GE(item, 0);
        const unsigned int got = item == 0 ? mine : 1 - mine;
        ++counted.at(got);
        post(got);
    });
    EXPECT_EQ(counted[0] + counted[1], 4 * rounds);
}

// ---- walks that others come between ----

// Two walks, of which one is under way at a time. Each gives the turn to the other when it pauses,
// but once it takes the next turn itself.
class Turns {
public:
    explicit Turns(unsigned int once) : once_(once) {}
    void await(unsigned int walk)
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return turn_ == walk || ended_.at(1 - walk); });
    }
    void pass_on(unsigned int walk)
    {
        {
            const std::scoped_lock lock(mutex_);
            turn_ = ++passed_ == once_ ? walk : 1 - walk;
        }
        changed_.notify_all();
        await(walk);
    }
    void end(unsigned int walk)
    {
        const std::scoped_lock lock(mutex_);
        ended_.at(walk) = true;
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::array<bool, 2> ended_{};
    unsigned int turn_ = 0, passed_ = 0;
    const unsigned int once_;
};

int never_wakes(wait_queue_entry *, unsigned int, int, void *)
{
    return 0;
}

// However they come to stand, none puts its mark before the same entry again and again.
TEST(Walks, ThatTakeTurnsComeToAnEnd)
{
    constexpr unsigned int entries = 3, most = 50;
    static lock_class_key key;
    for (unsigned int once = 0; once < 10; ++once) {
        const auto queue = std::make_unique<waitq::WaitQueue>();
        queue->init("walked", &key);
        std::array<wait_queue_entry, entries> linked{};
        for (wait_queue_entry &entry : linked) {
            kapi_init_wait_entry(&entry, 0, never_wakes);
            kapi_link_last(queue->native(), &entry);
        }
        Turns turns(once);
        std::array<unsigned int, 2> pauses{};
        const auto walk = [&](unsigned int self) {
            turns.await(self);
            queue->lock_irq();
            queue->walk_held<1>([&](wait_queue_entry *) { return pauses.at(self) < most; },
                                [&] {
                                    queue->unlock_irq();
                                    ++pauses.at(self);
                                    turns.pass_on(self);
                                    queue->lock_irq();
                                });
            queue->unlock_irq();
            turns.end(self);
        };
        TaskThread first([&] { walk(0); }), second([&] { walk(1); });
        first.join();
        second.join();
        EXPECT_LE(std::max(pauses[0], pauses[1]), 2 * entries) << "once " << once;
        for (wait_queue_entry &entry : linked)
            kapi_unlink(queue->native(), &entry);
    }
}

} // namespace
} // namespace threads
