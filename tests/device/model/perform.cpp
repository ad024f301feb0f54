// SPDX-License-Identifier: GPL-2.0
// perform.cpp - each call, by the bare system call.
#include "device.hpp"

#include <algorithm>
#include <poll.h>
#include <sys/mman.h>
#include <waitq/page.hpp>

namespace waitq::test::model {
namespace {

constexpr __u32 unknown_flag = 1U << 31;

// Makes the call with its struct handed over in that way. The struct comes back as it is then.
template <class Struct>
long hand_over(const File &file, unsigned long number, Struct &request, Envelope envelope)
{
    constexpr std::size_t tail = 64;
    if (envelope == Envelope::shorter)
        request.size -= 8;
    if (envelope == Envelope::huge)
        request.size = WAITQ_SIZE_MAX + 1;
    bool padded = false;
    if constexpr (requires { request.pad; })
        request.pad = padded = envelope == Envelope::bad_pad;
    // A struct without a pad gets an unknown flag instead.
    if (envelope == Envelope::bad_flag || (envelope == Envelope::bad_pad && !padded))
        request.flags |= unknown_flag;
    const bool longer = envelope == Envelope::longer || envelope == Envelope::dirty;
    if (!longer && envelope != Envelope::constant && envelope != Envelope::unmapped)
        return value_of(::ioctl(file.fd(), number, &request));

    EdgeOfMemory edge;
    std::size_t size = sizeof request;
    if (longer)
        request.size = static_cast<__u32>(size += tail);
    if (envelope == Envelope::unmapped)
        size /= 2;
    char *const place = edge.with(size);
    std::memcpy(place, &request, std::min(size, sizeof request));
    if (envelope == Envelope::dirty)
        place[size - 1] = 1;
    edge.writable(envelope != Envelope::constant);
    const long value = value_of(::ioctl(file.fd(), number, place));
    std::memcpy(&request, place, std::min(size, sizeof request));
    return value;
}

// What a wait has changed in its struct, which it may.
template <class Struct>
std::string changes(const Struct &before, Struct after)
{
    std::string text;
    if (after.timeout_ns != before.timeout_ns) {
        const bool left = after.timeout_ns > 0 && after.timeout_ns < before.timeout_ns;
        text += left ? "time left " : "time " + std::to_string(after.timeout_ns) + ' ';
        after.timeout_ns = before.timeout_ns;
    }
    if constexpr (requires { after.post; })
        if (after.post != before.post) {
            text += "post " + std::to_string(after.post) + ' ';
            after.post = before.post;
        }
    if (std::memcmp(&before, &after, sizeof after) != 0)
        text += "other fields ";
    return text;
}

template <class Struct>
void set_time(Struct &request, Time time)
{
    if (time == Time::none)
        return;
    request.flags |= WAITQ_TIMEOUT | (time == Time::past ? WAITQ_ABSOLUTE : 0U);
    request.timeout_ns = time == Time::hour ? hour_ns : time == Time::past ? 1 : 0;
}

template <class Struct>
Came wait(const File &file, unsigned long number, Struct request, Envelope envelope)
{
    Struct handed = request;
    const long value = hand_over(file, number, handed, envelope);
    // These are as hand_over() set them: what follows is what the call changed.
    request.size = handed.size;
    request.flags = handed.flags;
    if constexpr (requires { request.pad; })
        request.pad = handed.pad;
    return {value, changes(request, handed)};
}

} // namespace

struct Performer {
    Device &device;
    bool blocks;

    [[nodiscard]] const File &file(On on) const { return device.file(on, blocks); }
    [[nodiscard]] const Descriptor &events(unsigned int queue) const
    {
        const auto &opened = device.opened_.at(queue);
        return blocks ? opened.events : opened.events_now;
    }

