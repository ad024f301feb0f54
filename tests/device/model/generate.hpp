// SPDX-License-Identifier: GPL-2.0
// generate.hpp - random calls. A call that a sequence fails by shrinks towards the first entry of
// each table. Nothing here discards a case: a shrink that does ends RapidCheck's search. The
// commands' preconditions say what a sequence may have.
#pragma once

#include "model.hpp"

namespace waitq::test::model {

// Of any kind, for files that are O_NONBLOCK.
Call any_call(const Model &model);
// One that may sleep.
Call any_sleep(const Model &model);
// A slot whose task sleeps, or `slots` if there is none.
unsigned int any_sleeper(const Model &model);

} // namespace waitq::test::model
