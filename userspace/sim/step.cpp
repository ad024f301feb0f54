// SPDX-License-Identifier: GPL-2.0
// step.cpp - the machine's third that enters what a step does: for the reduction, for the search
// for data races, and for the story.
#include "machine.hpp"

#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace sim {

const void *here = nullptr;
std::uint64_t *trail = nullptr;

namespace {

std::string formatted(const char *format, std::va_list arguments)
{
    std::array<char, 512> text{};
    std::vsnprintf(text.data(), text.size(), format, arguments);
    return text.data();
}

} // namespace

// ---- what a step does ----

void touch(const void *object, Access access)
{
    Machine &machine = Machine::get();
    if (!machine.exploring_)
        return;
    const auto index = machine.shared_.index_of(reinterpret_cast<std::uintptr_t>(object));
    machine.reduction_.touched(index, machine.shared_.at(index), access);
}

void acquire_from(const void *object)
{
    Machine &machine = Machine::get();
    if (machine.exploring_)
        machine.races_.acquire(running().index, machine.shared_.at(machine.shared_.index_of(
                                                    reinterpret_cast<std::uintptr_t>(object))));
}

void release_to(const void *object)
{
    Machine &machine = Machine::get();
    if (machine.exploring_)
        machine.races_.release(running().index, machine.shared_.at(machine.shared_.index_of(
                                                    reinterpret_cast<std::uintptr_t>(object))));
}

void lock_taken(const void *lock)
{
    Machine &machine = Machine::get();
    if (!machine.exploring_)
        return;
    const auto index = machine.shared_.index_of(reinterpret_cast<std::uintptr_t>(lock));
    Shared &shared = machine.shared_.at(index);
    machine.races_.lock_taken(running().index, shared);
    if (!machine.instrumented || machine.wide_locks_.contains(lock)) {
        machine.races_.acquire(running().index, shared);
        if (!lock_is_looked_at(lock)) // else its release is a step that others depend on
            machine.reduction_.lock_taken(index, shared);
    }
}

void lock_released(const void *lock)
{
    Machine &machine = Machine::get();
    if (!machine.exploring_)
        return;
    Shared &shared =
        machine.shared_.at(machine.shared_.index_of(reinterpret_cast<std::uintptr_t>(lock)));
    machine.races_.lock_released(running().index, shared);
    if (shared.acquired_in || lock_is_looked_at(lock)) // it counts by itself
        machine.races_.release(running().index, shared);
    machine.reduction_.lock_released(shared);
}

void look_at_lock(const void *lock)
{
    Machine &machine = Machine::get();
    if (!machine.exploring_)
        return;
    machine.wide_locks_.insert(lock);
    if (machine.looked_at_.insert(lock).second)
        machine.begin_again();
}

bool lock_is_looked_at(const void *lock)
{
    const Machine &machine = Machine::get();
    return !machine.looked_at_.empty() && machine.looked_at_.contains(lock);
}

void lock_has_points(const void *lock)
{
    Machine::get().wide_locks_.insert(lock);
}

void Machine::additions_only(const void *memory, std::size_t size)
{
    additions_.emplace_back(reinterpret_cast<std::uintptr_t>(memory), size);
}

// ---- reports ----

void refuse(const char *format, ...)
{
    std::va_list arguments;
    va_start(arguments, format);
    std::string text = formatted(format, arguments);
    va_end(arguments);
    Machine::get().fail(std::move(text));
    text = {};
    Machine::get().end_here();
}

void give_up(const char *format, ...)
{
    std::va_list arguments;
    va_start(arguments, format);
    std::string text = formatted(format, arguments);
    va_end(arguments);
    Machine::get().gave_up_ = true;
    Machine::get().fail(std::move(text));
    text = {};
    Machine::get().end_here();
}

void Machine::end_here()
{
    for (;;)
        current_->fiber.leave();
}

bool telling()
{
    return Machine::get().told_;
}

void tell(const char *format, ...)
{
    Machine &machine = Machine::get();
    if (!machine.told_ || !machine.exploring_)
        return;
    machine.tell_accesses(); // they came first
    std::va_list arguments;
    va_start(arguments, format);
    machine.story_.push_back({machine.reduction_.count(), machine.current_->flow->index,
                              formatted(format, arguments), world().call_chain()});
    va_end(arguments);
}

void Machine::note(Line::Kind kind, std::string text, std::vector<const void *> where)
{
    if (told_ && exploring_)
        story_.push_back(
            {reduction_.count(), current_->flow->index, std::move(text), std::move(where), kind});
}

void Machine::name(const void *memory, unsigned int size, const char *text)
{
    if (told_)
        names_.push_back({static_cast<const unsigned char *>(memory), size, text});
}

void Machine::remember_access(std::uintptr_t address, Access access)
{
    for (const Name &name : names_) {
        if (address != reinterpret_cast<std::uintptr_t>(name.memory))
            continue;
        for (Seen &seen : seen_)
            if (seen.name == &name) {
                seen.written |= access == Access::write;
                return;
            }
        seen_.push_back({&name, access == Access::read, access == Access::write});
        return;
    }
}

void Machine::tell_accesses()
{
    std::string text;
    for (const Seen &seen : seen_) {
        unsigned long long value = 0;
        std::memcpy(&value, seen.name->memory, seen.name->size);
        text += text.empty() ? "" : ", ";
        text += seen.written ? "sets " : "sees ";
        text += seen.name->text;
        text += " = " + std::to_string(value);
    }
    seen_.clear();
    if (!text.empty())
        story_.push_back({reduction_.count(), choices_.back().thread, text, {}});
}

} // namespace sim
