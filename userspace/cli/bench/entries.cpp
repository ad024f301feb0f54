// SPDX-License-Identifier: GPL-2.0
#include "bench/entries.hpp"

namespace waitq::cli::bench {

namespace {

template <typename Pattern>
std::unique_ptr<Run> make(unsigned waiters)
{
    return std::make_unique<Pattern>(waiters);
}

/// In the patterns of two tasks.
template <Contender T>
constexpr Entry between_two()
{
    return {T::name,
            false,
            T::available,
            {make<UncontendedRun<T>>, make<RoundTripRun<T>>, make<RoundTripRun<T>>, nullptr,
             nullptr, make<AcrossRun<T>>}};
}

/// In all patterns.
template <WakesAll T>
constexpr Entry among_many()
{
    Entry entry = between_two<T>();
    entry.make[WakeOne] = make<WakeOneRun<T>>;
    entry.make[WakeAll] = make<WakeAllRun<T>>;
    return entry;
}

template <Contender T>
constexpr Entry floor_of_calls()
{
    return {T::name, true, T::available, {make<UncontendedRun<T>>}};
}

template <Contender T>
constexpr Entry floor_of_switches()
{
    return {T::name, true, T::available, {nullptr, make<RoundTripRun<T>>}};
}

constexpr auto table = std::to_array<Entry>({
    floor_of_calls<Getppid>(),
    floor_of_calls<DevNull>(),
    floor_of_switches<Yield>(),
    among_many<Eventfd>(),
    between_two<Pipe>(),
    between_two<SocketPair>(),
    among_many<Futex>(),
    between_two<PosixSemaphore>(),
    between_two<Ntsync>(),
    between_two<WaitqBytes>(),
    among_many<WaitqEvents>(),
    between_two<WaitqEventfd>(),
});

} // namespace

std::span<const Entry> entries()
{
    return table;
}

} // namespace waitq::cli::bench
