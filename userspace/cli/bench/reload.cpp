// SPDX-License-Identifier: GPL-2.0
#include "bench/reload.hpp"

#include "bench/machine.hpp"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <sys/syscall.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <waitq/descriptor.hpp>

namespace waitq::cli::bench {

namespace {

using namespace std::chrono_literals;

constexpr const char *module_name = "waitq";

std::string parameter(const std::string &name)
{
    std::string value;
    std::string path = "/sys/module/";
    path.append(module_name).append("/parameters/").append(name);
    std::ifstream(path) >> value;
    return value;
}

/// Waits for the end of what still closes a device.
void unload()
{
    const std::int64_t end = now() + std::chrono::nanoseconds(5s).count();
    while (syscall(SYS_delete_module, module_name, O_NONBLOCK) != 0) {
        if (errno == ENOENT)
            return;
        if ((errno != EAGAIN && errno != EBUSY) || now() > end)
            throw std::system_error(errno, std::generic_category(), "unload waitq.ko");
        std::this_thread::sleep_for(10ms);
    }
}

void load(const std::string &file, const std::string &parameters)
{
    constexpr int no_flags = 0;
    const auto module = Descriptor::open(file, O_RDONLY);
    if (!module)
        throw std::system_error(module.error(), file);
    if (syscall(SYS_finit_module, module->fd(), parameters.c_str(), no_flags) != 0)
        throw std::system_error(errno, std::generic_category(), "load " + file);
}

} // namespace

Reloaded::Reloaded(std::string file, const std::string &parameters)
    : file_(std::move(file)),
      former_("queues=" + parameter("queues") + " capacity=" + parameter("capacity"))
{
    again(parameters);
}

Reloaded::~Reloaded()
{
    try {
        again(former_);
    } catch (const std::system_error &error) {
        std::fprintf(stderr, "waitq bench: %s; load it by hand, with %s\n", error.what(),
                     former_.c_str());
    }
}

void Reloaded::again(const std::string &parameters)
{
    unload();
    load(file_, parameters);
}

} // namespace waitq::cli::bench
