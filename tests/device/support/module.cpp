// SPDX-License-Identifier: GPL-2.0
#include "module.hpp"

#include "until.hpp"

#include <cstdlib>
#include <libkmod.h>
#include <memory>

namespace waitq::test {
namespace {

using Context = std::unique_ptr<kmod_ctx, decltype(&kmod_unref)>;
using Module = std::unique_ptr<kmod_module, decltype(&kmod_module_unref)>;

Context context()
{
    const char *no_configuration = nullptr;
    return {kmod_new(nullptr, &no_configuration), kmod_unref};
}

} // namespace

int load_module(const std::string &parameters)
{
    const char *path = std::getenv("WAITQ_MODULE");
    const Context kmod = context();
    kmod_module *module = nullptr;
    const int error = kmod_module_new_from_path(
        kmod.get(), path != nullptr ? path : "/lib/waitq/waitq.ko", &module);
    if (error != 0)
        return error;
    const Module owner(module, kmod_module_unref);
    return kmod_module_insert_module(module, 0, parameters.c_str());
}

int unload_module()
{
    const Context kmod = context();
    kmod_module *module = nullptr;
    const int error = kmod_module_new_from_name(kmod.get(), "waitq", &module);
    if (error != 0)
        return error;
    const Module owner(module, kmod_module_unref);
    // KMOD_REMOVE_NOWAIT is the default of current libkmod: no sleep on the reference count.
    return kmod_module_remove_module(module, 0);
}

bool module_is_loaded()
{
    return access("/sys/module/waitq", F_OK) == 0;
}

void WithModule::TearDown()
{
    // A process that was killed may still be on its way out of release().
    int error = 0;
    EXPECT_TRUE(until([&] { return (error = unload_module()) != -EAGAIN; }))
        << "the module is still in use";
    EXPECT_EQ(error, 0);
}

} // namespace waitq::test
