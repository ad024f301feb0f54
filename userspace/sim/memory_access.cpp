// SPDX-License-Identifier: GPL-2.0
// memory_access.cpp - the machine's third that sees the memory accesses of simulated code: which
// touch something in common, which race, and the stores that others don't see yet.
#include "machine.hpp"

#include <algorithm>

namespace sim {

// Whether accesses of that memory are looked at: one's own stack is one's own, until another flow
// comes there.
bool Machine::is_watched(std::uintptr_t address)
{
    if (!Fiber::on_any_stack(address) || boot_->fiber.owns(address))
        return true;
    const bool known = !visited_.empty() && visited_.contains(address / 8);
    if (known || current_->fiber.owns(address))
        return known;
    if (world().watches_stacks()) {
        visited_.insert(address / 8);
        begin_again();
    }
    return true;
}

// Accesses that overlap must touch something in common, whatever their sizes. A scalar is known by
// its first byte: so an access touches its own, and those that begin within it. The first access of
// a kind that shows another overlap begins the exploration anew.
void Machine::get_to_know(Shared &shared, std::size_t size)
{
    bool overlaps = false;
    const auto add = [&](Shared &outer, std::uintptr_t inner) {
        const auto mask = static_cast<std::uint8_t>(1U << (inner - outer.address));
        overlaps |= !(outer.inner & mask);
        outer.inner |= mask;
    };
    shared.known_size = static_cast<std::uint8_t>(size);
    for (std::uintptr_t i = 1; i < size; ++i)
        if (const Shared *inner = shared_.find(shared.address + i); inner && inner->known_size)
            add(shared, inner->address);
    for (std::uintptr_t i = 1; i < max_scalar; ++i)
        if (Shared *outer = shared_.find(shared.address - i); outer && outer->known_size > i)
            add(*outer, shared.address);
    if (overlaps)
        begin_again();
}

// Calls function(address) for each object that the access touches.
template <class Function>
void Machine::each_object(std::uintptr_t address, std::size_t size, Function function)
{
    if (size > max_scalar) { // byte by byte; and a scalar that reaches into it
        for (std::uintptr_t i = 1; i < max_scalar; ++i)
            if (const Shared *outer = shared_.find(address - i); outer && outer->known_size > i)
                function(outer->address);
        for (std::size_t i = 0; i < size; ++i)
            function(address + i);
        return;
    }
    Shared &shared = shared_.at(shared_.index_of(address));
    if (shared.known_size < size)
        get_to_know(shared, size);
    function(address);
    for (unsigned int i = 1; shared.inner >> i != 0; ++i)
        if (shared.inner & 1U << i && i < size)
            function(address + i);
}

void plain_access(const void *memory, std::size_t size, Access access)
{
    Machine &machine = Machine::get();
    const auto address = reinterpret_cast<std::uintptr_t>(memory);
    if (!machine.exploring_ || !machine.is_watched(address))
        return;
    bool divided = false;
    if (!machine.marked_.empty())
        machine.each_object(address, size, [&](std::uintptr_t object) {
            divided |= machine.marked_.contains(object);
        });
    // Behind a store to it that waits.
    const bool follows = access == Access::write && machine.current_->stores.holds(memory, size);
    if (divided || follows) {
        marked_access(memory, size, access);
        if (divided && machine.told_ && !machine.current_->fiber.owns(address))
            machine.note(Line::Kind::accesses, access == Access::write ? "writes" : "reads",
                         world().call_chain());
        return;
    }
    if (!machine.current_->fiber.owns(address))
        machine.check(memory, size, access);
    machine.each_object(address, size,
                        [&](std::uintptr_t object) { machine.plain_byte(object, access); });
    if (machine.told_)
        machine.remember_access(address, access);
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
    machine.touch_memory(memory, size, access);
}

void Machine::touch_memory(const void *memory, std::size_t size, Access access)
{
    if (!exploring_)
        return;
    each_object(reinterpret_cast<std::uintptr_t>(memory), size, [&](std::uintptr_t object) {
        touch(reinterpret_cast<const void *>(object), access);
    });
}

void atomic_update(const void *memory, std::size_t size)
{
    point();
    Machine::get().enter_marked(memory, size, Access::write);
    Machine::get().touch_memory(memory, size, Access::write);
}

void Machine::enter_marked(const void *memory, std::size_t size, Access access)
{
    if (!exploring_)
        return;
    const auto address = reinterpret_cast<std::uintptr_t>(memory);
    if (!is_watched(address))
        return;
    if (!current_->fiber.owns(address))
        check(memory, size, access);
    each_object(address, size, [&](std::uintptr_t object) { marked_byte(object, access); });
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
            if (store.object == store.memory) {
                machine.check(store.memory, store.size, Access::write);
                machine.touch_memory(store.memory, store.size, Access::write);
            } else {
                touch(store.object, Access::write);
            }
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

} // namespace sim
