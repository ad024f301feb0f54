// SPDX-License-Identifier: GPL-2.0
// What the real kernel would not stand for, the simulated one refuses.
#include "../sim/lock.hpp"
#include "../sim/memory.hpp"
#include "../sim/objects.hpp"
#include "../sim/timer.hpp"
#include "../sim/wait.hpp"
#include <sim/explorer.hpp>

#include <gtest/gtest.h>

namespace {

using sim::Context;
using sim::Machine;

// What the misuses work on.
struct World {
    spinlock lock, other;
    wait_queue_head head;
    hrtimer timer;
    rb_root_cached tree;
    kapi_sorted elements[2];
    unsigned int shared;
    unsigned int *local;
    bool told;
    sim::Task *first;
};

struct Misuse {
    const char *name;
    const char *refusal; // part of it
    void (*first)(World &);
    void (*second)(World &); // null: there is one thread
    Context context = Context::task;
};

class MisuseScenario : public sim::Scenario {
public:
    explicit MisuseScenario(const Misuse &misuse) : misuse_(misuse) {}

    void set_up() override
    {
        static lock_class_key key;
        world_ = {};
        kapi_spin_init(&world_.lock, "a queue's lock", &key);
        kapi_spin_init(&world_.other, "a queue's lock", &key);
        __init_waitqueue_head(&world_.head, "queue", &key);
        world_.first = &sim::spawn("first", misuse_.context, run_first, this);
        if (misuse_.second)
            sim::spawn("second", Context::task, run_second, this);
    }
    void quiescent() override
    {
        if (!world_.first->done)
            sim::refuse("deadlock");
    }
    void tear_down() override {}

private:
    static void run_first(void *scenario)
    {
        auto &self = *static_cast<MisuseScenario *>(scenario);
        sim::point();
        self.misuse_.first(self.world_);
        sim::must_be_clean("the call");
    }
    static void run_second(void *scenario)
    {
        auto &self = *static_cast<MisuseScenario *>(scenario);
        sim::point();
        self.misuse_.second(self.world_);
        sim::must_be_clean("the call");
    }