    Came operator()(const Post &call) const
    {
        return {value_of(::ioctl(file(call.on).fd(), WAITQ_IOC_POST, call.n)), ""};
    }
    Came operator()(const Take &call) const
    {
        return {value_of(::ioctl(file(call.on).fd(), WAITQ_IOC_TAKE, call.n)), ""};
    }
    Came operator()(const Wake &call) const
    {
        waitq_wake request{sizeof request, call.flags, call.nr, 0, call.post};
        return {hand_over(file(call.on), WAITQ_IOC_WAKE, request, call.envelope), ""};
    }
    Came operator()(const Wait &call) const
    {
        waitq_wait request{sizeof request, call.flags, call.state, 0, call.threshold, 0};
        set_time(request, call.time);
        return wait(file(call.on), WAITQ_IOC_WAIT, request, call.envelope);
    }
    Came operator()(const SignalWait &call) const
    {
        const Wait &what = call.wait;
        waitq_signal_wait request{
            sizeof request, what.flags, what.state, static_cast<__u32>(file(call.to).fd()),
            what.threshold, 0,          call.post};
        set_time(request, what.time);
        return wait(file(what.on), WAITQ_IOC_SIGNAL_WAIT, request, what.envelope);
    }
    Came operator()(const Many &call) const
    {
        std::vector<waitq_item> items;
        for (const Item &item : call.items)
            items.push_back({static_cast<__u32>(file(item.on).fd()), item.flags, item.threshold});
        waitq_wait_many request{sizeof request,
                                call.alert ? WAITQ_ALERT : 0,
                                0,
                                static_cast<__u32>(items.size()),
                                0,
                                reinterpret_cast<__u64>(items.data())};
        set_time(request, call.time);
        const unsigned long number = call.all ? WAITQ_IOC_WAIT_ALL : WAITQ_IOC_WAIT_ANY;
        return wait(file(call.on), number, request, call.envelope);
    }
    Came operator()(const Read &call) const
    {
        std::string bytes(call.size, '?');
        char *const to = call.good ? bytes.data() : device.edge_.with(0);
        const long value = read(file(call.on), to, call.size);
        bytes.resize(value > 0 ? static_cast<std::size_t>(value) : 0);
        return {value, bytes};
    }
    Came operator()(const Write &call) const
    {
        const char *const from = call.good ? call.text.data() : device.edge_.with(0);
        return {write(file(call.on), from, call.text.size()), ""};
    }
    Came operator()(const EventRead &call) const
    {
        __u64 number = poison;
        void *const to = call.good ? reinterpret_cast<char *>(&number) : device.edge_.with(0);
        const long value = read(events(call.queue), to, call.size);
        return {value, number == poison ? "" : std::to_string(number)};
    }
    Came operator()(const EventWrite &call) const
    {
        const void *const from =
            call.good ? reinterpret_cast<const char *>(&call.n) : device.edge_.with(0);
        return {write(events(call.queue), from, call.size), ""};
    }
    Came operator()(const Poll &call) const
    {
        pollfd entry{file(call.on).fd(), call.asked, 0};
        const long value = value_of(::poll(&entry, 1, -1));
        return {value, value > 0 ? std::to_string(entry.revents) : ""};
    }
    Came operator()(const Timer &call) const
    {
        const File &on = file(call.on), &other = device.opened_.at(call.on.queue).now[0];
        waitq_timer request =
            timer_request(call.soon ? 0 : hour_ns, call.count > 1 ? WAITQ_TIMER_PERIOD_MIN_NS : 0,
                          call.count, call.post, call.nr);
        if (call.cancel)
            request = {sizeof request, WAITQ_CANCEL, 0, 0, 0, 0, 0, 0, poison};
        const __u64 before = info(other).wakes;
        const long value = hand_over(on, WAITQ_IOC_TIMER, request, call.envelope);
        if (value == 0 && call.soon && !call.cancel)
            static_cast<void>(until([&] { return info(other).wakes >= before + call.count; }));
        return {value, request.fired == poison ? "" : "fired " + std::to_string(request.fired)};
    }
    Came operator()(const Ask &call) const
    {
        const File &on = file(call.on);
        waitq_info figures{};
        figures.size = sizeof figures;
        waitq_waiter one{};
        waitq_waiters list{sizeof list, 0, 1, sizeof one, reinterpret_cast<__u64>(&one), 0};
        waitq_eventfd events{sizeof events, O_CLOEXEC};
        switch (call.question) {
        case Question::info:
            return {hand_over(on, WAITQ_IOC_INFO, figures, call.envelope), ""};
        case Question::waiters:
            return {hand_over(on, WAITQ_IOC_WAITERS, list, call.envelope), ""};
        case Question::eventfd:
            break;
        }
        const long value = hand_over(on, WAITQ_IOC_EVENTFD, events, call.envelope);
        if (value > 0)
            ::close(static_cast<int>(value));
        return {std::min(value, 0L), ""};
    }
    Came operator()(const Map &call) const
    {
        auto &opened = device.opened_.at(call.queue);
        if (!call.mapped) {
            const long value = value_of(munmap(opened.page, EdgeOfMemory::size));
            opened.page = nullptr;
            return {value, ""};
        }
        void *const page = mmap(nullptr, EdgeOfMemory::size, PROT_READ | PROT_WRITE, MAP_SHARED,
                                opened.now[0].fd(), 0);
        if (page == MAP_FAILED)
            return {-errno, ""};
        opened.page = static_cast<__u64 *>(page);
        return {0, ""};
    }
    [[nodiscard]] std::atomic_ref<std::uint64_t> word(unsigned int queue) const
    {
        return std::atomic_ref(*reinterpret_cast<std::uint64_t *>(device.opened_.at(queue).page));
    }
    Came operator()(const PostInPage &call) const
    {
        const InPage made = post_in_page(word(call.queue), call.n);
        if (made == InPage::AskKernel)
            return (*this)(Post{{call.queue, Mode::both}, call.n});
        return {made == InPage::Done ? 0 : -EOVERFLOW, ""};
    }
    Came operator()(const TakeInPage &call) const
    {
        if (take_in_page(word(call.queue), call.n) == InPage::Done)
            return {0, ""};
        return (*this)(Take{{call.queue, Mode::both}, call.n});
    }
};

Came Device::perform(const Call &call, bool blocks)
{
    return std::visit(Performer{*this, blocks}, call);
}

} // namespace waitq::test::model
