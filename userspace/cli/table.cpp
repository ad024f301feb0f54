// SPDX-License-Identifier: GPL-2.0
#include "table.hpp"

#include <algorithm>

namespace waitq::cli {

std::string aligned(const std::vector<Row> &rows)
{
    constexpr std::size_t gap = 2;
    std::vector<std::size_t> widths;
    for (const Row &row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t column = 0; column < row.size(); ++column)
            widths[column] = std::max(widths[column], row[column].size());
    }

    std::string text;
    for (const Row &row : rows) {
        for (std::size_t column = 0; column < row.size(); ++column) {
            text += row[column];
            if (column + 1 < row.size()) // nothing is padded at the end of a line
                text.append(widths[column] + gap - row[column].size(), ' ');
        }
        text += '\n';
    }
    return text;
}

std::string printable(std::string text)
{
    for (char &character : text)
        if (character < ' ' || character > '~')
            character = '?';
    return text;
}

} // namespace waitq::cli
