// SPDX-License-Identifier: GPL-2.0
// registry.hpp - info about waiters whose entries the kernel's own macros make. Such an entry has
// no room for info, so it is kept by task.
#pragma once

#include "queue.hpp"

namespace waitq::lab {

void registry_init();

// Keeps `info` of the current task until the end of its scope. One at a time for each task.
// Process context.
class [[nodiscard]] Registration {
public:
    explicit Registration(const WaiterInfo &info);
    ~Registration();
    Registration(const Registration &) = delete;
    Registration &operator=(const Registration &) = delete;

private:
    friend bool find_info(const task_struct *task, WaiterInfo &info);

    const task_struct *const task_;
    const WaiterInfo &info_;
    Registration *next_, **link_; // guarded by the registry's lock
};

// Fills in the info of that task, to which the caller holds a reference; false: there is none. Any
// context but an interrupt. Searches one bucket of many, with a lock held.
bool find_info(const task_struct *task, WaiterInfo &info);

} // namespace waitq::lab
