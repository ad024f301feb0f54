// SPDX-License-Identifier: GPL-2.0
// Result<T> - a value or the reason why there is none.
#pragma once

#include <system_error>
#include <utility>
#include <variant>

namespace waitq {

/**
 * What a call that can fail returns. `if (result)` asks whether there is a value.
 *
 * value() of a failed call throws std::system_error; `*` and `->` must not be used on one.
 * error() of a successful call is empty (`!error()`).
 */
template <typename T>
class [[nodiscard]] Result {
public:
    // Implicit on purpose: `return value;` and `return error;` are what it is for.
    Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
    Result(std::error_code error) : content_(std::in_place_index<1>, error) {}

    [[nodiscard]] explicit operator bool() const noexcept { return content_.index() == 0; }

    [[nodiscard]] std::error_code error() const noexcept
    {
        const auto *error = std::get_if<1>(&content_);
        return error ? *error : std::error_code{};
    }

    [[nodiscard]] const T &value() const & { return check(), **this; }
    [[nodiscard]] T value() && { return check(), std::move(**this); }

    [[nodiscard]] const T &operator*() const noexcept { return *std::get_if<0>(&content_); }
    [[nodiscard]] T &operator*() noexcept { return *std::get_if<0>(&content_); }
    [[nodiscard]] const T *operator->() const noexcept { return std::get_if<0>(&content_); }
    [[nodiscard]] T *operator->() noexcept { return std::get_if<0>(&content_); }

private:
    void check() const
    {
        if (!*this)
            throw std::system_error(error());
    }

    std::variant<T, std::error_code> content_;
};

} // namespace waitq
