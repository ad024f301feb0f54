# SPDX-License-Identifier: GPL-2.0
# The sources of both cores and of the wait layer, once, in core_sources. `module` is the folder.
# (Not lab/threads.cpp: loops around what is here, which end by kthread_stop() only. tests/device
# runs them.)
file(GLOB core_sources CONFIGURE_DEPENDS ${module}/device/*.cpp ${module}/lab/*.cpp)
list(FILTER core_sources EXCLUDE REGEX "/(device/(timers|many)|lab/threads|wait_entry)\\.cpp$")
list(APPEND core_sources ${module}/wait/wait_entry.cpp ${CMAKE_CURRENT_LIST_DIR}/../core/statics.cpp)
