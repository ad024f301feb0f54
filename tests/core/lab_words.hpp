// SPDX-License-Identifier: GPL-2.0
// lab_words.hpp - words for the lab's rows.
#pragma once

#include "act.hpp"

namespace core::lab {

inline Act wait(unsigned int kind, unsigned int flags = 0, unsigned long long threshold = 1,
                long long timeout_ns = 0)
{
    Act act;
    act.op = Op::lab_wait;
    act.kind = kind;
    act.flags = flags;
    act.n = threshold;
    act.ns = timeout_ns;
    return act;
}
inline Act wake(unsigned int kind, unsigned int nr = 0, unsigned long long post = 1)
{
    Act act;
    act.op = Op::lab_wake;
    act.kind = kind;
    act.nr = nr;
    act.n = post;
    return act;
}
inline Act from_context(unsigned int context, Act act)
{
    act.context = context;
    return act;
}
inline Act with_callback(unsigned int callback, unsigned int key, Act act)
{
    act.callback = callback;
    act.key = key;
    return act;
}

} // namespace core::lab
