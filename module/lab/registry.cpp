// SPDX-License-Identifier: GPL-2.0
// registry.cpp - a hash table of the tasks that wait by the kernel's own macros, of all devices.
#include "registry.hpp"

namespace waitq::lab {
namespace {

constexpr unsigned int bucket_bits = 10;

struct Registry {
    SpinLock lock;
    lock_class_key key;
    Registration *buckets[1U << bucket_bits]; // guarded by lock
};
constinit Registry registry{};

// (The golden ratio spreads the addresses of like objects; include/linux/hash.h.)
Registration *&bucket_of(const task_struct *task)
{
    const auto address = reinterpret_cast<unsigned long>(task);
    return registry.buckets[(address * 0x61c8864680b583ebUL) >> (64 - bucket_bits)];
}

} // namespace

void registry_init()
{
    registry.lock.init("waitq_lab registry", &registry.key);
}

Registration::Registration(const WaiterInfo &info) : task_(kapi_current()), info_(info)
{
    Registration *&bucket = bucket_of(task_);
    const SpinGuard guard(registry.lock);
    next_ = bucket;
    link_ = &bucket;
    if (next_)
        next_->link_ = &next_;
    bucket = this;
}

Registration::~Registration()
{
    const SpinGuard guard(registry.lock);
    *link_ = next_;
    if (next_)
        next_->link_ = link_;
}

bool find_info(const task_struct *task, WaiterInfo &info)
{
    const SpinGuard guard(registry.lock);
    for (const Registration *at = bucket_of(task); at; at = at->next_)
        if (at->task_ == task) {
            info = at->info_;
            return true;
        }
    return false;
}

} // namespace waitq::lab
