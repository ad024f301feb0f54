// SPDX-License-Identifier: GPL-2.0
// step.cpp - the machine's half that enters what a step does: for the reduction, for the search
// for data races, and for the story.
#include "machine.hpp"

#include <algorithm>
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

void plain_access(const void *memory, std::size_t size, Access access)
{
    Machine &machine = Machine::get();
    if (!machine.exploring_ ||
        machine.current_->fiber.owns(reinterpret_cast<std::uintptr_t>(memory)))
        return;
    const auto address = reinterpret_cast<std::uintptr_t>(memory);
    if (size <= 8 && !machine.marked_.empty() && machine.marked_.contains(address)) {
        marked_access(memory, size, access);
        if (machine.told_)
            machine.note(Line::Kind::accesses, access == Access::write ? "writes" : "reads",
                         world().call_chain());
        return;
    }
    if (access == Access::write && machine.current_->stores.holds(memory, size)) {
        if (size <= 8) { // behind the store to it that waits
            marked_access(memory, size, access);
            return;
        }
        full_barrier();
    }
    if (size > 8 && !machine.marked_.empty() && machine.has_marked(address, size))
        point();
    machine.check(memory, size, access);
    // A scalar is known by its first byte; what is longer, byte by byte.
    for (std::size_t i = 0; i < (size > 8 ? size : 1); ++i)
        if (!machine.marked_.empty() && machine.marked_.contains(address + i)) {
            machine.marked_byte(address + i, access);
            touch(reinterpret_cast<const void *>(address + i), access);
        } else {
            machine.plain_byte(address + i, access);
        }
    if (machine.told_)
        machine.remember_access(address, access);
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
    if (shared.marked_readers | shared.marked_writers)
        if (const unsigned int other = races_.marked_by_another(self, shared, access);
            other != Races::none) {
            if (access == Access::write) // told of reads alone: a plain store is not divided
                divide_at(address);
            found_race(other, address, shared.marked_at.at(other));
        }
    const unsigned int other = access == Access::write ? races_.write(self, shared, !only_added_to)
                                                       : races_.read(self, shared, !only_added_to);
    if (other != Races::none) {
        const bool wrote = shared.writer == other && shared.write_epoch != 0;
        found_race(other, address, wrote ? shared.written_at : shared.read_at.at(other));
    }
    if (access == Access::write)
        shared.written_at = here;
    else
        shared.read_at[self] = here;
    if (!only_added_to)
        reduction_.touched(index, shared, access);
}

bool Machine::has_marked(std::uintptr_t address, std::size_t size) const
{
    return std::ranges::any_of(marked_, [&](auto marked) { return marked - address < size; });
}

void Machine::marked_byte(std::uintptr_t address, Access access)
{
    Shared &shared = shared_.at(shared_.index_of(address));
    const unsigned int other = races_.marked(current_->flow->index, shared, access);
    if (other == Races::none) {
        shared.marked_at[current_->flow->index] = here;
        return;
    }
    if (shared.writer == other && shared.write_epoch != 0)
        divide_at(address);
    found_race(other, address, shared.read_at.at(other));
}

void Machine::found_race(unsigned int other, std::uintptr_t address, const void *there)
{
    const auto *memory = reinterpret_cast<const void *>(address);
    const Race race{current_->flow, threads_[other]->flow, memory, here, there};
    if (!world().tolerates_race(race))
        refuse("data race: %s and %s access %s with nothing between them that orders it",
               current_->flow->name, threads_[other]->flow->name, world().described(memory).data());
    divide_at(address);
}

// Accesses of it are steps of their own from now on.
void Machine::divide_at(std::uintptr_t address)
{
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
    if (access == Access::write && machine.buffers(memory, size)) {
        machine.enter_marked(memory, size, access);
        machine.current_->stores.push(const_cast<void *>(memory), size, memory, here,
                                      machine.reduction_.count());
        return;
    }
    if (access == Access::write)
        point();
    else
        load_point();
    machine.enter_marked(memory, size, access);
    touch(memory, access);
}

void atomic_update(const void *memory, std::size_t size)
{
    point();
    Machine::get().enter_marked(memory, size, Access::write);
    touch(memory, Access::write);
}

void Machine::enter_marked(const void *memory, std::size_t size, Access access)
{
    if (!exploring_)
        return;
    const auto address = reinterpret_cast<std::uintptr_t>(memory);
    if (!current_->fiber.owns(address))
        check(memory, size, access);
    marked_byte(address, access);
    if (told_)
        remember_access(address, access);
}

// ---- stores that others don't see yet ----

// The next store of the current flow waits. One to its own stack does not: what comes to lie there
// later is told by nobody.
bool Machine::buffers(const void *at, std::size_t size)
{
    Thread &self = *current_;
    if (memory_model != Memory::tso || &self == boot_ || size > StoreBuffer::max_size ||
        self.fiber.owns(reinterpret_cast<std::uintptr_t>(at)))
        return false;
    if (!exploring_) // it has not begun
        load_point();
    if (!exploring_)
        return false;
    begin_publisher(self);
    return true;
}

bool store_waits(void *memory, std::size_t size, const void *object)
{
    Machine &machine = Machine::get();
    if (!machine.buffers(memory, size))
        return false;
    machine.current_->stores.push(memory, size, object, here, machine.reduction_.count());
    return true;
}

bool unlock_waits(void *lock, void (*unlock)(void *lock, unsigned int thread))
{
    Machine &machine = Machine::get();
    Machine::Thread &self = *machine.current_;
    if (self.stores.empty())
        return false;
    if (machine.wide_locks_.insert(lock).second) // it is held while others take steps
        machine.begin_again();
    Shared &shared =
        machine.shared_.at(machine.shared_.index_of(reinterpret_cast<std::uintptr_t>(lock)));
    machine.races_.lock_released(self.flow->index, shared);
    machine.races_.release(self.flow->index, shared);
    self.stores.push_unlock(lock, unlock);
    return true;
}

void Machine::begin_publisher(Thread &self)
{
    const unsigned int index = publisher_of(self.flow->index);
    if (publishers_ & bit(index))
        return;
    publishers_ |= bit(index);
    Thread &publisher = *threads_[index];
    publisher.flow = self.flow;
    publisher.awaited = nullptr;
    publisher.arity = 1;
    publisher.either = false;
    publisher.stores.clear();
    publisher.fiber.start(run_publisher, &self);
}

void Machine::run_publisher(void *thread)
{
    Machine &machine = get();
    auto &owner = *static_cast<Thread *>(thread);
    for (;;) {
        const Store store = owner.stores.oldest();
        here = store.where;
        if (machine.exploring_) {
            machine.reduction_.after(store.step);
            touch(store.object, Access::write);
            if (store.object == store.memory)
                machine.check(store.memory, store.size, Access::write);
            owner.last_publication = static_cast<std::uint16_t>(machine.reduction_.count());
        }
        owner.stores.publish([&](const Unlock &waiting) {
            waiting.unlock(waiting.lock, owner.flow->index);
            const auto lock = reinterpret_cast<std::uintptr_t>(waiting.lock);
            if (machine.exploring_)
                machine.reduction_.lock_released(
                    machine.shared_.at(machine.shared_.index_of(lock)));
        });
        world().published(store);
        machine.threads_[publisher_of(owner.flow->index)]->fiber.leave();
    }
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
