// SPDX-License-Identifier: GPL-2.0
// module.hpp - loading and unloading the module, by libkmod.
#pragma once

#include "calls.hpp"

#include <gtest/gtest.h>
#include <string>

namespace waitq::test {

// Return 0 or -errno. `parameters` as for insmod: "queues=8 capacity=64".
int load_module(const std::string &parameters = "");
int unload_module();
bool module_is_loaded();

// Each test has a module of its own: fresh queues, and a reference that the test leaked
// would keep the module from being unloaded afterwards.
class WithModule : public testing::Test {
protected:
    explicit WithModule(std::string parameters = "") : parameters_(std::move(parameters)) {}
    void SetUp() override { ASSERT_EQ(load_module(parameters_), 0); }
    void TearDown() override;

private:
    std::string parameters_;
};

} // namespace waitq::test
