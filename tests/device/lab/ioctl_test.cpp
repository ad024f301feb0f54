// SPDX-License-Identifier: GPL-2.0
// ioctl_test.cpp - what the lab's calls refuse, and that nothing changes by it.
#include "../support/kinds.hpp"
#include "../support/memory.hpp"
#include "../support/module.hpp"
#include "../support/tasks.hpp"

#include <memory>

namespace waitq::test {
namespace {

class LabIoctl : public WithLab {
protected:
    void SetUp() override
    {
        WithLab::SetUp();
        file_ = std::make_unique<LabFile>();
        ASSERT_EQ(wake(*file_, 5).error, 0);
        before_ = info(*file_);
    }
    void TearDown() override
    {
        const lab_info after = info(*file_);
        EXPECT_EQ(after.counter, before_.counter);
        EXPECT_EQ(after.wakes, before_.wakes);
        EXPECT_EQ(after.timeouts, before_.timeouts);
        file_.reset();
        WithLab::TearDown();
    }

    long call(unsigned long number, void *argument)
    {
        return value_of(ioctl(file_->fd(), number, argument));
    }
    // What a good wait comes to with one thing changed.
    template <class Change>
    long with(Change change)
    {
        lab_wait request = lab_wait_request(LAB_WAIT_EVENT_INTERRUPTIBLE, 1, 0, LAB_CONSUME);
        change(request);
        return call(LAB_IOC_WAIT, &request);
    }

