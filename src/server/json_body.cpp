#include "server/json_body.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace insights::server {

namespace {

using Json = nlohmann::json;

// Looks at the text without keeping any of it; nlohmann's parser needs no stack for depth.
class Inspector final : public nlohmann::json_sax<Json> {
 public:
  std::string fault;

  bool null() override { return count(); }
  bool boolean(bool) override { return count(); }
  bool number_integer(number_integer_t) override { return count(); }
  bool number_unsigned(number_unsigned_t) override { return count(); }
  bool number_float(number_float_t, const string_t&) override { return count(); }
  bool string(string_t&) override { return count(); }
  bool binary(binary_t&) override { return count(); }
  bool start_object(std::size_t) override {
    names_.emplace_back();
    return count() && deeper();
  }
  bool key(string_t& name) override {
    if (names_.back().insert(name).second) return count();
    fault = fmt::format("the name '{}' is there twice in one object", name.substr(0, 64));
    return false;
  }
  bool end_object() override {
    names_.pop_back();
    --depth_;
    return true;
  }
  bool start_array(std::size_t) override { return count() && deeper(); }
  bool end_array() override {
    --depth_;
    return true;
  }
  bool parse_error(std::size_t position, const std::string&,
                   const Json::exception& error) override {
    fault = error.id == 406 ? fmt::format("a number at byte {} is too large", position)
                            : fmt::format("this is not JSON, from byte {} on", position);
    return false;
  }

 private:
  bool count() {
    if (++values_ <= json_values_max) return true;
    fault = fmt::format("there are more than {} values", json_values_max);
    return false;
  }
  bool deeper() {
    if (++depth_ <= json_depth_max) return true;
    fault = fmt::format("it is nested deeper than {}", json_depth_max);
    return false;
  }

  std::size_t values_ = 0, depth_ = 0;
  std::vector<std::set<std::string>> names_;
};

base::Result<Json> wrong(std::string_view fault) {
  return base::fail(base::ErrorKind::invalid_input, fmt::format("the body: {}", fault));
}

}  // namespace

base::Result<Json> read_object(std::string_view text) {
  if (text.empty()) return Json::object();
  Inspector inspector;
  if (!Json::sax_parse(text, &inspector)) return wrong(inspector.fault);
  auto json = Json::parse(text);
  if (!json.is_object()) return wrong("it must be an object: {...}");
  return json;
}

}  // namespace insights::server
