// SPDX-License-Identifier: GPL-2.0
#include "words.hpp"

#include <cctype>

namespace waitq::cli {

std::string word(std::string_view of_table)
{
    std::string text;
    for (const char character : of_table)
        text += character == '_'
                    ? '-'
                    : static_cast<char>(std::tolower(static_cast<unsigned char>(character)));
    return text;
}

std::string_view said(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Satisfied:
        return "satisfied";
    case Outcome::TimedOut:
        return "timed out";
    case Outcome::Signalled:
        break;
    }
    return "signalled";
}

} // namespace waitq::cli
