// SPDX-License-Identifier: GPL-2.0
#include "module.hpp"

#include "until.hpp"

#include <cstdlib>
#include <fstream>
#include <libkmod.h>
#include <memory>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

namespace waitq::test {
namespace {

using Context = std::unique_ptr<kmod_ctx, decltype(&kmod_unref)>;
using Handle = std::unique_ptr<kmod_module, decltype(&kmod_module_unref)>;

Context context()
{
    const char *no_configuration = nullptr;
    return {kmod_new(nullptr, &no_configuration), kmod_unref};
}

} // namespace

int load(const Module &module, const std::string &parameters)
{
    const char *directory = std::getenv("WAITQ_MODULES");
    const std::string path =
        std::string(directory != nullptr ? directory : "/lib/waitq") + "/" + module.name + ".ko";
    const Context kmod = context();
    kmod_module *found = nullptr;
    if (const int error = kmod_module_new_from_path(kmod.get(), path.c_str(), &found); error != 0)
        return error;
    const Handle owner(found, kmod_module_unref);
    return kmod_module_insert_module(found, 0, parameters.c_str());
}

int unload(const Module &module)
{
    const Context kmod = context();
    kmod_module *found = nullptr;
    if (const int error = kmod_module_new_from_name(kmod.get(), module.name, &found); error != 0)
        return error;
    const Handle owner(found, kmod_module_unref);
    // KMOD_REMOVE_NOWAIT is the default of current libkmod: no sleep on the reference count.
    return kmod_module_remove_module(found, 0);
}

bool is_loaded(const Module &module)
{
    return access((std::string("/sys/module/") + module.name).c_str(), F_OK) == 0;
}

unsigned int nodes(const Module &module)
{
    const std::string path = std::string("/dev/") + module.name;
    unsigned int count = 0;
    while (access((path + std::to_string(count)).c_str(), F_OK) == 0)
        ++count;
    return count;
}

void expect_figure(const Module &module, const std::string &name, unsigned long long value)
{
    const std::string loaded = module.name;
    const std::string path = "/sys/class/" + loaded + "/" + loaded + "0/" + name;
    std::ifstream file(path);
    unsigned long long shown = 0;
    EXPECT_TRUE(file >> shown) << name;
    EXPECT_EQ(shown, value) << name;
    struct stat state {};
    EXPECT_EQ(stat(path.c_str(), &state), 0);
    EXPECT_EQ(state.st_mode & 07777, 0440U) << name;
    EXPECT_EQ(state.st_uid, 0U) << name;
}

std::string waiters_path(const Module &module)
{
    mount("debugfs", "/sys/kernel/debug", "debugfs", 0, nullptr);
    const std::string loaded = module.name;
    return "/sys/kernel/debug/" + loaded + "/" + loaded + "0/waiters";
}

void unload_when_free(const Module &module)
{
    int error = 0;
    EXPECT_TRUE(until([&] { return (error = unload(module)) != -EAGAIN; }))
        << module.name << " is still in use";
    EXPECT_EQ(error, 0) << module.name;
}

} // namespace waitq::test
