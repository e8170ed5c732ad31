#include "server/routes.h"

#include <doctest/doctest.h>

#include <set>

#include "server/openapi_file.h"

namespace insights::server {
namespace {

using Json = nlohmann::json;

const Json& document() {
  static const auto parsed = Json::parse(openapi_file::openapi_json());
  return parsed;
}

std::string lower(std::string_view text) {
  std::string lower_text;
  for (const char letter : text)
    lower_text += static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter + 32 : letter);
  return lower_text;
}

const Json& operation_of(const Route& route) {
  return document().at("paths").at(std::string(route.path)).at(lower(route.method));
}

TEST_CASE("every route is in the document, and every operation of the document is a route") {
  std::set<std::string> here, there;
  for (const auto& route : routes())
    here.insert(lower(route.method) + " " + std::string(route.path));
  for (const auto& [path, operations] : document().at("paths").items())
    for (const auto& [method, operation] : operations.items()) there.insert(method + " " + path);
  CHECK(here == there);
  CHECK(here.size() == routes().size());
}

TEST_CASE("the scope a route needs, and the parameters it knows, are those of the document") {
  for (const auto& route : routes()) {
    CAPTURE(route.method);
    CAPTURE(route.path);
    const auto& operation = operation_of(route);
    CHECK(operation.value("x-scope", "") == route.scope);
    CHECK(operation.at("security").empty() == route.scope.empty());
    std::set<std::string> known, documented;
    for (const auto name : split(route.query, ' '))
      if (!name.empty()) known.emplace(name);
    for (const auto& parameter : operation.value("parameters", Json::array()))
      if (parameter.at("in") == "query") documented.insert(parameter.at("name"));
    CHECK(known == documented);
  }
}

TEST_CASE(
    "a POST declares its body, a route with {id} its parameter, one with a key its refusals") {
  for (const auto& route : routes()) {
    CAPTURE(route.path);
    const auto& operation = operation_of(route);
    const bool has_body = route.method == "POST" || route.method == "PATCH";
    CHECK(operation.contains("requestBody") == has_body);
    if (!route.scope.empty())
      for (const auto* status : {"401", "403", "421", "429", "431"})
        CHECK(operation["responses"].contains(status));
    for (const auto* status : {"413", "415"})
      CHECK(operation["responses"].contains(status) == (route.method != "GET"));
    const bool has_id = route.path.find("{id}") != std::string_view::npos;
    bool declares_id = false;
    for (const auto& parameter : operation.value("parameters", Json::array()))
      declares_id |= parameter.at("in") == "path";
    CHECK(has_id == declares_id);
  }
}

// Every $ref of the document leads somewhere.
void check_references(const Json& part) {
  if (part.is_object() && part.contains("$ref")) {
    const auto pointer = part.at("$ref").get<std::string>();
    CAPTURE(pointer);
    CHECK(document().contains(Json::json_pointer(pointer.substr(1))));
  }
  if (part.is_structured())
    for (const auto& inner : part) check_references(inner);
}

TEST_CASE("no reference of the document leads nowhere") { check_references(document()); }

}  // namespace
}  // namespace insights::server
