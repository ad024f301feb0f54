// SPDX-License-Identifier: GPL-2.0
// ioctl_test.cpp - everything a caller can get wrong, and that nothing changes by it.
#include "support/memory.hpp"
#include "support/module.hpp"
#include "support/tasks.hpp"

#include <cstddef>
#include <vector>

namespace waitq::test {
namespace {

class Ioctl : public WithModule {
protected:
    Ioctl() : WithModule("queues=1") {}

    void SetUp() override
    {
        WithModule::SetUp();
        file_ = std::make_unique<File>();
        ASSERT_EQ(wake(*file_, 5).error, 0);
        before_ = info(*file_);
    }
    void TearDown() override
    {
        const waitq_info after = info(*file_);
        EXPECT_EQ(after.counter, before_.counter);
        EXPECT_EQ(after.bytes, before_.bytes);
        EXPECT_EQ(after.wakes, before_.wakes);
        EXPECT_EQ(after.timeouts, before_.timeouts);
        file_.reset();
        WithModule::TearDown();
    }

    long call(unsigned long number, void *argument)
    {
        return value_of(ioctl(file_->fd(), number, argument));
    }

    std::unique_ptr<File> file_;
    waitq_info before_{};
};

TEST_F(Ioctl, UnknownCallOrMagicIsENOTTY)
{
    waitq_info any = before_;
    EXPECT_EQ(call(_IOWR(WAITQ_IOC_MAGIC, 0x7f, waitq_info), &any), -ENOTTY);
    EXPECT_EQ(call(_IOWR('x', WAITQ_NR_INFO, waitq_info), &any), -ENOTTY);
    EXPECT_EQ(call(_IO(WAITQ_IOC_MAGIC, WAITQ_NR_INFO), &any), -ENOTTY);
    EXPECT_EQ(call(_IOR(WAITQ_IOC_MAGIC, WAITQ_NR_INFO, waitq_info), &any), -ENOTTY);
    EXPECT_EQ(call(0, &any), -ENOTTY);
    EXPECT_EQ(call(0xffffffff, &any), -ENOTTY);
}

// A call with its good argument: one that would change something if it were carried out.
struct Call {
    unsigned long number;
    std::vector<unsigned char> good;
};

template <class Struct>
Call make(unsigned long number, const Struct &good)
{
    const auto *bytes = reinterpret_cast<const unsigned char *>(&good);
    return {number, {bytes, bytes + sizeof good}};
}

std::vector<Call> calls()
{
    waitq_wake wake{};
    wake.size = sizeof wake;
    wake.post = 1;
    waitq_info info{};
    info.size = sizeof info;
    return {make(WAITQ_IOC_WAIT, wait_request(WAITQ_WAIT_EVENT_INTERRUPTIBLE, 1, 0, WAITQ_CONSUME)),
            make(WAITQ_IOC_WAKE, wake), make(WAITQ_IOC_TIMER, timer_request(0)),
            make(WAITQ_IOC_INFO, info)};
}

TEST_F(Ioctl, WrongSizeIsEINVAL)
{
    for (const Call &good : calls()) {
        const auto right = static_cast<__u32>(good.good.size());
        for (const __u32 size : {0U, 1U, right - 1, right + 1, right + 8, 0xffffffffU}) {
            std::vector<unsigned char> bytes = good.good;
            std::memcpy(bytes.data(), &size, sizeof size);
            EXPECT_EQ(call(good.number, bytes.data()), -EINVAL) << size;
        }
        // The size in the number itself.
        for (const __u32 size : {0U, 4U, right - 8, right + 8}) {
            std::vector<unsigned char> bytes = good.good;
            bytes.resize(bytes.size() + 8);
            const unsigned long number =
                _IOC(_IOC_READ | _IOC_WRITE, WAITQ_IOC_MAGIC, _IOC_NR(good.number), size);
            EXPECT_EQ(call(number, bytes.data()), -EINVAL) << size;
        }
    }
}

TEST_F(Ioctl, BadPointerIsEFAULTAndNothingIsConsumed)
{
    EdgeOfMemory edge;
    for (const Call &good : calls()) {
        EXPECT_EQ(call(good.number, nullptr), -EFAULT);
        EXPECT_EQ(call(good.number, reinterpret_cast<void *>(-4096L)), -EFAULT);
        // In, but not out.
        char *const whole = edge.with(edge.size);
        std::memcpy(whole, good.good.data(), good.good.size());
        edge.writable(false);
        EXPECT_EQ(call(good.number, whole), -EFAULT);
        edge.writable(true);
        EXPECT_EQ(info(*file_).counter, before_.counter);
        // Half in.
        std::memcpy(edge.with(8), good.good.data(), 8);
        EXPECT_EQ(call(good.number, edge.with(8)), -EFAULT);
    }
    // Put back, not lost: what a consumer could not be told of can be consumed again. The
    // wake that this makes is the only trace, so it is not for TearDown() to see.
    before_ = info(*file_);
    EXPECT_EQ(before_.counter, 5U);
}

TEST_F(Ioctl, WaitRefusesWhatItDoesNotKnow)
{
    const auto refused = [&](waitq_wait request) { return call(WAITQ_IOC_WAIT, &request); };
    const waitq_wait good = wait_request(WAITQ_WAIT_EVENT_INTERRUPTIBLE, 1, 0, WAITQ_CONSUME);
    waitq_wait bad = good;
    for (const __u32 kind : {43U, 64U, 0x7fffffffU, 0xffffffffU}) {
        bad = good;
        bad.kind = kind;
        EXPECT_EQ(refused(bad), -EINVAL) << "kind " << kind;
    }
    for (int bit = 3; bit < 32; ++bit) {
        if ((1U << bit) & (WAITQ_WINDOW | WAITQ_NAP))
            continue;
        bad = good;
        bad.flags |= 1U << bit;
        EXPECT_EQ(refused(bad), -EINVAL) << "flag bit " << bit;
    }
    bad = good;
    bad.threshold = 0;
    EXPECT_EQ(refused(bad), -EINVAL);
    bad = good;
    bad.timeout_ns = 1; // this kind has none
    EXPECT_EQ(refused(bad), -EINVAL);
    bad = good;
    bad.flags |= WAITQ_ABSOLUTE;
    EXPECT_EQ(refused(bad), -EINVAL);
    for (const __s64 timeout : {-1LL, -0x7fffffffffffffffLL - 1}) {
        bad = wait_request(WAITQ_WAIT_EVENT_INTERRUPTIBLE_TIMEOUT, 1, timeout, WAITQ_CONSUME);
        EXPECT_EQ(refused(bad), -EINVAL);
        bad.flags |= WAITQ_ABSOLUTE;
        EXPECT_EQ(refused(bad), -EINVAL);
    }
    const auto with = [&](auto change) {
        bad = good;
        change(bad);
        return refused(bad);
    };
    using Wait = waitq_wait;
    EXPECT_EQ(with([](Wait &w) { w.engine = 2; }), -EINVAL);
    EXPECT_EQ(with([](Wait &w) { w.pad = 1; }), -EINVAL);
    EXPECT_EQ(with([](Wait &w) { w.state = WAITQ_STATE_KILLABLE; }), -EINVAL); // the kind says
    EXPECT_EQ(with([](Wait &w) { w.callback = WAITQ_CALLBACK_REFUSE; }), -EINVAL);
    EXPECT_EQ(with([](Wait &w) { w.key = 1; }), -EINVAL);
    const auto macro_exclusive = [](Wait &w) {
        w.engine = WAITQ_ENGINE_MACRO;
        w.flags |= WAITQ_EXCLUSIVE;
    };
    EXPECT_EQ(with(macro_exclusive), -EINVAL); // the kernel has a macro of its own for that
    for (const __u32 flag : {WAITQ_WINDOW, WAITQ_NAP})
        EXPECT_EQ(with([&](Wait &w) {
                      w.kind = WAITQ_WAIT_EVENT_INTERRUPTIBLE_LOCKED_IRQ;
                      w.flags |= flag; // a condition that sleeps, with a lock held
                  }),
                  -EINVAL);
    EXPECT_EQ(with([](Wait &w) {
                  w.kind = WAITQ_WAIT_PREPARE_TO_WAIT;
                  w.state = WAITQ_STATE_IDLE + 1;
              }),
              -EINVAL);
    EXPECT_EQ(with([](Wait &w) {
                  w.kind = WAITQ_WAIT_INIT_WAITQUEUE_FUNC_ENTRY;
                  w.callback = WAITQ_CALLBACK_POLLER + 1;
              }),
              -EINVAL);
}

TEST_F(Ioctl, WakeRefusesWhatItDoesNotKnow)
{
    const auto refused = [&](__u32 kind, __u32 nr, __u32 key, __u32 engine = 0, __u32 context = 0) {
        waitq_wake request{sizeof(waitq_wake), kind, engine, context, nr, key, 1, 0, 0};
        return call(WAITQ_IOC_WAKE, &request);
    };
    EXPECT_EQ(refused(16, 0, 0), -EINVAL);
    EXPECT_EQ(refused(64, 0, 0), -EINVAL);
    EXPECT_EQ(refused(WAITQ_WAKE_UP, 0, 0, 2), -EINVAL);
    EXPECT_EQ(refused(WAITQ_WAKE_UP, 0, 0, 0, WAITQ_CONTEXT_KTHREAD + 1), -EINVAL);
    EXPECT_EQ(refused(WAITQ_WAKE_UP_POLLFREE, 0, 0), -EINVAL); // with a post
    EXPECT_EQ(refused(0xffffffff, 0, 0), -EINVAL);
    EXPECT_EQ(refused(WAITQ_WAKE_UP, 1, 0), -EINVAL);
    EXPECT_EQ(refused(WAITQ_WAKE_UP_ALL, 1, 0), -EINVAL);
    EXPECT_EQ(refused(WAITQ_WAKE_UP_NR, 0, 0), -EINVAL);
    EXPECT_EQ(refused(WAITQ_WAKE_UP_NR, 0x80000000, 0), -EINVAL);
    EXPECT_EQ(refused(WAITQ_WAKE_UP, 0, 1), -EINVAL);
}

TEST_F(Ioctl, TimerRefusesWhatItDoesNotKnow)
{
    const auto refused = [&](auto change) {
        waitq_timer request = timer_request(0);
        change(request);
        return call(WAITQ_IOC_TIMER, &request);
    };
    using Timer = waitq_timer;
    for (int bit = 0; bit < 32; ++bit)
        if ((1U << bit) != WAITQ_ABSOLUTE) {
            EXPECT_EQ(refused([&](Timer &t) { t.flags = 1U << bit; }), -EINVAL) << bit;
        }
    EXPECT_EQ(refused([](Timer &t) { t.kind = 16; }), -EINVAL);
    EXPECT_EQ(refused([](Timer &t) { t.kind = WAITQ_WAKE_UP_POLLFREE; }), -EINVAL);
    EXPECT_EQ(refused([](Timer &t) { t.key = 1; }), -EINVAL);
    EXPECT_EQ(refused([](Timer &t) { t.pad = 1; }), -EINVAL);
    EXPECT_EQ(refused([](Timer &t) { t.nr = 1; }), -EINVAL);
    EXPECT_EQ(refused([](Timer &t) { t.delay_ns = -1; }), -EINVAL);
    EXPECT_EQ(refused([](Timer &t) { t.period_ns = -1; }), -EINVAL);
    EXPECT_EQ(refused([](Timer &t) { t.period_ns = 1; }), -EINVAL);
    EXPECT_EQ(refused([](Timer &t) { t.period_ns = WAITQ_TIMER_PERIOD_MIN_NS - 1; }), -EINVAL);
    EXPECT_EQ(refused([](Timer &t) { t.count = 0; }), -EINVAL); // forever, without a period
    EXPECT_EQ(refused([](Timer &t) { t.count = 2; }), -EINVAL);
    EXPECT_EQ(refused([](Timer &t) { t.flags = WAITQ_TIMER_CANCEL; }), -EINVAL); // and the rest
}

TEST_F(Ioctl, InfoRefusesPadding)
{
    waitq_info request{};
    request.size = sizeof request;
    request.pad = 1;
    EXPECT_EQ(call(WAITQ_IOC_INFO, &request), -EINVAL);
}

TEST_F(Ioctl, CounterDoesNotOverflow)
{
    EXPECT_EQ(wake(*file_, WAITQ_COUNTER_MAX).error, -EOVERFLOW);
    EXPECT_EQ(wake(*file_, WAITQ_COUNTER_MAX - 4).error, -EOVERFLOW);
    EXPECT_EQ(info(*file_).counter, 5U);
    EXPECT_EQ(wake(*file_, WAITQ_COUNTER_MAX - 5).error, 0);
    EXPECT_EQ(info(*file_).counter, WAITQ_COUNTER_MAX);
    EXPECT_EQ(wake(*file_, 1).error, -EOVERFLOW);
    EXPECT_EQ(wake(*file_, 0).error, 0);
    EXPECT_EQ(wait(*file_, wait_request(WAITQ_WAIT_EVENT_INTERRUPTIBLE, WAITQ_COUNTER_MAX, 0,
                                        WAITQ_CONSUME))
                  .error,
              0);
    EXPECT_EQ(info(*file_).counter, 0U);
    before_ = info(*file_);
}

// A waiter whose struct has become unwritable while it slept: what it took is put back, and
// the waiter that slept because of that is woken.
TEST_F(Ioctl, EventThatCouldNotBeDeliveredGoesToAnother)
{
    constexpr __u32 flags = WAITQ_CONSUME | WAITQ_EXCLUSIVE;
    EdgeOfMemory edge;
    auto *page = reinterpret_cast<waitq_wait *>(edge.with(edge.size));
    *page = wait_request(WAITQ_WAIT_EVENT_INTERRUPTIBLE, 6, 0, flags);
    Caller faulting([&] { return call(WAITQ_IOC_WAIT, page); });
    ASSERT_TRUE(asleep(faulting.tid(), 'S', *file_, &waitq_info::event_waiters_exclusive));
    Caller good([&] {
        return wait(*file_, wait_request(WAITQ_WAIT_EVENT_INTERRUPTIBLE, 6, 0, flags)).error;
    });
    ASSERT_TRUE(asleep(good.tid(), 'S', *file_, &waitq_info::event_waiters_exclusive, 2));
    edge.writable(false);
    ASSERT_EQ(wake(*file_, 1).out.woken, 1U); // 6: enough for one of them
    EXPECT_EQ(faulting.result(), -EFAULT);
    EXPECT_EQ(good.result(), 0);
    EXPECT_EQ(info(*file_).counter, 0U);
    before_ = info(*file_);
}

// Two went back to sleep because of what a third had taken and could not be told of.
TEST_F(Ioctl, EventThatCouldNotBeDeliveredGoesToAllItSuffices)
{
    constexpr __u32 flags = WAITQ_CONSUME | WAITQ_EXCLUSIVE;
    ASSERT_EQ(wait(*file_, wait_request(WAITQ_WAIT_EVENT_INTERRUPTIBLE, 5, 0, WAITQ_CONSUME)).error,
              0);
    EdgeOfMemory edge;
    auto *page = reinterpret_cast<waitq_wait *>(edge.with(edge.size));
    *page = wait_request(WAITQ_WAIT_EVENT_INTERRUPTIBLE, 6, 0, flags);
    Caller faulting([&] { return call(WAITQ_IOC_WAIT, page); });
    ASSERT_TRUE(asleep(faulting.tid(), 'S', *file_, &waitq_info::event_waiters_exclusive));
    const auto take_three = [&] {
        return wait(*file_, wait_request(WAITQ_WAIT_EVENT_INTERRUPTIBLE, 3, 0, flags)).error;
    };
    Caller one(take_three);
    ASSERT_TRUE(asleep(one.tid(), 'S', *file_, &waitq_info::event_waiters_exclusive, 2));
    Caller other(take_three);
    ASSERT_TRUE(asleep(other.tid(), 'S', *file_, &waitq_info::event_waiters_exclusive, 3));
    edge.writable(false);
    ASSERT_EQ(wake(*file_, 6).out.woken, 1U); // the first, who can't be told
    EXPECT_EQ(faulting.result(), -EFAULT);
    EXPECT_EQ(one.result(), 0);
    EXPECT_EQ(other.result(), 0);
    EXPECT_EQ(info(*file_).counter, 0U);
    ASSERT_EQ(wake(*file_, 5).error, 0);
    before_ = info(*file_);
}

} // namespace
} // namespace waitq::test
