#include "report/json_place.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

namespace insights::report {

namespace {

using source::Cell;

// "2024-02-29 13:45:00", "2024-02-29 13:45:00.000125"
std::optional<base::Moment> parse_moment(std::string_view text) {
  if (text.size() != 19 && text.size() != 26) return std::nullopt;
  const auto day = base::parse_day(text.substr(0, 10));
  const auto number = [&](std::size_t from, std::size_t length, std::int64_t below) {
    std::int64_t value = 0;
    const char* end = text.data() + from + length;
    const auto [stopped, error] = std::from_chars(text.data() + from, end, value);
    const bool is_good = error == std::errc{} && stopped == end && value >= 0 && value < below;
    return is_good ? std::optional(value) : std::nullopt;
  };
  const bool has_marks = text[10] == ' ' && text[13] == ':' && text[16] == ':' &&
                         (text.size() == 19 || text[19] == '.');
  const auto hours = number(11, 2, 24), minutes = number(14, 2, 60), seconds = number(17, 2, 60);
  const auto fraction =
      text.size() == 26 ? number(20, 6, 1'000'000) : std::optional<std::int64_t>(0);
  if (!day || !has_marks || !hours || !minutes || !seconds || !fraction) return std::nullopt;
  const auto whole =
      ((day->since_epoch * std::int64_t{24} + *hours) * 60 + *minutes) * 60 + *seconds;
  return base::Moment{whole * 1'000'000 + *fraction};
}

base::Moment moment_at(const Place& place) {
  if (place.is_number()) return {place.integer()};
  const auto moment = parse_moment(place.text());
  if (!moment) place.complain("a moment such as 2024-02-29 13:45:00");
  return moment.value_or(base::Moment{});
}

bool is_type(std::string_view name) {
  constexpr std::array<std::string_view, 8> all{"empty", "boolean", "integer", "real",
                                                "text",  "day",     "moment",  "mixed"};
  return std::ranges::find(all, name) != all.end();
}

}  // namespace

Place::Place(const nlohmann::json& json, std::string path, std::string& problem)
    : json_(json), path_(std::move(path)), problem_(problem) {}

void Place::complain(std::string_view wanted) const {
  if (!problem_.empty()) return;
  problem_ = (path_.empty() ? "the report" : path_) + " should be " + std::string(wanted);
}

Place Place::at(const char* key) const {
  static const nlohmann::json nothing;
  const auto path = path_.empty() ? key : path_ + "." + key;
  if (json_.is_object()) {
    if (const auto found = json_.find(key); found != json_.end()) return {*found, path, problem_};
  }
  const Place missing(nothing, path, problem_);
  missing.complain("there");
  return missing;
}

bool Place::has(const char* key) const { return json_.is_object() && json_.contains(key); }
bool Place::is_null() const { return json_.is_null(); }
bool Place::is_number() const { return json_.is_number(); }

const std::string* Place::text_or_null() const { return json_.get_ptr<const std::string*>(); }

std::string Place::text() const {
  if (const auto* text = text_or_null()) return *text;
  complain("a text");
  return "";
}

bool Place::flag() const {
  if (const auto* flag = json_.get_ptr<const bool*>()) return *flag;
  complain("true or false");
  return false;
}

std::int64_t Place::integer() const {
  if (json_.is_number_unsigned()) {
    const auto number = json_.get<std::uint64_t>();
    if (std::in_range<std::int64_t>(number)) return static_cast<std::int64_t>(number);
  } else if (json_.is_number_integer()) {
    return json_.get<std::int64_t>();
  } else if (json_.is_number_float()) {  // 3.0, as some programs write 3
    const auto number = json_.get<double>();
    if (std::abs(number) < 9e15 && number == std::trunc(number)) {
      return static_cast<std::int64_t>(number);
    }
  }
  complain("a whole number of 64 bits");
  return 0;
}

std::int64_t Place::count() const {
  const auto number = integer();
  if (number < 0) complain("zero or more");
  return std::max<std::int64_t>(number, 0);
}

double Place::real() const {
  if (json_.is_number()) return json_.get<double>();
  if (json_ == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (json_ == "Infinity") return std::numeric_limits<double>::infinity();
  if (json_ == "-Infinity") return -std::numeric_limits<double>::infinity();
  complain("a number");
  return 0;
}

std::vector<std::string> Place::texts() const {
  return list([](const Place& place) { return place.text(); });
}

std::size_t Place::list_size() const {
  if (json_.is_array()) return json_.size();
  complain("a list");
  return 0;
}

Place Place::element(std::size_t index) const {
  return {json_[index], path_ + "[" + std::to_string(index) + "]", problem_};
}

std::vector<std::string> Place::keys() const {
  std::vector<std::string> keys;
  if (!json_.is_object()) complain("an object");
  if (!json_.is_object()) return keys;
  for (const auto& entry : json_.items()) keys.push_back(entry.key());
  return keys;
}

base::Day day_at(const Place& place) {
  if (place.is_number()) {
    const auto number = place.integer();
    if (std::abs(number) > std::numeric_limits<std::int32_t>::max())
      place.complain("a day");
    else
      return {static_cast<std::int32_t>(number)};
    return {};
  }
  const auto day = base::parse_day(place.text());
  if (!day) place.complain("a day such as 2024-02-29");
  return day.value_or(base::Day{});
}

Cell cell_at(const Place& place, std::string_view type) {
  if (type == "mixed") {
    const auto own = place.at("type").text();
    if (own != "mixed") return cell_at(place.at("value"), own);
    place.at("type").complain("the type of a cell");
    return {};
  }
  if (place.is_null()) return {};
  if (type == "empty") place.complain("null");
  if (type == "boolean") return place.flag();
  if (type == "integer") return place.integer();
  if (type == "real") return place.real();
  if (type == "text") return place.text();
  if (type == "day") return day_at(place);
  if (type == "moment") return moment_at(place);
  return {};
}

std::string type_at(const Place& place) {
  auto type = place.text();
  if (!is_type(type)) place.complain("empty, boolean, integer, real, text, day, moment or mixed");
  return type;
}

}  // namespace insights::report
