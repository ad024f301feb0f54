// SPDX-License-Identifier: GPL-2.0
// uring_test.cpp - io_uring: poll and read, without a worker thread.
#include "support/module.hpp"
#include "support/tasks.hpp"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <liburing.h>
#include <memory>
#include <poll.h>

namespace waitq::test {
namespace {

class Uring : public WithModule {
protected:
    Uring() : WithModule("queues=1 capacity=4096") {}

    void SetUp() override
    {
        WithModule::SetUp();
        const int error = io_uring_queue_init(8, &ring_, 0);
        if (error == -ENOSYS || error == -EPERM)
            GTEST_SKIP() << "this kernel has no io_uring: " << strerror(-error);
        ASSERT_EQ(error, 0);
        file_ = std::make_unique<File>();
    }
    void TearDown() override
    {
        if (file_)
            io_uring_queue_exit(&ring_);
        file_.reset();
        WithModule::TearDown();
    }

    // What the one request under way came to.
    int complete()
    {
        io_uring_cqe *entry = nullptr;
        __kernel_timespec limit{patience().count(), 0};
        const int error = io_uring_wait_cqe_timeout(&ring_, &entry, &limit);
        EXPECT_EQ(error, 0) << "the request did not complete";
        if (error != 0)
            return error;
        const int result = entry->res;
        io_uring_cqe_seen(&ring_, entry);
        return result;
    }
    bool pending()
    {
        io_uring_cqe *entry = nullptr;
        return io_uring_peek_cqe(&ring_, &entry) == -EAGAIN;
    }

    // The kernel's worker threads of this process are among its tasks, as iou-wrk-PID.
    static int workers()
    {
        int count = 0;
        for (const auto &task : std::filesystem::directory_iterator("/proc/self/task")) {
            std::string name;
            std::getline(std::ifstream(task.path() / "comm"), name);
            count += name.rfind("iou-wrk", 0) == 0;
        }
        return count;
    }

