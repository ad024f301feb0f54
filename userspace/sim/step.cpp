// SPDX-License-Identifier: GPL-2.0
// step.cpp - the machine's half that enters what a step does: for the reduction, for the search
// for data races, and for the story.
#include "machine.hpp"

#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace sim {

const void *here = nullptr;

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
    if (shared.acquired_in) // it counts by itself
        machine.races_.release(running().index, shared);
    machine.reduction_.lock_released(shared);
}

void plain_access(const void *memory, std::size_t size, Access access)
{
    Machine &machine = Machine::get();
    if (!machine.exploring_ ||
        machine.current_->fiber.owns(reinterpret_cast<std::uintptr_t>(memory)))
        return;
    const auto address = reinterpret_cast<std::uintptr_t>(memory);
    if (!machine.marked_.empty() && machine.marked_.contains(address)) {
        marked_access(memory, size, access);
        return;
    }
    machine.check(memory, size, access);
    // A scalar is known by its first byte; what is longer, byte by byte.
    machine.plain_byte(address, access);
    for (std::size_t i = 1; size > 8 && i < size; ++i)
        machine.plain_byte(address + i, access);
    if (machine.told_)
        machine.remember_access(address, access);
}

void lock_has_points(const void *lock)
{
    Machine::get().wide_locks_.insert(lock);
}

void memory_ends(const void *memory, std::size_t size)
{
    Machine &machine = Machine::get();
    if (!machine.exploring_)
        return;
    for (std::size_t i = 0; i < size; i += 8) {
        const auto address = reinterpret_cast<std::uintptr_t>(memory) + i;
        Shared &shared = machine.shared_.at(machine.shared_.index_of(address));
        const unsigned int other = machine.races_.write(machine.current_->flow->index, shared);
        if (other != Races::none)
            refuse("%s may still read a wait entry of %s, which is gone now",
                   machine.threads_[other]->flow->name, machine.current_->flow->name);
    }
}

void Machine::plain_byte(std::uintptr_t address, Access access)
{
    const std::uint16_t index = shared_.index_of(address);
    Shared &shared = shared_.at(index);
    const unsigned int self = current_->flow->index;
    bool only_added_to = false;
    for (const auto &[begin, size] : additions_)
        only_added_to |= address - begin < size;
    const unsigned int other = access == Access::write ? races_.write(self, shared, !only_added_to)
                                                       : races_.read(self, shared, !only_added_to);
    if (other != Races::none)
        found_race(other, address);
    if (access == Access::write)
        shared.written_at = here;
    else
        shared.read_at[self] = here;
    if (!only_added_to)
        reduction_.touched(index, shared, access);
}

void Machine::found_race(unsigned int other, std::uintptr_t address)
{
    const auto *memory = reinterpret_cast<const void *>(address);
    const Shared &shared = shared_.at(shared_.index_of(address));
    const bool wrote = shared.writer == other && shared.write_epoch != 0;
    const Race race{current_->flow, threads_[other]->flow, memory, here,
                    wrote ? shared.written_at : shared.read_at.at(other)};
    if (!world().tolerates_race(race))
        refuse("data race: %s and %s access %s with nothing between them that orders it",
               current_->flow->name, threads_[other]->flow->name, world().described(memory).data());
    marked_.insert(address);
    begin_again();
}

void Machine::check(const void *memory, std::size_t size, Access access)
{
    const auto address = reinterpret_cast<std::uintptr_t>(memory);
    if (Fiber::on_any_stack(address))
        for (unsigned int i = 0; i < thread_count_; ++i)
            if (threads_[i]->fiber.owns(address)) {
                world().check_stack(*threads_[i]->flow, memory, access);
                return;
            }
    world().check(memory, size);
}

void marked_access(const void *memory, std::size_t size, Access access)
{
    Machine &machine = Machine::get();
    point();
    if (!machine.exploring_)
        return;
    const auto address = reinterpret_cast<std::uintptr_t>(memory);
    if (!machine.current_->fiber.owns(address))
        machine.check(memory, size, access);
    touch(memory, access);
    if (machine.told_)
        machine.remember_access(address, access);
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
    Machine &machine = Machine::get();
    machine.fail(std::move(text));
    text = {};
    for (;;)
        machine.current_->fiber.leave();
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
