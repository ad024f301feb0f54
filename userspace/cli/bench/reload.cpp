// SPDX-License-Identifier: GPL-2.0
#include "bench/reload.hpp"

#include "bench/machine.hpp"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <sys/syscall.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <waitq/descriptor.hpp>

namespace waitq::cli::bench {

namespace {

using namespace std::chrono_literals;

/// Waits for the end of what still closes a node.
void unload(const Module &module)
{
    const std::string name(module.name);
    const std::int64_t end = now() + std::chrono::nanoseconds(60s).count();
    while (syscall(SYS_delete_module, name.c_str(), O_NONBLOCK) != 0) {
        if (errno == ENOENT)
            return;
        if ((errno != EAGAIN && errno != EBUSY) || now() > end)
            throw std::system_error(errno, std::generic_category(), "unload " + name);
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

std::string parameters_now(const Module &module, const std::string &parameters)
{
    std::string text;
    std::istringstream words(parameters);
    for (std::string word; words >> word;) {
        const std::string name = word.substr(0, word.find('='));
        std::string value;
        std::ifstream("/sys/module/" + std::string(module.name) + "/parameters/" + name) >> value;
        text.append(text.empty() ? "" : " ").append(name).append("=").append(value);
    }
    return text;
}

void load_anew(const Module &module, const std::string &file, const std::string &parameters)
{
    unload(module);
    load(file, parameters);
}

Reloaded::Reloaded(const Module &module, std::string file, const std::string &parameters)
    : module_(module), file_(std::move(file)), former_(parameters_now(module, parameters))
{
    again(parameters);
}

Reloaded::~Reloaded()
{
    try {
        again(former_);
    } catch (const std::system_error &error) {
        std::fprintf(stderr, "waitq: %s; load it by hand, with %s\n", error.what(),
                     former_.c_str());
    }
}

void Reloaded::again(const std::string &parameters)
{
    load_anew(module_, file_, parameters);
}

} // namespace waitq::cli::bench
