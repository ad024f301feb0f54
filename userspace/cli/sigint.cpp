// SPDX-License-Identifier: GPL-2.0
#include "sigint.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace waitq::cli {

namespace {

volatile std::sig_atomic_t was_caught = 0;
volatile std::sig_atomic_t guarded = -1;
volatile std::sig_atomic_t null_device = -1;
struct sigaction former; // NOLINT: what the destructor restores

void on_sigint(int /*signal*/)
{
    const int saved = errno;
    was_caught = 1;
    if (guarded >= 0)
        dup2(null_device, guarded);
    errno = saved;
}

} // namespace

SigintGuard::SigintGuard(int descriptor)
{
    was_caught = 0;
    guarded = descriptor;
    null_device = open("/dev/null", O_RDWR | O_CLOEXEC);
    sigaction(SIGINT, nullptr, &former);
    if (former.sa_handler == SIG_IGN)
        return;
    struct sigaction action = {};
    action.sa_handler = on_sigint; // no SA_RESTART: the call is to end
    sigaction(SIGINT, &action, nullptr);
}

SigintGuard::~SigintGuard()
{
    sigaction(SIGINT, &former, nullptr);
    close(null_device);
}

bool SigintGuard::caught()
{
    return was_caught != 0;
}

} // namespace waitq::cli
