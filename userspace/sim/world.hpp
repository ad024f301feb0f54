// SPDX-License-Identifier: GPL-2.0
// world.hpp - the kernel that runs on the machine, as far as the machine asks for it.
#pragma once

#include "flow.hpp"
#include "host.hpp"
#include "store_buffer.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace sim {

struct Race {
    const Flow *one, *other;
    const void *memory, *here, *there;
};

class World {
public:
    World() = default;
    virtual ~World() = default;
    World(const World &) = delete;
    World &operator=(const World &) = delete;

    // Everything is as at boot. `boot`: the flow that makes the scenario.
    virtual void begin_execution(Flow &boot) = 0;
    // Flow number `index`, new, all zero.
    virtual Flow &new_flow(unsigned int index) = 0;
    // The scenario is over: returns what it has left behind, or null.
    virtual const char *left_behind() = 0;

    // A flow accesses memory that is on nobody's stack: refuses what must not be accessed.
    virtual void check(const void *memory, std::size_t size) = 0;
    // The same of memory on the stack of another flow.
    virtual void check_stack(const Flow &owner, const void *memory, Access access) = 0;
    // Accesses of a flow's own stack count, where others come to it.
    virtual bool watches_stacks() { return false; }
    // What a report calls it.
    virtual std::string described(const void *memory) = 0;

    // Two flows access memory with nothing that orders them. True: it is noted, the accesses are
    // steps of their own from then on, and the exploration begins anew. False: it is refused.
    virtual bool tolerates_race(const Race &race)
    {
        (void)race;
        return false;
    }
    // A store of the flow's that has waited (Memory::tso) is seen from now on.
    virtual void published(const Store &store) { (void)store; }
    // Simulated code enters a function, whose frame is at `frame`, and leaves it. `at`: in the
    // function.
    virtual void entered(const void *at, const void *from, const void *frame)
    {
        (void)at, (void)from, (void)frame;
    }
    virtual void left() {}
    // Where the current flow is: `here`, and the calls around it.
    virtual std::vector<const void *> call_chain() { return {}; }
};

// One in each program; who links the machine defines it.
World &world();

} // namespace sim
