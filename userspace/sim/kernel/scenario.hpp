// SPDX-License-Identifier: GPL-2.0
// scenario.hpp - runs a scenario of a driver's, as <waitq/explore.h> has it.
#pragma once

#include "kernel.hpp"

namespace sim {

class DriverScenario : public Scenario {
public:
    explicit DriverScenario(const Known &known) : known_(known) {}

    void run() override;

    // For the functions of explore.h.
    void flow(const char *name, Context context, void (*body)());
    void signal(const char *name, bool fatal);
    void after(void (*body)()) { after_ = body; }
    // The block of the scenario is at its end.
    void end_of_block();
    void unload(const unsigned int *users, bool *going);
    [[nodiscard]] bool unloaded() const { return unloaded_; }
    [[nodiscard]] Task *find(const char *name) const;
    static DriverScenario *active();

private:
    struct Started {
        const char *name;
        void (*body)();
        Task *task;
    };
    struct Signal {
        DriverScenario *scenario;
        const char *name;
        bool fatal;
        std::array<char, 40> flow_name;
    };
    static void run_body(void *started);
    static void run_signal(void *signal);
    void at_rest();
    void check_locks() const;
    void check_sleepers();
    void free_all();
    void exit_module();

    const Known &known_;
    std::vector<Started> started_;
    std::vector<Signal> signals_;
    void (*after_)() = nullptr;
    bool ended_ = false;
    bool unloading_ = false, unloaded_ = false;
};

} // namespace sim
