// SPDX-License-Identifier: GPL-2.0
// A torture that is killed leaves nothing behind: another process stands by.
#pragma once

#include <functional>

namespace waitq::cli::torture {

/**
 * Splits the process in two, and returns in the child, which goes on with the torture. The parent,
 * which is the one that the shell knows, hands its signals on, and exits as the child does. Either
 * may be killed by force:
 *
 * - the parent: the child is told by SIGTERM, and ends the torture;
 * - the child: the parent waits until the tasks, which die with it, are gone. It calls @free_tasks
 *   again and again meanwhile, because some may sleep where kill -9 does not reach; then @put_back,
 *   and exits with 1. Errors of either are told on stderr.
 *
 * Throws std::system_error.
 */
void guard(const std::function<void()> &free_tasks, const std::function<void()> &put_back);

/// SIGINT, SIGTERM or SIGHUP came: the torture is to end with its round.
bool asked_to_end();

} // namespace waitq::cli::torture
