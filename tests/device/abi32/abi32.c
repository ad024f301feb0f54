// SPDX-License-Identifier: GPL-2.0
/*
 * abi32.c - device_tests32: a 32-bit program that makes each call of the device. It has no C
 * library (a machine that builds this need not have a 32-bit one) and makes its system calls by
 * int 0x80. It ends with 0; or with 1, and then it has written to stderr which check failed.
 * abi32_test.cpp runs it.
 */
#include <asm/unistd_32.h>

#include "../../../module/uapi/waitq.h"

#define O_RDWR 02
#define O_NONBLOCK 04000
#define POLLIN 1
#define POLLOUT 4
#define POLLMSG 0x400
#define EAGAIN 11
#define EFAULT 14
#define EINVAL 22
#define ENOTTY 25
#define ETIMEDOUT 110
#define E2BIG 7
#define CLOCK_MONOTONIC 1

_Static_assert(sizeof(void *) == 4, "a 32-bit program");
_Static_assert(sizeof(struct waitq_wait) == 32, "as in 64-bit programs");
_Static_assert(sizeof(struct waitq_wake) == 24, "as in 64-bit programs");
_Static_assert(sizeof(struct waitq_timer) == 56, "as in 64-bit programs");
_Static_assert(sizeof(struct waitq_eventfd) == 8, "as in 64-bit programs");
_Static_assert(sizeof(struct waitq_info) == 104, "as in 64-bit programs");
_Static_assert(sizeof(struct waitq_waiters) == 32, "as in 64-bit programs");
_Static_assert(sizeof(struct waitq_waiter) == 88, "as in 64-bit programs");
_Static_assert(sizeof(struct waitq_signal_wait) == 40, "as in 64-bit programs");
_Static_assert(sizeof(struct waitq_item) == 16, "as in 64-bit programs");
_Static_assert(sizeof(struct waitq_wait_many) == 32, "as in 64-bit programs");
_Static_assert(_Alignof(struct waitq_wait) == 8, "as in 64-bit programs");

