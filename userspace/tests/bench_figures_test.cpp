// SPDX-License-Identifier: GPL-2.0
// waitq bench: figures made of readings.
#include "bench/memory.hpp"
#include "bench/statistics.hpp"

#include <gtest/gtest.h>
#include <sstream>

namespace waitq::cli::bench {

namespace {

TEST(BenchStatistics, TheMedianIsTheMiddle)
{
    EXPECT_EQ(median({3}), 3);
    EXPECT_EQ(median({5, 1, 4, 2, 3}), 3);
    EXPECT_EQ(median({1, 2, 3, 1000}), 2);
}

TEST(BenchStatistics, TheSpreadIsOfTheMiddleThree)
{
    EXPECT_DOUBLE_EQ(middle_spread({100, 1, 98, 1000, 103}), 5.0 / 100);
    EXPECT_EQ(middle_spread({7, 7, 7, 7, 9000}), 0);
    EXPECT_EQ(middle_spread({7}), 0);
    EXPECT_DOUBLE_EQ(middle_spread({10, 11}), 0.1);
    EXPECT_EQ(middle_spread({0, 0, 0}), 0);
}

TEST(BenchStatistics, TheMiddleMeanLeavesTheEndsOut)
{
    EXPECT_EQ(middle_mean({5}), 5);
    EXPECT_EQ(middle_mean({1, 2, 6}), 3);
    EXPECT_EQ(middle_mean({900, 10, 0, 20}), 15);
    EXPECT_EQ(middle_mean({0, 1, 10, 20, 30, 40, 500, 600}), 25);
}

TEST(BenchStatistics, ADifferenceIsAPartOfTheSmaller)
{
    EXPECT_DOUBLE_EQ(difference(100, 101), 0.01);
    EXPECT_DOUBLE_EQ(difference(101, 100), 0.01);
    EXPECT_EQ(difference(5, 5), 0);
    EXPECT_EQ(difference(0, 3), 3);
}

TEST(BenchHistogram, TellsPercentilesToWithinOnePercent)
{
    Histogram histogram;
    for (std::int64_t ns = 1; ns <= 100'000; ++ns)
        histogram.add(ns);
    const Percentiles of = histogram.percentiles();
    EXPECT_NEAR(of.p50, 50'000, 500);
    EXPECT_NEAR(of.p90, 90'000, 900);
    EXPECT_NEAR(of.p99, 99'000, 990);
    EXPECT_NEAR(of.p99_9, 99'900, 999);
    EXPECT_EQ(of.max, 100'000);
}

TEST(BenchHistogram, ThePercentilesAreAtMostTheMaximum)
{
    Histogram histogram;
    histogram.add(0); // the clock may not have moved
    histogram.add(12'345);
    const Percentiles of = histogram.percentiles();
    EXPECT_LE(of.p50, 2);
    EXPECT_EQ(of.p99, 12'345);
    EXPECT_EQ(of.max, 12'345);
    EXPECT_EQ(Histogram().percentiles().max, 0);
}

TEST(BenchMemory, IsTheSumOfTheKernelsOwn)
{
    std::istringstream meminfo("MemTotal:        1004264 kB\n"
                               "Slab:              10092 kB\n"
                               "SReclaimable:        800 kB\n"
                               "SUnreclaim:         9292 kB\n"
                               "KernelStack:        1024 kB\n"
                               "PageTables:          468 kB\n"
                               "SecPageTables:         7 kB\n"
                               "VmallocTotal:   34359738367 kB\n"
                               "VmallocUsed:        7492 kB\n"
                               "Percpu:              528 kB\n"
                               "HugePages_Total:       0\n");
    EXPECT_EQ(kernel_memory(meminfo), (10092 + 468 + 7492 + 528) * 1024);
    std::istringstream other("Slab: 3 kB\n\nSlab\n");
    EXPECT_EQ(kernel_memory(other), 3 * 1024);
}

TEST(BenchMemory, IsDividedAmongTheThings)
{
    EXPECT_DOUBLE_EQ(memory_each(1000, 1500, 4), 125);
    EXPECT_DOUBLE_EQ(memory_each(1500, 1000, 4), -125);
}

} // namespace

} // namespace waitq::cli::bench
