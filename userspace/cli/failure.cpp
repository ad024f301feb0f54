// SPDX-License-Identifier: GPL-2.0
#include "failure.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <sstream>
#include <unistd.h>

namespace waitq::cli {

namespace {

/// How a call is told of: "cannot wait on /dev/waitq0"; and its name on either kind of node.
struct Told {
    std::string_view doing, device, lab;
};

// Indexed by Call.
constexpr auto calls = std::to_array<Told>({
    {"open", "open", "open"},
    {"read the figures of", "WAITQ_IOC_INFO", "LAB_IOC_INFO"},
    {"wait on", "WAITQ_IOC_WAIT", "LAB_IOC_WAIT"},
    {"wake the waiters of", "WAITQ_IOC_WAKE", "LAB_IOC_WAKE"},
    {"set the timer of", "WAITQ_IOC_TIMER", ""},
    {"list", "opendir", "opendir"},
    {"read the kinds of", "", "LAB_IOC_KINDS"},
    {"list the waiters of", "WAITQ_IOC_WAITERS", "LAB_IOC_WAITERS"},
    {"wait for any of", "WAITQ_IOC_WAIT_ANY", ""},
    {"wait for all of", "WAITQ_IOC_WAIT_ALL", ""},
    {"post to", "WAITQ_IOC_SIGNAL_WAIT", ""},
});

const Told &told(Call call)
{
    return calls.at(static_cast<std::size_t>(call));
}

std::string_view call_name(Call call, const DeviceName &device)
{
    return device.module == &lab_module ? told(call).lab : told(call).device;
}

std::string errno_name(int error)
{
    const char *name = strerrorname_np(error);
    return name ? name : std::to_string(error);
}

/// @text in lines of at most 80 columns, each indented by two.
std::string wrap(const std::string &text)
{
    constexpr std::size_t width = 80;
    std::istringstream words(text);
    std::string lines;
    std::string line = " ";
    for (std::string word; words >> word; line += ' ' + word)
        if (line.size() + 1 + word.size() > width) {
            lines += line + '\n';
            line = " ";
        }
    return lines + line + '\n';
}

std::string join(const std::vector<unsigned> &indices)
{
    std::string text;
    for (const unsigned index : indices)
        text += (text.empty() ? "" : ", ") + std::to_string(index);
    return text;
}

std::string how_to_load(const DeviceName &device)
{
    const std::string file = std::string(device.module->name) + ".ko";
    return "the module " + file + " is not loaded. Load it with `sudo insmod " + file +
           "`, or from the project's folder with `sudo make " +
           (device.module == &lab_module ? "load-lab" : "load") +
           "`; or try it in the test VM: `./scripts/vm shell`";
}

std::string no_such_device(const DeviceName &device, const Surroundings &around)
{
    const std::string file = std::string(device.module->name) + ".ko";
    if (!around.module_loaded)
        return how_to_load(device);
    if (device.index && std::ranges::find(around.indices, *device.index) != around.indices.end())
        return file + " has this device, but its node is missing: is devtmpfs mounted on /dev?";
    if (around.indices.empty())
        return file + " is loaded, but has no device";
    return file + " is loaded, but has no such device; it has: " + join(around.indices);
}

std::string not_listed(const DeviceName &device, const Surroundings &around)
{
    return around.module_loaded ? "the module is loaded: is sysfs mounted on /sys?"
                                : how_to_load(device);
}

std::string overflow(const DeviceName &device, const Surroundings &around)
{
    const bool lab = device.module == &lab_module;
    return "nothing was posted and no task was woken: the counter " +
           (around.counter ? "is " + std::to_string(*around.counter) : std::string("is too high")) +
           " and cannot pass " + std::to_string(lab ? LAB_COUNTER_MAX : WAITQ_COUNTER_MAX) +
           "; take from it with `waitq " + (lab ? "lab " : "") + "wait --consume`";
}

std::string no_waitq_device(const DeviceName &device, const Surroundings & /*around*/)
{
    return device.module == &lab_module
               ? "this is not a node of the lab; `waitq lab list` shows those there are"
               : "this is not a waitq device; `waitq list` shows those there are";
}

struct Remedy {
    std::optional<Call> call; // nothing: of every call
    int error;
    const Module *module; // null: of both
    const char *text;     // or, if what to do depends on the system:
    std::string (*told)(const DeviceName &, const Surroundings &) = nullptr;
};

const auto remedies = std::to_array<Remedy>({
    {Call::Open, ENOENT, nullptr, nullptr, no_such_device},
    {Call::Open, ENXIO, nullptr, nullptr, no_such_device},
    {Call::Open, ENODEV, nullptr, nullptr, no_such_device},
    {Call::Open, EPERM, &lab_module, "the lab needs CAP_SYS_ADMIN: run this as root"},
    {Call::Open, EACCES, &lab_module,
     "the node's mode is 0600 and it belongs to root, because the lab needs CAP_SYS_ADMIN: run "
     "this as root"},
    {Call::Open, EACCES, &device_module,
     "the node's mode is 0660 and it belongs to root: run this as root, or give the node to a "
     "group by a udev rule such as KERNEL==\"waitq[0-9]*\", GROUP=\"users\""},
    {Call::List, ENOENT, nullptr, nullptr, not_listed},
    {Call::Wait, EPERM, &device_module,
     "an uninterruptible or idle wait without a timeout, or with one above 10s (the timer slack "
     "counts), needs CAP_SYS_ADMIN, because kill -9 does not end it. Run this as root, or take a "
     "shorter --timeout or another --state"},
    {Call::Wait, EIDRM, &lab_module,
     "wake_up_pollfree ended the queue while this waited, and the counter was below the "
     "threshold"},
    {Call::Wake, EOVERFLOW, nullptr, nullptr, overflow},
    {Call::SignalWait, EOVERFLOW, nullptr, nullptr, overflow},
    {Call::WaitAny, EBADF, nullptr,
     "one of them is no waitq device; `waitq list` shows those there are"},
    {Call::WaitAll, EBADF, nullptr,
     "one of them is no waitq device; `waitq list` shows those there are"},
    {Call::WaitAll, EINVAL, nullptr,
     "two of the names stand for one device, and each may be given once"},
    {{}, ENOTTY, nullptr, nullptr, no_waitq_device},
    {{},
     EINVAL,
     nullptr,
     "the module refuses the request: its version and that of this command differ. Build and load "
     "both from one tree"},
});
static_assert(WAITQ_UNPRIVILEGED_UNINTERRUPTIBLE_MAX_NS == 10'000'000'000,
              "the text above names it");

/// The remedy of an error that the kind explains; empty if it does not.
std::string remedy_for_kind(const DeviceName &device, int error, const std::string &kind)
{
    if (device.module != &lab_module)
        return {};
    if (error == EOPNOTSUPP)
        return "this kernel does not have " + (kind.empty() ? "that kind" : kind) +
               ": `waitq lab kinds` lists what it has, and since when Linux has the others";
    if (error != EBUSY)
        return {};
    if (kind == find_kind(lab::WaitKind::init_waitqueue_func_entry)->name)
        return "there are as many waiters with --callback poller as there can be";
    return "the queue has a first waiter of this kind already, and can have only one: `waitq lab "
           "waiters` shows it";
}

} // namespace

Failure::Failure(Call call, DeviceName device, std::error_code error, std::string_view kind)
    : call_(call), device_(std::move(device)), error_(error), kind_(kind)
{}

Surroundings Failure::look() const
{
    Surroundings around;
    const std::string loaded = "/sys/module/" + std::string(device_.module->name);
    around.module_loaded = ::access(loaded.c_str(), F_OK) == 0;
    if (const auto found = nodes(*device_.module))
        for (const Node &node : *found)
            around.indices.push_back(node.index);
    if (error_.value() != EOVERFLOW)
        return around;
    const auto ask = [&](const auto &node) {
        if (node)
            if (const auto now = node->info())
                around.counter = now->counter;
    };
    if (device_.module == &lab_module)
        ask(lab::Lab::open(device_.path));
    else
        ask(Device::open(device_.path, O_RDONLY));
    return around;
}

std::string Failure::remedy(const Surroundings &around) const
{
    if (std::string of_kind = remedy_for_kind(device_, error_.value(), kind_); !of_kind.empty())
        return of_kind;
    for (const Remedy &remedy : remedies)
        if (remedy.call.value_or(call_) == call_ && remedy.error == error_.value() &&
            (!remedy.module || remedy.module == device_.module))
            return remedy.text ? remedy.text : remedy.told(device_, around);
    return {};
}

std::string Failure::text(const Surroundings &around) const
{
    std::string text = "cannot " + std::string(told(call_).doing) + ' ' + device_.path + ": " +
                       error_.message() + " (" + std::string(call_name(call_, device_)) + ": " +
                       errno_name(error_.value()) + ")\n";
    if (const std::string advice = remedy(around); !advice.empty())
        text += wrap(advice);
    return text;
}

Json Failure::json(const Surroundings &around) const
{
    return {{"error", Json{{"device", device_.path},
                           {"call", call_name(call_, device_)},
                           {"errno", errno_name(error_.value())},
                           {"message", error_.message()},
                           {"remedy", remedy(around)}}}};
}

Device open_device(const DeviceName &name, int flags)
{
    return require(Device::open(name.path, flags), Call::Open, name);
}

lab::Lab open_lab(const DeviceName &name)
{
    return require(lab::Lab::open(name.path), Call::Open, name);
}

} // namespace waitq::cli
