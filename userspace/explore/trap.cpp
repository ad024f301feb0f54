// SPDX-License-Identifier: GPL-2.0
#include "trap.hpp"

#include <array>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <sim/kernel/kernel.hpp>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

namespace waitq::explore {
namespace {

std::uintptr_t address = 0; // that was accessed
const void *at = nullptr;   // by the instruction there
bool divides = false;       // no access

void crash()
{
    sim::here = at;
    if (divides)
        sim::refuse("a crash: %s divides by zero, or runs an instruction that is none",
                    sim::running().name);
    sim::refuse("a crash: %s accesses address %#lx (a recursion without end?)", sim::running().name,
                static_cast<unsigned long>(address));
}

void loop()
{
    sim::here = at;
    sim::give_up(
        "a loop without a step: %s goes round and round, and does nothing that others could "
        "notice or change",
        sim::running().name);
}

// The flow goes on there when the handler returns, and never comes back. On a stack of its own:
// that of the flow may be what has overflowed.
void divert(void *context, void (*to)())
{
    alignas(16) static std::array<unsigned char, std::size_t{64} * 1024> stack;
    auto &registers = static_cast<ucontext_t *>(context)->uc_mcontext;
#if defined(__x86_64__)
    at = reinterpret_cast<const void *>(registers.gregs[REG_RIP] + 1);
    constexpr long long return_address = 8; // as if by a call
    registers.gregs[REG_RSP] = reinterpret_cast<long long>(stack.end()) - return_address;
    registers.gregs[REG_RIP] = reinterpret_cast<long long>(to);
#elif defined(__aarch64__)
    at = reinterpret_cast<const void *>(registers.pc + 4);
    registers.sp = reinterpret_cast<unsigned long long>(stack.end());
    registers.pc = reinterpret_cast<unsigned long long>(to);
#else
#error "which register is the program counter?"
#endif
}

void crashed(int number, siginfo_t *info, void *context)
{
    // A crash of this program itself, outside of any flow, is what it is.
    if (!sim::Machine::get().runs()) {
        std::signal(number, SIG_DFL);
        return;
    }
    address = reinterpret_cast<std::uintptr_t>(info->si_addr);
    divides = number == SIGFPE || number == SIGILL;
    divert(context, crash);
}

// Every second of processor time: has a step been taken since the last?
void ticked(int, siginfo_t *, void *context)
{
    static unsigned long long last = 0;
    static unsigned int times = 0;
    const unsigned long long now = sim::Machine::get().steps_ever();
    times = now == last ? times + 1 : 0;
    last = now;
    constexpr unsigned int enough = 2;
    if (times >= enough && sim::Machine::get().runs())
        divert(context, loop);
}

} // namespace

void catch_traps()
{
    static std::array<unsigned char, std::size_t{64} * 1024> stack;
    const stack_t alternative{stack.data(), 0, stack.size()};
    sigaltstack(&alternative, nullptr);
    struct sigaction action {};
    action.sa_sigaction = crashed;
    action.sa_flags = SA_ONSTACK | SA_SIGINFO | SA_NODEFER;
    for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL})
        sigaction(number, &action, nullptr);
    action.sa_sigaction = ticked;
    action.sa_flags = SA_ONSTACK | SA_SIGINFO | SA_RESTART;
    sigaction(SIGVTALRM, &action, nullptr);
    const itimerval each_second{{1, 0}, {1, 0}};
    setitimer(ITIMER_VIRTUAL, &each_second, nullptr);
}

} // namespace waitq::explore