    const Misuse &misuse_;
    World world_{};
};

int wakes(wait_queue_entry *entry, unsigned int mode, int sync, void *key)
{
    return ::default_wake_function(entry, mode, sync, key);
}

void take(spinlock &lock)
{
    static_cast<void>(kapi_spin_lock_irqsave(&lock));
}

void write_plainly(World &world)
{
    sim::plain_access(&world.shared, sizeof world.shared, sim::Access::write);
}

void add_to_tree(World &world)
{
    kapi_sorted_add(&world.tree, &world.elements[sim::current().index]);
}

const Misuse misuses[] = {
    {"SleepWithALockHeld", "may sleep, with the spinlock",
     [](World &world) {
         take(world.lock);
         kapi_might_sleep();
     },
     nullptr},
    {"ScheduleWithALockHeld", "calls schedule() with the spinlock",
     [](World &world) {
         take(world.lock);
         schedule();
     },
     nullptr},
    {"UserCopyWithALockHeld", "copy_to_user(), which may sleep",
     [](World &world) {
         take(world.lock);
         static_cast<void>(kapi_copy_to_user(1 << 20, &world, 4));
     },
     nullptr},
    {"SleepInAnInterrupt", "in an interrupt", [](World &) { kapi_might_sleep(); }, nullptr,
     Context::interrupt},
    {"AllocationInAnInterrupt", "in an interrupt",
     [](World &) { static_cast<void>(kapi_zalloc(16)); }, nullptr, Context::interrupt},
    {"SleepWithTheStateSet", "its state would be lost",
     [](World &) {
         sim::set_current_state(sim::TASK_INTERRUPTIBLE);
         kapi_might_sleep();
     },
     nullptr},
    {"ALockTakenTwice", "self-deadlock",
     [](World &world) {
         take(world.lock);
         take(world.lock);
     },
     nullptr},
    {"AnAssertionWithoutTheLock", "and does not hold it",
     [](World &world) { kapi_spin_assert_held(&world.lock); }, nullptr},
    {"AnAssertionWithTheLockOfAnother", "and does not hold it",
     [](World &world) {
         const unsigned long flags = kapi_head_lock(&world.head);
         sim::point();
         kapi_head_unlock(&world.head, flags);
     },
     [](World &world) { kapi_head_assert_held(&world.head); }},
    {"ALockThatIsNotHeld", "which it does not hold",
     [](World &world) { kapi_spin_unlock_irqrestore(&world.lock, 1); }, nullptr},
    {"ALockOfSomebodyElse", "which it does not hold",
     [](World &world) {
         const unsigned long flags = kapi_spin_lock_irqsave(&world.lock);
         sim::point();
         kapi_spin_unlock_irqrestore(&world.lock, flags);
     },
     [](World &world) { kapi_spin_unlock_irqrestore(&world.lock, 1); }},
    {"ALockLeftHeld", "returns from the call with the spinlock",
     [](World &world) { take(world.lock); }, nullptr},
    {"ALockNeverInitialised", "never initialised",
     [](World &) {
         spinlock lock{};
         take(lock);
     },
     nullptr},
    {"InterruptsOnTooEarly", "turns interrupts on while it holds",
     [](World &world) {
         const unsigned long outer = kapi_spin_lock_irqsave(&world.lock);
         static_cast<void>(kapi_spin_lock_irqsave(&world.other));
         kapi_spin_unlock_irqrestore(&world.lock, outer);
     },
     nullptr},
    {"FlagsOfAnotherSection", "interrupt flags of another section",
     [](World &world) {
         take(world.lock);
         kapi_spin_unlock_irqrestore(&world.lock, 0);
     },
     nullptr},
    {"LockOrderInversion", "lock order",
     [](World &world) {
         const unsigned long one = kapi_spin_lock_irqsave(&world.lock);
         const unsigned long two = kapi_spin_lock_irqsave(&world.other);
         kapi_spin_unlock_irqrestore(&world.other, two);
         kapi_spin_unlock_irqrestore(&world.lock, one);
     },
     [](World &world) {
         const unsigned long one = kapi_spin_lock_irqsave(&world.other);
         const unsigned long two = kapi_spin_lock_irqsave(&world.lock);
         kapi_spin_unlock_irqrestore(&world.lock, two);
         kapi_spin_unlock_irqrestore(&world.other, one);
     }},
    {"ASleepThatNothingEnds", "deadlock",
     [](World &) {
         sim::set_current_state(sim::TASK_UNINTERRUPTIBLE);
         schedule();
     },
     nullptr},
    {"ADeadEntryInAQueue", "dead wait entry",
     [](World &world) {
         // The frame is left with the entry linked.
         [&]() __attribute__((noinline))
         {
             wait_queue_entry entry;
             kapi_init_wait_entry(&entry, 0, wakes);
             ::add_wait_queue(&world.head, &entry);
         }
         ();
         --sim::current().entry_count;
     },
     [](World &world) { sim::wake_up(&world.head, sim::TASK_NORMAL, 1, nullptr); }},
    {"AnEntryLeftBehind", "that is still linked",
     [](World &world) {
         wait_queue_entry entry;
         kapi_init_wait_entry(&entry, 0, wakes);
         ::add_wait_queue(&world.head, &entry);
     },
     nullptr},
    {"AWalkWithoutTheLock", "without the lock",
     [](World &world) { __wake_up_locked(&world.head, sim::TASK_NORMAL, 1); }, nullptr},
    {"AMarkLeftBehind", "that is still linked",
     [](World &world) {
         wait_queue_entry mark;
         kapi_init_mark(&mark, wakes);
         const unsigned long flags = kapi_head_lock(&world.head);
         kapi_link_last(&world.head, &mark);
         kapi_head_unlock(&world.head, flags);
     },
     nullptr},
    {"ADataRace", "data race", write_plainly, write_plainly},
    {"ATreeWithoutItsLock", "data race", add_to_tree, add_to_tree},
    {"RemovedFromATreeTwice", "what is not in it",
     [](World &world) {
         add_to_tree(world);
         kapi_sorted_remove(&world.tree, &world.elements[world.first->index]);
         kapi_sorted_remove(&world.tree, &world.elements[world.first->index]);
     },
     nullptr},
    {"FreedMemory", "that is freed",
     [](World &) {
         void *memory = kapi_zalloc(16);
         kapi_free(memory);
         sim::plain_access(memory, 4, sim::Access::read);
     },
     nullptr},
    {"FreedTwice", "frees memory twice",
     [](World &) {
         void *memory = kapi_zalloc(16);
         kapi_free(memory);
         kapi_free(memory);
     },
     nullptr},
    {"MemoryNeverFreed", "never freed", [](World &) { static_cast<void>(kapi_zalloc(16)); },
     nullptr},
    {"AnArmedTimerFreed", "an armed timer in it",
     [](World &) {
         auto *timer = static_cast<hrtimer *>(kapi_zalloc(sizeof(hrtimer)));
         kapi_timer_init(timer);
         kapi_timer_start(timer, 1000);
         kapi_free(timer);
     },
     nullptr},
    {"TheStackOfAnother", "where no wait entry is",
     [](World &world) {
         sim::point_when([](const void *shared) { return *static_cast<const bool *>(shared); },
                         &world.told);
         sim::plain_access(world.local, 4, sim::Access::write);
     },
     [](World &world) {
         unsigned int local = 0;
         world.local = &local;
         world.told = true;
         sim::touch(&world.told, sim::Access::write);
         sim::point();
     }},
};

class Refused : public testing::TestWithParam<Misuse> {};

TEST_P(Refused, InSomeSchedule)
{
    Machine::get().forget();
    MisuseScenario scenario(GetParam());
    const sim::Result result = sim::explore(scenario, {});
    ASSERT_TRUE(result.failed) << "all " << result.schedules << " schedules went well";
    EXPECT_NE(result.failure.find(GetParam().refusal), std::string::npos) << result.failure;
}

INSTANTIATE_TEST_SUITE_P(Misuses, Refused, testing::ValuesIn(misuses),
                         [](const auto &parameter) { return parameter.param.name; });

TEST(Refused, NothingOfWhatIsRight)
{
    static const Misuse right{"Right", "",
                              [](World &world) {
                                  const unsigned long one = kapi_spin_lock_irqsave(&world.lock);
                                  write_plainly(world);
                                  const unsigned long two = kapi_spin_lock_irqsave(&world.other);
                                  kapi_spin_unlock_irqrestore(&world.other, two);
                                  kapi_spin_unlock_irqrestore(&world.lock, one);
                                  void *memory = kapi_zalloc(16);
                                  kapi_might_sleep();
                                  kapi_free(memory);
                              },
                              [](World &world) {
                                  const unsigned long one = kapi_spin_lock_irqsave(&world.lock);
                                  write_plainly(world);
                                  kapi_spin_unlock_irqrestore(&world.lock, one);
                              }};
    Machine::get().forget();
    MisuseScenario scenario(right);
    const sim::Result result = sim::explore(scenario, {});
    EXPECT_FALSE(result.failed) << result.failure;
    EXPECT_TRUE(result.exhausted);
}

// kernel/sched/wait.c differs by version.
TEST(WaitVersion, PriorityEntriesStayFirst)
{
    struct Order : sim::Scenario {
        void set_up() override
        {
            static lock_class_key key;
            head = {};
            __init_waitqueue_head(&head, "queue", &key);
            for (auto *entry : {&priority, &plain}) {
                auto &inside = sim::inside(entry);
                inside = {};
                inside.link = {&inside.link, &inside.link};
            }
            ::add_wait_queue(&head, &priority);
            sim::inside(&priority).flags |= sim::WQ_FLAG_PRIORITY;
            ::add_wait_queue(&head, &plain);
            first = sim::inside(&head).list.next == &sim::inside(&priority).link;
        }
        void quiescent() override {}
        void tear_down() override {}
        wait_queue_head head{};
        wait_queue_entry priority{}, plain{};
        bool first = false;
    };
    for (const bool behind : {true, false}) {
        sim::wait_version().behind_priority = behind;
        Order order;
        Machine::get().forget();
        EXPECT_FALSE(sim::explore(order, {}).failed);
        EXPECT_EQ(order.first, behind);
    }
    sim::wait_version() = {};
}

} // namespace