/* The value of a system call: 0 or more, or -errno. */
static long call3(long number, long a, long b, long c)
{
    long value;

    __asm__ volatile("int $0x80" : "=a"(value) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory");
    return value;
}

static long ioctl(int fd, unsigned int number, void *argument)
{
    return call3(__NR_ioctl, fd, number, (long)argument);
}

static long read(int fd, void *to, unsigned int size)
{
    return call3(__NR_read, fd, (long)to, size);
}

static long write(int fd, const void *from, unsigned int size)
{
    return call3(__NR_write, fd, (long)from, size);
}

static int poll(int fd)
{
    struct {
        int fd;
        short asked, ready;
    } entry = {fd, POLLIN | POLLOUT | POLLMSG, 0};
    long count = call3(__NR_poll, (long)&entry, 1, 0);

    return count < 0 ? -1 : entry.ready;
}

static __attribute__((noreturn)) void end(int status)
{
    call3(__NR_exit_group, status, 0, 0);
    for (;;)
        ;
}

static void check(int good, int line)
{
    char text[] = "abi32.c:0000\n";
    int at = 11, rest = line;

    if (good)
        return;
    for (; rest; rest /= 10)
        text[at--] = (char)('0' + rest % 10);
    write(2, text, sizeof text - 1);
    end(1);
}
#define CHECK(good) check(!!(good), __LINE__)

#define ONE_SECOND 1000000000LL

static __s64 now(void)
{
    __s64 time[2] = {0, 0}; /* struct __kernel_timespec */

    CHECK(call3(__NR_clock_gettime64, CLOCK_MONOTONIC, (long)time, 0) == 0);
    return time[0] * ONE_SECOND + time[1];
}

static void test_wake_and_wait(int fd)
{
    struct waitq_wake wake = {.size = sizeof wake, .nr = 1, .post = 0x500000007ULL};
    struct waitq_wait wait = {.size = sizeof wait,
                              .flags = WAITQ_CONSUME | WAITQ_TIMEOUT,
                              .threshold = 0x500000000ULL,
                              .timeout_ns = 100 * ONE_SECOND};
    __s64 begin;

    CHECK(ioctl(fd, WAITQ_IOC_WAKE, &wake) == 0);
    CHECK(ioctl(fd, WAITQ_IOC_WAIT, &wait) == 0);
    CHECK(wait.timeout_ns > 90 * ONE_SECOND && wait.timeout_ns <= 100 * ONE_SECOND);
    wait.threshold = 8;
    wait.timeout_ns = 20000000;
    begin = now();
    CHECK(ioctl(fd, WAITQ_IOC_WAIT, &wait) == -ETIMEDOUT);
    CHECK(now() >= begin + 20000000);
    wait.flags |= WAITQ_ABSOLUTE;
    wait.timeout_ns = begin = now() + 20000000;
    CHECK(ioctl(fd, WAITQ_IOC_WAIT, &wait) == -ETIMEDOUT);
    CHECK(now() >= begin && wait.timeout_ns == begin);
    wait.threshold = 7;
    CHECK(ioctl(fd, WAITQ_IOC_WAIT, &wait) == 0);
    wait.pad = 1;
    CHECK(ioctl(fd, WAITQ_IOC_WAIT, &wait) == -EINVAL);
    CHECK(ioctl(fd, WAITQ_IOC_WAIT, (void *)16) == -EFAULT);
    struct waitq_signal_wait both = {sizeof both, WAITQ_CONSUME, 0, (__u32)fd, 2, 0, 2};
    CHECK(ioctl(fd, WAITQ_IOC_SIGNAL_WAIT, &both) == 0);
    both.post = 3;
    CHECK(ioctl(fd, WAITQ_IOC_SIGNAL_WAIT, &both) == 0);
    struct waitq_item item = {(__u32)fd, WAITQ_CONSUME, 1};
    struct waitq_wait_many many = {.size = sizeof many, .count = 1, .items = (unsigned long)&item};
    CHECK(ioctl(fd, WAITQ_IOC_WAIT_ANY, &many) == 0);
    item.threshold = 8;
    many.flags = WAITQ_TIMEOUT;
    CHECK(ioctl(fd, WAITQ_IOC_WAIT_ALL, &many) == -ETIMEDOUT);
    CHECK(ioctl(fd, _IO(WAITQ_IOC_MAGIC, 0x7f), &wait) == -ENOTTY);
}

static void test_timer(int fd)
{
    struct waitq_timer timer = {.size = sizeof timer,
                                .flags = WAITQ_ABSOLUTE,
                                .nr = 1,
                                .delay_ns = now() + 20000000,
                                .period_ns = 1000000,
                                .count = 3,
                                .post = 0x100000000ULL};
    const struct waitq_timer cancel = {.size = sizeof timer, .flags = WAITQ_CANCEL};
    struct waitq_wait wait = {
        .size = sizeof wait, .flags = WAITQ_CONSUME, .threshold = 0x300000000ULL};
    const __s64 first = timer.delay_ns;

    CHECK(ioctl(fd, WAITQ_IOC_TIMER, &timer) == 0);
    CHECK(ioctl(fd, WAITQ_IOC_WAIT, &wait) == 0);
    CHECK(now() >= first + 2000000);
    timer = cancel;
    CHECK(ioctl(fd, WAITQ_IOC_TIMER, &timer) == 0);
    CHECK(timer.fired == 3);
}

static void test_bytes_and_poll(int fd)
{
    char text[8];

    CHECK(poll(fd) == POLLOUT);
    CHECK(write(fd, "hello", 5) == 5);
    CHECK(poll(fd) == (POLLIN | POLLOUT));
    CHECK(read(fd, text, sizeof text) == 5 && text[0] == 'h' && text[4] == 'o');
}

static void test_eventfd(int fd)
{
    struct waitq_eventfd eventfd = {.size = sizeof eventfd, .flags = O_NONBLOCK};
    __u64 value = 3;
    const long events = ioctl(fd, WAITQ_IOC_EVENTFD, &eventfd);

    CHECK(events >= 0);
    CHECK(read(events, &value, sizeof value) == -EAGAIN);
    CHECK(write(events, &value, sizeof value) == sizeof value);
    CHECK(poll(events) == (POLLIN | POLLOUT));
    CHECK(poll(fd) == (POLLMSG | POLLOUT));
    for (int i = 0; i < 3; i++) {
        value = 0;
        CHECK(read(events, &value, sizeof value) == sizeof value && value == 1);
    }
    CHECK(read(events, &value, 4) == -EINVAL);
    CHECK(read(events, &value, sizeof value) == -EAGAIN);
    CHECK(call3(__NR_close, events, 0, 0) == 0);
}

/* A task that waits, a second one that looks. */
static void test_info_and_waiters(int fd)
{
    static struct waitq_waiter list[4];
    struct waitq_waiters waiters = {.size = sizeof waiters,
                                    .count = 4,
                                    .stride = sizeof list[0],
                                    .waiters = (unsigned long)list};
    struct waitq_info info = {.size = sizeof info};
    struct waitq_wait wait = {
        .size = sizeof wait, .flags = WAITQ_CONSUME, .threshold = 0x200000001ULL};
    struct waitq_wake wake = {.size = sizeof wake, .post = 0x200000001ULL};
    int status = -1;
    const long child = call3(__NR_fork, 0, 0, 0);

    CHECK(child >= 0);
    if (child == 0)
        end(ioctl(fd, WAITQ_IOC_WAIT, &wait) != 0);
    do {
        call3(__NR_sched_yield, 0, 0, 0);
        CHECK(ioctl(fd, WAITQ_IOC_INFO, &info) == 0);
    } while (info.event_waiters == 0);
    CHECK(info.event_waiters == 1 && info.counter == 0 && info.capacity == 65536);
    CHECK(ioctl(fd, WAITQ_IOC_WAITERS, &waiters) == 0);
    CHECK(waiters.count == 1 && waiters.linked == 1);
    CHECK(list[0].pid == (__u32)child && list[0].threshold == 0x200000001ULL);
    CHECK(list[0].place == WAITQ_PLACE_EVENTS && list[0].since_ns <= now());
    CHECK(ioctl(fd, WAITQ_IOC_WAKE, &wake) == 1); /* woken */
    CHECK(call3(__NR_waitpid, child, (long)&status, 0) == child && status == 0);
}

/* A struct of a later header. */
static void test_sizes(int fd)
{
    struct {
        struct waitq_info info;
        __u64 more;
    } longer = {{.size = sizeof longer}, 0};

    CHECK(ioctl(fd, WAITQ_IOC_INFO, &longer) == 0 && longer.info.capacity == 65536);
    longer.info.flags = 0;
    longer.more = 1;
    CHECK(ioctl(fd, WAITQ_IOC_INFO, &longer) == -E2BIG);
    longer.info.size = sizeof longer.info - 1;
    CHECK(ioctl(fd, WAITQ_IOC_INFO, &longer) == -EINVAL);
}

__attribute__((force_align_arg_pointer)) void _start(void)
{
    const int fd = (int)call3(__NR_open, (long)"/dev/waitq0", O_RDWR, 0);

    CHECK(fd >= 0);
    test_wake_and_wait(fd);
    test_timer(fd);
    test_bytes_and_poll(fd);
    test_eventfd(fd);
    test_info_and_waiters(fd);
    test_sizes(fd);
    end(0);
}
