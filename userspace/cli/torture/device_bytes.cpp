// SPDX-License-Identifier: GPL-2.0
// Tasks that read and write messages.
#include "torture/device_worker.hpp"

#include <array>
#include <cerrno>
#include <sys/mman.h>
#include <unistd.h>

namespace waitq::cli::torture {

std::uint64_t check_of(std::uint32_t writer, std::uint32_t number)
{
    return (std::uint64_t{writer} << 32 | number) * 0x9e3779b97f4a7c15ULL + 1;
}

void DeviceWorker::read(Step call)
{
    std::array<Message, 4> messages{};
    const std::size_t size = (1 + roll(messages.size())) * sizeof(Message);
    std::size_t got = 0;
    call.reads = true;
    const int error = counted(
        call,
        [&] {
            const ssize_t bytes = ::read(files_[0].fd(), messages.data(), size);
            got = bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
            return error_of(bytes);
        },
        [&](Tally &tally, int) {
            for (std::size_t index = 0; index < got / sizeof(Message); ++index) {
                ++tally.read;
                tally.read_sum += messages.at(index).check;
            }
        });
    expect(error, false);
    if (got % sizeof(Message) != 0)
        fail(0, "a write was cut");
    for (std::size_t index = 0; index < got / sizeof(Message); ++index) {
        const Message &message = messages.at(index);
        if (message.writer >= seen_.size() ||
            message.check != check_of(message.writer, message.number)) {
            fail(0, "bytes of two writes are mixed");
            continue;
        }
        if (has_seen_.at(message.writer) && seen_.at(message.writer) >= message.number)
            fail(0, "a write came after a later one, or twice");
        seen_.at(message.writer) = message.number;
        has_seen_.at(message.writer) = true;
    }
}

// Nothing is taken that could not be delivered.
void DeviceWorker::read_to_nowhere(Step call)
{
    static void *const nowhere =
        mmap(nullptr, sizeof(Message), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    call.reads = true;
    const int error =
        counted(call, [&] { return error_of(::read(files_[0].fd(), nowhere, sizeof(Message))); });
    if (error != EFAULT && error != EINTR)
        fail(error, "delivered to nowhere");
}

void DeviceWorker::write(Step call)
{
    std::array<Message, 4> messages{};
    const std::size_t count = 1 + roll(messages.size());
    const auto self = static_cast<std::uint32_t>(&slot() - arena().slots().data());
    std::uint64_t sum = 0;
    for (std::size_t index = 0; index < count; ++index) {
        const std::uint32_t number = slot().message++;
        messages.at(index) = {self, number, check_of(self, number)};
        sum += messages.at(index).check;
    }
    call.writes = true;
    call.threshold[0] = count * sizeof(Message);
    const int error = counted(
        call,
        [&] {
            const ssize_t bytes = ::write(files_[0].fd(), messages.data(), count * sizeof(Message));
            if (bytes > 0 && static_cast<std::size_t>(bytes) != count * sizeof(Message))
                fail(0, "a write of few bytes was cut");
            return error_of(bytes);
        },
        [&](Tally &tally, int failed) {
            tally.written += failed == 0 ? count : 0;
            tally.written_sum += failed == 0 ? sum : 0;
        });
    expect(error, false);
}

} // namespace waitq::cli::torture
