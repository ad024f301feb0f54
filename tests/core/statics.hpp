// SPDX-License-Identifier: GPL-2.0
// statics.hpp - what statics.cpp has besides the cores.
#pragma once

// Each variable of the modules that lives as long as they do is as when they are loaded: zeroed.
// An execution may have ended in the midst of a call.
extern "C" void forget_statics();
