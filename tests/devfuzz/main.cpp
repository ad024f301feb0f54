// SPDX-License-Identifier: GPL-2.0
// main.cpp - devfuzz [--for SECONDS] [--calls N] [--workers N] [--seed N] [--replay HEX]
#include "watch.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

namespace {

devfuzz::Bytes bytes_of(const std::string &hex)
{
    devfuzz::Bytes bytes;
    for (std::size_t i = 0; i + 1 < hex.size() && bytes.size() < devfuzz::most_bytes; i += 2)
        bytes.push_back(static_cast<std::uint8_t>(std::stoul(hex.substr(i, 2), nullptr, 16)));
    return bytes;
}

} // namespace

int main(int argc, char **argv)
{
    devfuzz::Plan plan;
    plan.seed = std::random_device()();
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string option = argv[i], value = argv[i + 1];
        if (option == "--for")
            plan.seconds = std::stod(value);
        else if (option == "--calls")
            plan.calls = std::stoull(value);
        else if (option == "--workers")
            plan.workers =
                std::clamp(static_cast<unsigned int>(std::stoul(value)), 1U, devfuzz::most_workers);
        else if (option == "--seed")
            plan.seed = std::stoull(value);
        else if (option == "--replay")
            plan.replayed = bytes_of(value);
        else
            argc = 0;
    }
    if (argc % 2 == 0) {
        std::fprintf(stderr, "usage: devfuzz [--for SECONDS] [--calls N] [--workers N] [--seed N] "
                             "[--replay HEX]\n");
        return 2;
    }
    return devfuzz::fuzz(plan) ? 0 : 1;
}
