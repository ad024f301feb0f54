// SPDX-License-Identifier: GPL-2.0
// end_mark.cpp - what a wake-up calls when it comes to an EndMark.
#include "end_mark.hpp"

namespace waitq::lab {

int lab_pass_end_mark(wait_queue_entry *entry, unsigned int, int, void *)
{
    reinterpret_cast<EndMark *>(entry)->passed_ = true;
    return 0;
}

} // namespace waitq::lab
