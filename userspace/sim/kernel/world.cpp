// SPDX-License-Identifier: GPL-2.0
// world.cpp - the kernel that drivers run on, for the machine.
#include "kernel.hpp"

#include "../memory.hpp"
#include "../world.hpp"

#include <algorithm>
#include <cstring>

namespace sim {
namespace {

class KernelWorld : public World {
public:
    void begin_execution(Flow &) override
    {
        const Program &loaded = program();
        blamed_ = nullptr;
        std::copy(loaded.image.begin(), loaded.image.end(), loaded.variables);
        reset_memory();
        reset_time();
        reset_locks();
    }

    Flow &new_flow(unsigned int index) override
    {
        Task &task = tasks_.at(index) = {};
        task.task.flow = index;
        return task;
    }

    const char *left_behind() override { return nullptr; } // scenario.cpp asks at the right time

    void check(const void *memory, std::size_t size) override
    {
        if (reinterpret_cast<std::uintptr_t>(memory) < first_page)
            refuse("%s accesses address %#lx: a null pointer", running().name,
                   static_cast<unsigned long>(reinterpret_cast<std::uintptr_t>(memory)));
        // It comes before or after what ends that memory's life.
        if (const void *life = life_of(memory))
            touch(life, Access::read);
        check_memory(memory, size);
    }

    void check_stack(const Flow &owner, const void *memory, Access access) override
    {
        const auto address = reinterpret_cast<std::uintptr_t>(memory);
        if (owner.done || address < static_cast<const Task &>(owner).dead_below ||
            !Machine::get().lives_on_stack(owner, memory))
            refuse("use of a dead stack: %s %s the stack of %s, where a function has returned",
                   running().name, access == Access::write ? "writes to" : "reads", owner.name);
        if (&owner != &running())
            touch(&static_cast<const Task &>(owner).topmost_linked, Access::read);
    }

    bool watches_stacks() override { return true; }

    std::string described(const void *memory) override { return describe_memory(memory); }

    bool tolerates_race(const Race &race) override
    {
        for (const NotedRace &known : noted_races())
            if (known.here == race.here && known.there == race.there)
                return true;
        noted_races().push_back({race.one->name, race.other->name, race.here, race.there});
        return true;
    }

    void entered(const void *at, const void *from, const void *frame) override
    {
        Task &self = current();
        leave_trail(at);
        if (telling()) {
            here = from;
            std::vector<const void *> where = call_chain();
            where.insert(where.begin(), at);
            Machine::get().note(Line::Kind::calls, "", std::move(where));
        }
        if (self.depth < self.calls.size())
            self.calls[self.depth] = {from, reinterpret_cast<std::uintptr_t>(frame)};
        ++self.depth;
        self.dead_below = 0;
    }

    void published(const Store &store) override
    {
        // A store that is seen at once needs no word.
        if (!telling() || store.object != store.memory || store.step + 1 == Machine::get().steps())
            return;
        long long value = 0;
        std::memcpy(&value, store.value.data(), store.size);
        if (store.size == 4)
            value = static_cast<int>(value);
        Machine::get().note(Line::Kind::accesses, "others see its " + std::to_string(value),
                            {store.where});
    }

    // A list entry in the frame that is left must not be in a list any more.
    void left() override
    {
        Task &self = current();
        if (self.depth == 0 || --self.depth >= self.calls.size())
            return;
        self.dead_below = self.calls[self.depth].frame;
        if (self.topmost_linked != 0 && self.topmost_linked < self.dead_below) {
            touch(&self.topmost_linked, Access::write);
            self.topmost_linked = 0;
        }
        for (unsigned int i = 0; i < self.linked_count; ++i)
            if (reinterpret_cast<std::uintptr_t>(self.linked[i]) < self.calls[self.depth].frame)
                refuse("an entry is left linked: %s returns from a function with a list entry (a "
                       "wait entry?) on its stack that is still in a list",
                       self.name);
    }

    std::vector<const void *> call_chain() override
    {
        const Task &self = blamed_ ? *blamed_ : current();
        std::vector<const void *> chain{blamed_ ? blamed_at_ : here};
        for (unsigned int i = std::min(self.depth, static_cast<unsigned int>(self.calls.size()));
             i-- != 0;)
            chain.push_back(self.calls[i].from);
        return chain;
    }

