// SPDX-License-Identifier: GPL-2.0
// What the demo and the exhibits tell, and the checks of what they claim.
#pragma once

#include <ostream>
#include <stdexcept>
#include <string>

namespace waitq::cli {

/// The kernel did otherwise. what(): what was claimed.
class Otherwise : public std::runtime_error {
    using runtime_error::runtime_error;
};

class Narrator {
public:
    Narrator(std::ostream &out, bool colour) : out_(out), colour_(colour) {}

    /// The headline of a step.
    void headline(std::size_t number, const char *text);
    /// What is about to happen, and why.
    void tell(const std::string &text);
    /// What was seen, marked OK; if not @true_ marked FAILED, and throws Otherwise.
    void seen(bool true_, const std::string &text);

    [[nodiscard]] std::ostream &out() const { return out_; }

private:
    void mark(const char *colour, const char *word, const std::string &text);

    std::ostream &out_;
    bool colour_;
};

} // namespace waitq::cli
