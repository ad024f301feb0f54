// SPDX-License-Identifier: GPL-2.0
// table.cpp - the scenarios as data.
#include "table.hpp"

#include "rows.hpp"

#include <algorithm>

namespace core {
namespace {

Rows make()
{
    Rows rows;
    lab::add_mixed_rows(rows);
    for (Row &row : rows) {
        row.lab = true;
        row.name.insert(0, "lab-");
    }
    device::add_event_rows(rows);
    device::add_page_rows(rows);
    device::add_many_rows(rows);
    device::add_eventfd_rows(rows);
    device::add_stream_rows(rows);
    device::add_timer_rows(rows);
    device::add_readiness_rows(rows);
    // One family after the other, each through all kinds.
    std::ranges::stable_sort(rows, {}, family);
    return rows;
}

} // namespace

std::string family(const Row &row)
{
    return row.name.substr(0, row.name.find('/', row.name.find('/') + 1));
}

const std::vector<Row> &rows()
{
    static const Rows all = make();
    return all;
}

} // namespace core
