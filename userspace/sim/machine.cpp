// SPDX-License-Identifier: GPL-2.0
#include "machine.hpp"

#include <bit>

namespace sim {
namespace {

// An execution of more steps does not end by itself.
constexpr unsigned int max_steps = 4000;

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
    looked_at_.clear();
    visited_.clear();
    marked_.clear();
}

// ---- one execution ----

void Machine::run_thread(void *thread)
{
    auto *self = static_cast<Thread *>(thread);
    self->body(self->argument);
    self->flow->done = true;
    for (;;)
        self->fiber.leave();
}

void Machine::run_boot(void *machine)
{
    auto *self = static_cast<Machine *>(machine);
    self->scenario_->run();
    if (const char *left = world().left_behind())
        refuse("%s", left);
    self->boot_->flow->done = true;
    for (;;)
        self->boot_->fiber.leave();
}

void Scenario::run()
{
    Machine &machine = Machine::get();
    set_up();
    machine.explore_now();
    quiescent();
    while (!machine.everybody_is_done()) {
        if (!rescue())
            refuse("somebody sleeps whom nothing can wake");
        machine.drain_now();
    }
    tear_down();
}

void Machine::explore_now()
{
    if (explored_)
        give_up("a scenario is explored twice");
    boot_->fiber.leave();
}

unsigned int Machine::drain_now()
{
    boot_->fiber.leave();
    return drained_;
}

unsigned int Machine::stack_owner(const void *memory) const
{
    const auto address = reinterpret_cast<std::uintptr_t>(memory);
    unsigned int index = 0;
    if (!Fiber::on_any_stack(address))
        return max_threads + 1;
    while (index <= max_threads && !threads_[index]->fiber.owns(address))
        ++index;
    return index;
}

bool Machine::lives_on_stack(const Flow &flow, const void *memory) const
{
    return threads_[flow.index]->fiber.lives(reinterpret_cast<std::uintptr_t>(memory));
}

bool Machine::everybody_is_done() const
{
    for (unsigned int i = 0; i < thread_count_; ++i)
        if (threads_[i]->flow->context == Context::task && !threads_[i]->flow->done)
            return false;
    return true;
}

void Machine::enter(Thread &thread)
{
    current_ = &thread;
    ++steps_ever_;
    if (publishers_ != 0)
        thread.stores.show();
    thread.fiber.enter();
    if (publishers_ != 0)
        thread.stores.hide();
    current_ = nullptr;
}

Flow &Machine::spawn(const char *name, Context context, void (*body)(void *), void *argument)
{
    // The store buffers have one half of the numbers.
    const unsigned int most = memory_model == Memory::tso ? max_threads / 2 : max_threads;
    if (thread_count_ == most)
        give_up("a scenario of more than %u threads, interrupts and signals%s", most,
                memory_model == Memory::tso ? ": with --memory sc there can be more" : "");
    Thread &thread = *threads_[thread_count_];
    thread.flow = &world().new_flow(thread_count_);
    thread.flow->name = name;
    thread.flow->index = thread_count_++;
    thread.flow->context = context;
    thread.flow->irqs_on = context != Context::interrupt;
    thread.body = body;
    thread.argument = argument;
    thread.ready = nullptr;
    thread.awaited = nullptr;
    thread.arity = 1;
    thread.stores.clear();
    thread.overtakes = thread.either = false;
    thread.last_publication = 0;
    thread.fiber.start(run_thread, &thread);
    return *thread.flow;
}

Mask Machine::enabled() const
{
    Mask mask = 0, patient = 0;
    for (unsigned int i = 0; i < thread_count_; ++i) {
        const Thread &thread = *threads_[i];
        const bool waits = publishers_ != 0 && !thread.stores.empty(); // its stores do
        if (waits)
            mask |= bit(publisher_of(i));
        if (!thread.flow->done && (!waits || thread.overtakes) &&
            (!thread.ready || thread.ready(thread.argument_of_ready)))
            (thread.flow->patient ? patient : mask) |= bit(i);
    }
    return mask ? mask : patient;
}

unsigned int Machine::goes_on(Mask enabled, unsigned int last) const
{
    if (last == max_threads)
        return max_threads;
    const unsigned int owner = publishers_ & bit(last) ? publisher_of(last) : last;
    if (publishers_ & enabled & bit(publisher_of(owner)))
        return publisher_of(owner);
    return enabled & bit(owner) ? owner : max_threads;
}

End Machine::execute(Scenario &scenario, Decider &decider, bool tell_it)
{
    scenario_ = &scenario;
    thread_count_ = 0;
    publishers_ = 0;
    exploring_ = failed_ = again_ = explored_ = gave_up_ = false;
    told_ = tell_it;
    failure_.clear();
    story_.clear();
    names_.clear();
    additions_.clear();
    choices_.clear();
    shared_.begin_execution();
    reduction_.begin_execution();
    races_.begin_execution();
    boot_->flow = &world().new_flow(max_threads);
    boot_->flow->name = "the kernel";
    boot_->flow->index = max_threads;
    boot_->flow->irqs_on = true;
    world().begin_execution(*boot_->flow);
    boot_->fiber.start(run_boot, this);
    enter(*boot_);

    End end = End::failed;
    if (!failed_ && !boot_->flow->done) {
        explored_ = true;
        if (!explore(decider, end)) {
            current_ = nullptr;
            return end;
        }
    }
    while (!failed_ && !boot_->flow->done) {
        enter(*boot_);
        if (!failed_ && !boot_->flow->done)
            drained_ = drain();
    }
    end = failed_ ? End::failed : End::complete;
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
        reduction_.begin_step(last, choice.value, now, thread.either);
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
unsigned int Machine::drain()
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
    return steps;
}

void Machine::fail(std::string text)
{
    failed_ = true;
    failure_ = std::move(text);
    if (told_)
        story_.push_back({reduction_.count(), current_ ? current_->flow->index : max_threads,
                          "*** " + failure_,
                          current_ ? world().call_chain() : std::vector<const void *>{}});
}

void Machine::uses_points_in(const Flow &holder)
{
    for (unsigned int i = 0; i < holder.held_count; ++i)
        if (wide_locks_.insert(holder.held[i].lock).second)
            again_ = true;
    if (again_)
        begin_again();
}

void Machine::begin_again()
{
    again_ = true;
    for (;;)
        current_->fiber.leave();
}

// ---- points ----

void Machine::stop(bool (*ready)(const void *), const void *argument, const void *object,
                   unsigned int arity, bool overtakes)
{
    Thread &self = *current_;
    if (&self == boot_) {
        while (ready && !ready(argument))
            if (!explored_ || drain_now() == 0)
                refuse("%s waits for what nobody will do", self.flow->name);
        self.chosen = 0;
        return;
    }
    if (exploring_)
        uses_points_in(*self.flow);
    self.ready = ready;
    self.argument_of_ready = argument;
    self.awaited = object;
    self.arity = arity;
    self.here = here;
    self.overtakes = overtakes;
    self.fiber.leave();
    here = self.here; // others have been elsewhere
    if (!overtakes && self.last_publication != 0 && exploring_)
        reduction_.after(self.last_publication);
    self.ready = nullptr;
    self.awaited = nullptr;
    self.either = false;
}

void point()
{
    Machine::get().stop(nullptr, nullptr, nullptr, 1);
}

void point_when(bool (*ready)(const void *), const void *argument, const void *object)
{
    Machine::get().stop(ready, argument, object ? object : argument, 1);
}

void point_when_either(bool (*ready)(const void *), const void *argument, const void *object)
{
    Machine &machine = Machine::get();
    machine.current_->either = true;
    machine.stop(ready, argument, object, 1);
}

void load_point()
{
    Machine::get().stop(nullptr, nullptr, nullptr, 1, true);
}

void full_barrier()
{
    if (!Machine::get().current_->stores.empty())
        point();
}

unsigned int choose(unsigned int n)
{
    Machine &machine = Machine::get();
    machine.stop(nullptr, nullptr, nullptr, n, true);
    return machine.current_->chosen;
}

Shared *Machine::awaited(unsigned int thread)
{
    const void *object = threads_[thread]->awaited;
    return object ? &shared_.at(shared_.index_of(reinterpret_cast<std::uintptr_t>(object)))
                  : nullptr;
}

Flow &running()
{
    return *Machine::get().current_->flow;
}

} // namespace sim
