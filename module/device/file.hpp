// SPDX-License-Identifier: GPL-2.0
// file.hpp - one open file of a queue.
#pragma once

#include "queue.hpp"
#include "timers.hpp"

struct waitq_file {
    waitq_queue *queue;
    waitq_opener opener;
    waitq::Timer timer;
};
