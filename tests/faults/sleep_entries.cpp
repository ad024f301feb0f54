// SPDX-License-Identifier: GPL-2.0
// sleep_entries.cpp - calls that sleep until another task acts, and with another task behind them
// that must have what they could not be given. Whatever fails, nobody sleeps on, and at the end all
// bytes and events that came are taken.
#include "entries.hpp"

#include <array>
#include <sys/uio.h>
#include <utility>

namespace waitq::test {
namespace {

const std::vector<int> none{}, copies{EFAULT}, both{EFAULT, ENOMEM};

void empty(World &world)
{
    world.seen.reserve(64);
    read_text(world.nonblock);
    take(world.file, World::counter_at_first);
}

// A task that acts once the caller sleeps: `behind` sleeps after it, and `act` wakes the first.
void act_when_asleep(World &world, __u64 waitq_info::*figure, const std::function<long()> &behind,
                     const std::function<long()> &act)
{
    world.help([&world, figure, behind, act] {
        if (!world.caller_sleeps(figure, 1))
            return 0L;
        if (!behind)
            return act();
        Caller next(behind);
        EXPECT_TRUE(until([&] { return info(world.file).*figure == 2 || next.done(); }));
        EXPECT_EQ(act(), 1);
        EXPECT_TRUE(until([&] { return world.returned.load(); }));
        // What the caller was not given is the next one's, by itself.
        if (world.value > 0) {
            EXPECT_EQ(act(), 1);
        }
        return next.result();
    });
}

long read_one(World &world)
{
    char byte = 0;
    return read(world.file, &byte, 1);
}
long post_one(World &world)
{
    const Woken woken = wake(world.file, 1, every_one);
    return woken.error != 0 ? woken.error : static_cast<long>(woken.woken);
}
long take_one(World &world)
{
    return wait(world.file, wait_request(1, WAITQ_CONSUME | WAITQ_EXCLUSIVE)).error;
}

void reader_behind(World &world)
{
    empty(world);
    act_when_asleep(
        world, &waitq_info::readers, [&world] { return read_one(world); },
        [&world] { return write(world.nonblock, "x"); });
}
void taker_behind(World &world)
{
    empty(world);
    act_when_asleep(
        world, &waitq_info::event_waiters_exclusive, [&world] { return take_one(world); },
        [&world] { return post_one(world); });
}
void post_follows(World &world)
{
    empty(world);
    act_when_asleep(world, &waitq_info::event_waiters_exclusive, nullptr,
                    [&world] { return post_one(world); });
}
template <long result>
void ends(World &world)
{
    for (const auto &helper : world.helpers)
        EXPECT_EQ(helper->result(), result);
    world.helpers.clear();
}
// A post that found nobody, because the call had failed already.
void ends_and_empty(World &world)
{
    for (const auto &helper : world.helpers)
        EXPECT_GE(helper->result(), 0);
    world.helpers.clear();
    take(world.file, info(world.file).counter);
    for (const auto &queue : world.many)
        take(*queue, info(*queue).counter);
}

// The ring is full; a second writer waits for its turn behind the caller, and a reader makes room.
const std::string letters(capacity, 'w');
void writer_behind(World &world)
{
    read_text(world.nonblock);
    write(world.nonblock, letters);
    world.help([&world] {
        if (!world.caller_sleeps(&waitq_info::writers, 1))
            return 0L;
        Caller next([&world] { return write(world.file, "next"); });
        EXPECT_TRUE(until([&] { return info(world.file).writers == 2 || next.done(); }));
        EXPECT_EQ(read_text(world.nonblock).size(), capacity);
        return next.result();
    });
}
void all_written(World &world)
{
    ends<4>(world);
    const std::string text = read_text(world.nonblock);
    EXPECT_EQ(text, world.value > 0 ? "mine"
                                      "next"
                                    : "next");
}
long write_mine(World &world)
{
    static std::array<char, 4> text{'m', 'i', 'n', 'e'};
    const iovec piece{text.data(), text.size()};
    return value_of(writev(world.file.fd(), &piece, 1));
}

// A writer sleeps for room, and the caller reads.
void writer_asleep(World &world)
{
    world.seen.reserve(capacity);
    read_text(world.nonblock);
    write(world.nonblock, letters);
    world.help([&world] { return write(world.file, "next"); });
    EXPECT_TRUE(until([&] { return info(world.file).writers == 1; }));
}
void still_asleep_or_written(World &world)
{
    std::string rest = letters;
    if (world.value > 0)
        rest.erase(0, static_cast<std::size_t>(world.value));
    if (world.value <= 0) {
        EXPECT_EQ(read_text(world.nonblock), std::exchange(rest, ""));
    }
    ends<4>(world);
    EXPECT_EQ(read_text(world.nonblock), rest + "next");
}

template <unsigned long number>
long wait_items(World &world)
{
    static waitq_wait_many request;
    request = {sizeof request,
               WAITQ_TIMEOUT,
               60 * one_second,
               static_cast<__u32>(world.items.size()),
               0,
               reinterpret_cast<__u64>(world.items.data())};
    const long result = value_of(::ioctl(world.other.fd(), number, &request));
    return result > 0 ? 0 : result;
}
// 64 items. Those of queue 0 and on are not there yet.
void items_and_posts(World &world)
{
    world.items.clear();
    for (unsigned int i = 0; i < WAITQ_ITEMS_MAX; ++i) {
        take(*world.many[i], info(*world.many[i]).counter);
        world.items.push_back(
            {static_cast<__u32>(world.many[i]->fd()), WAITQ_CONSUME | WAITQ_EXCLUSIVE, 1});
    }
    world.help([&world] {
        if (world.caller_sleeps(&waitq_info::event_waiters_exclusive, 1))
            for (unsigned int i = WAITQ_ITEMS_MAX; i-- != 0;)
                wake(*world.many[i], 1);
        return 0L;
    });
}

} // namespace

std::vector<Entry> sleep_entries()
{
    constexpr auto passed = Failed::or_passed;
    return {
        {"read asleep, another behind", copies,
         [](World &w) { return value_of(::read(w.file.fd(), w.absent.data(), 1)); }, reader_behind,
         ends<1>, passed},
        {"readv asleep, another behind", copies,
         [](World &w) {
             const iovec piece{w.absent.data(), 1};
             return value_of(readv(w.file.fd(), &piece, 1));
         },
         reader_behind, ends<1>, passed},
        {"read of the EVENTFD asleep, TAKE behind", copies,
         [](World &w) { return value_of(::read(w.events.fd(), w.absent.data(), 8)); }, taker_behind,
         ends<0>, passed},
        {"readv of the EVENTFD asleep, TAKE behind", copies,
         [](World &w) {
             const iovec piece{w.absent.data(), 8};
             return value_of(readv(w.events.fd(), &piece, 1));
         },
         taker_behind, ends<0>, passed},
        {"writev asleep, another behind", copies, write_mine, writer_behind, all_written, passed},
        {"read, a writer asleep", copies,
         [](World &w) {
             return value_of(::read(w.nonblock.fd(), w.absent.data(), AbsentPage::size()));
         },
         writer_asleep, still_asleep_or_written, passed, Short::any},
        {"WAIT asleep", none,
         [](World &w) {
             static waitq_wait request;
             request = timed(wait_request(1, WAITQ_CONSUME | WAITQ_EXCLUSIVE), 60 * one_second);
             return value_of(::ioctl(w.file.fd(), WAITQ_IOC_WAIT, &request));
         },
         post_follows, ends<1>, passed},
        {"TAKE asleep", none,
         [](World &w) { return value_of(::ioctl(w.file.fd(), WAITQ_IOC_TAKE, 1)); }, post_follows,
         ends<1>, passed},
        {"WAIT_ANY of 64 asleep", both, wait_items<WAITQ_IOC_WAIT_ANY>, items_and_posts,
         ends_and_empty, passed},
        {"WAIT_ALL of 64 asleep", both, wait_items<WAITQ_IOC_WAIT_ALL>, items_and_posts,
         ends_and_empty, passed},
    };
}

} // namespace waitq::test