    io_uring ring_{};
    std::unique_ptr<File> file_;
};

TEST_F(Uring, ReadOfAnEmptyQueueWaitsWithoutAWorker)
{
    char text[8] = {};
    io_uring_prep_read(io_uring_get_sqe(&ring_), file_->fd(), text, sizeof text, 0);
    ASSERT_EQ(io_uring_submit(&ring_), 1);
    EXPECT_TRUE(pending());
    EXPECT_EQ(workers(), 0);
    ASSERT_EQ(write(*file_, "hello"), 5);
    EXPECT_EQ(complete(), 5);
    EXPECT_EQ(std::string(text), "hello");
    EXPECT_EQ(workers(), 0);
}

TEST_F(Uring, WriteIntoAFullQueueWaitsWithoutAWorker)
{
    ASSERT_EQ(write(*file_, std::string(4096, 'f')), 4096);
    io_uring_prep_write(io_uring_get_sqe(&ring_), file_->fd(), "w", 1, 0);
    ASSERT_EQ(io_uring_submit(&ring_), 1);
    EXPECT_TRUE(pending());
    EXPECT_EQ(workers(), 0);
    ASSERT_EQ(read_text(*file_).size(), 4096U);
    EXPECT_EQ(complete(), 1);
    EXPECT_EQ(read_text(*file_), "w");
    EXPECT_EQ(workers(), 0);
}

TEST_F(Uring, ReadAndWriteThatCanGoAtOnceDo)
{
    char byte = 0;
    io_uring_prep_write(io_uring_get_sqe(&ring_), file_->fd(), "w", 1, 0);
    ASSERT_EQ(io_uring_submit(&ring_), 1);
    EXPECT_EQ(complete(), 1);
    io_uring_prep_read(io_uring_get_sqe(&ring_), file_->fd(), &byte, 1, 0);
    ASSERT_EQ(io_uring_submit(&ring_), 1);
    EXPECT_EQ(complete(), 1);
    EXPECT_EQ(byte, 'w');
    EXPECT_EQ(workers(), 0);
}

TEST_F(Uring, PollWaitsForAByteAndForAnEvent)
{
    for (const int event : {POLLIN, POLLMSG}) {
        io_uring_prep_poll_add(io_uring_get_sqe(&ring_), file_->fd(),
                               static_cast<unsigned int>(event));
        ASSERT_EQ(io_uring_submit(&ring_), 1);
        EXPECT_TRUE(pending());
        if (event == POLLIN) {
            ASSERT_EQ(write(*file_, "b"), 1);
        } else {
            ASSERT_EQ(wake(*file_, 1).error, 0);
        }
        EXPECT_EQ(complete(), event);
    }
    EXPECT_EQ(workers(), 0);
}

TEST_F(Uring, PollForEverythingAtOnce)
{
    ASSERT_EQ(write(*file_, std::string(4096, 'f')), 4096);
    io_uring_prep_poll_add(io_uring_get_sqe(&ring_), file_->fd(), POLLIN | POLLOUT | POLLMSG);
    ASSERT_EQ(io_uring_submit(&ring_), 1);
    EXPECT_EQ(complete(), POLLIN);
}

TEST_F(Uring, ReadIsNotTakenInByTheCounter)
{
    ASSERT_EQ(wake(*file_, 1).error, 0);
    char byte = 0;
    io_uring_prep_read(io_uring_get_sqe(&ring_), file_->fd(), &byte, 1, 0);
    ASSERT_EQ(io_uring_submit(&ring_), 1);
    EXPECT_TRUE(pending());
    EXPECT_EQ(workers(), 0);
    ASSERT_EQ(write(*file_, "b"), 1);
    EXPECT_EQ(complete(), 1);
    EXPECT_EQ(workers(), 0);
}

// An event is nothing to a read that waits for a byte.
TEST_F(Uring, PostsDoNotDisturbARead)
{
    char byte = 0;
    io_uring_prep_read(io_uring_get_sqe(&ring_), file_->fd(), &byte, 1, 0);
    ASSERT_EQ(io_uring_submit(&ring_), 1);
    for (int n = 0; n < 300; ++n) {
        ASSERT_EQ(wake(*file_, 1).error, 0);
        ASSERT_EQ(take(*file_), 0);
    }
    EXPECT_TRUE(pending());
    EXPECT_EQ(workers(), 0);
    ASSERT_EQ(write(*file_, "b"), 1);
    EXPECT_EQ(complete(), 1);
}

// A write of more than the queue holds, on a file that may block, while another task reads: all of
// it goes through, as it does with write(2) and with a pipe.
TEST_F(Uring, LongWriteGoesThroughAsAWhole)
{
    constexpr unsigned int size = 1 << 20;
    std::string text(size, '\0'), got;
    for (std::size_t i = 0; i < text.size(); ++i)
        text[i] = static_cast<char>(i * 131 >> 5);
    for (const unsigned int flags : {0U, static_cast<unsigned int>(IOSQE_ASYNC)}) {
        got.clear();
        Caller reader([&] {
            while (got.size() < size) {
                const std::string piece = read_text(*file_, 1000);
                if (piece.empty())
                    return -1L;
                got += piece;
            }
            return 0L;
        });
        // By a thread of its own, whose workers end with it.
        Caller writer([&]() -> long {
            io_uring own{};
            if (const int error = io_uring_queue_init(2, &own, 0))
                return error;
            io_uring_sqe *entry = io_uring_get_sqe(&own);
            io_uring_prep_write(entry, file_->fd(), text.data(), size, 0);
            entry->flags |= static_cast<__u8>(flags);
            io_uring_cqe *done = nullptr;
            long result = io_uring_submit(&own) == 1 ? io_uring_wait_cqe(&own, &done) : -EIO;
            if (result == 0)
                result = done->res;
            io_uring_queue_exit(&own);
            return result;
        });
        const long written = writer.result();
        EXPECT_EQ(written, static_cast<long>(size));
        if (written < static_cast<long>(size)) // the reader waits for the rest
            write(*file_, text.substr(static_cast<std::size_t>(std::max(written, 0L))));
        EXPECT_EQ(reader.result(), 0);
        EXPECT_EQ(got, text);
    }
}

// io_uring has work for the task while it sleeps in read: the read is cut short and goes on, and
// `interrupted` counts that it was.
TEST_F(Uring, WorkForATaskThatSleepsInReadIsCounted)
{
    const File other(O_RDWR, 0);
    const __u64 before = info(*file_).interrupted;
    // A poll that the task itself started: its completion is work for that task.
    std::atomic<bool> polls{false};
    char byte = 0;
    int result = -1;
    Caller reader([&]() -> long {
        io_uring own{};
        if (const int error = io_uring_queue_init(2, &own, 0))
            return error;
        io_uring_prep_poll_add(io_uring_get_sqe(&own), other.fd(), POLLMSG);
        if (io_uring_submit(&own) != 1)
            return -EIO;
        polls = true;
        const long got = read(*file_, &byte, 1);
        io_uring_cqe *entry = nullptr;
        if (io_uring_peek_cqe(&own, &entry) == 0)
            result = entry->res;
        io_uring_queue_exit(&own);
        return got;
    });
    ASSERT_TRUE(until([&] { return polls || reader.done(); }));
    ASSERT_TRUE(asleep(reader.tid(), 'S', *file_, &waitq_info::readers));
    ASSERT_EQ(wake(*file_, 1).error, 0);
    EXPECT_TRUE(until([&] { return info(*file_).interrupted > before; }));
    ASSERT_TRUE(asleep(reader.tid(), 'S', *file_, &waitq_info::readers));
    EXPECT_FALSE(reader.done());
    ASSERT_EQ(write(*file_, "b"), 1);
    EXPECT_EQ(reader.result(), 1);
    EXPECT_EQ(result, POLLMSG);
}

// ---- an EVENTFD ------------------------------------------------------------------

TEST_F(Uring, EventfdReadPollAndWrite)
{
    const Descriptor events(open_eventfd(*file_));
    __u64 value = poison;
    io_uring_prep_read(io_uring_get_sqe(&ring_), events.fd(), &value, sizeof value, 0);
    ASSERT_EQ(io_uring_submit(&ring_), 1);
    EXPECT_TRUE(pending());
    EXPECT_EQ(workers(), 0);
    ASSERT_EQ(wake(*file_, 1).error, 0);
    EXPECT_EQ(complete(), 8);
    EXPECT_EQ(value, 1U);
    io_uring_prep_poll_add(io_uring_get_sqe(&ring_), events.fd(), POLLIN);
    ASSERT_EQ(io_uring_submit(&ring_), 1);
    EXPECT_TRUE(pending());
    ASSERT_EQ(wake(*file_, WAITQ_COUNTER_MAX).error, 0);
    EXPECT_EQ(complete(), POLLIN);
    // Full: a write waits for room.
    value = 1;
    io_uring_prep_write(io_uring_get_sqe(&ring_), events.fd(), &value, sizeof value, 0);
    ASSERT_EQ(io_uring_submit(&ring_), 1);
    EXPECT_TRUE(pending());
    ASSERT_EQ(take(*file_), 0);
    EXPECT_EQ(complete(), 8);
    EXPECT_EQ(info(*file_).counter, WAITQ_COUNTER_MAX);
    EXPECT_EQ(workers(), 0);
}

// ---- the end -----------------------------------------------------------------------

// A ring that ends with a read under way takes its entry out of the queue.
TEST_F(Uring, RingMayEndWhileAReadWaits)
{
    char byte = 0;
    io_uring_prep_read(io_uring_get_sqe(&ring_), file_->fd(), &byte, 1, 0);
    ASSERT_EQ(io_uring_submit(&ring_), 1);
    EXPECT_TRUE(pending());
    io_uring_queue_exit(&ring_);
    ASSERT_EQ(io_uring_queue_init(8, &ring_, 0), 0);
    ASSERT_EQ(write(*file_, "b"), 1);
    EXPECT_EQ(read_text(*file_), "b");
}

} // namespace
} // namespace waitq::test
