// SPDX-License-Identifier: GPL-2.0
// How to wake, of `waitq wake` and `waitq timer`.
#pragma once

#include "options.hpp"

#include <waitq/requests.hpp>

namespace waitq::cli {

/// --post, --one, --nr and --all.
void add_wake(Options &options, WakeRequest &target);

} // namespace waitq::cli
