// SPDX-License-Identifier: GPL-2.0
#include "bench/scale.hpp"

#include <algorithm>

namespace waitq::cli::bench {

namespace {

std::string parameters(unsigned queues)
{
    return "queues=" + std::to_string(queues) + " capacity=" + std::to_string(WAITQ_CAPACITY_MIN);
}

/// The memory of each queue beyond queues_before others. These take the places that are free in
/// memory which the kernel keeps of queues that were. Afterwards there are @queues of them.
double memory_of_queues(Reloaded &module, unsigned queues)
{
    constexpr unsigned queues_before = 64;
    if (queues < detail::memory_of_queue.from)
        return 0;
    const unsigned all = std::min(queues + queues_before, WAITQ_QUEUES_MAX);
    module.again(parameters(all));
    module.again(parameters(queues_before));
    const std::int64_t before = settled_kernel_memory();
    module.again(parameters(all));
    const std::int64_t after = settled_kernel_memory();
    module.again(parameters(queues));
    return memory_each(before, after, all - queues_before);
}

auto once(const IdleDevices &device)
{
    return [&device] {
        waitq_number(device.fd(0), WAITQ_IOC_POST, 1);
        waitq_number(device.fd(0), WAITQ_IOC_TAKE, 1);
    };
}

} // namespace

ScaleQueuesRun::ScaleQueuesRun(unsigned queues, const std::string &module)
    : module_(device_module, module, parameters(queues)),
      memory_(memory_of_queues(module_, queues)), device_(1, queues - 1)
{}

Sample ScaleQueuesRun::batch(unsigned operations)
{
    return {timed(operations, once(device_)), memory_};
}

void ScaleQueuesRun::each(unsigned operations, Histogram &histogram)
{
    timed_each(operations, histogram, once(device_));
}

} // namespace waitq::cli::bench
