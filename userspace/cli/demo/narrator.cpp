// SPDX-License-Identifier: GPL-2.0
#include "demo/narrator.hpp"

namespace waitq::cli {

namespace {

constexpr const char *green = "\x1b[32m";
constexpr const char *red = "\x1b[31m";
constexpr const char *bold = "\x1b[1m";
constexpr const char *plain = "\x1b[0m";

} // namespace

void Narrator::headline(std::size_t number, const char *text)
{
    out_ << '\n'
         << (colour_ ? bold : "") << number << ". " << text << (colour_ ? plain : "") << '\n';
}

void Narrator::tell(const std::string &text)
{
    out_ << "   " << text << std::endl;
}

void Narrator::mark(const char *colour, const char *word, const std::string &text)
{
    out_ << "   " << (colour_ ? colour : "") << word << (colour_ ? plain : "") << ' ' << text
         << std::endl;
}

void Narrator::seen(bool true_, const std::string &text)
{
    if (true_)
        return mark(green, "OK    ", "seen: " + text);
    mark(red, "FAILED", "not seen: " + text);
    throw Otherwise(text);
}

} // namespace waitq::cli
