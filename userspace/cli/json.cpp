// SPDX-License-Identifier: GPL-2.0
#include "json.hpp"

#include <nlohmann/json.hpp>

namespace waitq::cli {

namespace {

using nlohmann::ordered_json;

ordered_json convert(const Json &json);

struct Converter {
    ordered_json operator()(const Json::Array &array) const
    {
        auto result = ordered_json::array();
        for (const Json &element : array)
            result.push_back(convert(element));
        return result;
    }
    ordered_json operator()(const Json::Object &object) const
    {
        auto result = ordered_json::object();
        for (const auto &[name, value] : object)
            result[std::string(name)] = convert(value);
        return result;
    }
    ordered_json operator()(const auto &scalar) const { return scalar; }
};

ordered_json convert(const Json &json)
{
    return std::visit(Converter(), json.value());
}

/// The content of @value as @Kind, made one if it is null.
template <typename Kind>
Kind &become(Json::Value &value)
{
    if (std::holds_alternative<std::nullptr_t>(value))
        value = Kind();
    return std::get<Kind>(value);
}

} // namespace

Json::Json() = default;
Json::Json(const Json &other) = default;
Json::Json(Json &&other) noexcept = default;
Json &Json::operator=(const Json &other) = default;
Json &Json::operator=(Json &&other) noexcept = default;
Json::~Json() = default;

Json::Json(Value value) : value_(std::move(value)) {}

Json::Json(const char *text) : value_(std::string(text)) {}

Json::Json(std::string_view text) : value_(std::string(text)) {}

Json::Json(std::string text) : value_(std::move(text)) {}

Json::Json(const std::vector<std::string_view> &texts) : value_(Array(texts.begin(), texts.end()))
{}

Json::Json(std::initializer_list<Member> members) : value_(Object(members)) {}

Json Json::array()
{
    Json json;
    json.value_ = Array();
    return json;
}

void Json::add(std::string_view name, Json value)
{
    become<Object>(value_).emplace_back(name, std::move(value));
}

void Json::push_back(Json value)
{
    become<Array>(value_).push_back(std::move(value));
}

std::string Json::dump() const
{
    return convert(*this).dump(2, ' ', false, ordered_json::error_handler_t::replace);
}

} // namespace waitq::cli
