// SPDX-License-Identifier: GPL-2.0
// module.hpp - loading and unloading the two modules, by libkmod.
#pragma once

#include <gtest/gtest.h>
#include <string>

namespace waitq::test {

struct Module {
    const char *name; // the file is /lib/waitq/NAME.ko, or $WAITQ_MODULES/NAME.ko
};
inline constexpr Module device{"waitq"}, lab{"waitq_lab"};

// Return 0 or -errno. `parameters` as for insmod: "queues=8 capacity=64".
int load(const Module &module, const std::string &parameters = "");
int unload(const Module &module);
bool is_loaded(const Module &module);
// How many nodes it has: /dev/NAME0 and on.
unsigned int nodes(const Module &module);
// A figure of its queue 0 in sysfs has that value, and only root may read it.
void expect_figure(const Module &module, const std::string &name, unsigned long long value);
// The file of its queue 0 in debugfs, which is mounted for it.
std::string waiters_path(const Module &module);

// Unloads it as soon as no file of it is open any more: a process that was killed may still be on
// its way out of release(). A failure of the test if that does not come.
void unload_when_free(const Module &module);

// Each test has a module of its own: fresh queues, and a reference that the test leaked
// would keep the module from being unloaded afterwards.
class WithLoaded : public testing::Test {
protected:
    WithLoaded(const Module &module, std::string parameters)
        : module_(module), parameters_(std::move(parameters))
    {}
    void SetUp() override { ASSERT_EQ(load(module_, parameters_), 0); }
    void TearDown() override { unload_when_free(module_); }

private:
    const Module &module_;
    std::string parameters_;
};

class WithModule : public WithLoaded {
protected:
    explicit WithModule(std::string parameters = "") : WithLoaded(device, std::move(parameters)) {}
};

class WithLab : public WithLoaded {
protected:
    explicit WithLab(std::string parameters = "queues=1") : WithLoaded(lab, std::move(parameters))
    {}
};

} // namespace waitq::test
