// SPDX-License-Identifier: GPL-2.0
// inline.hpp - how a header of this layer defines a function.
#pragma once

// An ordinary inline function that the compiler leaves out of line lands in a COMDAT
// section group, which a module may not have (its ftrace table would point into
// discarded code). always_inline rules that out; scripts/check-module looks.
#define WAITQ_INLINE [[gnu::always_inline]] inline
