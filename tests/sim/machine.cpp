// SPDX-License-Identifier: GPL-2.0
#include "machine.hpp"

#include "memory.hpp"
#include "poll.hpp"
#include "timer.hpp"
#include "wait.hpp"

#include <bit>
#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace sim {
namespace {

// An execution of more steps does not end by itself.
constexpr unsigned int max_steps = 4000;

std::string formatted(const char *format, std::va_list arguments)
{
    std::array<char, 512> text{};
    std::vsnprintf(text.data(), text.size(), format, arguments);
    return text.data();
}

} // namespace

Machine &Machine::get()
{
    static Machine machine;
    return machine;
}

Machine::Machine()
{
    for (unsigned int i = 0; i <= max_threads; ++i)
        threads_.push_back(std::make_unique<Thread>());
    boot_ = threads_.back().get();
}

void Machine::forget()
{
    shared_.forget();
    wide_locks_.clear();
}

// ---- one execution ------------------------------------------------------------

void Machine::run_thread(void *thread)
{
    auto *self = static_cast<Thread *>(thread);
    self->body(self->argument);
    self->task.done = true;
    for (;;)
        self->fiber.leave();
}

void Machine::run_boot(void *machine)
{
    auto *self = static_cast<Machine *>(machine);
    self->scenario_->set_up();
    self->boot_->fiber.leave();
    self->scenario_->quiescent();
    while (!self->everybody_is_done()) {
        if (!self->scenario_->rescue())
            refuse("somebody sleeps whom nothing can wake");
        self->boot_->fiber.leave();
    }
    self->scenario_->tear_down();
    if (const std::size_t left = memory_in_use(); left != 0)
        refuse("%zu bytes of kernel memory are never freed", left);
    self->boot_->task.done = true;
    for (;;)
        self->boot_->fiber.leave();
}

bool Machine::everybody_is_done() const
{
    for (unsigned int i = 0; i < thread_count_; ++i)
        if (threads_[i]->task.context == Context::task && !threads_[i]->task.done)
            return false;
    return true;
}

void Machine::enter(Thread &thread)
{
    current_ = &thread;
    thread.fiber.enter();
}

Task &Machine::spawn(const char *name, Context context, void (*body)(void *), void *argument)
{
    if (thread_count_ == max_threads)
        refuse("a scenario of more than %u threads", max_threads);
    Thread &thread = *threads_[thread_count_];
    thread.task = {};
    thread.task.name = name;
    thread.task.index = thread_count_++;
    thread.task.context = context;
    thread.task.irqs_on = context == Context::task;
    thread.body = body;
    thread.argument = argument;
    thread.ready = nullptr;
    thread.awaited = nullptr;
    thread.arity = 1;
    thread.fiber.start(run_thread, &thread);
    return thread.task;
}

Mask Machine::enabled() const
{
    Mask mask = 0;
    for (unsigned int i = 0; i < thread_count_; ++i) {
        const Thread &thread = *threads_[i];
        if (!thread.task.done && (!thread.ready || thread.ready(thread.argument_of_ready)))
            mask |= bit(i);
    }
    return mask;
}

End Machine::execute(Scenario &scenario, Decider &decider, bool tell_it)
{
    scenario_ = &scenario;
    thread_count_ = 0;
    exploring_ = failed_ = again_ = false;
    told_ = tell_it;
    failure_.clear();
    story_.clear();
    names_.clear();
    additions_.clear();
    choices_.clear();
    shared_.begin_execution();
    reduction_.begin_execution();
    races_.begin_execution();
    reset_memory();
    reset_timers();
    reset_subscribers();

    boot_->task = {};
    boot_->task.name = "the kernel";
    boot_->task.index = max_threads;
    boot_->task.irqs_on = true;
    boot_->task.privileged = true;
    boot_->fiber.start(run_boot, this);
    enter(*boot_);

    End end = End::failed;
    if (!failed_ && explore(decider, end)) {
        do {
            enter(*boot_);
            if (!failed_ && !boot_->task.done)
                drain();
        } while (!failed_ && !boot_->task.done);
        end = failed_ ? End::failed : End::complete;
    }
    current_ = nullptr;
    return end;
}

// True: nobody can take a step any more.
bool Machine::explore(Decider &decider, End &end)
{
    // To their first points, in which nothing happens that others could notice.
    for (unsigned int i = 0; i < thread_count_ && !failed_; ++i)
        enter(*threads_[i]);
    exploring_ = true;
    unsigned int last = max_threads;
    Mask now = enabled();
    while (now != 0 && !failed_) {
        const unsigned int number = reduction_.count() + 1;
        Choice choice{};
        if (number > max_steps)
            fail("the execution does not end");
        else if (!decider.decide(number, now, last, choice)) {
            exploring_ = false;
            end = End::cut;
            return false;
        }
        if (failed_)
            break;
        last = choice.thread;
        choices_.push_back(choice);
        Thread &thread = *threads_[last];
        thread.chosen = choice.value;
        reduction_.begin_step(last, choice.value, now);
        enter(thread);
        if (told_)
            tell_accesses();
        if (again_) {
            exploring_ = false;
            end = End::again;
            return false;
        }
        if (failed_)
            break;
        now = enabled();
        decider.taken(number, now);
        if (const char *wrong = scenario_->each_state())
            fail(wrong);
    }
    exploring_ = false;
    end = End::failed;
    return !failed_;
}

// Runs everybody as far as they get, in no particular order: nothing is explored any more.
void Machine::drain()
{
    unsigned int steps = 0;
    for (Mask now = enabled(); now != 0 && !failed_; now = enabled()) {
        const int thread = drains_backwards ? std::bit_width(now) - 1 : std::countr_zero(now);
        Thread &next = *threads_[static_cast<unsigned int>(thread)];
        next.chosen = 0;
        if (++steps > max_steps)
            fail("the execution does not end");
        else
            enter(next);
    }
}

