// SPDX-License-Identifier: GPL-2.0
// waitq lab torture
#include "torture/lab_torture.hpp"

#include "lab/lab_commands.hpp"
#include "lab/lab_options.hpp"
#include "torture/torture_command.hpp"

namespace waitq::cli::of_lab {

namespace {

struct Given {
    torture::Given common;
    torture::LabChoice choice;
};

Report run(const Given &given, const Settings &settings)
{
    const auto subject = torture::lab_subject(given.choice);
    return torture::run_torture(*subject, given.common, settings);
}

void declare(Options &options, Given &given)
{
    torture::add_torture(options, given.common);
    add_kind(
        options, lab::wait_kinds,
        [&given](const lab::WaitKindRow &row) { given.choice.kinds.push_back(row.kind); },
        "only this kind of wait (default: all but sleep_on_timeout, which loses wake-ups):");
    add_choice(
        options, "--engine", engines,
        [&given](const auto &row) { given.choice.engine = row.value; },
        "only by this code (default: both):");
    options.flag("--known-bugs", given.choice.known_bugs,
                 "do not make up for the wake-ups that exclusive macros with a timeout lost before "
                 "Linux 6.15 (84654c7f4730)");
}

constexpr const char *footer =
    R"(Tasks wait in each kind, by both engines, and others wake them by each kind and from each context, at
random, on up to four nodes, which nobody else may use; noise disturbs them. Again and again all come
to rest, and then it checks what `waitq torture` checks. So it tortures the wait queues of the
running kernel: engine macro is the kernel's own code. It is for a machine of your own: it takes
processors offline and mounts a control group.

Exit status: 0 all holds, 1 it does not or it could not be done, 2 usage, 130 interrupted.

Examples:
  waitq lab torture --for 10m
  waitq lab torture --kind wait_event_interruptible_exclusive --engine macro
  waitq lab torture --kind sleep_on_timeout        # loses a wake-up, and reports it)";

} // namespace

const Command torture = {
    "torture", "Disturb waits and wake-ups of every kind, and see that none is lost", footer,
    [](Options &options) { return with_options(options, declare, run); }};

} // namespace waitq::cli::of_lab
