// SPDX-License-Identifier: GPL-2.0
#include "bench/statistics.hpp"

#include <algorithm>
#include <boost/histogram.hpp>
#include <cmath>
#include <numeric>
#include <span>

namespace waitq::cli::bench {

namespace {

namespace bh = boost::histogram;

// From 1 ns to 100 s, 232 bins for each power of ten: ten to the 1/232 is 1.01.
constexpr int powers = 11, bins_each = 232;

auto make_bins()
{
    using Axis = bh::axis::regular<double, bh::axis::transform::log>;
    return bh::make_histogram(Axis(powers * bins_each, 1, std::pow(10, powers)));
}

} // namespace

double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values[(values.size() - 1) / 2];
}

double middle_mean(std::vector<double> values)
{
    std::ranges::sort(values);
    const std::size_t outside = values.size() / 4;
    const std::span middle(values.begin() + static_cast<std::ptrdiff_t>(outside),
                           values.size() - 2 * outside);
    return std::accumulate(middle.begin(), middle.end(), 0.0) / static_cast<double>(middle.size());
}

double middle_spread(std::vector<double> values)
{
    std::ranges::sort(values);
    const std::size_t middle = (values.size() - 1) / 2;
    const double low = values[middle == 0 ? 0 : middle - 1];
    const double high = values[std::min(middle + 1, values.size() - 1)];
    return values[middle] == 0 ? 0 : (high - low) / values[middle];
}

double difference(double one, double other)
{
    const double smaller = std::min(one, other);
    return smaller <= 0 ? std::abs(one - other) : std::abs(one - other) / smaller;
}

struct Histogram::Bins {
    decltype(make_bins()) of = make_bins();
    std::uint64_t added = 0;
    std::int64_t max = 0;
};

Histogram::Histogram() : bins_(std::make_unique<Bins>()) {}
Histogram::~Histogram() = default;

void Histogram::add(std::int64_t ns)
{
    bins_->of(static_cast<double>(std::max<std::int64_t>(ns, 1)));
    bins_->max = std::max(bins_->max, ns);
    ++bins_->added;
}

Percentiles Histogram::percentiles() const
{
    const auto most = static_cast<double>(bins_->max);
    const auto at = [this, most](double part) {
        const double wanted = part * static_cast<double>(bins_->added);
        double seen = 0;
        for (auto &&bin : bh::indexed(bins_->of)) {
            seen += *bin;
            if (seen >= wanted && seen > 0)
                return std::min(bin.bin().upper(), most);
        }
        return most;
    };
    if (bins_->added == 0)
        return {};
    return {at(0.5), at(0.9), at(0.99), at(0.999), most};
}

} // namespace waitq::cli::bench