void Machine::fail(std::string text)
{
    failed_ = true;
    failure_ = std::move(text);
    if (told_)
        story_.push_back(
            {reduction_.count(), current_ ? current_->task.index : max_threads, "*** " + failure_});
}

void Machine::uses_points_in(const Task &holder)
{
    for (unsigned int i = 0; i < holder.held_count; ++i)
        if (wide_locks_.insert(holder.held[i].lock).second)
            again_ = true;
    if (again_)
        for (;;)
            current_->fiber.leave();
}

// ---- points --------------------------------------------------------------------

void Machine::stop(bool (*ready)(const void *), const void *argument, const void *object,
                   unsigned int arity)
{
    Thread &self = *current_;
    if (&self == boot_) {
        if (ready && !ready(argument))
            refuse("waits for what nobody will do");
        self.chosen = 0;
        return;
    }
    if (exploring_)
        uses_points_in(self.task);
    self.ready = ready;
    self.argument_of_ready = argument;
    self.awaited = object;
    self.arity = arity;
    self.fiber.leave();
    self.ready = nullptr;
    self.awaited = nullptr;
}

void point()
{
    Machine::get().stop(nullptr, nullptr, nullptr, 1);
}

void point_when(bool (*ready)(const void *), const void *argument, const void *object)
{
    Machine::get().stop(ready, argument, object ? object : argument, 1);
}

unsigned int choose(unsigned int n)
{
    Machine &machine = Machine::get();
    machine.stop(nullptr, nullptr, nullptr, n);
    return machine.current_->chosen;
}

Shared *Machine::awaited(unsigned int thread)
{
    const void *object = threads_[thread]->awaited;
    return object ? &shared_.at(shared_.index_of(reinterpret_cast<std::uintptr_t>(object)))
                  : nullptr;
}

Task &current()
{
    return Machine::get().current_->task;
}

// ---- what a step does ------------------------------------------------------------

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
        machine.races_.acquire(current().index, machine.shared_.at(machine.shared_.index_of(
                                                    reinterpret_cast<std::uintptr_t>(object))));
}

void release_to(const void *object)
{
    Machine &machine = Machine::get();
    if (machine.exploring_)
        machine.races_.release(current().index, machine.shared_.at(machine.shared_.index_of(
                                                    reinterpret_cast<std::uintptr_t>(object))));
}

void lock_taken(const void *lock)
{
    Machine &machine = Machine::get();
    if (!machine.exploring_)
        return;
    const auto index = machine.shared_.index_of(reinterpret_cast<std::uintptr_t>(lock));
    Shared &shared = machine.shared_.at(index);
    machine.races_.lock_taken(current().index, shared);
    if (!machine.instrumented || machine.wide_locks_.contains(lock)) {
        machine.races_.acquire(current().index, shared);
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
    machine.races_.lock_released(current().index, shared);
    if (shared.acquired_in) // it counts by itself
        machine.races_.release(current().index, shared);
    machine.reduction_.lock_released(shared);
}

void plain_access(const void *memory, std::size_t size, Access access)
{
    Machine &machine = Machine::get();
    if (!machine.exploring_ ||
        machine.current_->fiber.owns(reinterpret_cast<std::uintptr_t>(memory)))
        return;
    const auto address = reinterpret_cast<std::uintptr_t>(memory);
    if (Fiber::on_any_stack(address))
        machine.check_foreign_stack(address, access);
    check_memory(memory, size);
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
        const unsigned int other = machine.races_.write(machine.current_->task.index, shared);
        if (other != Races::none)
            refuse("%s may still read a wait entry of %s, which is gone now",
                   machine.threads_[other]->task.name, machine.current_->task.name);
    }
}

void Machine::plain_byte(std::uintptr_t address, Access access)
{
    const std::uint16_t index = shared_.index_of(address);
    Shared &shared = shared_.at(index);
    const unsigned int self = current_->task.index;
    bool only_added_to = false;
    for (const auto &[begin, size] : additions_)
        only_added_to |= address - begin < size;
    const unsigned int other = access == Access::write ? races_.write(self, shared, !only_added_to)
                                                       : races_.read(self, shared, !only_added_to);
    if (other != Races::none)
        refuse("data race: %s and %s access %s with nothing between them that orders it",
               current_->task.name, threads_[other]->task.name,
               described(reinterpret_cast<const void *>(address)).data());
    if (!only_added_to)
        reduction_.touched(index, shared, access);
}

// Another thread's stack may be reached through a wait entry on it, as long as that lives.
void Machine::check_foreign_stack(std::uintptr_t address, Access access)
{
    for (unsigned int i = 0; i < thread_count_; ++i) {
        if (!threads_[i]->fiber.owns(address))
            continue;
        if (!in_living_entry(threads_[i]->task, reinterpret_cast<const void *>(address)))
            refuse("%s the stack of %s where no wait entry is (any more)",
                   access == Access::write ? "writes to" : "reads", threads_[i]->task.name);
        return;
    }
}

void Machine::additions_only(const void *memory, std::size_t size)
{
    additions_.emplace_back(reinterpret_cast<std::uintptr_t>(memory), size);
}

// ---- reports -----------------------------------------------------------------------

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
    std::va_list arguments;
    va_start(arguments, format);
    machine.story_.push_back(
        {machine.reduction_.count(), machine.current_->task.index, formatted(format, arguments)});
    va_end(arguments);
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
        story_.push_back({reduction_.count(), choices_.back().thread, text});
}

} // namespace sim
