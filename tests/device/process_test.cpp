// SPDX-License-Identifier: GPL-2.0
// process_test.cpp - processes as people have them: a terminal, signals, fork, dup, close.
#include "support/module.hpp"
#include "support/tasks.hpp"

#include <memory>
#include <pty.h>
#include <sys/wait.h>

namespace waitq::test {
namespace {

class Process : public WithModule {
protected:
    Process() : WithModule("queues=1") {}
};

// A program on a terminal of its own.
class OnTerminal {
public:
    explicit OnTerminal(std::initializer_list<const char *> command)
    {
        std::vector<char *> arguments;
        for (const char *word : command)
            arguments.push_back(const_cast<char *>(word));
        arguments.push_back(nullptr);
        pid_ = forkpty(&terminal_, nullptr, nullptr, nullptr);
        if (pid_ == 0) {
            execvp(arguments[0], arguments.data());
            _exit(127);
        }
        fcntl(terminal_, F_SETFL, O_NONBLOCK);
    }
    ~OnTerminal()
    {
        kill(pid_, SIGKILL);
        if (!ended_)
            waitpid(pid_, nullptr, 0);
        close(terminal_);
    }
    OnTerminal(const OnTerminal &) = delete;
    OnTerminal &operator=(const OnTerminal &) = delete;

