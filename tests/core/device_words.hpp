// SPDX-License-Identifier: GPL-2.0
// device_words.hpp - words for the device's rows.
#pragma once

#include "act.hpp"

namespace core::device {

// Events to poll for.
constexpr unsigned int in = 0x1, out = 0x4, err = 0x8, event = 0x400;

inline Act wait(unsigned int flags = 0, unsigned long long threshold = 1, long long timeout_ns = 0)
{
    Act act;
    act.op = Op::wait;
    act.flags = flags | (timeout_ns ? WAITQ_TIMEOUT : 0U);
    act.n = threshold;
    act.ns = timeout_ns;
    return act;
}
inline Act in_state(unsigned int state, Act act)
{
    act.state = state;
    return act;
}
// nr: 0 is all.
inline Act wake(unsigned int nr = 1, unsigned long long post = 1)
{
    Act act;
    act.op = Op::wake;
    act.nr = nr;
    act.n = post;
    return act;
}
// TAKE and POST.
inline Act take_number(unsigned long long n = 1)
{
    Act act = wait(WAITQ_CONSUME | WAITQ_EXCLUSIVE, n);
    act.by_number = true;
    return act;
}
inline Act post_number(unsigned long long n = 1)
{
    Act act = wake(0, n);
    act.by_number = true;
    return act;
}
// The same in the mapped page. The row is `mapped`.
inline Act take_in_page(unsigned long long n = 1)
{
    Act act = take_number(n);
    act.by_page = true;
    return act;
}
inline Act post_in_page(unsigned long long n = 1)
{
    Act act = post_number(n);
    act.by_page = true;
    return act;
}
// SIGNAL_WAIT, which posts to the queue that it waits for.
inline Act posting(unsigned long long post, Act act)
{
    act.posts = post;
    return act;
}
// An item of a wait for several queues, on a file.
inline waitq_item item(unsigned int file, unsigned long long threshold = 1,
                       unsigned int flags = WAITQ_CONSUME | WAITQ_EXCLUSIVE)
{
    return {file, flags, threshold};
}
inline Act wait_any(std::vector<waitq_item> items, long long timeout_ns = 0)
{
    Act act = wait(0, 0, timeout_ns);
    act.op = Op::wait_any;
    act.items = std::move(items);
    return act;
}
inline Act wait_all(std::vector<waitq_item> items, long long timeout_ns = 0)
{
    Act act = wait_any(std::move(items), timeout_ns);
    act.op = Op::wait_all;
    return act;
}
// The last item is an alert.
inline Act alerted(Act act)
{
    act.flags |= WAITQ_ALERT;
    return act;
}
inline Act read(std::size_t size, std::size_t good = ~0UL)
{
    Act act;
    act.op = Op::read;
    act.size = size;
    act.good = good;
    return act;
}
inline Act write(std::size_t size, std::size_t good = ~0UL)
{
    Act act = read(size, good);
    act.op = Op::write;
    return act;
}
inline Act nonblocking(Act act)
{
    act.nonblock = true;
    return act;
}
inline Act at_once(Act act)
{
    act.at_once = true;
    return act;
}
inline Act poll(unsigned int mask)
{
    Act act;
    act.op = Op::poll;
    act.mask = mask;
    return act;
}
inline Act epoll(unsigned int mask, bool exclusive)
{
    Act act = poll(mask);
    act.op = Op::epoll;
    act.exclusive = exclusive;
    return act;
}
inline Act set_timer(long long delay_ns, long long period_ns = 0, unsigned long long count = 1,
                     unsigned int nr = 1, unsigned long long post = 1)
{
    Act act;
    act.op = Op::set_timer;
    act.ns = delay_ns;
    act.period_ns = period_ns;
    act.count = count;
    act.nr = nr;
    act.n = post;
    return act;
}
inline Act cancel_timer()
{
    Act act;
    act.op = Op::set_timer;
    act.flags = WAITQ_CANCEL;
    act.count = 0;
    return act;
}
inline Act on_file(unsigned int file, Act act)
{
    act.file = file;
    return act;
}
// Of an EVENTFD: file 1 is the first, if the row has one open file.
inline Act take(unsigned int file = 1, std::size_t good = ~0UL)
{
    return on_file(file, read(sizeof(__u64), good));
}
inline Act add(unsigned long long n = 1, unsigned int file = 1)
{
    Act act = on_file(file, write(sizeof(__u64)));
    act.n = n;
    return act;
}

} // namespace core::device
