// SPDX-License-Identifier: GPL-2.0
// world.hpp - the kernel that runs on the machine, as far as the machine asks for it.
#pragma once

#include "flow.hpp"

#include <cstddef>
#include <string>

namespace sim {

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
    // Others may access this part of the flow's stack now.
    virtual bool shares_its_stack(const Flow &flow, const void *memory) = 0;
    // What a report calls it.
    virtual std::string described(const void *memory) = 0;
};

// One in each program; who links the machine defines it.
World &world();

} // namespace sim