    [[nodiscard]] pid_t pid() const { return pid_; }
    void type(char key) const { ASSERT_EQ(::write(terminal_, &key, 1), 1); }
    [[nodiscard]] testing::AssertionResult shows(const std::string &text)
    {
        return until([&] {
                   char piece[256];
                   const ssize_t size = ::read(terminal_, piece, sizeof piece);
                   if (size > 0)
                       screen_.append(piece, static_cast<std::size_t>(size));
                   return screen_.find(text) != std::string::npos;
               })
               << "; the screen: " << screen_;
    }
    int status()
    {
        int status = -1;
        EXPECT_TRUE(until([&] { return waitpid(pid_, &status, WNOHANG) == pid_; }));
        ended_ = status != -1;
        return status;
    }

private:
    pid_t pid_ = -1;
    int terminal_ = -1;
    bool ended_ = false;
    std::string screen_;
};

constexpr char control_c = 0x03;

TEST_F(Process, CatShowsWhatEchoWrites)
{
    const File file;
    OnTerminal cat({"cat", "/dev/waitq0"});
    ASSERT_TRUE(asleep(cat.pid(), 'S', file, &waitq_info::readers));
    ASSERT_EQ(system("echo hello > /dev/waitq0"), 0);
    EXPECT_TRUE(cat.shows("hello"));
    ASSERT_TRUE(asleep(cat.pid(), 'S', file, &waitq_info::readers));
    ASSERT_EQ(system("echo again > /dev/waitq0"), 0);
    EXPECT_TRUE(cat.shows("again"));
}

TEST_F(Process, ControlCEndsASleepingCat)
{
    const File file;
    OnTerminal cat({"cat", "/dev/waitq0"});
    ASSERT_TRUE(asleep(cat.pid(), 'S', file, &waitq_info::readers));
    cat.type(control_c);
    const int status = cat.status();
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
    EXPECT_EQ(info(file).readers, 0U);
    ASSERT_EQ(write(file, "kept"), 4);
    EXPECT_EQ(read_text(file), "kept");
}

// A read of one byte in a child whose SIGUSR1 handler has `flags`.
int reader_with_handler(const File &file, int flags)
{
    struct sigaction action {};
    action.sa_handler = [](int) {};
    action.sa_flags = flags;
    sigaction(SIGUSR1, &action, nullptr);
    char byte = 0;
    const long got = read(file, &byte, 1);
    return got == 1 && byte == 'b' ? 0 : static_cast<int>(-got);
}

TEST_F(Process, ReadRestartsWithSaRestart)
{
    const File file;
    Child reader([&] { return reader_with_handler(file, SA_RESTART); });
    ASSERT_TRUE(asleep(reader.pid(), 'S', file, &waitq_info::readers));
    reader.signal(SIGUSR1);
    ASSERT_TRUE(until([&] { return info(file).interrupted == 1; }));
    ASSERT_TRUE(asleep(reader.pid(), 'S', file, &waitq_info::readers)); // again
    ASSERT_EQ(write(file, "b"), 1);
    EXPECT_EQ(WEXITSTATUS(reader.status()), 0);
}

TEST_F(Process, ReadIsInterruptedWithout)
{
    const File file;
    Child reader([&] { return reader_with_handler(file, 0); });
    ASSERT_TRUE(asleep(reader.pid(), 'S', file, &waitq_info::readers));
    reader.signal(SIGUSR1);
    EXPECT_EQ(WEXITSTATUS(reader.status()), EINTR);
}

TEST_F(Process, KillEndsReaderAndWriterAtOnce)
{
    const File file;
    Child reader([&] {
        char byte = 0;
        return static_cast<int>(read(file, &byte, 1));
    });
    ASSERT_TRUE(asleep(reader.pid(), 'S', file, &waitq_info::readers));
    reader.signal(SIGKILL);
    EXPECT_EQ(WTERMSIG(reader.status()), SIGKILL);
    ASSERT_EQ(write(file, std::string(65536, 'f')), 65536);
    Child writer([&] { return static_cast<int>(write(file, "w")); });
    ASSERT_TRUE(asleep(writer.pid(), 'S', file, &waitq_info::writers));
    writer.signal(SIGKILL);
    EXPECT_EQ(WTERMSIG(writer.status()), SIGKILL);
    EXPECT_EQ(info(file).bytes, 65536U);
    EXPECT_EQ(info(file).readers + info(file).writers, 0U);
}

// A writer that is killed with the turn in its hands hands it on.
TEST_F(Process, KilledWriterLeavesItsTurn)
{
    const File file;
    ASSERT_EQ(write(file, std::string(65536 - 10, 'f')), 65536 - 10);
    Child first([&] { return static_cast<int>(write(file, std::string(100, '1'))); });
    ASSERT_TRUE(asleep(first.pid(), 'S', file, &waitq_info::writers));
    Caller second([&] { return write(file, std::string(8, '2')); });
    ASSERT_TRUE(asleep(second.tid(), 'S', file, &waitq_info::writers, 2)); // behind the first
    first.signal(SIGKILL);
    EXPECT_EQ(second.result(), 8);
    EXPECT_EQ(WTERMSIG(first.status()), SIGKILL);
    EXPECT_EQ(info(file).bytes, 65536U - 2);
}

TEST_F(Process, ForkAndDupShareTheOpenFile)
{
    auto file = std::make_unique<File>();
    const File observer;
    const int copy = dup(file->fd());
    // The timer is the open file's: it goes on as long as one descriptor is left.
    ASSERT_EQ(timer(*file, timer_request(0, 1000000, 0)).error, 0);
    file.reset();
    const __u64 after_first = info(observer).counter;
    ASSERT_TRUE(until([&] { return info(observer).counter > after_first + 3; }));
    {
        Child child([&] {
            waitq_timer cancel{};
            cancel.size = sizeof cancel;
            cancel.flags = WAITQ_CANCEL;
            return ioctl(copy, WAITQ_IOC_TIMER, &cancel) == 0 && cancel.fired > 3 ? 0 : 1;
        });
        EXPECT_EQ(WEXITSTATUS(child.status()), 0);
    }
    const __u64 cancelled = info(observer).counter;
    ASSERT_EQ(timer(observer, timer_request(0, 1000000, 5, 0)).error, 0);
    const __u64 wakes = info(observer).wakes;
    ASSERT_TRUE(until([&] { return info(observer).wakes >= wakes + 3; }));
    EXPECT_EQ(info(observer).counter, cancelled);
    close(copy);
}

TEST_F(Process, CloseWhileAnotherThreadWaits)
{
    const File observer;
    File file;
    char byte = 0;
    const int number = file.fd();
    Caller reader([&] { return value_of(::read(number, &byte, 1)); });
    ASSERT_TRUE(asleep(reader.tid(), 'S', observer, &waitq_info::readers));
    file.close(); // the reader's call holds the open file
    ASSERT_TRUE(asleep(reader.tid(), 'S', observer, &waitq_info::readers));
    EXPECT_EQ(unload(device), -EAGAIN);
    ASSERT_EQ(write(observer, "b"), 1);
    EXPECT_EQ(reader.result(), 1);
    EXPECT_EQ(byte, 'b');
}

} // namespace
} // namespace waitq::test
