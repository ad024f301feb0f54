// SPDX-License-Identifier: GPL-2.0
// device_scenario.hpp - runs a Row on the device core, and watches over what must hold.
#pragma once

#include "../sim/poll.hpp"
#include "scenario.hpp"

namespace core {

class DeviceScenario : public RowScenario {
public:
    using RowScenario::RowScenario;

    const char *each_state() override;
    void quiescent() override;
    void tear_down() override;
    [[nodiscard]] std::string outcome() const override;

private:
    static constexpr unsigned int max_files = 5, max_bytes = 64;

    // What an actor has besides its call.
    struct Io {
        // The bytes it read, in order.
        std::array<unsigned char, max_bytes> buffer;
        unsigned int byte_count;
        unsigned int written; // so far: numbers its bytes
        sim::Epoll epoll;
        bool polled;             // came back from poll or epoll with an event
        unsigned int ready_once; // what has been ready since that call began
    };
    struct OpenFile {
        ::file file;
        unsigned int users; // descriptors and calls under way
        bool open;
        // The last arming of its timer; 0: none.
        const Act *armed;
        long long due_ns; // the first firing, at the earliest
    };

    void create() override;
    void prepare() override;
    void perform(Player &player, const Act &act) override;
    void set_free(Player &player) override;
    void open_files();
    void name_things();
    Io &io(const Player &player) { return io_.at(index_of(player)); }
    [[nodiscard]] const Io &io(const Player &player) const { return io_.at(index_of(player)); }
    OpenFile &file_of(const Act &act) { return files_.at(act.file); }

    // device_calls.cpp
    long do_wait(Player &player, const Act &act);
    long do_wake(Player &player, const Act &act);
    long do_timer(Player &player, const Act &act);
    long do_info(const Player &player, const Act &act);
    long do_list(const Player &player, const Act &act);
    long do_read(Player &player, const Act &act);
    long do_write(Player &player, const Act &act);
    long do_take(Player &player, const Act &act);
    long do_add(Player &player, const Act &act);
    long do_sigio(Player &player, const Act &act, bool reads);
    long do_sigio_event(const Player &player, const Act &act);
    long do_open_event(Player &player, const Act &act);
    long ioctl(unsigned int file, unsigned int nr, void *argument);
    void do_close(Player &player, const Act &act);
    void do_unload(Player &player);
    unsigned int polled(Player &player, const Act &act, unsigned int events);
    void put(OpenFile &file);
    void release(OpenFile &file);
    static bool no_file_open(const void *scenario);

    // device_oracle.cpp
    static bool parks(const Player &player, const Act &act, unsigned int state);
    unsigned long long counter() const;
    void check_posted(const Player &player, const Act &act, const waitq_signal_wait &request,
                      long result);
    void check_wait(const Player &player, const Act &act, long long rest_ns, long result);
    void check_left(const Player &player, const Act &act, long long rest_ns) const;
    void check_wake(const Player &player, const Act &act, long result);
    const char *check_order(const Player &served);
    void check_asleep(const Player &player);
    void check_event_asleep(const Player &player) const;
    [[nodiscard]] double all_that_is_posted() const;
    [[nodiscard]] bool spent_on_others(const Player &player) const;
    [[nodiscard]] bool writer_can_go_on(const Player &player) const;
    [[nodiscard]] unsigned int ready(const Act &act) const;

    // device_sums.cpp
    void check_bytes() const;
    void check_fired(const OpenFile &file, unsigned long long fired) const;
    void check_timers_go_on() const;
    void check_programmed(const OpenFile &file) const;
    void check_events();
    void check_empty() const;
    void check_figures() const;
    static bool first_of_a_write(const Player &player, unsigned int number);
    [[nodiscard]] bool atomic_writer(const Player &player) const;

    waitq_queue *queue_ = nullptr;
    std::array<OpenFile, max_files> files_{};
    std::array<Io, max_actors> io_{};
    bool loaded_ = false;
    mutable unsigned long long last_counter_ = 0;
    unsigned int posters_ = 0;   // threads that post in this row
    bool timers_shared_ = false; // several actors set one timer
    unsigned long long written_ = 0, read_ = 0;
    unsigned long long fired_ = 0; // firings that TIMER calls told of
    bool firings_unknown_ = false; // a file was closed before it told
    std::string out_of_order_;     // what check_order() says

    // When a waiter of WAIT saw its condition come true: who had been woken by then.
    std::array<unsigned long long, max_actors> exclusive_woken_then_{};
};

// Of an act that waits in the queue of events: WAIT, or read of an EVENTFD.
struct EventClaim {
    bool waits;
    unsigned long long threshold;
    bool exclusive, consumes;
    unsigned int state;
};
EventClaim claim_of(const Row &row, const Act *act);

} // namespace core
