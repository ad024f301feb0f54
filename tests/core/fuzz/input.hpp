// SPDX-License-Identifier: GPL-2.0
// input.hpp - the fuzzer's bytes, taken one after another. Past the end all are 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace fuzz {

class Input {
public:
    explicit Input(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

    [[nodiscard]] bool empty() const { return bytes_.empty(); }
    [[nodiscard]] std::size_t left() const { return bytes_.size(); }
    std::uint8_t byte()
    {
        if (bytes_.empty())
            return 0;
        const std::uint8_t first = bytes_.front();
        bytes_ = bytes_.subspan(1);
        return first;
    }
    unsigned int below(unsigned int n) { return byte() % n; }
    bool flag() { return byte() & 1; }
    // Any 64 bits, mostly those where something changes: small, at a limit, or as they come.
    std::uint64_t number()
    {
        const std::uint8_t kind = byte();
        switch (kind % 8) {
        case 0:
        case 1:
            return kind / 8;
        case 2:
            return std::uint64_t{0} - (kind / 8);
        case 3:
            return (std::uint64_t{1} << 63) - 1 + (kind / 8);
        case 4:
            return (std::uint64_t{1} << (kind / 8)) + (byte() - 128U);
        case 5:
            return std::uint64_t{byte()} * 50'000;
        default:
            break;
        }
        std::uint64_t all = 0;
        for (int i = 0; i < 8; ++i)
            all = all << 8 | byte();
        return all;
    }

private:
    std::span<const std::uint8_t> bytes_;
};

} // namespace fuzz
