// What a value carries of personal data, and what would give it away (personal_flow.h).
#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "sql/fields.h"
#include "sql/postgres_rules.h"

namespace insights::sql {

namespace {

// A column, whatever `may_call` lets stand around it.
bool is_column_within(Node wrapped, bool (*may_call)(std::string_view), bool constants_too) {
  const auto node = wrapped.first();
  const auto kind = node.key();
  if (kind == "ColumnRef") return true;
  if (kind == "A_Const") return constants_too;
  if (kind == "CollateClause") return is_column_within(node["arg"], may_call, constants_too);
  if (kind == "TypeCast") {
    return is_text_type(catalog_name(node["typeName"]["names"])) &&
           is_column_within(node["arg"], may_call, constants_too);
  }
  const bool is_joined = kind == "A_Expr" && catalog_name(node["name"]) == "||";
  if (is_joined && constants_too) {
    return is_column_within(node["lexpr"], may_call, true) &&
           is_column_within(node["rexpr"], may_call, true);
  }
  if (kind != "FuncCall" || !may_call(catalog_name(node["funcname"]))) return false;
  const auto arguments = node["args"];
  if (!constants_too && arguments.size() != 1) return false;
  for (const auto argument : arguments) {
    if (!is_column_within(argument, may_call, constants_too)) return false;
  }
  return true;
}

// The empty text is written without its letters.
bool is_empty_text(Node wrapped) {
  const auto text = wrapped["A_Const"]["sval"];
  return text.kind() == Node::Kind::object && text["sval"].text().empty();
}

bool is_never_null_of_a_value(Node wrapped) {
  return is_column_within(
      wrapped, [](std::string_view name) { return folds(name) || shortens(name); }, true);
}

bool is_comparison(std::string_view name) {
  constexpr std::array names{std::string_view{"="}, std::string_view{"<>"}, std::string_view{"!="},
                             std::string_view{"<"}, std::string_view{">"},  std::string_view{"<="},
                             std::string_view{">="}};
  return std::ranges::count(names, name) > 0;
}

}  // namespace

bool is_plain_postgres(Node wrapped) { return is_column_within(wrapped, folds, false); }

PostgresRules::Told PostgresRules::told(Node wrapped, const Place& place) {
  return carried_by(names_.flow(), [&] { return expression(wrapped, place); });
}

Verdict PostgresRules::condition(Node wrapped, const Place& place) {
  names_.flow().decide(TRY(told(wrapped, place)));
  return {};
}

// The first is compared with each of the others. Each is walked once, lest nested comparisons take
// for ever.
PostgresRules::Told PostgresRules::compare(const std::vector<Node>& all, const Place& place,
                                           bool for_equality) {
  std::optional<PersonalFlow::Side> first;
  for (const auto node : all) {
    const PersonalFlow::Side side{TRY(told(node, place)), is_plain_postgres(node),
                                  is_empty_text(node)};
    if (first) names_.flow().compare(*first, side, for_equality);
    if (!first) first = side;
  }
  return first ? first->privacy : Privacy::open;
}

Verdict PostgresRules::operands(Node operation, const Place& place) {
  const auto kind = operation["kind"].text();
  const auto name = catalog_name(operation["name"]);
  const auto left = operation["lexpr"], right = operation["rexpr"];
  const bool for_equality = name == "=" || name == "<>" || name == "!=";
  if (kind == "AEXPR_IN") {
    std::vector<Node> all{left};
    for (const auto one : right["List"]["items"]) all.push_back(one);
    TRY(compare(all, place, true));
    return {};
  }
  if (kind == "AEXPR_NULLIF") {
    names_.flow().carry(TRY(compare({left, right}, place, true)));
    return {};
  }
  const bool is_written_out =
      kind == "AEXPR_OP" || kind == "AEXPR_OP_ANY" || kind == "AEXPR_OP_ALL";
  const bool compares = !is_written_out || is_comparison(name) || matches(name);
  if (left && compares) {
    const bool is_distinct = kind == "AEXPR_DISTINCT" || kind == "AEXPR_NOT_DISTINCT";
    TRY(compare({left, right}, place, is_distinct || (is_written_out && for_equality)));
    return {};
  }
  TRY(expression(left, place));
  return expression(right, place);
}

Verdict PostgresRules::cast(Node node, const Place& place) {
  const auto privacy = TRY(told(node["arg"], place));
  names_.flow().carry(privacy);
  const auto type = catalog_name(node["typeName"]["names"]);
  const bool is_json = (type == "json" || type == "jsonb") &&
                       catalog_name(node["arg"]["FuncCall"]["funcname"]).contains("json");
  if (!is_text_type(type) && !is_json) names_.flow().convert(privacy);
  return {};
}

// A count of values carries nothing of them, if no value can have become NULL on the way.
Verdict PostgresRules::arguments(Node call, std::string_view name, const Place& place) {
  const auto all = call["args"];
  if (matches(name) && all.size() == 2) {
    TRY(compare({all.first(), all.first().next()}, place, false));
    return {};
  }
  for (const auto wrapped : all) {
    const auto named = wrapped["NamedArgExpr"];
    TRY(only(named, {"arg", "name", "argnumber"}));
    const auto argument = named ? named["arg"] : wrapped;
    const auto privacy = TRY(told(argument, place));
    const bool is_counted =
        tests_null(name) || (counts(name) && is_never_null_of_a_value(argument));
    if (!is_counted) names_.flow().carry(privacy);
    // Read as a number or a date; what cannot be stands in the error.
    const bool is_cast = sql::contains(postgres_functions().types, name) || name == "to_number" ||
                         name == "to_date" || name == "to_timestamp";
    if (is_cast && !is_text_type(name)) names_.flow().convert(privacy);
  }
  return {};
}

}  // namespace insights::sql
