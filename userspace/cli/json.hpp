// SPDX-License-Identifier: GPL-2.0
// Json - a JSON value that a command prints.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace waitq::cli {

/**
 * Null, a boolean, a number, a string, an array or an object. Objects keep the order in
 * which their members were added. (The library that prints it takes seconds to compile, so only
 * json.cpp includes that one.)
 */
class Json {
public:
    /// Its name is a literal or a name of a table: it is not copied.
    using Member = std::pair<std::string_view, Json>;
    using Array = std::vector<Json>;
    using Object = std::vector<Member>;
    using Value = std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double,
                               std::string, Array, Object>;

    Json(); ///< null
    Json(std::same_as<bool> auto value) : Json(Value(value)) {}
    Json(std::signed_integral auto value) : Json(Value(std::int64_t{value})) {}
    Json(std::unsigned_integral auto value) requires(!std::same_as<decltype(value), bool>)
        : Json(Value(std::uint64_t{value}))
    {}
    Json(std::same_as<double> auto value) : Json(Value(value)) {}
    Json(const char *text);
    Json(std::string_view text);
    Json(std::string text);
    Json(const std::vector<std::string_view> &texts);
    Json(std::initializer_list<Member> members); ///< an object

    // Not inline: there is much of it, and a report has many.
    Json(const Json &other);
    Json(Json &&other) noexcept;
    Json &operator=(const Json &other);
    Json &operator=(Json &&other) noexcept;
    ~Json();

    /// An array without elements.
    [[nodiscard]] static Json array();

    /// Adds a member to an object; null becomes an object.
    void add(std::string_view name, Json value);
    /// Adds an element to an array; null becomes an array.
    void push_back(Json value);

    [[nodiscard]] const Value &value() const { return value_; }

    /**
     * As lines, indented by two. Bytes that are no UTF-8 become U+FFFD: the name of a task is any
     * bytes, cut anywhere.
     */
    [[nodiscard]] std::string dump() const;

private:
    explicit Json(Value value);

    Value value_;
};

} // namespace waitq::cli
