// SPDX-License-Identifier: GPL-2.0
// registry.hpp - what is known of waiters whose entries the kernel's own macros make: those have
// no room to say it, so it is noted by task.
#pragma once

#include "queue.hpp"

namespace waitq::lab {

void registry_init();

// Notes `info` of the current task until the end of its scope. One at a time for each task.
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

// What is noted of that task, which the caller holds a reference to; false: nothing. Any context
// but an interrupt. Looks at one bucket of many, with a lock held.
bool find_info(const task_struct *task, WaiterInfo &info);

} // namespace waitq::lab
