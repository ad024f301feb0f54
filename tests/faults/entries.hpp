// SPDX-License-Identifier: GPL-2.0
// entries.hpp - the tables of the calls under test.
#pragma once

#include "inject.hpp"
#include "world.hpp"

#include <functional>
#include <ostream>

namespace waitq::test {

// What a call that failed may have done.
enum class Failed {
    nothing,  // all is as before
    or_all,   // or as after a success: the header says so of EFAULT on the way out
    or_passed // an event or byte that it could not deliver went to the next task
};

// What may be less than all, and is a success.
enum class Short {
    no,
    read,  // what it did not deliver is there still
    write, // the first part is there
    any    // `finish` looks itself
};

struct Entry {
    const char *name;
    std::vector<int> errors; // that a fault may end it with
    // The call itself. It returns 0 or more, or -errno; nothing else in it may enter the kernel.
    std::function<long(World &)> call;
    // Before it, and after it, before the state is looked at.
    std::function<void(World &)> prepare = nullptr, finish = nullptr;
    Failed failed = Failed::nothing;
    Short less = Short::no;
    pid_t faults_of = FailNth::caller;
    // What a call without a fault comes to, if that is no success.
    int clean_error = 0;
};

// For a report of GoogleTest's.
inline void PrintTo(const Entry &entry, std::ostream *out)
{
    *out << entry.name;
}

std::vector<Entry> device_entries(), stream_entries(), sleep_entries(), lab_entries();

} // namespace waitq::test
