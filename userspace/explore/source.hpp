// SPDX-License-Identifier: GPL-2.0
// source.hpp - where in the source an address of the program is.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace waitq::explore {

struct Place {
    std::string file; ///< as the compiler was given it; empty: unknown
    unsigned line = 0;
    std::string function;
};

/// Asks addr2line, once for all addresses that are to be known.
class Source {
public:
    /// `own`: the files of the driver; all else is the kernel's or the simulation's.
    Source(std::string program, std::vector<std::string> own);

    /// The addresses, each after a call: finds out where all of them are.
    void find(const std::vector<const void *> &addresses);
    /// The innermost place of the chain in a file of the driver; else the innermost at all.
    [[nodiscard]] Place place(const std::vector<const void *> &chain) const;
    [[nodiscard]] std::string in_words(const std::vector<const void *> &chain) const;
    /// The innermost function there, inlined or not.
    [[nodiscard]] Place innermost(const void *address) const;
    [[nodiscard]] bool is_own(const Place &place) const;
    /// The function, inlined in one of the driver's own, that the driver calls there; empty: none.
    [[nodiscard]] std::string inlined_call(const void *address) const;
    /// That line of its file, without blanks around it.
    [[nodiscard]] static std::string text(const Place &place);

private:
    std::string program_;
    std::vector<std::string> own_;
    std::map<const void *, std::vector<Place>> places_; // the innermost inlined function first
};

} // namespace waitq::explore
