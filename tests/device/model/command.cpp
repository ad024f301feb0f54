// SPDX-License-Identifier: GPL-2.0
#include "command.hpp"

#include "generate.hpp"

#include <algorithm>
#include <rapidcheck.h>
#include <sstream>

namespace waitq::test::model {
namespace {

std::string text(long value)
{
    return value < 0 ? strerrorname_np(static_cast<int>(-value)) : std::to_string(value);
}

std::string text(const Answer &answer)
{
    std::string all;
    for (const long value : answer.values)
        all += (all.empty() ? "" : " or ") + text(value);
    return all + (answer.out.empty() ? "" : ", " + answer.out);
}

// Ends the sequence, which has failed, with what is wrong.
[[noreturn]] void fail(const Command &command, const std::string &what)
{
    std::ostringstream out;
    command.show(out);
    RC_FAIL(out.str() + ": " + what);
    std::abort(); // RC_FAIL() throws
}

void expect(const Command &command, const std::string &who, const Came &came, const Answer &answer)
{
    if (std::ranges::find(answer.values, came.value) == answer.values.end() ||
        came.out != answer.out)
        fail(command,
             who + text({{came.value}, came.out}) + ", but the model says " + text(answer));
}

bool looks_as(const Model &model, const Device &device)
{
    for (unsigned int queue = 0; queue < queues; ++queue)
        if (device.look(queue) != model.look(queue))
            return false;
    return true;
}

// After the command: those tasks have returned that the model says, and no other, and the queues
// look as the model's. `late`: they may need a while.
void compare(const Command &command, const Model &after, Device &device, bool late)
{
    for (const auto &ended : after.ended()) {
        const unsigned int slot = ended.first;
        const Answer &answer = ended.second;
        const std::string who = "task " + std::to_string(slot);
        if (!until([&] { return device.returned(slot); }))
            fail(command, who + " sleeps on, but the model says " + text(answer));
        expect(command, who + " returned ", device.result(slot), answer);
    }
    if (late)
        static_cast<void>(until([&] { return looks_as(after, device); }));
    for (unsigned int queue = 0; queue < queues; ++queue)
        if (const Look seen = device.look(queue), said = after.look(queue); seen != said) {
            std::ostringstream out;
            out << "then waitq" << queue << " looks so:\n  " << seen << "\nthe model:\n  " << said;
            fail(command, out.str());
        }
    for (unsigned int slot = 0; slot < slots; ++slot)
        if (after.sleeps(slot) && device.returned(slot)) {
            const Came came = device.result(slot);
            fail(command, "task " + std::to_string(slot) + " returned " +
                              text({{came.value}, came.out}) + ", but the model says it sleeps on");
        }
}

} // namespace

// ---- Now ----

Now::Now(const Model &model) : call_(any_call(model)) {}

void Now::checkPreconditions(const Model &model) const
{
    RC_PRE(model.is_decided(call_, false));
    if (const auto *map = std::get_if<Map>(&call_))
        RC_PRE(model.at(map->queue).mapped != map->mapped);
    if (const auto *post = std::get_if<PostInPage>(&call_))
        RC_PRE(model.at(post->queue).mapped);
    if (const auto *take = std::get_if<TakeInPage>(&call_))
        RC_PRE(model.at(take->queue).mapped);
}

void Now::apply(Model &model) const
{
    static_cast<void>(model.now(call_));
}

void Now::run(const Model &before, Device &device) const
{
    Model after = before;
    const Answer answer = after.now(call_);
    expect(*this, "", device.now(call_), answer);
    compare(*this, after, device, after.is_late());
}

void Now::show(std::ostream &out) const
{
    out << call_;
}

// ---- Sleep ----

Sleep::Sleep(const Model &model) : slot_(model.free_slot()), call_(any_sleep(model)) {}

void Sleep::checkPreconditions(const Model &model) const
{
    RC_PRE(slot_ < slots && !model.sleeps(slot_));
    RC_PRE(model.is_decided(call_, true));
}

void Sleep::apply(Model &model) const
{
    model.start(slot_, call_);
}

void Sleep::run(const Model &before, Device &device) const
{
    Model after = before;
    after.start(slot_, call_);
    device.start(slot_, call_);
    // Asleep in the wait queue, and not elsewhere, says the look.
    if (after.sleeps(slot_))
        static_cast<void>(until([&] {
            return device.returned(slot_) || (device.sleeps(slot_) && looks_as(after, device));
        }));
    compare(*this, after, device, after.is_late());
}

void Sleep::show(std::ostream &out) const
{
    out << "task " << slot_ << ": " << call_;
}

// ---- Signal ----

Signal::Signal(const Model &model) : slot_(any_sleeper(model)) {}

void Signal::checkPreconditions(const Model &model) const
{
    RC_PRE(model.sleeps(slot_));
}

void Signal::apply(Model &model) const
{
    model.signal(slot_);
}

void Signal::run(const Model &before, Device &device) const
{
    Model after = before;
    after.signal(slot_);
    device.signal(slot_);
    compare(*this, after, device, after.is_late());
}

void Signal::show(std::ostream &out) const
{
    out << "a signal for task " << slot_;
}

} // namespace waitq::test::model
