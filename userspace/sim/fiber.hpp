// SPDX-License-Identifier: GPL-2.0
// fiber.hpp - a flow of control with a stack of its own, switched to and from by hand.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sim {

// Fibers are abandoned, not ended: an execution that the explorer cuts short leaves them where
// they stand, and start() begins anew on the same stack. So what runs in one must own nothing
// that only a destructor would give back.
class Fiber {
public:
    Fiber();
    ~Fiber() = default; // stacks are kept: there are as many as the machine has threads
    Fiber(const Fiber &) = delete;
    Fiber &operator=(const Fiber &) = delete;

    // `body` must not return: it ends with leave() for ever.
    void start(void (*body)(void *), void *argument);
    // From the main flow: runs the fiber until it leaves.
    void enter();
    // In the fiber: back to the main flow, until the next enter().
    void leave();

    // True for an address on the stack of any fiber.
    static bool on_any_stack(std::uintptr_t address) { return address - region_ < region_size; }
    // On its stack, and in a frame that has not returned, if it stands still.
    [[nodiscard]] bool lives(std::uintptr_t address) const
    {
        return owns(address) && address >= reinterpret_cast<std::uintptr_t>(context_);
    }
    [[nodiscard]] bool owns(std::uintptr_t address) const
    {
        return address - reinterpret_cast<std::uintptr_t>(stack_) < stack_size;
    }

private:
    static constexpr std::size_t stack_size = std::size_t{64} * 1024;
    static constexpr std::size_t guard_size = 4096;
    static constexpr std::size_t region_size = 64 * stack_size;
    static inline std::uintptr_t region_ = 0;
    static inline std::size_t region_used_ = 0;

    static void trampoline_body(Fiber *self);
    friend struct Trampoline;

    unsigned char *stack_;
    void *context_ = nullptr; // where the fiber stands
    void *caller_ = nullptr;  // where the main flow stands
    void (*body_)(void *) = nullptr;
    void *argument_ = nullptr;
    // AddressSanitizer's view of the two stacks.
    void *fake_stack_ = nullptr;
    void *main_fake_stack_ = nullptr;
    const void *main_bottom_ = nullptr;
    std::size_t main_size_ = 0;
};

} // namespace sim
