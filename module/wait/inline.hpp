// SPDX-License-Identifier: GPL-2.0
// inline.hpp - attributes for the functions and variables of this layer's headers.
#pragma once

// An ordinary inline function that the compiler leaves out of line lands in a COMDAT
// section group, which a module may not have (its ftrace table would point into
// discarded code). always_inline rules that out; scripts/check-module checks it.
#define WAITQ_INLINE [[gnu::always_inline]] inline

// A variable that its constructor initialises: a kernel built with -ftrivial-auto-var-init need not
// zero it first.
#if __has_attribute(uninitialized)
#define WAITQ_UNINITIALIZED [[gnu::uninitialized]]
#else
#define WAITQ_UNINITIALIZED
#endif
