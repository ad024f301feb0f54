// SPDX-License-Identifier: GPL-2.0
// Figures made of many readings: the median of batches, percentiles of single operations.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace waitq::cli::bench {

/// The median; of an even number of values, the lower of the two in the middle. @values is not
/// empty.
[[nodiscard]] double median(std::vector<double> values);

/// The mean of the middle half of the values. @values is not empty.
[[nodiscard]] double middle_mean(std::vector<double> values);

/// How far the middle three of the values are apart, as a part of the median; 0 if that is 0.
[[nodiscard]] double middle_spread(std::vector<double> values);

/// How far two values are apart, as a part of the smaller one.
[[nodiscard]] double difference(double one, double other);

/// The time that such a part of the operations took at most, in nanoseconds.
struct Percentiles {
    double p50 = 0, p90 = 0, p99 = 0, p99_9 = 0, max = 0;
};

/// Durations, in bins of equal width on a logarithmic scale: each is kept to within 1 %.
class Histogram {
public:
    Histogram();
    Histogram(const Histogram &) = delete;
    Histogram &operator=(const Histogram &) = delete;
    ~Histogram();

    void add(std::int64_t ns);
    /// All are 0 if nothing was added.
    [[nodiscard]] Percentiles percentiles() const;

private:
    struct Bins;
    std::unique_ptr<Bins> bins_;
};

} // namespace waitq::cli::bench
