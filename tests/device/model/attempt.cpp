// SPDX-License-Identifier: GPL-2.0
#include "attempt.hpp"

#include <algorithm>
#include <cerrno>

namespace waitq::test::model {
namespace {

constexpr __u32 taking = WAITQ_EXCLUSIVE | WAITQ_CONSUME;

// The errors that a request asks for, whatever the state of the queues.
class Mistakes {
public:
    Mistakes &if_(bool wrong, long error)
    {
        if (wrong)
            answer_.values.push_back(-error);
        return *this;
    }
    // A call whose struct is only read can be made with one that cannot be written to.
    Mistakes &of(Envelope envelope, bool writes_back = false)
    {
        constexpr std::array errors{
#define MODEL_X(id, error, text) error,
            MODEL_ENVELOPES(MODEL_X)
#undef MODEL_X
        };
        const int error = errors.at(static_cast<std::size_t>(envelope));
        if_(error != 0, error);
        return if_(writes_back && envelope == Envelope::constant, EFAULT);
    }
    Mistakes &of(const Wait &call)
    {
        return of(call.envelope)
            .if_(!call.on.reads(), EBADF)
            .if_(!is_threshold(call.threshold), EINVAL)
            .if_(call.state > WAITQ_STATE_IDLE, EINVAL);
    }
    static bool is_threshold(__u64 n)
    {
        return n >= 1 && n <= WAITQ_COUNTER_MAX;
    }

