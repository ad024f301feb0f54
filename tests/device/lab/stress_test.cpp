// SPDX-License-Identifier: GPL-2.0
// stress_test.cpp - the lab under load: no wake-up is lost, and the kernel's log stays clean. What
// it shows is the wait layer's wait_event(), which reads and writes of the device use as well.
#include "../support/kinds.hpp"
#include "../support/module.hpp"
#include "../support/stress.hpp"

#include <algorithm>
#include <list>

namespace waitq::test {
namespace {

class LabStress : public WithLab {};

long take_one(const LabFile &file)
{
    return wait(file, lab_wait_request(LAB_WAIT_EVENT_INTERRUPTIBLE_EXCLUSIVE, 1, 0, LAB_CONSUME))
        .error;
}

TEST_F(LabStress, NoWakeIsLostWhileGoingToSleep)
{
    const LabFile file;
    expect_no_wake_up_lost(file, [&] { return take_one(file); });
}

TEST_F(LabStress, TokensAreConservedUnderTimeoutsAndSignals)
{
    const LabFile file;
    expect_tokens_conserved(
        file, [&] { return take_one(file); },
        [&](__s64 ns) {
            return wait(file, lab_wait_request(LAB_WAIT_EVENT_INTERRUPTIBLE_TIMEOUT, 1, ns,
                                               LAB_EXCLUSIVE | LAB_CONSUME))
                .error;
        });
}

// Every kind, engine, waker and context at once, with signals and onlookers. What it shows is the
// kernel's log: clean.
TEST_F(LabStress, EverythingAtOnce)
{
    const LabFile file;
    const lab_kinds kernel = kinds(file);
    std::atomic<bool> stop{false};
    const auto waits = [&](unsigned int seed) {
        std::minstd_rand engine_of(seed);
        const auto dice = [&] { return static_cast<__u32>(engine_of()); };
        while (!stop) {
            const WaitRow &row = wait_rows[dice() % std::size(wait_rows)];
            const auto engine = static_cast<lab_engine>(dice() % 2);
            if (!has(kernel, row, engine))
                continue;
            lab_wait request = lab_wait_request(row.value, 1, row.timed() ? dice() % 20000000 : 0,
                                                dice() % 2 ? LAB_CONSUME : 0, engine);
            if (row.sleep == "FUNC") {
                request.callback = dice() % (engine == LAB_ENGINE_CORE ? 4 : 3);
                request.key = dice() % 4;
            }
            wait(file, request);
        }
        return 0L;
    };
    const auto wakes = [&](unsigned int seed) {
        std::minstd_rand engine_of(seed);
        const auto dice = [&] { return static_cast<__u32>(engine_of()); };
        while (!stop) {
            const WakeRow &row = wake_rows[dice() % std::size(wake_rows)];
            const __u64 post = row.value == LAB_WAKE_UP_POLLFREE ? 0 : dice() % 3;
            const __u32 engine = dice() % 2, context = dice() % std::size(context_rows);
            const __u32 nr = row.scope == "NR" ? 1 + dice() % 100 : 0;
            wake(file,
                 {sizeof(lab_wake), row.value, engine, context, nr, row.key == "KEY", post, 0, 0});
        }
        return 0L;
    };
    std::list<Caller> waiters, wakers;
    for (unsigned int i = 1; i <= 100; ++i)
        waiters.emplace_back([&, i] { return waits(i); });
    for (unsigned int i = 1; i <= 2; ++i)
        wakers.emplace_back([&, i] { return wakes(i); });
    wakers.emplace_back([&] {
        std::vector<lab_waiter> list(256);
        while (!stop) {
            lab_waiters call{sizeof call, 256, reinterpret_cast<__u64>(list.data()), 0};
            ioctl(file.fd(), LAB_IOC_WAITERS, &call);
            for (Caller &waiter : waiters)
                waiter.signal();
        }
        return 0L;
    });
    EXPECT_TRUE(until([&] { return info(file).woken > 3000 && info(file).signals > 100; }));
    stop = true;
    rescue([&] {
        return std::ranges::all_of(waiters, [](const Caller &caller) { return caller.done(); });
    });
    for (Caller &caller : wakers)
        EXPECT_EQ(caller.result(), 0);
    const lab_info after = info(file);
    EXPECT_EQ(after.waiters + after.waiters_exclusive, 0U);
}

} // namespace
} // namespace waitq::test
