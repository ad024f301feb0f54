// SPDX-License-Identifier: GPL-2.0
// end_mark.cpp - the wake function of an EndMark.
#include "end_mark.hpp"

namespace waitq::lab {

int lab_pass_end_mark(wait_queue_entry *entry, unsigned int, int, void *)
{
    reinterpret_cast<EndMark *>(entry)->passed_ = true;
    return 0;
}

} // namespace waitq::lab
