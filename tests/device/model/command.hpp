// SPDX-License-Identifier: GPL-2.0
// command.hpp - the steps of a sequence, as RapidCheck makes, runs and shrinks them. After each,
// the device must look as the model does, and every call have come to what the model says.
#pragma once

#include "device.hpp"

#include <rapidcheck/state.h>

namespace waitq::test::model {

using Command = rc::state::Command<Model, Device>;

// A call that does not sleep.
class Now : public Command {
public:
    explicit Now(const Model &model);
    void checkPreconditions(const Model &model) const override;
    void apply(Model &model) const override;
    void run(const Model &before, Device &device) const override;
    void show(std::ostream &out) const override;

private:
    Call call_;
};

// A task begins a call that may sleep.
class Sleep : public Command {
public:
    explicit Sleep(const Model &model);
    void checkPreconditions(const Model &model) const override;
    void apply(Model &model) const override;
    void run(const Model &before, Device &device) const override;
    void show(std::ostream &out) const override;

private:
    unsigned int slot_;
    Call call_;
};

// A signal for a task that sleeps.
class Signal : public Command {
public:
    explicit Signal(const Model &model);
    void checkPreconditions(const Model &model) const override;
    void apply(Model &model) const override;
    void run(const Model &before, Device &device) const override;
    void show(std::ostream &out) const override;

private:
    unsigned int slot_;
};

} // namespace waitq::test::model