    std::unique_ptr<LabFile> file_;
    lab_info before_{};
};

TEST_F(LabIoctl, UnknownCallOrMagicIsENOTTY)
{
    lab_info any = before_;
    EXPECT_EQ(call(_IOWR(LAB_IOC_MAGIC, 0x7f, lab_info), &any), -ENOTTY);
    EXPECT_EQ(call(_IOWR('x', LAB_NR_INFO, lab_info), &any), -ENOTTY);
    EXPECT_EQ(call(WAITQ_IOC_INFO, &any), -ENOTTY);
    EXPECT_EQ(call(0, &any), -ENOTTY);
}

TEST_F(LabIoctl, ASizeThatIsNotTheModulesIsEINVAL)
{
    for (const __u32 size : {0U, 4U, static_cast<__u32>(sizeof(lab_wait)) - 8,
                             static_cast<__u32>(sizeof(lab_wait)) + 8, 0xffffffffU})
        EXPECT_EQ(with([&](lab_wait &w) { w.size = size; }), -EINVAL) << size;
    lab_wake wake{};
    wake.size = sizeof wake - 8;
    wake.post = 1;
    EXPECT_EQ(call(LAB_IOC_WAKE, &wake), -EINVAL);
}

TEST_F(LabIoctl, BadPointerIsEFAULT)
{
    for (const unsigned long number :
         {LAB_IOC_WAIT, LAB_IOC_WAKE, LAB_IOC_INFO, LAB_IOC_KINDS, LAB_IOC_WAITERS})
        EXPECT_EQ(call(number, nullptr), -EFAULT) << number;
    // In, but not out: found before anything was posted.
    EdgeOfMemory edge;
    auto *order = reinterpret_cast<lab_wake *>(edge.with(edge.size));
    *order = {sizeof *order, LAB_WAKE_UP, 0, 0, 0, 0, 1, 0, 0};
    edge.writable(false);
    EXPECT_EQ(call(LAB_IOC_WAKE, order), -EFAULT);
}

TEST_F(LabIoctl, WaitRefusesWhatItDoesNotKnow)
{
    using Wait = lab_wait;
    for (const __u32 kind : {43U, 64U, 0x7fffffffU, 0xffffffffU})
        EXPECT_EQ(with([&](Wait &w) { w.kind = kind; }), -EINVAL) << "kind " << kind;
    for (int bit = 5; bit < 32; ++bit)
        EXPECT_EQ(with([&](Wait &w) { w.flags |= 1U << bit; }), -EINVAL) << "flag bit " << bit;
    EXPECT_EQ(with([](Wait &w) { w.threshold = 0; }), -EINVAL);
    EXPECT_EQ(with([](Wait &w) { w.timeout_ns = 1; }), -EINVAL); // this kind has none
    EXPECT_EQ(with([](Wait &w) { w.flags |= LAB_ABSOLUTE; }), -EINVAL);
    for (const __s64 timeout : {-1LL, -0x7fffffffffffffffLL - 1})
        for (const __u32 flags : {0U, LAB_ABSOLUTE})
            EXPECT_EQ(with([&](Wait &w) {
                          w.kind = LAB_WAIT_EVENT_INTERRUPTIBLE_TIMEOUT;
                          w.timeout_ns = timeout;
                          w.flags |= flags;
                      }),
                      -EINVAL);
    EXPECT_EQ(with([](Wait &w) { w.engine = 2; }), -EINVAL);
    EXPECT_EQ(with([](Wait &w) { w.pad = 1; }), -EINVAL);
    EXPECT_EQ(with([](Wait &w) { w.state = LAB_STATE_KILLABLE; }), -EINVAL); // the kind says
    EXPECT_EQ(with([](Wait &w) { w.callback = LAB_CALLBACK_REFUSE; }), -EINVAL);
    EXPECT_EQ(with([](Wait &w) { w.key = 1; }), -EINVAL);
}

// Of each row of the table: the columns say what goes with the kind.
TEST_F(LabIoctl, WaitRefusesWhatDoesNotGoWithTheKind)
{
    const lab_kinds kernel = kinds(*file_);
    for (const WaitRow &row : wait_rows) {
        if (!has(kernel, row, LAB_ENGINE_CORE))
            continue;
        const auto refused = [&](auto change) {
            return with([&](lab_wait &w) {
                       w.kind = row.value;
                       w.flags = 0;
                       change(w);
                   }) == -EINVAL;
        };
        using Wait = lab_wait;
        // A condition that sleeps, with a lock held.
        for (const __u32 flag : {LAB_WINDOW, LAB_NAP}) {
            if (row.lock != "NONE") {
                EXPECT_TRUE(refused([&](Wait &w) { w.flags = flag; })) << row.name;
            }
        }
        if (row.state != "CALLER") {
            EXPECT_TRUE(refused([](Wait &w) { w.state = LAB_STATE_IDLE; })) << row.name;
        } else {
            EXPECT_TRUE(refused([](Wait &w) { w.state = LAB_STATE_IDLE + 1; })) << row.name;
        }
        if (!row.timed()) {
            EXPECT_TRUE(refused([](Wait &w) { w.timeout_ns = 1; })) << row.name;
        }
        if (row.sleep == "FUNC") {
            EXPECT_TRUE(refused([](Wait &w) { w.callback = LAB_CALLBACK_POLLER + 1; }));
        } else {
            EXPECT_TRUE(refused([](Wait &w) { w.callback = LAB_CALLBACK_END; })) << row.name;
        }
        // LAB_EXCLUSIVE is for the macros, by the core: the idioms have functions of their own.
        if (row.family == "HAND") {
            EXPECT_TRUE(refused([](Wait &w) { w.flags = LAB_EXCLUSIVE; })) << row.name;
        }
        EXPECT_TRUE(refused([](Wait &w) {
            w.flags = LAB_EXCLUSIVE;
            w.engine = LAB_ENGINE_MACRO;
        })) << row.name;
    }
}

TEST_F(LabIoctl, WakeRefusesWhatItDoesNotKnow)
{
    const auto refused = [&](__u32 kind, __u32 nr, __u32 key, __u32 engine = 0, __u32 context = 0) {
        lab_wake request{sizeof(lab_wake), kind, engine, context, nr, key, 1, 0, 0};
        return call(LAB_IOC_WAKE, &request);
    };
    EXPECT_EQ(refused(16, 0, 0), -EINVAL);
    EXPECT_EQ(refused(64, 0, 0), -EINVAL);
    EXPECT_EQ(refused(LAB_WAKE_UP, 0, 0, 2), -EINVAL);
    EXPECT_EQ(refused(LAB_WAKE_UP, 0, 0, 0, LAB_CONTEXT_KTHREAD + 1), -EINVAL);
    EXPECT_EQ(refused(LAB_WAKE_UP_POLLFREE, 0, 0), -EINVAL); // with a post
    EXPECT_EQ(refused(0xffffffff, 0, 0), -EINVAL);
    EXPECT_EQ(refused(LAB_WAKE_UP, 1, 0), -EINVAL);
    EXPECT_EQ(refused(LAB_WAKE_UP_ALL, 1, 0), -EINVAL);
    EXPECT_EQ(refused(LAB_WAKE_UP_NR, 0, 0), -EINVAL);
    EXPECT_EQ(refused(LAB_WAKE_UP_NR, 0x80000000, 0), -EINVAL);
    EXPECT_EQ(refused(LAB_WAKE_UP, 0, 1), -EINVAL);
}

TEST_F(LabIoctl, CounterDoesNotOverflow)
{
    EXPECT_EQ(wake(*file_, LAB_COUNTER_MAX).error, -EOVERFLOW);
    EXPECT_EQ(wake(*file_, LAB_COUNTER_MAX - 4).error, -EOVERFLOW);
}

// What a waiter took and could not be told of goes to another that sleeps because of that.
TEST_F(LabIoctl, EventThatCouldNotBeDeliveredGoesToAnother)
{
    EdgeOfMemory edge;
    auto *page = reinterpret_cast<lab_wait *>(edge.with(edge.size));
    *page = lab_wait_request(LAB_WAIT_EVENT_INTERRUPTIBLE_EXCLUSIVE, 6, 0, LAB_CONSUME);
    const lab_wait same = *page;
    Caller faulting([&] { return call(LAB_IOC_WAIT, page); });
    ASSERT_TRUE(asleep(faulting.tid(), 'S', *file_, &lab_info::waiters_exclusive));
    Caller good([&] { return wait(*file_, same).error; });
    ASSERT_TRUE(asleep(good.tid(), 'S', *file_, &lab_info::waiters_exclusive, 2));
    edge.writable(false);
    ASSERT_EQ(wake(*file_, 1).out.woken, 1U); // 6: enough for one of them
    EXPECT_EQ(faulting.result(), -EFAULT);
    EXPECT_EQ(good.result(), 0);
    EXPECT_EQ(info(*file_).counter, 0U);
    before_ = info(*file_);
}

} // namespace
} // namespace waitq::test
