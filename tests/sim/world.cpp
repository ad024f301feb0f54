// SPDX-License-Identifier: GPL-2.0
// world.cpp - the simulated kernel behind the seam, for the machine.
#include "context.hpp"
#include "memory.hpp"
#include "poll.hpp"
#include "timer.hpp"
#include "wait.hpp"

#include <sim/machine.hpp>
#include <sim/world.hpp>

namespace sim {
namespace {

class SeamWorld : public World {
public:
    void begin_execution(Flow &boot) override
    {
        reset_memory();
        reset_timers();
        reset_contexts();
        reset_subscribers();
        static_cast<Task &>(boot).privileged = true;
    }
    Flow &new_flow(unsigned int index) override { return tasks_.at(index) = {}; }
    const char *left_behind() override
    {
        const std::size_t left = memory_in_use();
        if (left == 0)
            return nullptr;
        said_ = std::to_string(left) + " bytes of kernel memory are never freed";
        return said_.c_str();
    }
    void check(const void *memory, std::size_t size) override { check_memory(memory, size); }
    // It may be reached through a wait entry on it, as long as that lives: the entry, and what it
    // points to in the frames of its callers.
    void check_stack(const Flow &owner, const void *memory, Access access) override
    {
        const auto &task = static_cast<const Task &>(owner);
        if (!task.sends_errand && !outlives_an_entry(task, memory))
            refuse("%s %s the stack of %s where no wait entry is (any more)", current().name,
                   access == Access::write ? "writes to" : "reads", owner.name);
    }
    std::string described(const void *memory) override { return sim::described(memory); }

private:
    std::array<Task, max_threads + 1> tasks_{};
    std::string said_;
};

} // namespace

World &world()
{
    static SeamWorld world;
    return world;
}

} // namespace sim
