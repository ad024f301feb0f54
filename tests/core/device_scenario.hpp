// SPDX-License-Identifier: GPL-2.0
// device_scenario.hpp - runs a Row on the device core, and watches over what must hold.
#pragma once

#include "../sim/machine.hpp"
#include "../sim/poll.hpp"
#include "act.hpp"

#include <array>

namespace core {

class DeviceScenario : public sim::Scenario {
public:
    explicit DeviceScenario(const Row &row);

    void set_up() override;
    const char *each_state() override;
    void quiescent() override;
    bool rescue() override;
    void tear_down() override;

    [[nodiscard]] const Row &row() const { return row_; }
    // What came of each call, one line; the same for equivalent executions.
    [[nodiscard]] std::string outcome() const;

private:
    static constexpr unsigned int max_actors = 6, max_acts = 4, max_files = 3, max_bytes = 64;

    // A call that an actor makes.
    struct Call {
        const Act *act;
        unsigned int begun_at;   // step
        unsigned int true_since; // the step after which its condition held; 0: it does not
        long long begun_ns;
        unsigned int woken_before, exclusive_before; // of the task's counts
    };
    struct Player {
        DeviceScenario *scenario;
        const Actor *actor;
        sim::Task *task;
        Call call;
        std::array<long, max_acts> results;
        unsigned int result_count;
        // Its bytes, in order.
        std::array<unsigned char, max_bytes> buffer;
        unsigned int byte_count;
        unsigned int written; // its own, so far: numbers them
        sim::Epoll epoll;
        bool polled; // came back from poll or epoll with an event
    };
    struct OpenFile {
        ::file file;
        unsigned int users; // descriptors and calls under way
        bool open;
        unsigned int firings;
    };

    void spawn_others();
    static void play(void *player);
    void perform(Player &player, const Act &act);
    void begin(Player &player, const Act &act);
    void end(Player &player, const char *what, long result);
    long do_wait(Player &player, const Act &act);
    long do_wake(Player &player, const Act &act);
    long do_timer(Player &player, const Act &act);
    long do_info(Player &player, const Act &act);
    long do_list(Player &player, const Act &act);
    long do_read(Player &player, const Act &act);
    long do_write(Player &player, const Act &act);
    long do_sigio(Player &player, const Act &act, bool reads);
    long ioctl(const Act &act, unsigned int nr, void *argument, unsigned int size);
    void do_close(Player &player, const Act &act);
    void put(OpenFile &file);
    static bool no_file_open(const void *scenario);

    // oracle.cpp
    void check_wait(const Player &player, const Act &act, const waitq_wait &request, long result);
    void check_wake(const Player &player, const Act &act, const waitq_wake &request, long result);
    void check_asleep(const Player &player);
    void check_bytes() const;
    void check_sums() const;
    [[nodiscard]] bool spent_on_others(const Player &player) const;
    [[nodiscard]] bool writer_can_go_on(const Player &player) const;
    [[nodiscard]] unsigned int ready() const;
    static bool first_of_a_write(const Player &player, unsigned int number);
    [[nodiscard]] bool atomic_writer(const Player &player) const;

    const Row &row_;
    waitq_queue *queue_ = nullptr;
    std::array<OpenFile, max_files> files_{};
    std::array<Player, max_actors> players_{};
    unsigned int player_count_ = 0;
    bool loaded_ = false;

    struct Sums {
        unsigned long long posted, consumed;
        unsigned long long asked; // exclusive waiters that wakes asked for
        unsigned long long written, read;
        unsigned long long timeouts, signals, spurious;
        unsigned int signals_sent;
        unsigned int faults, rescues;
    };
    Sums sums_{};
};

struct WakeScope {
    bool all;
    unsigned int nr; // else
};
// How many exclusive waiters a wake of that kind wakes, from the table of the contract.
WakeScope scope_of(unsigned int kind, unsigned int nr);
// What the table says of a wait kind.
struct WaitTraits {
    const char *name;
    unsigned int state; // sim::TASK_*; of those that leave it to the caller: interruptible
    bool has_timeout;
    bool exclusive;
    bool holds_head; // with interrupts on
};
WaitTraits traits_of(unsigned int kind);
unsigned int wait_kind_count();
unsigned int wake_kind_count();

} // namespace core
