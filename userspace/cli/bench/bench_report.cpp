// SPDX-License-Identifier: GPL-2.0
#include "bench/bench_report.hpp"

#include "bench/numbers.hpp"
#include "table.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

namespace waitq::cli::bench {

namespace {

/// The titles of a table's columns are in capitals.
std::string title(std::string_view name)
{
    std::string text(name);
    std::ranges::transform(text, text.begin(), [](unsigned char character) {
        return static_cast<char>(std::toupper(character));
    });
    return text;
}

/// With so many digits after the point.
double rounded(double number, int digits)
{
    const double scale = std::pow(10, digits);
    return std::round(number * scale) / scale;
}

bool is_known(const Pattern &pattern, const Row &row, std::size_t quantity)
{
    return row.number >= pattern.quantities[quantity].from;
}

/// A cost or memory, which the reference's is put beside; else a number that stands for itself.
bool has_reference(const Quantity &quantity)
{
    return quantity.kind != Kind::Number;
}

/// The figure beside the one of the reference; nothing if that was not measured.
std::optional<double> of_reference(const Measured &measured, const Row &row, std::size_t quantity)
{
    const Row *other = measured.find(reference, row.number);
    if (!other || row.floor || !is_known(*measured.pattern, row, quantity) ||
        other->figures[quantity].value == 0)
        return {};
    return row.figures[quantity].value / other->figures[quantity].value;
}

std::vector<cli::Row> table_of(const Measured &measured)
{
    const Pattern &pattern = *measured.pattern;
    const bool percentiles = std::ranges::any_of(
        measured.rows, [](const Row &row) { return row.percentiles.has_value(); });
    cli::Row titles = {"CONTENDER"};
    if (!pattern.numbers.empty())
        titles.push_back(title(pattern.things));
    for (const Quantity &quantity : pattern.quantities) {
        titles.push_back(title(quantity.name));
        if (has_reference(quantity))
            titles.push_back("x " + title(reference));
    }
    if (percentiles)
        for (const char *name : {"50%", "90%", "99%", "99.9%", "MAX"})
            titles.emplace_back(name);

    std::vector<cli::Row> table = {titles};
    for (const Row &row : measured.rows) {
        cli::Row cells = {std::string(row.contender)};
        if (!pattern.numbers.empty())
            cells.push_back(std::to_string(row.number));
        for (std::size_t index = 0; index < pattern.quantities.size(); ++index) {
            const double value = row.figures[index].value;
            const bool known = is_known(pattern, row, index);
            if (!has_reference(pattern.quantities[index])) {
                cells.push_back(known ? decimals(value, 2) : "-");
                continue;
            }
            cells.push_back(known ? cost(value) : "-");
            const auto times = of_reference(measured, row, index);
            cells.push_back(times ? decimals(*times, 2) : "-");
        }
        if (percentiles) {
            const Percentiles of = row.percentiles.value_or(Percentiles{});
            for (const double value : {of.p50, of.p90, of.p99, of.p99_9, of.max})
                cells.push_back(row.percentiles ? decimals(value, 0) : "-");
        }
        table.push_back(cells);
    }
    return table;
}

Json row_json(const Measured &measured, const Row &row)
{
    Json figures = Json::array();
    for (std::size_t index = 0; index < row.figures.size(); ++index) {
        const Figure &figure = row.figures[index];
        const bool known = is_known(*measured.pattern, row, index);
        Json json = {{"quantity", measured.pattern->quantities[index].name},
                     {"value", known ? Json(rounded(figure.value, 3)) : Json()},
                     {"spread", rounded(figure.spread, 5)},
                     {"again", known && figure.again ? Json(rounded(*figure.again, 3)) : Json()}};
        if (has_reference(measured.pattern->quantities[index])) {
            const auto times = of_reference(measured, row, index);
            json.add("of_eventfd", times ? Json(rounded(*times, 4)) : Json());
        }
        figures.push_back(json);
    }
    Json json = {{"contender", row.contender}, {"floor", row.floor}};
    if (!measured.pattern->numbers.empty())
        json.add(measured.pattern->things, row.number);
    json.add("figures", figures);
    if (row.percentiles)
        json.add("percentiles", Json{{"p50", rounded(row.percentiles->p50, 0)},
                                     {"p90", rounded(row.percentiles->p90, 0)},
                                     {"p99", rounded(row.percentiles->p99, 0)},
                                     {"p99_9", rounded(row.percentiles->p99_9, 0)},
                                     {"max", rounded(row.percentiles->max, 0)}});
    return json;
}

Json results_json(const Results &results)
{
    Json measured_patterns = Json::array();
    for (const Measured &measured : results.patterns) {
        Json rows = Json::array();
        for (const Row &row : measured.rows)
            rows.push_back(row_json(measured, row));
        measured_patterns.push_back({{"pattern", measured.pattern->name},
                                     {"text", measured.pattern->text},
                                     {"rows", rows}});
    }
    Json skipped = Json::array();
    for (const Skipped &one : results.skipped)
        skipped.push_back({{"pattern", one.pattern->name}, {"why", one.why}});
    return {{"unit", name_of(results.unit)},
            {"kernel", results.kernel},
            {"processors", results.processors},
            {"settled", results.settled ? Json(*results.settled) : Json()},
            {"patterns", measured_patterns},
            {"skipped", skipped}};
}

/// Each line of @text behind "# ".
std::string commented(const std::string &text)
{
    std::string lines;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = text.find('\n', begin) + 1;
        lines += "# " + text.substr(begin, end - begin);
        begin = end;
    }
    return lines;
}

} // namespace

Report bench_report(const Results &results, const std::vector<Check> *checks)
{
    Report report;
    report.json = results_json(results);
    for (const Measured &measured : results.patterns)
        report.text += (report.text.empty() ? "" : "\n") + std::string(measured.pattern->name) +
                       ": " + std::string(measured.pattern->text) + " (" +
                       std::string(name_of(results.unit)) + ")\n" + aligned(table_of(measured));
    if (!checks) {
        for (const Skipped &one : results.skipped)
            report.text += "\n" + std::string(one.pattern->name) + ": skipped: " + one.why + '\n';
        return report;
    }

    report.text = commented(report.text);
    Json verdict = Json::array();
    std::size_t failed = 0;
    for (const Check &check : *checks) {
        report.text += (check.ok ? "ok " : "not ok ") + check.text + '\n';
        verdict.push_back({{"ok", check.ok}, {"text", check.text}});
        failed += check.ok ? 0 : 1;
    }
    for (const Skipped &one : results.skipped)
        report.text += "ok " + std::string(one.pattern->name) + " # SKIP " + one.why + '\n';
    report.text += std::to_string(checks->size() - failed) + " passed, " + std::to_string(failed) +
                   " failed, " + std::to_string(results.skipped.size()) + " skipped\n";
    report.json.add("checks", verdict);
    // A check of nothing is none.
    report.exit = failed == 0 && !checks->empty() ? ExitCode::Ok : ExitCode::Error;
    return report;
}

} // namespace waitq::cli::bench
