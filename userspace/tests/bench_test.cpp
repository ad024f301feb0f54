// SPDX-License-Identifier: GPL-2.0
// waitq bench without a measurement: what it makes of figures.
#include "bench/bench_report.hpp"
#include "bench/entries.hpp"
#include "command_test.hpp"

#include <gtest/gtest.h>
#include <set>

namespace waitq::cli::bench {

namespace {

// ---- a measurement that never was ----

Row row(std::string_view contender, const std::vector<double> &values, unsigned number = 0)
{
    Row row{.contender = contender, .number = number, .figures = {}, .percentiles = {}};
    for (const double value : values)
        row.figures.push_back({value, 0.001, value});
    return row;
}

Results measured(PatternId pattern, std::vector<Row> rows)
{
    return {.unit = Unit::Instructions,
            .kernel = "6.1",
            .processors = 1,
            .settled = {},
            .patterns = {{&patterns.at(pattern), std::move(rows)}}};
}

Results uncontended()
{
    Row floor = row("getppid", {339.2});
    floor.floor = true;
    return measured(Uncontended, {floor, row("eventfd", {1000}), row("semaphore", {43.04}),
                                  row("waitq-bytes", {1500.4})});
}

std::vector<std::string> failed(const std::vector<Check> &checks)
{
    std::vector<std::string> texts;
    for (const Check &check : checks)
        if (!check.ok)
            texts.push_back(check.text);
    return texts;
}

constexpr Limit bytes_as_eventfd{"uncontended", "operation", "waitq-bytes", 0, "eventfd", 0, 1.5};

// ---- limits ----

TEST(BenchLimits, AFactorAboveItsLimitFails)
{
    Results results = uncontended();
    results.patterns[0].rows[3] = row("waitq-bytes", {1505.4});
    EXPECT_EQ(
        failed(check(results, std::span(&bytes_as_eventfd, 1))),
        std::vector<std::string>{
            "uncontended, waitq-bytes, operation: 1505 instructions, eventfd 1000: 1.51 times, "
            "allowed 1.50"});
    results.patterns[0].rows[3] = row("waitq-bytes", {1504.9});
    EXPECT_TRUE(failed(check(results, std::span(&bytes_as_eventfd, 1))).empty());
}

TEST(BenchLimits, AFigureThatWasNotMeasuredIsNotHeldAgainstOne)
{
    const Results results = measured(Uncontended, {row("eventfd", {1000})});
    const std::vector<Check> checks = check(results, limits());
    ASSERT_EQ(checks.size(), 1U);
    EXPECT_EQ(checks[0].text,
              "uncontended: the figures of two measurements are at most 0.00 % apart");
}

TEST(BenchLimits, ALimitMayBeOfAnotherNumber)
{
    const Limit as_one{"wake-one", "signal", "waitq-events", 64, "waitq-events", 1, 1.1};
    const Results results =
        measured(WakeOne, {row("waitq-events", {100, 1}, 1), row("waitq-events", {120, 1}, 64)});
    EXPECT_EQ(failed(check(results, std::span(&as_one, 1))),
              std::vector<std::string>{
                  "wake-one, waitq-events with 64 waiters, signal: 120 instructions, waitq-events "
                  "with 1 waiter 100: 1.20 times, allowed 1.10"});
}

TEST(BenchLimits, ANewerKernelMayHaveAnother)
{
    const Limit limit{"uncontended", "operation", "waitq-bytes", 0, "eventfd", 0, 1.5, 1.6};
    Results results = measured(Uncontended, {row("eventfd", {1000}), row("waitq-bytes", {1550})});
    for (const auto &[kernel, ok] : {std::pair("6.1.0-56-amd64", false),
                                     {"6.2.1", true},
                                     {"5.10.0-1", false},
                                     {"7.3-arm64", true},
                                     {"6.12", true}}) {
        results.kernel = kernel;
        EXPECT_EQ(failed(check(results, std::span(&limit, 1))).empty(), ok) << kernel;
    }
}

TEST(BenchLimits, OneOfMemorySpeaksOfBytes)
{
    const Limit as_fewer{"scale-files", "memory", "waitq-events", 10'000, "waitq-events",
                         1000,          1.1};
    const Results results = measured(ScaleFiles, {row("waitq-events", {1358, 400}, 1000),
                                                  row("waitq-events", {1358, 500}, 10'000)});
    EXPECT_EQ(failed(check(results, std::span(&as_fewer, 1))),
              std::vector<std::string>{
                  "scale-files, waitq-events with 10000 files, memory: 500 bytes, waitq-events "
                  "with 1000 files 400: 1.25 times, allowed 1.10"});
}

TEST(BenchLimits, MemoryRepeatsByPagesAndOnlyWhereItIsKnown)
{
    Results results =
        measured(ScaleFiles, {row("eventfd", {1553, 9}, 1), row("eventfd", {1553, 500}, 1000),
                              row("eventfd", {1553, 500}, 10'000)});
    results.patterns[0].rows[0].figures[1].again = 400;
    results.patterns[0].rows[1].figures[1].again = 570;
    results.patterns[0].rows[2].figures[1].again = 620;
    EXPECT_EQ(failed(check(results, {})),
              std::vector<std::string>{"scale-files, eventfd with 10000 files, memory: 500, then "
                                       "620: 24.00 % apart, allowed 20.00 %"});
}

TEST(BenchLimits, AFigureThatDoesNotRepeatFails)
{
    Results results = uncontended();
    results.patterns[0].rows[1].figures[0].again = 1006;
    results.patterns[0].rows[2].figures[0].again = 43.1;
    EXPECT_EQ(failed(check(results, {})),
              std::vector<std::string>{"uncontended, eventfd, operation: 1000, then 1006: 0.60 % "
                                       "apart, allowed 0.50 %"});
}

TEST(BenchLimits, AFigureThatWasMeasuredOnceNeedNotRepeat)
{
    Results results = uncontended();
    for (Row &row : results.patterns[0].rows)
        row.figures[0].again.reset();
    EXPECT_TRUE(check(results, {}).empty());
    EXPECT_EQ(check(results, std::span(&bytes_as_eventfd, 1)).size(), 1U);
}

TEST(BenchLimits, EachSideOfABlockingRoundTripSleepsOnce)
{
    Row floor = row("sched_yield", {3000, 0, 0});
    floor.floor = true;
    const std::vector<Row> good = {floor, row("eventfd", {9000, 1, 1})};
    EXPECT_TRUE(failed(check(measured(Blocking, good), {})).empty());
    std::vector<Row> bad = good;
    bad.push_back(row("pipe", {9000, 1, 0.5}));
    EXPECT_EQ(failed(check(measured(Blocking, bad), {})),
              std::vector<std::string>{"blocking, pipe: 1.000 and 0.500 voluntary switches a round "
                                       "trip, not 1 on each side"});
    EXPECT_TRUE(failed(check(measured(Preempting, bad), {})).empty());
}

TEST(BenchLimits, AMachineThatDoesNotSettleFails)
{
    Results results = uncontended();
    results.settled = false;
    EXPECT_EQ(failed(check(results, {})).size(), 1U);
}

TEST(BenchLimits, EachNamesWhatIsMeasured)
{
    for (const Limit &limit : limits()) {
        const auto *pattern = std::ranges::find(patterns, limit.pattern, &Pattern::name);
        ASSERT_NE(pattern, patterns.end()) << limit.pattern;
        const auto found = std::ranges::find(pattern->quantities, limit.quantity, &Quantity::name);
        ASSERT_NE(found, pattern->quantities.end()) << limit.pattern << ", " << limit.quantity;
        for (const auto &[contender, number] :
             {std::pair(limit.contender, limit.number), std::pair(limit.of, limit.of_number)}) {
            const auto entry = std::ranges::find(entries(), contender, &Entry::name);
            ASSERT_NE(entry, entries().end()) << contender;
            EXPECT_TRUE(entry->make[static_cast<std::size_t>(pattern - patterns.data())])
                << contender << ", " << limit.pattern;
            EXPECT_GE(number, found->from) << limit.pattern << ", " << limit.quantity;
            EXPECT_TRUE(pattern->numbers.empty()
                            ? number == 0
                            : std::ranges::count(pattern->numbers, number) == 1)
                << limit.pattern << ", " << number;
        }
    }
}

TEST(BenchEntries, HaveNamesOfTheirOwn)
{
    std::set<std::string_view> names;
    for (const Entry &entry : entries())
        names.insert(entry.name);
    EXPECT_EQ(names.size(), entries().size());
    EXPECT_TRUE(names.contains(reference));
}

// ---- the report ----

TEST(BenchReport, IsATableForEachPattern)
{
    EXPECT_EQ(bench_report(uncontended(), nullptr).text,
              "uncontended: signal, then consume; no task sleeps (instructions)\n"
              "CONTENDER    OPERATION  x EVENTFD\n"
              "getppid      339        -\n"
              "eventfd      1000       1.00\n"
              "semaphore    43.0       0.04\n"
              "waitq-bytes  1500       1.50\n");
}

TEST(BenchReport, TellsTheNumberOfWaiters)
{
    const Results results =
        measured(WakeOne, {row("eventfd", {200, 1000}, 1), row("eventfd", {400, 4000}, 4),
                           row("futex", {300, 1500}, 1), row("futex", {300, 1000}, 4)});
    EXPECT_EQ(bench_report(results, nullptr).text,
              "wake-one: one of N exclusive waiters is woken; it answers and waits again "
              "(instructions)\n"
              "CONTENDER  WAITERS  SIGNAL  x EVENTFD  ROUND TRIP  x EVENTFD\n"
              "eventfd    1        200     1.00       1000        1.00\n"
              "eventfd    4        400     1.00       4000        1.00\n"
              "futex      1        300     1.50       1500        1.50\n"
              "futex      4        300     0.75       1000        0.25\n");
}

TEST(BenchReport, AFigureOfTooFewIsLeftOut)
{
    const Results results = measured(
        ScaleFiles, {row("eventfd", {1553, 9}, 1), row("eventfd", {1553, 550}, 1000),
                     row("waitq-events", {1358, 0}, 1), row("waitq-events", {1358, 396}, 1000)});
    const Report report = bench_report(results, nullptr);
    EXPECT_EQ(report.text, "scale-files: signal, then consume, with N open files; memory for each "
                           "(instructions)\n"
                           "CONTENDER     FILES  OPERATION  x EVENTFD  MEMORY  x EVENTFD\n"
                           "eventfd       1      1553       1.00       -       -\n"
                           "eventfd       1000   1553       1.00       550     1.00\n"
                           "waitq-events  1      1358       0.87       -       -\n"
                           "waitq-events  1000   1358       0.87       396     0.72\n");
    const auto rows = read(report.json).at("patterns").at(0).at("rows");
    EXPECT_EQ(rows.at(0).at("files"), 1);
    EXPECT_TRUE(rows.at(0).at("figures").at(1).at("value").is_null());
    EXPECT_TRUE(rows.at(0).at("figures").at(1).at("again").is_null());
    EXPECT_EQ(rows.at(3).at("figures").at(1).at("value"), 396);
}

TEST(BenchReport, TellsWhichPatternsWereSkippedAndWhy)
{
    Results results = uncontended();
    results.skipped = {{&patterns[Across], "needs two processors"}};
    const Report report = bench_report(results, nullptr);
    EXPECT_TRUE(report.text.ends_with("\n\nacross: skipped: needs two processors\n"))
        << report.text;
    EXPECT_EQ(
        read(report.json).at("skipped"),
        nlohmann::ordered_json::parse(R"([{"pattern": "across", "why": "needs two processors"}])"));

    const std::vector<Check> checks = {{true, "one"}};
    const Report verdict = bench_report(results, &checks);
    EXPECT_EQ(verdict.exit, ExitCode::Ok);
    EXPECT_TRUE(verdict.text.ends_with("ok one\nok across # SKIP needs two processors\n"
                                       "1 passed, 0 failed, 1 skipped\n"))
        << verdict.text;
}

TEST(BenchReport, PercentilesStandBesideNanoseconds)
{
    Results results = uncontended();
    results.unit = Unit::Nanoseconds;
    results.patterns[0].rows.resize(2);
    results.patterns[0].rows[1].percentiles = {1, 2, 3, 4, 5.4};
    EXPECT_EQ(bench_report(results, nullptr).text,
              "uncontended: signal, then consume; no task sleeps (nanoseconds)\n"
              "CONTENDER  OPERATION  x EVENTFD  50%  90%  99%  99.9%  MAX\n"
              "getppid    339        -          -    -    -    -      -\n"
              "eventfd    1000       1.00       1    2    3    4      5\n");
}

TEST(BenchReport, AVerdictIsLinesOfOkAndNotOk)
{
    const std::vector<Check> checks = {{true, "one"}, {false, "two"}};
    Report report = bench_report(uncontended(), &checks);
    EXPECT_EQ(report.exit, ExitCode::Error);
    EXPECT_TRUE(report.text.starts_with("# uncontended: ")) << report.text;
    EXPECT_TRUE(report.text.ends_with("\n# waitq-bytes  1500       1.50\n"
                                      "ok one\n"
                                      "not ok two\n"
                                      "1 passed, 1 failed, 0 skipped\n"))
        << report.text;
    EXPECT_EQ(read(report.json).at("checks"),
              nlohmann::ordered_json::parse(
                  R"([{"ok": true, "text": "one"}, {"ok": false, "text": "two"}])"));

    const std::vector<Check> good = {{true, "one"}};
    EXPECT_EQ(bench_report(uncontended(), &good).exit, ExitCode::Ok);
    const std::vector<Check> none;
    EXPECT_EQ(bench_report(uncontended(), &none).exit, ExitCode::Error);
}

TEST(BenchReport, IsOneDocument)
{
    Results results = uncontended();
    results.settled = true;
    results.patterns[0].rows[3].figures[0].again.reset();
    const auto json = read(bench_report(results, nullptr).json);
    EXPECT_EQ(json.at("unit"), "instructions");
    EXPECT_EQ(json.at("kernel"), "6.1");
    EXPECT_EQ(json.at("settled"), true);
    EXPECT_FALSE(json.contains("checks"));
    const auto &pattern = json.at("patterns").at(0);
    EXPECT_EQ(pattern.at("pattern"), "uncontended");
    EXPECT_EQ(pattern.at("rows").size(), 4U);
    EXPECT_EQ(pattern.at("rows").at(0).at("floor"), true);
    const auto bytes = pattern.at("rows").at(3);
    EXPECT_EQ(bytes.at("contender"), "waitq-bytes");
    EXPECT_FALSE(bytes.contains("waiters"));
    const auto &figure = bytes.at("figures").at(0);
    EXPECT_EQ(figure.at("quantity"), "operation");
    EXPECT_NEAR(figure.at("value").get<double>(), 1500.4, 1e-9);
    EXPECT_NEAR(figure.at("spread").get<double>(), 0.001, 1e-9);
    EXPECT_NEAR(figure.at("of_eventfd").get<double>(), 1.5004, 1e-9);
    EXPECT_TRUE(figure.at("again").is_null());

    const Results waiting = measured(WakeAll, {row("eventfd", {200, 1000}, 16)});
    const auto first =
        read(bench_report(waiting, nullptr).json).at("patterns").at(0).at("rows").at(0);
    EXPECT_EQ(first.at("waiters"), 16);
    EXPECT_EQ(first.at("figures").size(), 2U);
}

} // namespace

} // namespace waitq::cli::bench
