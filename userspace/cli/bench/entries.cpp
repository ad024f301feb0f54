// SPDX-License-Identifier: GPL-2.0
#include "bench/entries.hpp"

#include "bench/held_up.hpp"
#include "bench/scale.hpp"

namespace waitq::cli::bench {

namespace {

template <typename Pattern>
std::unique_ptr<Run> make(const Setting &setting)
{
    return std::make_unique<Pattern>(setting.number);
}

std::unique_ptr<Run> make_queues(const Setting &setting)
{
    return std::make_unique<ScaleQueuesRun>(setting.number, setting.module);
}

/// In the patterns where each task signals and consumes by turns.
template <Contender T>
constexpr Entry of_round_trips()
{
    Entry entry{T::name, false, T::available, {}};
    entry.make[Blocking] = make<RoundTripRun<T>>;
    entry.make[Preempting] = make<RoundTripRun<T>>;
    return entry;
}

/// In all patterns of two tasks.
template <Contender T>
constexpr Entry between_two()
{
    Entry entry = of_round_trips<T>();
    entry.make[Uncontended] = make<UncontendedRun<T>>;
    entry.make[Across] = make<AcrossRun<T>>;
    return entry;
}

/// In those of many tasks too.
template <WakesAll T>
constexpr Entry among_many()
{
    Entry entry = between_two<T>();
    entry.make[WakeOne] = make<WakeOneRun<T>>;
    entry.make[WakeAll] = make<WakeAllRun<T>>;
    entry.make[HeldUp] = make<HeldUpRun<T>>;
    entry.make[ScaleWaiters] = make<ScaleWaitersRun<T>>;
    return entry;
}

/// And in that of many files, each of which is a channel of @Files.
template <Contender Files>
constexpr Entry with_files(Entry entry)
{
    entry.make[ScaleFiles] = make<ScaleFilesRun<Files>>;
    return entry;
}

constexpr Entry with_queues(Entry entry)
{
    entry.make[ScaleQueues] = make_queues;
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
    with_files<Eventfd>(among_many<Eventfd>()),
    between_two<Pipe>(),
    between_two<SocketPair>(),
    among_many<Futex>(),
    between_two<PosixSemaphore>(),
    between_two<Ntsync>(),
    between_two<WaitqBytes>(),
    with_queues(with_files<WaitqFiles>(among_many<WaitqEvents>())),
    between_two<WaitqPage>(),
    of_round_trips<WaitqSignalWait>(),
    between_two<WaitqEventfd>(),
});

} // namespace

std::span<const Entry> entries()
{
    return table;
}

} // namespace waitq::cli::bench