    explicit operator bool() const
    {
        return !answer_.values.empty();
    }
    [[nodiscard]] const Answer &answer() const
    {
        return answer_;
    }

private:
    Answer answer_;
};

Answer value(long value)
{
    return {{value}, ""};
}

Time time_of(const Call &call)
{
    if (const auto *wait = std::get_if<Wait>(&call))
        return wait->time;
    if (const auto *wait = std::get_if<SignalWait>(&call))
        return wait->wait.time;
    const auto *many = std::get_if<Many>(&call);
    return many ? many->time : Time::none;
}

bool posts(const Call &call)
{
    const auto *wait = std::get_if<SignalWait>(&call);
    return wait && wait->post != 0 && wait->wait.envelope != Envelope::constant;
}

// What a call that goes on, or that has time left, finds changed in its struct.
std::string changes(const Call &call, bool post)
{
    return std::string(time_of(call) == Time::hour ? "time left " : "") +
           (post && posts(call) ? "post 0 " : "");
}

} // namespace

std::vector<Item> items_of(const Call &call)
{
    if (const auto *wait = std::get_if<Wait>(&call))
        return {{wait->on, wait->threshold, wait->flags}};
    if (const auto *wait = std::get_if<SignalWait>(&call))
        return items_of(wait->wait);
    if (const auto *take = std::get_if<Take>(&call))
        return {{take->on, take->n, taking}};
    if (const auto *read = std::get_if<EventRead>(&call))
        return {{{read->queue, Mode::both}, 1, taking}};
    const auto *many = std::get_if<Many>(&call);
    return many ? many->items : std::vector<Item>();
}

std::vector<unsigned int> queues_of(const Call &call)
{
    std::vector<unsigned int> found;
    for (const Item &item : items_of(call))
        found.push_back(item.on.queue);
    for (unsigned int queue = 0; queue < queues; ++queue)
        if (place_of(call, queue))
            found.push_back(queue);
    return found;
}

std::optional<waitq_place> place_of(const Call &call, unsigned int queue)
{
    return std::visit(
        [&]<class Kind>(const Kind &kind) -> std::optional<waitq_place> {
            if constexpr (std::is_same_v<Kind, Read>)
                return kind.on.queue == queue ? std::optional(WAITQ_PLACE_READERS) : std::nullopt;
            else if constexpr (std::is_same_v<Kind, Write>)
                return kind.on.queue == queue ? std::optional(WAITQ_PLACE_WRITERS) : std::nullopt;
            else if constexpr (std::is_same_v<Kind, Poll>)
                return kind.on.queue == queue ? std::optional(WAITQ_PLACE_POLLERS) : std::nullopt;
            else if constexpr (std::is_same_v<Kind, EventWrite>)
                return kind.queue == queue ? std::optional(WAITQ_PLACE_EVENT_ROOM) : std::nullopt;
            else
                return std::nullopt;
        },
        call);
}

bool heeds_signals(const Call &call)
{
    if (const auto *wait = std::get_if<Wait>(&call))
        return wait->state == WAITQ_STATE_INTERRUPTIBLE;
    const auto *wait = std::get_if<SignalWait>(&call);
    return !wait || heeds_signals(wait->wait);
}

bool is_timed(const Call &call)
{
    return std::holds_alternative<Wait>(call) || std::holds_alternative<SignalWait>(call) ||
           std::holds_alternative<Many>(call);
}

bool is_good(const Call &call)
{
    return std::visit(
        [](const auto &kind) {
            if constexpr (requires { kind.good; })
                return kind.good;
            else
                return true;
        },
        call);
}

Answer answer_of(const Call &call, long number)
{
    if (const auto *read = std::get_if<EventRead>(&call))
        return read->good ? Answer{{8}, "1"} : value(-EFAULT);
    const bool relative = time_of(call) == Time::hour || time_of(call) == Time::zero;
    return {{std::holds_alternative<Many>(call) ? number : 0}, changes(call, relative)};
}

std::string interrupted_text(const Call &call)
{
    return changes(call, true);
}

Answer attempt_read(Queue &queue, const Read &call)
{
    if (!call.good)
        return value(-EFAULT);
    Answer answer{{}, queue.bytes.substr(0, call.size)};
    answer.values.push_back(static_cast<long>(answer.out.size()));
    queue.bytes.erase(0, answer.out.size());
    return answer;
}

// ---- the counter ----

std::optional<Answer> Attempt::operator()(const Post &call)
{
    const auto wrong =
        Mistakes().if_(!call.on.writes(), EBADF).if_(!Mistakes::is_threshold(call.n), EINVAL);
    return wrong ? wrong.answer() : value(model.post(call.on.queue, call.n, {true, 0}));
}

std::optional<Answer> Attempt::operator()(const Wake &call)
{
    const auto wrong = Mistakes().of(call.envelope).if_(!call.on.writes(), EBADF);
    if (wrong)
        return wrong.answer();
    return value(model.post(call.on.queue, call.post, {call.nr == 0, call.nr}));
}

std::optional<Answer> Attempt::wait(const Call &call)
{
    const auto number = model.take_first(call);
    return number ? std::optional(answer_of(call, *number)) : std::nullopt;
}

std::optional<Answer> Attempt::operator()(const Take &call)
{
    const auto wrong =
        Mistakes().if_(!call.on.reads(), EBADF).if_(!Mistakes::is_threshold(call.n), EINVAL);
    return wrong ? wrong.answer() : wait(call);
}

std::optional<Answer> Attempt::operator()(const Wait &call)
{
    const auto wrong = Mistakes().of(call);
    return wrong ? wrong.answer() : wait(call);
}

std::optional<Answer> Attempt::operator()(const SignalWait &call)
{
    const auto wrong = Mistakes().of(call.wait).if_(call.post != 0 && !call.to.writes(), EBADF);
    if (wrong)
        return wrong.answer();
    if (call.post != 0)
        if (const long error = model.post(call.to.queue, call.post, {true, 0}); error < 0)
            return value(error);
    return wait(call);
}

std::optional<Answer> Attempt::operator()(const Many &call)
{
    Mistakes wrong;
    wrong.of(call.envelope).if_(call.items.size() < 1U + call.alert, EINVAL);
    for (std::size_t i = 0; i < call.items.size(); ++i) {
        const Item &item = call.items[i];
        wrong.if_(!item.on.reads(), EBADF).if_(!Mistakes::is_threshold(item.threshold), EINVAL);
        for (std::size_t k = 0; k < i; ++k)
            wrong.if_(call.all && call.items[k].on.queue == item.on.queue, EINVAL);
    }
    return wrong ? wrong.answer() : wait(call);
}

// ---- bytes ----

std::optional<Answer> Attempt::operator()(const Read &call)
{
    if (!call.on.reads())
        return value(-EBADF);
    if (call.size == 0)
        return value(0);
    Queue &queue = model.on(call.on);
    return queue.bytes.empty() ? std::nullopt : std::optional(attempt_read(queue, call));
}

std::optional<Answer> Attempt::operator()(const Write &call)
{
    if (!call.on.writes())
        return value(-EBADF);
    const std::size_t size = call.text.size();
    if (size == 0)
        return value(0);
    // A write that sleeps writes its first bytes when it goes on: see Model::settle_one().
    const std::size_t room = model.room(call.on.queue);
    const std::size_t need = size <= model.atomic_write() || blocks ? size : 1;
    if (model.asleep<Write>(call.on.queue) != 0 || room < need)
        return std::nullopt;
    if (!call.good)
        return value(-EFAULT);
    model.on(call.on).bytes += call.text.substr(0, room);
    return value(static_cast<long>(std::min(size, room)));
}

// ---- an EVENTFD ----

std::optional<Answer> Attempt::operator()(const EventRead &call)
{
    if (call.size < sizeof(__u64))
        return value(-EINVAL);
    auto answer = wait(call);
    if (answer && !call.good)
        model.undelivered_.push_back(call.queue);
    return answer;
}

std::optional<Answer> Attempt::operator()(const EventWrite &call)
{
    const auto wrong = Mistakes()
                           .if_(call.size < sizeof call.n, EINVAL)
                           .if_(!call.good, EFAULT)
                           .if_(call.n > WAITQ_COUNTER_MAX, EINVAL);
    if (wrong)
        return wrong.answer();
    const long posted = model.post(call.queue, call.n, {call.n != 0, 0});
    return posted < 0 ? std::nullopt : std::optional(value(sizeof call.n));
}

// ---- the rest ----

std::optional<Answer> Attempt::operator()(const Poll & /*call*/)
{
    return std::nullopt; // Model::settle_one() ends it
}

std::optional<Answer> Attempt::operator()(const Timer &call)
{
    const auto wrong = Mistakes().of(call.envelope, true).if_(!call.on.writes(), EBADF);
    if (wrong)
        return wrong.answer();
    Queue &queue = model.on(call.on);
    __u64 &fired = queue.fired.at(static_cast<std::size_t>(call.on.mode));
    const Answer answer{{0}, "fired " + std::to_string(fired)};
    fired = 0;
    if (call.cancel || !call.soon)
        return answer;
    model.late_ = true;
    for (; fired < call.count; ++fired)
        // A post that would overflow is left out.
        model.post(call.on.queue, call.post <= WAITQ_COUNTER_MAX - queue.counter ? call.post : 0,
                   {call.nr == 0, call.nr});
    return answer;
}

std::optional<Answer> Attempt::operator()(const Ask &call)
{
    const bool eventfd = call.question == Question::eventfd;
    const auto wrong =
        Mistakes().of(call.envelope, !eventfd).if_(eventfd && call.on.mode != Mode::both, EBADF);
    return wrong ? wrong.answer() : value(0);
}

std::optional<Answer> Attempt::operator()(const Map &call)
{
    model.queues_.at(call.queue).mapped = call.mapped;
    return value(0);
}

std::optional<Answer> Attempt::operator()(const PostInPage &call)
{
    Queue &queue = model.queues_.at(call.queue);
    if (!queue.lent)
        return (*this)(Post{{call.queue, Mode::both}, call.n});
    if (call.n > WAITQ_COUNTER_MAX - queue.counter)
        return value(-EOVERFLOW);
    queue.counter += call.n;
    return value(0);
}

std::optional<Answer> Attempt::operator()(const TakeInPage &call)
{
    return (*this)(Take{{call.queue, Mode::both}, call.n});
}

} // namespace waitq::test::model
