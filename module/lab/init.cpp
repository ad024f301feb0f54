// SPDX-License-Identifier: GPL-2.0
// init.cpp - the lab core's set-up at load.
#include "registry.hpp"

void lab_core_init()
{
    waitq::lab::registry_init();
}
