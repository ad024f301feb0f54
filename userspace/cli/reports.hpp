// SPDX-License-Identifier: GPL-2.0
// What commands make of a device's answer.
#pragma once

#include "report.hpp"

#include <chrono>
#include <waitq/requests.hpp>

namespace waitq::cli {

/// `waitq kinds`
[[nodiscard]] Report kinds_report(const std::string &path, const Kinds &here);

/// `waitq waiters`; @now is what the waiters' ages are counted to.
[[nodiscard]] Report waiters_report(const std::string &path, const Waiters &found,
                                    std::chrono::steady_clock::time_point now);

/// `waitq wait`; @interrupted: Ctrl+C came.
[[nodiscard]] Report wait_report(const std::string &path, const WaitRequest &request,
                                 const WaitResult &result, bool interrupted);

} // namespace waitq::cli
