// SPDX-License-Identifier: GPL-2.0
// machine.hpp - host.hpp with fibers: runs one execution of a scenario, one step at a time, in
// the order that somebody else (explorer.hpp) decides.
#pragma once

#include "fiber.hpp"
#include "races.hpp"
#include "reduction.hpp"
#include "store_buffer.hpp"
#include "world.hpp"

#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

namespace sim {

enum class Memory : unsigned char {
    sc,  // sequentially consistent: a store is seen at once
    tso, // total store order: a store may be seen later than what the flow loads after it
};

// What is run again and again. All but each_state() run in a fiber, alone: there, points are
// passed without stopping, and refuse() works.
class Scenario {
public:
    Scenario() = default;
    virtual ~Scenario() = default;
    Scenario(const Scenario &) = delete;
    Scenario &operator=(const Scenario &) = delete;

    // One execution: makes everything new and spawns the threads; Machine::explore_now(), once;
    // checks what has become of it. The five that follow are what this one does by itself.
    virtual void run();

    // Makes everything new, and spawns the threads.
    virtual void set_up() {}
    // After each step. Returns what is wrong, or null.
    virtual const char *each_state() { return nullptr; }
    // Nothing can go on any more: checks that nobody was forgotten.
    virtual void quiescent() {}
    // Somebody still sleeps, rightly: does something to free them. False: nothing left to try.
    virtual bool rescue() { return false; }
    // All tasks have returned: checks the sums, gives everything back.
    virtual void tear_down() {}
};

struct Choice {
    std::uint8_t thread, value;
};

// Says what comes next.
class Decider {
public:
    Decider() = default;
    virtual ~Decider() = default;
    Decider(const Decider &) = delete;
    Decider &operator=(const Decider &) = delete;

    // Step `number` (from 1) can be taken by `enabled`; `last` took the one before (or
    // max_threads). False: this execution need not go on.
    virtual bool decide(unsigned int number, Mask enabled, unsigned int last, Choice &choice) = 0;
    // The step was taken; `now` can take the next one.
    virtual void taken(unsigned int number, Mask now) { (void)number, (void)now; }
};

enum class End : unsigned char {
    complete, // to the end, nothing refused
    cut,      // the decider had seen enough
    failed,   // refused
    again,    // the scenario must be begun anew: see Machine::uses_points_in()
};

struct Line { // of the story of an execution
    unsigned int step;
    unsigned int thread; // max_threads: nobody
    std::string text;
    std::vector<const void *> where; // the innermost first; may be empty
    enum class Kind : unsigned char { says, calls, accesses } kind = Kind::says;
};

class Machine {
public:
    Machine();
    static Machine &get();

    End execute(Scenario &scenario, Decider &decider, bool tell_it = false);
    // For a Decider: it can't be explored.
    void give_up_on(const char *why)
    {
        gave_up_ = true;
        fail(why);
    }
    // Before another scenario.
    void forget();
    // The thread that goes on by itself after `last`: the stores of that one come to memory, then
    // it takes its next step. max_threads: it can't.
    [[nodiscard]] unsigned int goes_on(Mask enabled, unsigned int last) const;
    // A line of the story, if it is told.
    void note(Line::Kind kind, std::string text, std::vector<const void *> where);

    // ---- of the last execution ----
    [[nodiscard]] const std::string &failure() const { return failure_; }
    [[nodiscard]] bool gave_up() const { return gave_up_; }
    [[nodiscard]] const std::vector<Line> &story() const { return story_; }
    [[nodiscard]] const std::vector<Choice> &choices() const { return choices_; }
    [[nodiscard]] unsigned int threads() const { return thread_count_; }
    [[nodiscard]] Flow &flow(unsigned int index) const { return *threads_[index]->flow; }
    [[nodiscard]] const Reduction &reduction() const { return reduction_; }
    Reduction &reduction() { return reduction_; }
    // How many ways the thread's next step can turn out: see choose().
    // The object that the thread waits for, or null.
    Shared *awaited(unsigned int thread);
    [[nodiscard]] unsigned int ways(unsigned int thread) const { return threads_[thread]->arity; }