    void blame(const Task *task, const void *where)
    {
        blamed_ = task;
        blamed_at_ = where;
    }
    Task &at(unsigned int index) { return tasks_.at(index); }

private:
    static constexpr std::uintptr_t first_page = 4096;
    std::array<Task, max_threads + 1> tasks_{};
    const Task *blamed_ = nullptr;
    const void *blamed_at_ = nullptr;
};

KernelWorld &kernel_world()
{
    static KernelWorld world;
    return world;
}

} // namespace

World &world()
{
    return kernel_world();
}

Task &task(unsigned int index)
{
    return kernel_world().at(index);
}

Task &task_of(const task_struct *known)
{
    for (unsigned int i = 0; i <= max_threads; ++i)
        if (&task(i).task == known)
            return task(i);
    refuse("%s wakes what is no task, at address %p", running().name,
           static_cast<const void *>(known));
}

void blame(const Task *task, const void *where)
{
    kernel_world().blame(task, where);
}

Program &program()
{
    static Program loaded;
    return loaded;
}

std::vector<NotedRace> &noted_races()
{
    static std::vector<NotedRace> races;
    return races;
}

} // namespace sim

using namespace sim;

extern "C" {

void sim_linked(const void *entry)
{
    const unsigned int owner = Machine::get().stack_owner(entry);
    if (owner > max_threads)
        return;
    Task &task = sim::task(owner);
    if (task.linked_count == task.linked.size())
        give_up("%s has more list entries on its stack than the simulation has room for",
                task.name);
    task.linked.at(task.linked_count++) = entry;
    task.topmost_linked = std::max(task.topmost_linked, reinterpret_cast<std::uintptr_t>(entry));
}

void sim_unlinked(const void *entry)
{
    const unsigned int owner = Machine::get().stack_owner(entry);
    if (owner > max_threads)
        return;
    Task &task = sim::task(owner);
    const auto end = task.linked.begin() + task.linked_count;
    const auto at = std::find(task.linked.begin(), end, entry);
    if (at == end)
        return;
    *at = task.linked.at(--task.linked_count);
}

// ---- memory ----

void *sim_alloc(size_t size, bool may_sleep)
{
    here = __builtin_return_address(0);
    if (may_sleep)
        must_not_be_asleep("kmalloc(GFP_KERNEL)");
    return allocate(size);
}

void sim_free(const void *memory)
{
    here = __builtin_return_address(0);
    if (!memory)
        return;
    void *block = const_cast<void *>(memory);
    const std::size_t size = allocated_size(block);
    timers_in_freed_memory(block, size);
    if (program().pending)
        if (const char *pending = program().pending(block, size))
            refuse("%s frees memory with %s in it, which is pending or runs", current().name,
                   pending);
    point();
    touch(life_of(block), Access::write); // see KernelWorld::check()
    release(block);
    tell("frees %zu bytes", size);
}

void sim_check(const void *memory, size_t size)
{
    here = __builtin_return_address(0);
    world().check(memory, size);
}

void sim_copy(void *to, const void *from, size_t size)
{
    if (size == 0)
        return;
    here = __builtin_return_address(0);
    plain_access(from, size, Access::read);
    plain_access(to, size, Access::write);
    std::memmove(to, from, size);
}

void sim_fill(void *to, int byte, size_t size)
{
    if (size == 0)
        return;
    here = __builtin_return_address(0);
    plain_access(to, size, Access::write);
    std::memset(to, byte, size);
}

static void read_bytes(const void *memory, size_t size)
{
    for (size_t i = 0; i < size; ++i)
        plain_access(static_cast<const unsigned char *>(memory) + i, 1, Access::read);
}

static bool is_user(const void *memory)
{
    return reinterpret_cast<std::uintptr_t>(memory) >= 4096;
}

unsigned long sim_copy_out(void *to, const void *from, unsigned long size)
{
    here = __builtin_return_address(0);
    must_not_be_asleep("copy_to_user()");
    read_bytes(from, size);
    if (!is_user(to))
        return size;
    std::memcpy(to, from, size);
    tell("copies %lu byte%s to the user", size, size == 1 ? "" : "s");
    return 0;
}

unsigned long sim_copy_in(void *to, const void *from, unsigned long size)
{
    here = __builtin_return_address(0);
    must_not_be_asleep("copy_from_user()");
    if (!is_user(from))
        return size;
    for (size_t i = 0; i < size; ++i) {
        auto *byte = static_cast<unsigned char *>(to) + i;
        plain_access(byte, 1, Access::write);
        *byte = static_cast<const unsigned char *>(from)[i];
    }
    tell("copies %lu byte%s from the user", size, size == 1 ? "" : "s");
    return 0;
}

} // extern "C"
