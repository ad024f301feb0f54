// SPDX-License-Identifier: GPL-2.0
// What the lab's commands make of a node's answer.
#pragma once

#include "report.hpp"

#include <waitq/lab_requests.hpp>

namespace waitq::cli {

/// `waitq lab kinds`
[[nodiscard]] Report kinds_report(const std::string &path, const lab::Kinds &here);

/// `waitq lab wait`; @interrupted: Ctrl+C came.
[[nodiscard]] Report wait_report(const std::string &path, const lab::WaitRequest &request,
                                 const lab::WaitResult &result, bool interrupted);

/// `waitq lab wake`; @waiting: the tasks that waited just before the wake-up.
[[nodiscard]] Report wake_report(const std::string &path, const lab::WakeRequest &request,
                                 const lab::WakeResult &result, std::uint64_t waiting);

} // namespace waitq::cli