    // ---- for scenarios ----
    // In set_up(), or in a step: then the new flow can be chosen from the next step on.
    Flow &spawn(const char *name, Context context, void (*body)(void *), void *argument);
    // Memory whose every change is an addition that nobody looks at until the end: changes of
    // it can be swapped, though each writes.
    void additions_only(const void *memory, std::size_t size);
    // What a story calls it. `size`: 1, 4 or 8.
    void name(const void *memory, unsigned int size, const char *text);
    [[nodiscard]] unsigned int steps() const { return reduction_.count(); }
    // Of all executions, and drained ones too: it moves as long as the machine does.
    [[nodiscard]] unsigned long long steps_ever() const { return steps_ever_; }
    [[nodiscard]] bool exploring() const { return exploring_; }
    // False: no flow runs; simulated code may run all the same, as the constructors of a program
    // do.
    [[nodiscard]] bool runs() const { return current_ != nullptr; }
    // For Scenario::run(). Returns when no flow can take a step any more.
    void explore_now();
    // All go on as far as they can, unexplored, one order of many. Returns the number of steps.
    unsigned int drain_now();
    [[nodiscard]] bool everybody_is_done() const;
    // Where the flow stands still: see `here`.
    [[nodiscard]] const void *here_of(const Flow &flow) const { return threads_[flow.index]->here; }
    // Index of the flow on whose stack it is; the boot flow's is max_threads. Greater: on none.
    [[nodiscard]] unsigned int stack_owner(const void *memory) const;
    // The live part of a flow's stack that stands still; and of the one that runs: all of it.
    [[nodiscard]] bool lives_on_stack(const Flow &flow, const void *memory) const;
    Memory memory_model = Memory::sc;
    // After the exploration, in which order the rest runs.
    bool drains_backwards = false;
    // Data-level dependence (reduction.hpp) needs instrumented code; without, all locks count.
#ifdef WAITQ_SIM_INSTRUMENTED
    bool instrumented = true;
#else
    bool instrumented = false;
#endif

private:
    friend void point();
    friend void point_when(bool (*ready)(const void *), const void *argument, const void *object);
    friend void point_when_either(bool (*ready)(const void *), const void *argument,
                                  const void *object);
    friend void load_point();
    friend void full_barrier();
    friend unsigned int choose(unsigned int n);
    friend bool store_waits(void *memory, std::size_t size, const void *object);
    friend bool unlock_waits(void *lock, void (*unlock)(void *lock, unsigned int thread));
    friend void touch(const void *object, Access access);
    friend void plain_access(const void *memory, std::size_t size, Access access);
    friend void marked_access(const void *memory, std::size_t size, Access access);
    friend void atomic_update(const void *memory, std::size_t size);
    friend void memory_ends(const void *memory, std::size_t size);
    friend void acquire_from(const void *object);
    friend void release_to(const void *object);
    friend void lock_taken(const void *lock);
    friend void lock_released(const void *lock);
    friend void lock_has_points(const void *lock);
    friend void look_at_lock(const void *lock);
    friend bool lock_is_looked_at(const void *lock);
    friend void refuse(const char *format, ...);
    friend void give_up(const char *format, ...);
    friend bool telling();
    friend void tell(const char *format, ...);
    friend Flow &running();

    struct Thread {
        Flow *flow;
        Fiber fiber;
        void (*body)(void *);
        void *argument;
        bool (*ready)(const void *);
        const void *argument_of_ready;
        const void *awaited; // the object that the next step writes to, if it has to wait for it
        unsigned int arity;  // of the choice that the next step is; 1: none
        unsigned int chosen;
        const void *here; // where it stands still
        StoreBuffer stores;
        bool either;                    // see point_when_either()
        bool overtakes;                 // its next step may come before its stores are seen
        std::uint16_t last_publication; // the step in which the last was
    };
    struct Name {
        const unsigned char *memory;
        unsigned int size;
        const char *text;
    };
    struct Seen { // a named piece of memory that the current step accesses
        const Name *name;
        bool read, written;
    };

    static void run_thread(void *thread);
    static void run_boot(void *machine);
    void enter(Thread &thread);
    void stop(bool (*ready)(const void *), const void *argument, const void *object,
              unsigned int arity, bool overtakes = false);
    // The stores of thread i come to memory in steps of "thread" max_threads - 1 - i.
    static void run_publisher(void *thread);
    static unsigned int publisher_of(unsigned int thread)
    {
        return max_threads - 1 - thread;
    }
    void begin_publisher(Thread &self);
    bool buffers(const void *at, std::size_t size);
    void enter_marked(const void *memory, std::size_t size, Access access);
    [[nodiscard]] Mask enabled() const;
    bool explore(Decider &decider, End &end);
    unsigned int drain();
    void tell_accesses();
    void remember_access(std::uintptr_t address, Access access);
    void plain_byte(std::uintptr_t address, Access access);
    void marked_byte(std::uintptr_t address, Access access);
    bool is_watched(std::uintptr_t address);
    void get_to_know(Shared &shared, std::size_t size);
    template <class Function>
    void each_object(std::uintptr_t address, std::size_t size, Function function);
    void touch_memory(const void *memory, std::size_t size, Access access);
    static constexpr std::size_t max_scalar = 8;
    void found_race(unsigned int other, std::uintptr_t address, const void *there);
    [[noreturn]] void divide_at(std::uintptr_t address);
    void check(const void *memory, std::size_t size, Access access);
    [[noreturn]] void begin_again();
    void fail(std::string text);
    [[noreturn]] void end_here();
    // A lock with a point in its section counts by itself from then on.
    void uses_points_in(const Flow &holder);

    std::vector<std::unique_ptr<Thread>> threads_; // and, last, the boot thread
    unsigned int thread_count_ = 0;
    Mask publishers_ = 0;
    Thread *boot_;
    Thread *current_ = nullptr;
    Scenario *scenario_ = nullptr;
    bool explored_ = false; // this execution has come to explore_now()
    unsigned int drained_ = 0;
    unsigned long long steps_ever_ = 0;
    bool exploring_ = false, failed_ = false, again_ = false, told_ = false, gave_up_ = false;

    SharedTable shared_;
    Reduction reduction_;
    Races races_;
    std::unordered_set<const void *> wide_locks_; // with points in their sections
    std::unordered_set<const void *> looked_at_;  // see look_at_lock()
    std::unordered_set<std::uintptr_t> visited_;  // words of stacks: see is_watched()
    std::unordered_set<std::uintptr_t> marked_;   // that a race was found at: see found_race()
    std::vector<std::pair<std::uintptr_t, std::size_t>> additions_;

    std::string failure_;
    std::vector<Choice> choices_;
    std::vector<Line> story_;
    std::vector<Name> names_;
    std::vector<Seen> seen_;
};

} // namespace sim
