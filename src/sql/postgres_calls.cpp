// Calls of functions, what they may grow to, and the names of types.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sql/fields.h"
#include "sql/letters.h"
#include "sql/postgres_rules.h"

namespace insights::sql {

namespace {

constexpr double field_width_max = 1000;
constexpr double type_length_max = 10'000;
constexpr double number_max = 1000;

// Aggregates whose result holds every value that they are given.
constexpr std::array collecting{
    std::string_view{"array_agg"},       std::string_view{"string_agg"},
    std::string_view{"json_agg"},        std::string_view{"jsonb_agg"},
    std::string_view{"json_object_agg"}, std::string_view{"jsonb_object_agg"}};

std::vector<Node> entries(Node list) {
  std::vector<Node> all;
  for (const auto entry : list) all.push_back(entry);
  return all;
}

std::optional<std::string_view> constant_text(Node wrapped) {
  while (wrapped["TypeCast"]) wrapped = wrapped["TypeCast"]["arg"];
  if (!wrapped["A_Const"]["sval"]) return std::nullopt;
  return wrapped["A_Const"]["sval"]["sval"].text();
}

Arithmetic step_of_function(std::string_view name, std::vector<Node> operands) {
  using enum Arithmetic::Step;
  const auto is = [&](std::initializer_list<std::string_view> names) {
    return std::ranges::count(names, name) > 0;
  };
  if (is({"ceil", "ceiling", "floor", "trunc", "round", "int4", "int8", "int2", "numeric",
          "float8"}) &&
      !operands.empty())
    return {same, 0, {operands.front()}};
  if (name == "abs") return {size, 0, std::move(operands)};
  if (name == "mod") return {remainder, 0, std::move(operands)};
  if (name == "div") return {quotient, 0, std::move(operands)};
  return {};
}

Arithmetic step_of_operator(Node node) {
  using enum Arithmetic::Step;
  const auto name = catalog_name(node["name"]);
  if (node["kind"].text() != "AEXPR_OP") return {};
  const auto right = node["rexpr"], left = node["lexpr"];
  if (!left) {
    if (name == "-") return {negative, 0, {right}};
    if (name == "+") return {same, 0, {right}};
    return {};
  }
  if (name == "+") return {sum, 0, {left, right}};
  if (name == "-") return {difference, 0, {left, right}};
  if (name == "*") return {product, 0, {left, right}};
  if (name == "/") return {quotient, 0, {left, right}};
  if (name == "%") return {remainder, 0, {left, right}};
  return {};
}

Arithmetic read_arithmetic(Node wrapped) {
  using enum Arithmetic::Step;
  const auto node = wrapped.first();
  const auto kind = node.key();
  if (kind == "A_Const") {
    if (node["isnull"].is_true()) return {constant, 0, {}};
    // 0 is written as an empty object.
    if (node["ival"].kind() == Node::Kind::object)
      return {constant, leading_number(node["ival"]["ival"].text()).value_or(0), {}};
    const auto text = node["fval"] ? node["fval"]["fval"].text() : node["sval"]["sval"].text();
    const auto number = leading_number(text);
    return number ? Arithmetic{constant, *number, {}} : Arithmetic{};
  }
  if (kind == "TypeCast") return {same, 0, {node["arg"]}};
  if (kind == "A_Expr") return step_of_operator(node);
  if (kind == "FuncCall")
    return step_of_function(catalog_name(node["funcname"]), entries(node["args"]));
  if (kind == "MinMaxExpr")
    return {node["op"].text() == "IS_LEAST" ? least : any_of, 0, entries(node["args"])};
  if (kind == "CoalesceExpr") return {any_of, 0, entries(node["args"])};
  if (kind == "CaseExpr") {
    Arithmetic choice{any_of, 0, {}};
    for (const auto when : node["args"]) choice.operands.push_back(when["CaseWhen"]["result"]);
    if (node["defresult"]) choice.operands.push_back(node["defresult"]);
    return choice;
  }
  return {};
}

std::unexpected<Refusal> too_many(std::string_view what, double asked, double cap) {
  return refuse(RefusalClass::growth,
                fmt::format("{} is asked for {:.3g}, which is more than {:.3g}", what, asked, cap),
                "Ask for less.");
}

std::unexpected<Refusal> unknown_size(std::string_view function) {
  return refuse(RefusalClass::growth,
                fmt::format("how much {}() is to make cannot be told", function),
                "Write the size as a number, or hold it down: least(..., 100).");
}

bool is_interval(Node wrapped) {
  if (wrapped["TypeCast"])
    return catalog_name(wrapped["TypeCast"]["typeName"]["names"]) == "interval";
  return catalog_name(wrapped["FuncCall"]["funcname"]) == "make_interval";
}

}  // namespace

std::string_view catalog_name(Node parts) {
  const auto first = parts.first();
  const auto second = first.next();
  if (second.next().kind() != Node::Kind::nothing) return {};
  if (second.kind() == Node::Kind::nothing) return first["String"]["sval"].text();
  return first["String"]["sval"].text() == "pg_catalog" ? second["String"]["sval"].text()
                                                        : std::string_view{};
}

Verdict PostgresRules::function(Node node, const Place& place) {
  TRY(only(node, {"funcname", "args", "agg_order", "agg_filter", "over", "agg_within_group",
                  "agg_star", "agg_distinct", "func_variadic", "funcformat"}));
  const auto name = catalog_name(node["funcname"]);
  if (!sql::contains(postgres_functions().functions, name)) {
    std::string full;
    for (const auto part : node["funcname"]) {
      full += full.empty() ? "" : ".";
      full += part["String"]["sval"].text();
    }
    return refuse(RefusalClass::function,
                  fmt::format("the function {}() is not allowed", full.substr(0, 100)),
                  "Use functions that compute from their arguments: arithmetic, text, dates, "
                  "arrays, JSON, aggregates and windows.");
  }
  const auto growth = TRY(grown(node, name, place));
  const Place inside{place.scope, place.tables, growth};
  collects_ = collects_ || std::ranges::count(collecting, name) > 0;
  TRY(arguments(node, name, inside));
  TRY(orders(node["agg_order"], place));
  TRY(condition(node["agg_filter"], place));
  return window(node["over"], place);
}

// How often the arguments' texts come out of the call at most, with the calls around it.
std::expected<double, Refusal> PostgresRules::grown(Node node, std::string_view name,
                                                    const Place& place) {
  const auto* rule = growing(postgres_functions(), name);
  if (rule == nullptr) return place.copies;
  const auto arguments = entries(node["args"]);
  const bool by_name = std::ranges::any_of(
      arguments, [](Node argument) { return !argument["NamedArgExpr"].is_empty(); });
  if (by_name || node["func_variadic"].is_true()) return unknown_size(name);
  if (rule->growth == Growth::series) {
    TRY(series(node["args"]));
    return place.copies;
  }
  const auto place_of_size = static_cast<std::size_t>(rule->argument);
  if (arguments.size() <= place_of_size) return place.copies;
  const auto asked_for = arguments[place_of_size];
  if (rule->growth == Growth::format) {
    const auto format = constant_text(asked_for);
    if (!format || format->find('*') != std::string_view::npos) return unknown_size(name);
    if (widest_field(*format) > field_width_max)
      return too_many("format()", widest_field(*format), field_width_max);
    return place.copies;
  }
  double size = 1;
  // array_fill takes one size for each dimension.
  const bool is_list = rule->growth == Growth::list;
  const auto sizes =
      is_list ? entries(asked_for["A_ArrayExpr"]["elements"]) : std::vector<Node>{asked_for};
  if (sizes.empty()) return unknown_size(name);
  for (const auto one : sizes) {
    const auto bound = upper_bound(one, read_arithmetic);
    if (!bound) return unknown_size(name);
    size *= std::max(*bound, 1.0);
  }
  const auto call = fmt::format("{}()", name);
  if (rule->growth == Growth::number) {
    if (size > number_max) return too_many(call, size, number_max);
    return place.copies;
  }
  const auto copies = place.copies * size;
  const auto cap = is_list ? list_entries_max : text_size_max;
  if (copies > cap) return too_many(call, copies, cap);
  if (size > growth_counted_from) growth_ *= size;
  grows_ = grows_ || copies > growth_counted_from;
  if (growth_ > statement_growth_max) return too_many(call, growth_, statement_growth_max);
  return copies;
}

// Texts made large, and as many of them kept as there are rows: the server's memory, which no
// setting of a session bounds.
Verdict PostgresRules::collected() const {
  if (!grows_ || !collects_) return {};
  return refuse(RefusalClass::growth,
                "values that a function makes large are collected, and how many cannot be told",
                "Hold the size to 100, or count the rows instead of collecting their values.");
}

// Rows come one by one and can be stopped; only what is plainly beyond all use is refused.
Verdict PostgresRules::series(Node arguments) const {
  const auto all = entries(arguments);
  if (all.size() < 2) return {};
  if (all.size() > 2 && is_interval(all[2])) return {};
  const auto start = constant_value(all[0], read_arithmetic);
  auto stop = constant_value(all[1], read_arithmetic);
  const auto step = all.size() > 2 ? constant_value(all[2], read_arithmetic) : 1.0;
  const bool of_numbers = !constant_text(all[0]) && !constant_text(all[1]);
  if (!of_numbers || !start || !stop || !step || *step == 0) return {};
  const auto count = (*stop - *start) / *step;
  if (count > series_rows_max) return too_many("generate_series()", count, series_rows_max);
  return {};
}

Verdict PostgresRules::type(Node node) const {
  TRY(only(node, {"names", "typmods", "typemod", "arrayBounds", "typeOid"}));
  const auto name = catalog_name(node["names"]);
  if (!sql::contains(postgres_functions().types, name)) {
    std::string full;
    for (const auto part : node["names"]) {
      full += full.empty() ? "" : ".";
      full += part["String"]["sval"].text();
    }
    return refuse(RefusalClass::type, fmt::format("the type {} is not allowed", full),
                  "Cast to a number, text, date, time, range, array or JSON.");
  }
  const bool is_padded = name == "bpchar" || name == "bit" || name == "varbit" || name == "char";
  for (const auto modifier : node["typmods"]) {
    const auto value = constant_value(modifier, read_arithmetic);
    if (!value || !modifier["A_Const"]) {
      return refuse(RefusalClass::type, "the length of a type is not a number",
                    "Write it as a number: numeric(12, 2).");
    }
    if (is_padded && *value > type_length_max)
      return too_many(fmt::format("{}(n)", name), *value, type_length_max);
  }
  return {};
}

}  // namespace insights::sql
