// SPDX-License-Identifier: GPL-2.0
#include "torture/subject.hpp"

namespace waitq::cli::torture {

void hold_conserved(Checks &checks, Crew &crew, std::size_t queue, std::uint64_t posted_by_director,
                    std::uint64_t counter)
{
    const Tally sum = crew.sum();
    const std::uint64_t posted = sum.posted.at(queue) + posted_by_director;
    const std::uint64_t taken = sum.taken.at(queue);
    // A task that was killed in a call may have carried it out.
    const std::uint64_t maybe_posted = crew.uncertain().posted.at(queue);
    const std::uint64_t maybe_taken = crew.uncertain().taken.at(queue);
    checks.hold(
        Check::conserved,
        taken + counter <= posted + maybe_posted && taken + counter + maybe_taken >= posted,
        "queue " + std::to_string(queue) + ": " + std::to_string(posted) + " events were posted, " +
            std::to_string(taken) + " taken, " + std::to_string(counter) +
            " are there; tasks that were killed may have posted " + std::to_string(maybe_posted) +
            " more and taken " + std::to_string(maybe_taken));
}

} // namespace waitq::cli::torture
