// Calls of functions, what they may grow to, and the names of types.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "sql/duckdb_rules.h"
#include "sql/letters.h"

namespace insights::sql {

namespace {

constexpr std::array takers_of_lambdas{
    std::string_view{"list_transform"}, std::string_view{"array_transform"},
    std::string_view{"list_apply"},     std::string_view{"array_apply"},
    std::string_view{"apply"},          std::string_view{"list_filter"},
    std::string_view{"array_filter"},   std::string_view{"filter"},
    std::string_view{"list_reduce"},    std::string_view{"array_reduce"},
    std::string_view{"reduce"}};

constexpr std::array takers_of_names{std::string_view{"list_aggregate"},
                                     std::string_view{"list_aggr"},
                                     std::string_view{"array_aggregate"},
                                     std::string_view{"array_aggr"}, std::string_view{"aggregate"}};

constexpr double array_size_max = 10'000;
constexpr double field_width_max = 1000;

// region.upper() is parsed as a function of the schema "region".
bool is_chained(Node call) { return call["schema"] && call["schema"].text() != "main"; }

// The argument of a call by its number, as if it had been written in the brackets.
Node argument(Node call, int number) {
  const int place = number - (is_chained(call) ? 1 : 0);
  if (place < 0) return {};
  int index = 0;
  for (const auto child : call["children"]) {
    if (index++ == place) return child;
  }
  return {};
}

std::vector<Node> entries(Node list) {
  std::vector<Node> all;
  for (const auto entry : list) all.push_back(entry);
  return all;
}

std::optional<std::string_view> constant_text(Node node) {
  while (node["class"].text() == "CAST") node = node["child"];
  const auto value = node["value"];
  if (node["class"].text() != "CONSTANT" || value["type"]["id"].text() != "VARCHAR")
    return std::nullopt;
  return value["value"].text();
}

Arithmetic step_of_function(std::string_view name, std::vector<Node> operands) {
  using enum Arithmetic::Step;
  const auto count = operands.size();
  const auto is = [&](std::initializer_list<std::string_view> names) {
    return std::ranges::count(names, name) > 0;
  };
  if (is({"+", "add"})) return {count == 1 ? same : sum, 0, std::move(operands)};
  if (is({"-", "subtract"})) return {count == 1 ? negative : difference, 0, std::move(operands)};
  if (is({"*", "multiply"})) return {product, 0, std::move(operands)};
  if (is({"/", "//", "divide", "fdiv"})) return {quotient, 0, std::move(operands)};
  if (is({"%", "mod", "fmod"})) return {remainder, 0, std::move(operands)};
  if (name == "least") return {least, 0, std::move(operands)};
  if (name == "greatest") return {any_of, 0, std::move(operands)};
  if (is({"ceil", "ceiling", "floor", "trunc", "round"}) && count >= 1)
    return {same, 0, {operands.front()}};
  if (name == "abs") return {size, 0, std::move(operands)};
  return {};
}

Arithmetic read_arithmetic(Node node) {
  using enum Arithmetic::Step;
  const auto kind = node["class"].text();
  if (kind == "CONSTANT") {
    const auto number = leading_number(node["value"]["value"].text());
    if (number) return {constant, *number, {}};
    // NULL gives nothing, which is no size at all.
    if (node["value"]["is_null"].is_true()) return {constant, 0, {}};
    return {};
  }
  if (kind == "CAST") return {same, 0, {node["child"]}};
  if (kind == "FUNCTION" && !is_chained(node))
    return step_of_function(small_letters(node["function_name"].text()), entries(node["children"]));
  if (node["type"].text() == "OPERATOR_COALESCE") return {any_of, 0, entries(node["children"])};
  if (kind == "CASE") {
    Arithmetic choice{any_of, 0, {}};
    for (const auto check : node["case_checks"]) choice.operands.push_back(check["then_expr"]);
    if (node["else_expr"]) choice.operands.push_back(node["else_expr"]);
    return choice;
  }
  return {};
}

// An interval of less than an hour, or one whose length the text does not tell.
bool is_short_step(Node step) {
  if (const auto text = constant_text(step)) return is_short_interval(*text);
  if (step["class"].text() != "FUNCTION") return true;
  const auto name = small_letters(step["function_name"].text());
  constexpr std::array long_steps{std::string_view{"to_hours"},    std::string_view{"to_days"},
                                  std::string_view{"to_weeks"},    std::string_view{"to_months"},
                                  std::string_view{"to_quarters"}, std::string_view{"to_years"},
                                  std::string_view{"to_decades"},  std::string_view{"to_centuries"},
                                  std::string_view{"to_millennia"}};
  return std::ranges::count(long_steps, name) == 0;
}

std::unexpected<Refusal> too_many(std::string_view function, double asked, double cap) {
  return refuse(
      RefusalClass::growth,
      fmt::format("{}() is asked for {:.3g}, which is more than {:.3g}", function, asked, cap),
      "Ask for less.");
}

std::unexpected<Refusal> unknown_size(std::string_view function) {
  return refuse(RefusalClass::growth,
                fmt::format("how much {}() is to make cannot be told", function),
                fmt::format("Write the size as a number, or hold it down: least(..., 100)."));
}

bool asks_for_width_by_argument(std::string_view name, std::string_view format) {
  if (name == "printf") return format.find('*') != std::string_view::npos;
  int depth = 0;
  for (const char character : format) {
    depth += character == '{' ? 1 : character == '}' ? -1 : 0;
    if (depth > 1) return true;
  }
  return false;
}

}  // namespace

Verdict DuckDbRules::function_name(Node node, const Place& place) const {
  const auto name = small_letters(node["function_name"].text());
  const auto& list = duckdb_functions();
  if (node["is_operator"].is_true()) {
    if (sql::contains(list.operators, name) && !node["schema"] && !node["catalog"]) return {};
    return refuse(RefusalClass::operation, fmt::format("the operator {} is not allowed", name),
                  "Use the usual operators of arithmetic, comparison and text.");
  }
  const auto catalog = node["catalog"].text(), schema = node["schema"].text();
  const bool listed = sql::contains(list.functions, name) || sql::contains(list.operators, name);
  if (!listed) {
    return refuse(
        RefusalClass::function, fmt::format("the function {}() is not allowed", name),
        "Use functions that compute from their arguments: arithmetic, text, dates, lists, "
        "JSON, aggregates and windows.");
  }
  if (schema.empty() || (schema == "main" && (catalog.empty() || catalog == "system"))) return {};
  using Found = Names::Found;
  const auto found = catalog.empty() ? names_.find(schema, place.scope)
                                     : names_.find(catalog, schema, place.scope);
  if (found == Found::column || found == Found::name || found == Found::whole_row) return {};
  return refuse(RefusalClass::function,
                fmt::format("the function {}.{}() is not allowed", schema, name),
                "Write the function's name alone.");
}

// list_aggregate(list, 'sum') calls the function that the text names.
Verdict DuckDbRules::named_aggregate(Node node) const {
  const auto name = small_letters(node["function_name"].text());
  if (std::ranges::count(takers_of_names, name) == 0) return {};
  const auto aggregate = constant_text(argument(node, 1));
  if (aggregate && sql::contains(duckdb_functions().functions.first(1), small_letters(*aggregate)))
    return {};
  return refuse(RefusalClass::function,
                fmt::format("{}() must name an aggregate that is allowed", name),
                "Write its name as a text: list_aggregate(values, 'sum').");
}

Verdict DuckDbRules::function(Node node, const Place& place) {
  TRY(only(node, {"class", "type", "alias", "function_name", "schema", "children", "filter",
                  "order_bys", "distinct", "is_operator", "catalog"}));
  TRY(function_name(node, place));
  TRY(named_aggregate(node));
  const auto growth = TRY(grown(node, place));
  const Place inside{place.scope, place.tables, growth};
  const auto name = small_letters(node["function_name"].text());
  const bool takes_lambda = std::ranges::count(takers_of_lambdas, name) > 0;
  if (takes_lambda) {
    for (const auto child : node["children"]) {
      if (child["class"].text() == "LAMBDA") {
        TRY(lambda(child, inside, true));
      } else {
        TRY(expression(child, inside));
      }
    }
  } else {
    TRY(arguments(node, inside));
  }
  TRY(condition(node["filter"], place));
  TRY(only(node["order_bys"], {"type", "orders"}));
  return orders(node["order_bys"]["orders"], place);
}

// How often the arguments' texts come out of the call at most, with the calls around it.
std::expected<double, Refusal> DuckDbRules::grown(Node node, const Place& place) {
  const auto name = small_letters(node["function_name"].text());
  const auto* rule = growing(duckdb_functions(), name);
  if (rule == nullptr) return place.copies;
  if (rule->growth == Growth::series) {
    TRY(series(node["children"], true));
    return place.copies;
  }
  const auto asked_for = argument(node, rule->argument);
  if (!asked_for) return place.copies;
  if (rule->growth == Growth::format) {
    const auto format = constant_text(asked_for);
    if (!format || asks_for_width_by_argument(name, *format)) return unknown_size(name);
    if (widest_field(*format) > field_width_max)
      return too_many(name, widest_field(*format), field_width_max);
    return place.copies;
  }
  const auto bound = upper_bound(asked_for, read_arithmetic);
  if (!bound) return unknown_size(name);
  const auto copies = place.copies * std::max(*bound, 1.0);
  const auto cap = rule->growth == Growth::list ? list_entries_max : text_size_max;
  if (copies > cap) return too_many(name, copies, cap);
  if (*bound > growth_counted_from) growth_ *= *bound;
  if (growth_ > statement_growth_max) return too_many(name, growth_, statement_growth_max);
  return copies;
}

// In FROM a series comes row by row and can be stopped; as a list it is all in memory at once.
Verdict DuckDbRules::series(Node arguments, bool makes_list) const {
  const auto all = entries(arguments);
  if (all.empty()) return {};
  const auto cap = makes_list ? list_entries_max : series_rows_max;
  const auto stop = all.size() == 1 ? all[0] : all[1];
  const auto step = all.size() > 2 ? constant_value(all[2], read_arithmetic) : 1.0;
  if (step && !constant_text(all.back())) {
    const auto start = all.size() == 1 ? std::optional(0.0) : size_bound(all[0], read_arithmetic);
    auto end = constant_value(stop, read_arithmetic);
    if (!end) end = upper_bound(stop, read_arithmetic);
    const auto exact_start =
        all.size() == 1 ? std::optional(0.0) : constant_value(all[0], read_arithmetic);
    if (end && exact_start && *step != 0) {
      const auto count = (*end - *exact_start) / *step;
      return count > cap ? Verdict(too_many("range", count, cap)) : Verdict();
    }
    if (end && start && *step >= 1 && *end + *start <= cap) return {};
  }
  const bool of_dates = all.size() > 2 && !step;
  if (!makes_list) return {};
  if (of_dates && !is_short_step(all[2])) return {};
  return refuse(RefusalClass::growth, "how long the list is to be cannot be told",
                "Put range(...) or generate_series(...) into FROM, or write its ends as numbers.");
}

Verdict DuckDbRules::type(Node node) const {
  TRY(only(node, {"id", "type_info"}));
  const auto information = node["type_info"];
  const auto id = small_letters(node["id"].text());
  TRY(only(information,
           {"type", "alias", "width", "scale", "collation", "child_type", "child_types", "size",
            "name", "user_type_modifiers", "values_count", "values", "schema", "catalog"}));
  const bool by_name = id == "unbound" || id == "user";
  const auto name = by_name ? small_letters(information["name"].text()) : id;
  std::string plain = name;
  std::ranges::replace(plain, ' ', '_');
  if (!sql::contains(duckdb_functions().types, plain) || information["schema"] ||
      information["catalog"]) {
    return refuse(RefusalClass::type, fmt::format("the type {} is not allowed", name),
                  "Cast to a number, text, date, time, list or JSON.");
  }
  if (information["child_type"]) TRY(type(information["child_type"]));
  for (const auto child : information["child_types"]) TRY(type(child["second"]));
  if (leading_number(information["size"].text()).value_or(0) > array_size_max)
    return too_many("an array", *leading_number(information["size"].text()), array_size_max);
  return {};
}

}  // namespace insights::sql
