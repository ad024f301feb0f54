// SPDX-License-Identifier: GPL-2.0
// abuse_test.cpp - what a user without privileges, who may open the nodes, might try against the
// machine and other users. docs/security.md says for each limit which test holds it.
#include "support/lab.hpp"
#include "support/module.hpp"
#include "support/tasks.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

namespace waitq::test {
namespace {

constexpr int lacks = 77; // an exit status: this kernel cannot do that

struct Figure {
    const char *name;
    __u64 waitq_info::*value;
};
constexpr Figure every_figure[] = {
#define WAITQ_X(name, text) {#name, &waitq_info::name},
    WAITQ_FIGURES(WAITQ_X)
#undef WAITQ_X
};

class Abuse : public WithModule {
protected:
    Abuse() : WithModule("queues=2") {}

    void SetUp() override
    {
        WithModule::SetUp();
        for (const char *node : {"/dev/waitq0", "/dev/waitq1"})
            ASSERT_EQ(chmod(node, 0666), 0);
    }
};

// ---- to get at what is closed -------------------------------------------------------------

class Closed : public WithModule {
protected:
    Closed() : WithModule("queues=1") {}
};

TEST_F(Closed, NothingOfItIsOpenToOthers)
{
    const std::string debug = waiters_path(device);
    ASSERT_EQ(access(debug.c_str(), R_OK), 0);
    EXPECT_EQ(
        as_user(nobody,
                [&] {
                    for (const int mode : {O_RDONLY, O_WRONLY, O_RDWR, O_ACCMODE})
                        if (open("/dev/waitq0", mode) >= 0 || errno != EACCES)
                            return 1;
                    for (const Figure &figure : every_figure) {
                        const auto path = std::string("/sys/class/waitq/waitq0/") + figure.name;
                        if (open(path.c_str(), O_RDONLY) >= 0 || errno != EACCES)
                            return 2;
                    }
                    for (const char *parameter : {"queues", "capacity"}) {
                        const auto path = std::string("/sys/module/waitq/parameters/") + parameter;
                        if (open(path.c_str(), O_WRONLY) >= 0 || errno != EACCES)
                            return 3;
                    }
                    if (open(debug.c_str(), O_RDONLY) >= 0 || errno != EACCES)
                        return 4;
                    return syscall(SYS_delete_module, "waitq", O_NONBLOCK) == -1 && errno == EPERM
                               ? 0
                               : 5;
                }),
        0);
}

// ---- to be root in a namespace ------------------------------------------------------------

// Becomes `user`, and then root of a user namespace of its own, with every capability in it.
int as_root_of_a_namespace(uid_t user, const std::function<int()> &body)
{
    return as_user(user, [&] {
        // A process that changed its user may not write its own maps until it is dumpable again.
        prctl(PR_SET_DUMPABLE, 1);
        if (unshare(CLONE_NEWUSER) != 0)
            return errno == EINVAL || errno == EPERM || errno == ENOSPC ? lacks : 101;
        std::ofstream("/proc/self/uid_map") << "0 " << user << " 1" << std::flush;
        return getuid() == 0 ? body() : 102;
    });
}

TEST_F(Abuse, RootOfANamespaceHasNoPrivilegeHere)
{
    ASSERT_EQ(load(lab, "queues=1"), 0);
    ASSERT_EQ(chmod("/dev/waitq_lab0", 0666), 0);
    const File file;
    Caller waiter([&] { return wait(file, wait_request(3)).error; });
    ASSERT_TRUE(asleep(waiter.tid(), 'S', file, &waitq_info::event_waiters));
    const int status = as_root_of_a_namespace(nobody, [] {
        const File own;
        if (own.fd() < 0)
            return 1;
        for (const waitq_state state : {WAITQ_STATE_UNINTERRUPTIBLE, WAITQ_STATE_IDLE})
            if (wait(own, wait_request(1, 0, state)).error != -EPERM)
                return 2;
        const auto list = waiters(own);
        if (list.size() != 1 || list[0].pid != 0 || list[0].comm[0] != 0 ||
            !(list[0].flags & WAITQ_WAITER_HIDDEN))
            return 3;
        return LabFile().fd() < 0 && errno == EPERM ? 0 : 4;
    });
    wake(file, 3);
    EXPECT_EQ(waiter.result(), 0);
    unload_when_free(lab);
    if (status == lacks)
        GTEST_SKIP() << "this kernel lets no user make a namespace";
    EXPECT_EQ(status, 0);
}

// ---- to be many users ---------------------------------------------------------------------

// The users of a namespace share one turn, so that a bystander waits for one firing of all of them.
// (As in TimerBurst of timer_share_test.cpp: the bystander's large post fits only if few came
// first.)
class ManyUsers : public Abuse {
protected:
    static constexpr uid_t users = 8;
    static constexpr unsigned int timers = 500; // of each
    struct Shared {
        std::atomic<bool> ready, mapped;
        std::atomic<int> made; // a namespace
        std::atomic<__s64> asked, armed;
    };

