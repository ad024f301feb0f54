// SPDX-License-Identifier: GPL-2.0
// memory_group_test.cpp - the memory that a user makes the device take is paid for by the user's
// memory group, and ends where that ends.
#include "support/herd.hpp"
#include "support/memory_group.hpp"
#include "support/module.hpp"
#include "support/tasks.hpp"

#include <array>
#include <iostream>
#include <linux/membarrier.h>
#include <memory>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <utility>

namespace waitq::test {
namespace {

class Memory : public WithModule {
protected:
    Memory() : WithModule("queues=1") {}

    void SetUp() override
    {
        WithModule::SetUp();
        ASSERT_EQ(chmod("/dev/waitq0", 0666), 0);
        if (group_.lacks())
            GTEST_SKIP() << "no memory group: " << std::strerror(group_.lacks());
    }

    // A process of nobody's, in the group, that has opened so many files and keeps them.
    class Opener {
    public:
        Opener(const MemoryGroup &group, const char *path, unsigned int count)
        {
            std::array<int, 2> ends{};
            EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
            const Descriptor reads(ends[0]);
            Descriptor writes(ends[1]);
            child_ = std::make_unique<Child>([&] {
                group.add(getpid());
                const rlimit files{20000, 20000};
                setrlimit(RLIMIT_NOFILE, &files);
                if (!become(nobody))
                    return 1;
                for (unsigned int i = 0; i < count; ++i)
                    if (open(path, O_RDWR) < 0)
                        return 2;
                write(writes, "d");
                for (;;)
                    pause();
            });
            writes.close();
            EXPECT_EQ(read_text(reads, 1), "d") << path;
        }

    private:
        std::unique_ptr<Child> child_;
    };

    // The bytes of the kernel's objects that the group has.
    [[nodiscard]] long settled_slab() const
    {
        long last = -1;
        EXPECT_TRUE(until([&] {
            syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
            const long before = std::exchange(last, group_.slab());
            return last == before;
        }));
        return last;
    }

    MemoryGroup group_;
};

// Beyond what the kernel's own object for an open file costs.
TEST_F(Memory, AnOpenFileIsPaidForByItsGroup)
{
    constexpr unsigned int count = 19000;
    const long before = settled_slab();
    const Opener null(group_, "/dev/null", count);
    const long kernels = settled_slab() - before;
    const Opener device(group_, "/dev/waitq0", count);
    const long all = settled_slab() - before - kernels;
    std::cout << "# " << (all - kernels) / count << " bytes for a file, beside the kernel's "
              << kernels / count << "\n";
    EXPECT_GE(all - kernels, 60L * count);
}

TEST_F(Memory, AWaitForManyQueuesIsPaidForByItsGroup)
{
    constexpr long count = 200;
    const File file;
    const std::vector<waitq_item> items(WAITQ_ITEMS_MAX, {static_cast<__u32>(file.fd()), 0, 1});
    const waitq_wait_many request{sizeof request,  0, 0,
                                  WAITQ_ITEMS_MAX, 0, reinterpret_cast<__u64>(items.data())};
    Herd herd(
        count, [&] { return call(file, WAITQ_IOC_WAIT_ANY, request).error; },
        [&] {
            group_.add(getpid());
            return become(nobody);
        });
    ASSERT_TRUE(herd.is_ready());
    const long before = settled_slab();
    herd.go();
    const auto waiting = [&] { return info(file).event_waiters; };
    ASSERT_TRUE(until([&] { return waiting() == __u64{count} * WAITQ_ITEMS_MAX; }, waiting));
    const long taken = settled_slab() - before;
    std::cout << "# " << taken / count << " bytes for a wait of 64 items\n";
    EXPECT_GE(taken, 4000L * count);
}

// A list of 5.8 MB for a group that may have 5: ENOMEM, and no process is killed for it.
TEST_F(Memory, AListLargerThanTheGroupMayHaveIsENOMEM)
{
    group_.limit(5 << 20);
    const File file;
    EXPECT_EQ(as_user(nobody,
                      [&] {
                          waitq_waiters request{sizeof request, 0, 1, sizeof(waitq_waiter), 0, 0};
                          const auto ask = [&] {
                              return value_of(ioctl(file.fd(), WAITQ_IOC_WAITERS, &request));
                          };
                          if (ask() != 0)
                              return 1;
                          request.count = WAITQ_WAITERS_MAX;
                          if (ask() != 0) // outside of the group
                              return 2;
                          return 0;
                      }),
              0);
    Child child([&] {
        group_.add(getpid());
        waitq_waiters request{sizeof request, 0, WAITQ_WAITERS_MAX, sizeof(waitq_waiter), 0, 0};
        return become(nobody) && ioctl(file.fd(), WAITQ_IOC_WAITERS, &request) == -1 ? errno : 0;
    });
    const int status = child.status();
    EXPECT_TRUE(WIFEXITED(status)) << "killed by " << WTERMSIG(status);
    EXPECT_EQ(WEXITSTATUS(status), ENOMEM);
    EXPECT_EQ(group_.killed(), 0);
}

} // namespace
} // namespace waitq::test
