// SPDX-License-Identifier: GPL-2.0
// Errors: which device, which call, what the kernel said and what to do about it.
#pragma once

#include "device_name.hpp"

#include <cstdint>
#include <exception>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <system_error>
#include <vector>
#include <waitq/waitq.hpp>

namespace waitq::cli {

enum class Call { Open, Info, Wait, Wake, Timer, List, Kinds, Waiters };

/// What of the system explains an error; taken when an error is to be explained.
struct Surroundings {
    bool module_loaded = false;
    std::vector<unsigned> indices;        ///< of the devices that there are
    std::optional<std::uint64_t> counter; ///< of the device, if it could be asked
};

/// What was asked for, of whom.
struct Asked {
    DeviceName device;
    std::string kind; ///< of wait or wake; empty if the call has none
};

/// A call that failed. Ends the command; main() prints it.
class Failure : public std::exception {
public:
    Failure(Call call, DeviceName device, std::error_code error, std::string_view kind = {});

    [[nodiscard]] const char *what() const noexcept override { return "a call failed"; }

    /// What to do about it, one sentence or more; empty if there is no advice.
    [[nodiscard]] std::string remedy(const Surroundings &around) const;
    /// For people: the error on one line, the remedy on the next.
    [[nodiscard]] std::string text(const Surroundings &around) const;
    /// {"error": {"device", "call", "errno", "message", "remedy"}}
    [[nodiscard]] nlohmann::ordered_json json(const Surroundings &around) const;

    /// The system as it is now.
    [[nodiscard]] Surroundings look() const;

private:
    Call call_;
    Asked asked_;
    std::error_code error_;
};

/// Opens the device. Throws Failure.
[[nodiscard]] Device open_device(const DeviceName &name);

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
