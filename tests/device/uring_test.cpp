// SPDX-License-Identifier: GPL-2.0
// uring_test.cpp - io_uring: poll and read, without a worker thread.
#include "support/module.hpp"
#include "support/tasks.hpp"

#include <filesystem>
#include <fstream>
#include <liburing.h>
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
        ASSERT_EQ(
            wait(*file_, wait_request(WAITQ_WAIT_EVENT_INTERRUPTIBLE, 1, 0, WAITQ_CONSUME)).error,
            0);
    }
    EXPECT_TRUE(pending());
    EXPECT_EQ(workers(), 0);
    ASSERT_EQ(write(*file_, "b"), 1);
    EXPECT_EQ(complete(), 1);
}

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
