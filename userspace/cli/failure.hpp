// SPDX-License-Identifier: GPL-2.0
// Errors: what failed, on which node, what the kernel said and what to do about it.
#pragma once

#include "device_name.hpp"
#include "json.hpp"

#include <cstdint>
#include <exception>
#include <fcntl.h>
#include <optional>
#include <string>
#include <system_error>
#include <vector>
#include <waitq/device.hpp>
#include <waitq/lab.hpp>

namespace waitq::cli {

enum class Call {
    Open,
    Info,
    Wait,
    Wake,
    Timer,
    List,
    Kinds,
    Waiters,
    WaitAny,
    WaitAll,
    SignalWait
};

/// What of the system explains an error; taken when an error is to be explained.
struct Surroundings {
    bool module_loaded = false;
    std::vector<unsigned> indices;        ///< of the nodes that the module has
    std::optional<std::uint64_t> counter; ///< of the node, if it could be asked
};

/// A call that failed. Ends the command; main() prints it.
class Failure : public std::exception {
public:
    /// @kind: of a wait or a wake-up in the lab; else empty.
    Failure(Call call, DeviceName device, std::error_code error, std::string_view kind = {});

    [[nodiscard]] const char *what() const noexcept override { return "a call failed"; }

    /// What to do about it, one sentence or more; empty if there is no advice.
    [[nodiscard]] std::string remedy(const Surroundings &around) const;
    /// For people: the error on one line, the remedy below it.
    [[nodiscard]] std::string text(const Surroundings &around) const;
    /// {"error": {"device", "call", "errno", "message", "remedy"}}
    [[nodiscard]] Json json(const Surroundings &around) const;

    /// The system as it is now.
    [[nodiscard]] Surroundings look() const;

private:
    Call call_;
    DeviceName device_;
    std::error_code error_;
    std::string kind_;
};

/// Opens a device. Throws Failure.
[[nodiscard]] Device open_device(const DeviceName &name, int flags = O_RDWR);
/// Opens a lab node. Throws Failure.
[[nodiscard]] lab::Lab open_lab(const DeviceName &name);

/// The value of a result. Throws Failure.
template <typename T>
[[nodiscard]] T require(Result<T> result, Call call, const DeviceName &name,
                        std::string_view kind = {})
{
    if (!result)
        throw Failure(call, name, result.error(), kind);
    return std::move(*result);
}

} // namespace waitq::cli
