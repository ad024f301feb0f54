// SPDX-License-Identifier: GPL-2.0
// call.cpp - how a failing sequence is shown.
#include "call.hpp"

#include <array>
#include <ostream>
#include <poll.h>

namespace waitq::test::model {
namespace {

constexpr std::array envelope_texts{
#define MODEL_X(id, error, text) text,
    MODEL_ENVELOPES(MODEL_X)
#undef MODEL_X
};
constexpr std::array states{"", ", uninterruptible", ", killable", ", idle"};
constexpr std::array times{", timeout 0", ", until a time that is past", "", ", for an hour"};
constexpr std::array questions{"INFO", "WAITERS", "EVENTFD"};

template <class Index, std::size_t size>
const char *at(const std::array<const char *, size> &texts, Index index)
{
    return texts.at(static_cast<std::size_t>(index));
}

std::string text(On on)
{
    constexpr std::array files{"", ", read-only", ", write-only"};
    return " waitq" + std::to_string(on.queue) + at(files, on.mode);
}
std::string text(unsigned int queue)
{
    return " waitq" + std::to_string(queue);
}
// Those near the maximum by their distance from it.
std::string text(__u64 n)
{
    if (n >= WAITQ_COUNTER_MAX - 99 && n <= WAITQ_COUNTER_MAX)
        return n == WAITQ_COUNTER_MAX ? "MAX" : "MAX-" + std::to_string(WAITQ_COUNTER_MAX - n);
    return n > WAITQ_COUNTER_MAX ? "MAX+1" : std::to_string(n);
}
std::string taking(__u64 threshold, __u32 flags)
{
    return " threshold " + text(threshold) + (flags & WAITQ_EXCLUSIVE ? " exclusive" : "") +
           (flags & WAITQ_CONSUME ? " consume" : "");
}
const char *address(bool good)
{
    return good ? "" : ", a bad address";
}

struct Shower {
    std::ostream &out;

    void operator()(const Post &call) const
    {
        out << "POST" << text(call.on) << ' ' << text(call.n);
    }
    void operator()(const Take &call) const
    {
        out << "TAKE" << text(call.on) << ' ' << text(call.n);
    }
    void operator()(const Wake &call) const
    {
        out << "WAKE" << text(call.on) << " post " << text(call.post) << " nr " << call.nr
            << (call.flags ? " sync" : "") << at(envelope_texts, call.envelope);
    }
    void operator()(const Wait &call) const
    {
        out << "WAIT" << text(call.on);
        rest(call);
    }
    void operator()(const SignalWait &call) const
    {
        out << "SIGNAL_WAIT" << text(call.wait.on) << " post " << text(call.post) << " to"
            << text(call.to);
        rest(call.wait);
    }
    void operator()(const Many &call) const
    {
        out << (call.all ? "WAIT_ALL" : "WAIT_ANY") << text(call.on);
        for (std::size_t i = 0; i < call.items.size(); ++i)
            out << (call.alert && i + 1 == call.items.size() ? "; alert" : ";")
                << text(call.items[i].on) << taking(call.items[i].threshold, call.items[i].flags);
        out << at(times, call.time) << at(envelope_texts, call.envelope);
    }
    void operator()(const Read &call) const
    {
        out << "read" << text(call.on) << ' ' << call.size << address(call.good);
    }
    void operator()(const Write &call) const
    {
        out << "write" << text(call.on) << ' ' << call.text.size() << address(call.good);
    }
    void operator()(const EventRead &call) const
    {
        out << "EVENTFD read" << text(call.queue) << " size " << call.size << address(call.good);
    }
    void operator()(const EventWrite &call) const
    {
        out << "EVENTFD write" << text(call.queue) << ' ' << text(call.n) << " size " << call.size
            << address(call.good);
    }
    void operator()(const Poll &call) const
    {
        out << "poll" << text(call.on) << (call.asked & POLLIN ? " POLLIN" : "")
            << (call.asked & POLLOUT ? " POLLOUT" : "") << (call.asked & POLLMSG ? " POLLMSG" : "");
    }
    void operator()(const Timer &call) const
    {
        out << "TIMER" << text(call.on);
        if (call.cancel)
            out << " cancel";
        else
            out << (call.soon ? " at once" : " in an hour") << " count " << call.count << " post "
                << text(call.post) << " nr " << call.nr;
        out << at(envelope_texts, call.envelope);
    }
    void operator()(const Ask &call) const
    {
        out << at(questions, call.question) << text(call.on) << at(envelope_texts, call.envelope);
    }
    void operator()(const Map &call) const
    {
        out << (call.mapped ? "mmap" : "munmap") << text(call.queue);
    }
    void operator()(const PostInPage &call) const
    {
        out << "post in the page of" << text(call.queue) << ' ' << text(call.n);
    }
    void operator()(const TakeInPage &call) const
    {
        out << "take in the page of" << text(call.queue) << ' ' << text(call.n);
    }

    void rest(const Wait &call) const
    {
        out << taking(call.threshold, call.flags)
            << (call.state < states.size() ? states.at(call.state) : ", an unknown state")
            << at(times, call.time) << at(envelope_texts, call.envelope);
    }
};

} // namespace

std::ostream &operator<<(std::ostream &out, const Call &call)
{
    std::visit(Shower{out}, call);
    return out;
}

std::string entry_text(waitq_place place, bool exclusive, __u64 threshold)
{
    constexpr std::array places{
#define WAITQ_X(value, id, name, about) #name,
        WAITQ_PLACES(WAITQ_X)
#undef WAITQ_X
    };
    return std::string(" ") + at(places, place) + (exclusive ? "!" : "") +
           (threshold ? text(threshold) : "");
}

std::ostream &operator<<(std::ostream &out, const Look &look)
{
    out << "counter " << text(look.counter) << ", bytes " << look.bytes << ", readers "
        << look.readers << ", writers " << look.writers << ", waiters " << look.waiters << '+'
        << look.exclusive << ", timeouts " << look.timeouts << ", interrupted " << look.interrupted
        << ", poll" << std::hex;
    for (const short ready : look.ready)
        out << ' ' << ready;
    return out << ", of the eventfd " << look.event_ready << std::dec << ", page " << look.word
               << ", asleep:" << look.entries;
}

} // namespace waitq::test::model
