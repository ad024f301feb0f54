// SPDX-License-Identifier: GPL-2.0
// inline.hpp - how a header of this layer defines a function, or a variable.
#pragma once

// An ordinary inline function that the compiler leaves out of line lands in a COMDAT
// section group, which a module may not have (its ftrace table would point into
// discarded code). always_inline rules that out; scripts/check-module looks.
#define WAITQ_INLINE [[gnu::always_inline]] inline

// A variable that its constructor initialises: a kernel that is built to zero all others first
// (-ftrivial-auto-var-init) need not do so here.
#if __has_attribute(uninitialized)
#define WAITQ_UNINITIALIZED [[gnu::uninitialized]]
#else
#define WAITQ_UNINITIALIZED
#endif
