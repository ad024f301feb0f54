// SPDX-License-Identifier: GPL-2.0
// init.cpp - what comes before anything else.
#include "registry.hpp"

void lab_core_init()
{
    waitq::lab::registry_init();
}
