// SPDX-License-Identifier: GPL-2.0
#include "corpus.hpp"

#include <algorithm>

namespace devfuzz {

std::uint8_t Maker::byte()
{
    return static_cast<std::uint8_t>(random_());
}

Bytes Maker::some()
{
    Bytes bytes(1 + below(below(4) == 0 ? most_bytes : most_bytes / 4));
    std::ranges::generate(bytes, [this] { return byte(); });
    return bytes;
}

Bytes Maker::make()
{
    const std::uint32_t kept = std::min<std::uint32_t>(shared_.sequences, most_sequences);
    if (kept == 0 || below(8) == 0)
        return some();
    // The newest are the ones that found something last: half of the time one of them.
    const std::uint32_t from = below(2) == 0 ? kept - std::min(kept, 16U) : 0;
    const Sequence &sequence = shared_.corpus[from + below(kept - from)];
    const std::uint32_t size = sequence.size.load(std::memory_order_acquire);
    if (size == 0)
        return some();
    Bytes bytes(sequence.bytes.begin(), sequence.bytes.begin() + size);
    for (unsigned int n = 1 + below(4); n != 0; --n)
        change(bytes);
    return bytes;
}

void Maker::change(Bytes &bytes)
{
    // A sequence of the corpus ends with the call that it is kept for: half of the time that is
    // changed.
    const auto at = [&] {
        const std::size_t end =
            below(2) == 0 ? std::min<std::size_t>(bytes.size(), 16) : bytes.size();
        return bytes.end() - 1 - below(end);
    };
    switch (below(7)) {
    case 0:
    case 1:
        *at() = byte();
        break;
    case 2:
        *at() ^= static_cast<std::uint8_t>(1U << below(8));
        break;
    case 3:
        *at() += static_cast<std::uint8_t>(below(9) - 4);
        break;
    case 4:
        bytes.insert(at(), byte());
        break;
    case 5:
        if (bytes.size() > 1)
            bytes.erase(at());
        break;
    default: // the calls of another sequence behind those of this one
        const Bytes more = some();
        bytes.erase(at() + 1, bytes.end());
        bytes.insert(bytes.end(), more.begin(), more.end());
        break;
    }
    if (bytes.size() > most_bytes)
        bytes.resize(most_bytes);
}

void Maker::keep(const Bytes &bytes)
{
    const std::uint32_t at = shared_.sequences++;
    if (at >= most_sequences)
        return;
    Sequence &sequence = shared_.corpus[at];
    std::ranges::copy(bytes, sequence.bytes.begin());
    sequence.size.store(static_cast<std::uint32_t>(bytes.size()), std::memory_order_release);
}

} // namespace devfuzz
