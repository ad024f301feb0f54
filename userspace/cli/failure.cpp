// SPDX-License-Identifier: GPL-2.0
#include "failure.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <sstream>

namespace waitq::cli {

namespace {

constexpr std::string_view how_to_load =
    "the waitq module is not loaded. Load it with `sudo insmod waitq.ko`, or from the project's "
    "folder with `sudo make load`; or try it in the test VM: `./scripts/vm shell`";

// Indexed by Call.
constexpr auto call_names = std::to_array<std::string_view>(
    {"open", "WAITQ_IOC_INFO", "WAITQ_IOC_WAIT", "WAITQ_IOC_WAKE", "WAITQ_IOC_TIMER", "list",
     "WAITQ_IOC_KINDS", "WAITQ_IOC_WAITERS"});

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

std::string no_such_device(const Asked &asked, const Surroundings &around)
{
    const DeviceName &device = asked.device;
    if (!around.module_loaded)
        return std::string(how_to_load);
    if (device.index && std::ranges::find(around.indices, *device.index) != around.indices.end())
        return "the module has this device, but its node is missing: is devtmpfs mounted on /dev?";
    if (around.indices.empty())
        return "the module is loaded, but has no device";
    return "the module is loaded, but has no such device; there is: " + join(around.indices);
}

std::string not_listed(const Asked & /*asked*/, const Surroundings &around)
{
    return around.module_loaded ? "the module is loaded: is sysfs mounted on /sys?"
                                : std::string(how_to_load);
}

std::string overflow(const Asked & /*asked*/, const Surroundings &around)
{
    return "nothing was posted and nobody woken: the counter " +
           (around.counter ? "is " + std::to_string(*around.counter) : std::string("is too high")) +
           " and can't pass " + std::to_string(WAITQ_COUNTER_MAX) +
           "; take from it with `waitq wait --consume`";
}

std::string not_in_this_kernel(const Asked &asked, const Surroundings & /*around*/)
{
    return "this kernel does not have " + (asked.kind.empty() ? "that kind" : asked.kind) +
           ": `waitq kinds` lists what it has, and since when Linux has the others";
}

std::string no_place(const Asked &asked, const Surroundings & /*around*/)
{
    if (asked.kind == find_kind(WaitKind::init_waitqueue_func_entry)->name)
        return "there are as many waiters with --callback poller as there can be";
    return "the queue has a first waiter of this kind already, and can have only one: `waitq "
           "waiters` shows it";
}

struct Remedy {
    std::optional<Call> call; // nothing: of every call
    int error;
    const char *text; // or, if what to do depends on the system:
    std::string (*told)(const Asked &, const Surroundings &);
};

constexpr const char *not_permitted =
    "the node's mode is 0660 and it belongs to root: run this as root, or give it to a group by a "
    "udev rule such as KERNEL==\"waitq*\", GROUP=\"users\"";

constexpr auto remedies = std::to_array<Remedy>({
    {Call::Open, ENOENT, nullptr, no_such_device},
    {Call::Open, ENXIO, nullptr, no_such_device},
    {Call::Open, ENODEV, nullptr, no_such_device},
    {Call::Open, EACCES, not_permitted, nullptr},
    {Call::Open, EPERM, not_permitted, nullptr},
    {Call::List, ENOENT, nullptr, not_listed},
    {Call::Wait, EPERM,
     "an uninterruptible or idle wait without end, or above 10s, needs CAP_SYS_ADMIN, because not "
     "even kill -9 ends it; so does --callback end, because it keeps wake-ups from others. Run "
     "this "
     "as root, or take a shorter --timeout, an interruptible kind or state, another callback",
     nullptr},
    {Call::Wait, EBUSY, nullptr, no_place},
    {Call::Wait, EIDRM,
     "wake_up_pollfree ended the queue while this waited, and the counter was below the threshold",
     nullptr},
    {Call::Wake, EPERM,
     "a context that is an interrupt needs CAP_SYS_ADMIN, because its time is everybody's: run "
     "this "
     "as root, or wake from another --context",
     nullptr},
    {Call::Wake, EOVERFLOW, nullptr, overflow},
    {{}, EOPNOTSUPP, nullptr, not_in_this_kernel},
    {{}, ENOTTY, "this is not a waitq device; `waitq list` shows those there are", nullptr},
    {{},
     EINVAL,
     "the module refuses the request: its version and that of this command differ. Build and load "
     "both from one tree",
     nullptr},
});
static_assert(WAITQ_UNPRIVILEGED_UNINTERRUPTIBLE_MAX_NS == 10'000'000'000,
              "the text above names it");

} // namespace

Failure::Failure(Call call, DeviceName device, std::error_code error, std::string_view kind)
    : call_(call), asked_{std::move(device), std::string(kind)}, error_(error)
{}

Surroundings Failure::look() const
{
    Surroundings around;
    std::error_code ignored;
    around.module_loaded = std::filesystem::exists("/sys/module/waitq", ignored);
    if (const auto found = devices())
        for (const DeviceEntry &entry : *found)
            around.indices.push_back(entry.index);
    if (error_.value() != EOVERFLOW)
        return around;
    if (const auto device = Device::open(asked_.device.path))
        if (const auto now = device->info())
            around.counter = now->counter;
    return around;
}

std::string Failure::remedy(const Surroundings &around) const
{
    for (const Remedy &remedy : remedies)
        if (remedy.call.value_or(call_) == call_ && remedy.error == error_.value())
            return remedy.text ? remedy.text : remedy.told(asked_, around);
    return {};
}

std::string Failure::text(const Surroundings &around) const
{
    std::string text = asked_.device.path + ": " +
                       std::string(call_names.at(static_cast<std::size_t>(call_))) + ": " +
                       error_.message() + '\n';
    if (const std::string advice = remedy(around); !advice.empty())
        text += wrap(advice);
    return text;
}

nlohmann::ordered_json Failure::json(const Surroundings &around) const
{
    const char *name = strerrorname_np(error_.value());
    return {{"error",
             {{"device", asked_.device.path},
              {"call", call_names.at(static_cast<std::size_t>(call_))},
              {"errno", name ? name : std::to_string(error_.value())},
              {"message", error_.message()},
              {"remedy", remedy(around)}}}};
}

Device open_device(const DeviceName &name)
{
    return require(Device::open(name.path), Call::Open, name);
}

} // namespace waitq::cli
