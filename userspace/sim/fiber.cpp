// SPDX-License-Identifier: GPL-2.0
#include "fiber.hpp"

#include <boost/context/detail/fcontext.hpp>
#include <cstdlib>
#include <sys/mman.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#define WAITQ_SIM_ASAN 1
#else
#define WAITQ_SIM_ASAN 0
#endif

namespace sim {

namespace context = boost::context::detail;

// The bare context of boost: its fiber class would unwind an abandoned stack by an exception,
// through the freestanding code of the module.
struct Trampoline {
    static void run(context::transfer_t from)
    {
        auto *self = static_cast<Fiber *>(from.data);
        self->caller_ = from.fctx;
        Fiber::trampoline_body(self);
    }
};

// All stacks lie in one piece of memory, so that one comparison tells an address on a stack.
// The lowest page of each can't be touched: an overflow stops there. Executable: gcc calls a nested
// function, as a scenario's threads are, by a few instructions that it puts on the stack.
Fiber::Fiber()
{
    if (region_ == 0) {
        void *region = mmap(nullptr, region_size, PROT_READ | PROT_WRITE | PROT_EXEC,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (region == MAP_FAILED)
            std::abort();
        region_ = reinterpret_cast<std::uintptr_t>(region);
    }
    if (region_used_ == region_size)
        std::abort();
    stack_ = reinterpret_cast<unsigned char *>(region_ + region_used_);
    region_used_ += stack_size;
    mprotect(stack_, guard_size, PROT_NONE);
}

void Fiber::trampoline_body(Fiber *self)
{
#if WAITQ_SIM_ASAN
    __sanitizer_finish_switch_fiber(nullptr, &self->main_bottom_, &self->main_size_);
#endif
    self->body_(self->argument_);
    std::abort(); // see start()
}

void Fiber::start(void (*body)(void *), void *argument)
{
#if WAITQ_SIM_ASAN
    // Frames that were abandoned have left their red zones behind.
    __asan_unpoison_memory_region(stack_ + guard_size, stack_size - guard_size);
#endif
    body_ = body;
    argument_ = argument;
    fake_stack_ = nullptr;
    context_ =
        context::make_fcontext(stack_ + stack_size, stack_size - guard_size, Trampoline::run);
}

void Fiber::enter()
{
#if WAITQ_SIM_ASAN
    __sanitizer_start_switch_fiber(&main_fake_stack_, stack_, stack_size);
#endif
    context_ = context::jump_fcontext(static_cast<context::fcontext_t>(context_), this).fctx;
#if WAITQ_SIM_ASAN
    __sanitizer_finish_switch_fiber(main_fake_stack_, nullptr, nullptr);
#endif
}

void Fiber::leave()
{
#if WAITQ_SIM_ASAN
    __sanitizer_start_switch_fiber(&fake_stack_, main_bottom_, main_size_);
#endif
    caller_ = context::jump_fcontext(static_cast<context::fcontext_t>(caller_), nullptr).fctx;
#if WAITQ_SIM_ASAN
    __sanitizer_finish_switch_fiber(fake_stack_, &main_bottom_, &main_size_);
#endif
}

} // namespace sim