    void SetUp() override
    {
        Abuse::SetUp();
        shared_ = static_cast<Shared *>(mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE,
                                             MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    }
    void TearDown() override
    {
        munmap(shared_, sizeof *shared_);
        Abuse::TearDown();
    }

    [[nodiscard]] int run() const
    {
        const rlimit files{users * timers + 64, users * timers + 64};
        if (setrlimit(RLIMIT_NOFILE, &files) != 0 || !become(1000))
            return 101;
        if (unshare(CLONE_NEWUSER) != 0)
            return lacks;
        shared_->made = 1;
        while (!shared_->mapped)
            sched_yield();
        std::vector<std::unique_ptr<File>> open;
        for (uid_t user = 0; user < users; ++user) {
            if (setresuid(static_cast<uid_t>(-1), user, 0) != 0)
                return 102;
            for (unsigned int i = 0; i < timers; ++i)
                open.push_back(std::make_unique<File>(O_WRONLY));
            if (open.back()->fd() < 0 || setresuid(static_cast<uid_t>(-1), 0, 0) != 0)
                return 103;
        }
        shared_->ready = true;
        for (;;) {
            const __s64 instant = shared_->asked;
            if (instant == shared_->armed) {
                sched_yield();
                continue;
            }
            waitq_timer request = timer_request(instant);
            request.flags = WAITQ_ABSOLUTE;
            for (const auto &file : open)
                if (timer(*file, request).error != 0)
                    return 104;
            shared_->armed = instant;
        }
    }

    Shared *shared_ = nullptr;
};

TEST_F(ManyUsers, OfANamespaceAreItsOwner)
{
    const File file;
    Child child([&] { return run(); });
    ASSERT_TRUE(until([&] { return shared_->made || child.ended(); }));
    if (child.ended() && WEXITSTATUS(child.status()) == lacks)
        GTEST_SKIP() << "this kernel lets no user make a namespace";
    std::ofstream("/proc/" + std::to_string(child.pid()) + "/uid_map")
        << "0 100000 " << users << std::flush;
    shared_->mapped = true;
    ASSERT_TRUE(until([&] { return shared_->ready || child.ended(); }));
    constexpr __u64 firings = __u64{users} * timers, large = 1ULL << 40, before_it = 4;
    bool armed = false;
    __u64 wakes = 0;
    for (__s64 ahead = 200 * ms; !armed && ahead < 100 * one_second; ahead *= 2) {
        const __s64 instant = now() + ahead;
        shared_->asked = instant;
        ASSERT_TRUE(until([&] { return shared_->armed == instant || child.ended(); }));
        ASSERT_FALSE(child.ended());
        wakes = info(file).wakes;
        if (now() > instant - ahead / 4) { // too slow: anew, once these are over
            const auto seen = [&] { return info(file).wakes; };
            ASSERT_TRUE(until([&] { return seen() >= wakes && now() > instant + ahead; }, seen));
            continue;
        }
        take(file, info(file).counter);
        wake(file, WAITQ_COUNTER_MAX - large - before_it);
        waitq_timer own = timer_request(instant, 0, 1, large);
        own.flags = WAITQ_ABSOLUTE;
        ASSERT_EQ(timer(file, own).error, 0);
        wakes = info(file).wakes;
        armed = now() < instant;
    }
    ASSERT_TRUE(armed) << "this machine is too slow to arm so many timers";
    const auto seen = [&] { return info(file).wakes; };
    ASSERT_TRUE(until([&] { return seen() == wakes + firings + 1; }, seen));
    EXPECT_EQ(info(file).counter, WAITQ_COUNTER_MAX)
        << "the bystander waited for more than " << before_it << " of " << firings;
}

// ---- to see what is the kernel's ----------------------------------------------------------

// Nothing but what the header says is written, and each byte of that is known.
TEST_F(Abuse, NoByteOfTheKernelGetsOut)
{
    const File file;
    const auto figures = info(file);
    for (const Figure &figure : every_figure)
        EXPECT_EQ(figures.*figure.value, figure.value == &waitq_info::capacity ? 65536U : 0U)
            << figure.name;
    auto timed_out = wait(file, timed(wait_request(2, WAITQ_CONSUME), 1 * us));
    auto asked = timed(wait_request(2, WAITQ_CONSUME), 1 * us);
    EXPECT_EQ(timed_out.error, -ETIMEDOUT);
    EXPECT_EQ(std::memcmp(&timed_out.out, &asked, sizeof asked), 0);
    waitq_timer arming = timer_request(1000 * one_second, ms, 5, 6, 7);
    const auto armed = timer(file, arming);
    arming.fired = 0;
    EXPECT_EQ(std::memcmp(&armed.out, &arming, sizeof arming), 0);
    // The page has its word, and zeros.
    void *page = mmap(nullptr, 4096, PROT_READ, MAP_SHARED, file.fd(), 0);
    if (page != MAP_FAILED) {
        const auto *bytes = static_cast<const unsigned char *>(page);
        EXPECT_EQ(std::count(bytes + 8, bytes + 4096, 0), 4096 - 8);
        munmap(page, 4096);
    }
    // What stands behind the names.
    Caller waiter([&] { return wait(file, wait_request(2)).error; });
    ASSERT_TRUE(asleep(waiter.tid(), 'S', file, &waitq_info::event_waiters));
    pollfd entry{file.fd(), POLLPRI, 0};
    Caller poller([&] { return value_of(poll(&entry, 1, -1)); });
    ASSERT_TRUE(asleep_at(poller.tid(), 'S', file, WAITQ_PLACE_POLLERS));
    const auto list = waiters(file);
    EXPECT_EQ(list.size(), 2U);
    for (const waitq_waiter &one : list) {
        const auto clean = [](const auto &text) {
            const auto *end = std::find(std::begin(text), std::end(text), '\0');
            return end != std::end(text) &&
                   std::count(end, std::end(text), '\0') == std::end(text) - end;
        };
        EXPECT_TRUE(clean(one.comm)) << one.pid;
        EXPECT_TRUE(clean(one.function)) << one.pid;
        EXPECT_NE(std::string(one.function).find_first_not_of("0123456789abcdefx"),
                  std::string::npos)
            << "an address: " << one.function;
    }
    poller.signal();
    EXPECT_EQ(poller.result(), -EINTR);
    wake(file, 2);
    EXPECT_EQ(waiter.result(), 0);
}

// ---- to stay --------------------------------------------------------------------------------

// Whatever a user's process holds and does, root gets rid of it by kill -9, and of the module then.
TEST(AbuseOfAReference, EndsWithItsProcess)
{
    ASSERT_EQ(load(device, "queues=2 capacity=64"), 0);
    for (const char *node : {"/dev/waitq0", "/dev/waitq1"})
        ASSERT_EQ(chmod(node, 0666), 0);
    {
        Child child([] {
            if (!become(nobody))
                return 1;
            const File one, other(O_RDWR, 1);
            fcntl(one.fd(), F_SETOWN, getpid());
            fcntl(one.fd(), F_SETFL, O_ASYNC);
            static_cast<void>(signal(SIGIO, SIG_IGN));
            static_cast<void>(mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, one.fd(), 0));
            timer(one, timer_request(0, WAITQ_TIMER_PERIOD_MIN_NS, 0));
            timer(other, timer_request(0, WAITQ_TIMER_PERIOD_MIN_NS, 0));
            const Descriptor eventfd(open_eventfd(other));
            const Caller reader([&] { return read_text(one).size(); }), poller([&] {
                pollfd entry{eventfd.fd(), POLLPRI, 0};
                return poll(&entry, 1, -1);
            }),
                parked([&] {
                    return wait(one, timed(wait_request(WAITQ_COUNTER_MAX, 0,
                                                        WAITQ_STATE_UNINTERRUPTIBLE),
                                           1 * one_second))
                        .error;
                }),
                waiter([&] {
                    const std::array<waitq_item, 2> items{
                        {{static_cast<__u32>(one.fd()), 0, WAITQ_COUNTER_MAX},
                         {static_cast<__u32>(other.fd()), 0, WAITQ_COUNTER_MAX}}};
                    return call(one, WAITQ_IOC_WAIT_ALL,
                                waitq_wait_many{sizeof(waitq_wait_many), 0, 0, 2, 0,
                                                reinterpret_cast<__u64>(items.data())})
                        .error;
                });
            for (;;)
                pause();
        });
        const File file(O_RDWR);
        ASSERT_TRUE(until([&] {
            const waitq_info figures = info(file);
            return child.ended() ||
                   (figures.event_waiters == 2 && figures.readers == 1 && figures.wakes > 10);
        }));
        ASSERT_FALSE(child.ended());
        EXPECT_EQ(unload(device), -EAGAIN);
        child.signal(SIGKILL);
        EXPECT_TRUE(WIFSIGNALED(child.status()));
    }
    unload_when_free(device);
    EXPECT_EQ(nodes(device), 0U);
}

// ---- to make queues long --------------------------------------------------------------------

// One call that names a queue in each of its items is in it that often. It is woken once, and takes
// once.
TEST_F(Abuse, ACallThatNamesAQueueInEachItemTakesOnce)
{
    const File file;
    constexpr __u64 calls = 50;
    const std::vector<waitq_item> items(
        WAITQ_ITEMS_MAX, {static_cast<__u32>(file.fd()), WAITQ_CONSUME | WAITQ_EXCLUSIVE, 2});
    const waitq_wait_many request{sizeof request,  0, 0,
                                  WAITQ_ITEMS_MAX, 0, reinterpret_cast<__u64>(items.data())};
    std::vector<std::unique_ptr<Caller>> callers;
    for (__u64 i = 0; i < calls; ++i)
        callers.push_back(std::make_unique<Caller>(
            [&] { return call(file, WAITQ_IOC_WAIT_ANY, request).error; }));
    const auto waiting = [&] { return info(file).event_waiters_exclusive; };
    ASSERT_TRUE(until([&] { return waiting() == calls * WAITQ_ITEMS_MAX; }, waiting));
    EXPECT_EQ(wake(file, 1, every_one).woken, 0U);
    EXPECT_EQ(wake(file, 2, every_one).woken, 1U);
    EXPECT_EQ(info(file).counter, 1U);
    ASSERT_TRUE(until([&] { return waiting() == (calls - 1) * WAITQ_ITEMS_MAX; }));
    EXPECT_EQ(wake(file, 2 * calls - 3, every_one).woken, calls - 1);
    for (const auto &caller : callers)
        EXPECT_EQ(caller->result(), 0);
    EXPECT_EQ(info(file).counter, 0U);
}

} // namespace
} // namespace waitq::test
