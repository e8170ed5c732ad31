#include "tools/arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "base/nearest.h"

namespace insights::tools {

namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using Json = nlohmann::json;

constexpr int depth_max = 8;

// One object of the arguments: every key is asked for, and none is left over.
class Fields {
 public:
  Fields(const Json& object, std::string where) : object_(object), where_(std::move(where)) {}

  // Null when it is not there: servers that know no strict schema leave out what is null.
  const Json& get(const std::string& key) {
    known_.push_back(key);
    static const Json null;
    const auto found = object_.find(key);
    return found == object_.end() ? null : *found;
  }

  Result<std::string> text(const std::string& key) {
    const auto& value = get(key);
    if (value.is_string()) return value.get<std::string>();
    return wrong(key, "a text");
  }

  Result<std::optional<std::string>> optional_text(const std::string& key) {
    const auto& value = get(key);
    if (value.is_null()) return std::optional<std::string>();
    if (value.is_string()) {
      auto text = value.get<std::string>();
      return text.empty() ? std::optional<std::string>() : std::optional(std::move(text));
    }
    return wrong(key, "a text or null");
  }

  Result<std::optional<base::Day>> optional_day(const std::string& key) {
    const auto text = TRY(optional_text(key));
    if (!text) return std::optional<base::Day>();
    if (const auto day = base::parse_day(*text)) return std::optional(*day);
    return wrong(key, "a day such as 2025-03-31, or null");
  }

  Result<base::Day> day(const std::string& key) {
    if (const auto day = TRY(optional_day(key))) return *day;
    return wrong(key, "a day such as 2025-03-31");
  }

  template <class Choice, std::size_t count>
  Result<Choice> choice(const std::string& key,
                        const std::array<std::pair<std::string_view, Choice>, count>& choices) {
    const auto written = TRY(text(key));
    std::vector<std::string> names;
    for (const auto& [name, choice] : choices) {
      if (name == written) return choice;
      names.emplace_back(name);
    }
    return wrong(key, "one of " + fmt::format("{}", fmt::join(names, ", ")));
  }

  Result<std::vector<const Json*>> list(const std::string& key) {
    const auto& value = get(key);
    std::vector<const Json*> items;
    if (value.is_null()) return items;
    if (!value.is_array()) return wrong(key, "a list");
    for (const auto& item : value) items.push_back(&item);
    return items;
  }

  std::unexpected<base::Error> wrong(const std::string& key, std::string_view belongs) const {
    const bool there = object_.contains(key);
    return fail(ErrorKind::invalid_input,
                fmt::format("{}\"{}\" {}: {} belongs there", where_, key,
                            there ? "is of another kind" : "is missing", belongs));
  }

  // Call it when every key was asked for.
  base::Status check_no_other() const {
    for (const auto& [key, value] : object_.items()) {
      if (std::ranges::find(known_, key) == known_.end()) {
        return fail(ErrorKind::invalid_input, fmt::format("{}\"{}\" is not known: {}", where_, key,
                                                          base::did_you_mean(key, known_)));
      }
    }
    return {};
  }

 private:
  const Json& object_;
  std::string where_;
  std::vector<std::string> known_;
};

bool is_too_deep(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted) {
      if (c == '\\') ++at;
      if (c == '"') quoted = false;
      continue;
    }
    if (c == '"') quoted = true;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (depth > depth_max) return true;
  }
  return false;
}

Result<Json> object_of(std::string_view text) {
  if (text.size() > arguments_bytes_max) {
    return fail(ErrorKind::invalid_input,
                fmt::format("the arguments are longer than {} bytes", arguments_bytes_max));
  }
  if (is_too_deep(text)) return fail(ErrorKind::invalid_input, "the arguments are nested too deep");
  auto object = Json::parse(text.empty() ? "{}" : text, nullptr, false);
  if (object.is_discarded() || !object.is_object()) {
    return fail(ErrorKind::invalid_input,
                "the arguments are not a JSON object; call the tool again with one object that "
                "holds the arguments of its schema");
  }
  return object;
}

Result<SegmentArguments> segment_of(Fields& fields) {
  SegmentArguments segment;
  segment.table = TRY(fields.text("table"));
  segment.column = TRY(fields.optional_text("filter_column"));
  segment.value = TRY(fields.optional_text("filter_value"));
  segment.from = TRY(fields.optional_day("from"));
  segment.to = TRY(fields.optional_day("to"));
  if (segment.column.has_value() != segment.value.has_value()) {
    return fail(ErrorKind::invalid_input,
                "\"filter_column\" and \"filter_value\" go together: give both, or null for both");
  }
  return segment;
}

constexpr std::array formats{std::pair{std::string_view("text"), findings::Format::text},
                             std::pair{std::string_view("integer"), findings::Format::integer},
                             std::pair{std::string_view("decimal"), findings::Format::decimal},
                             std::pair{std::string_view("money"), findings::Format::money},
                             std::pair{std::string_view("percent"), findings::Format::percent},
                             std::pair{std::string_view("points"), findings::Format::points},
                             std::pair{std::string_view("multiple"), findings::Format::multiple},
                             std::pair{std::string_view("date"), findings::Format::date},
                             std::pair{std::string_view("month"), findings::Format::month},
                             std::pair{std::string_view("days"), findings::Format::days}};

Result<DraftValue> value_of(const Json& json, std::size_t place) {
  if (!json.is_object()) {
    return fail(ErrorKind::invalid_input, fmt::format("values[{}] is no object", place));
  }
  Fields fields(json, fmt::format("values[{}]: ", place));
  DraftValue value;
  value.name = TRY(fields.text("name"));
  value.query = TRY(fields.optional_text("query"));
  value.column = TRY(fields.optional_text("column"));
  const auto& row = fields.get("row");
  if (row.is_number_integer()) {
    value.row = row.get<std::int64_t>();
  } else if (!row.is_null()) {
    return fields.wrong("row", "a whole number from 0, or null");
  }
  value.formula = TRY(fields.optional_text("formula"));
  value.catalog_name = TRY(fields.optional_text("catalog_name"));
  value.format = TRY(fields.choice("format", formats));
  value.unit = TRY(fields.optional_text("unit")).value_or("");
  TRY(fields.check_no_other());
  return value;
}

Result<DraftImpact> impact_of(const Json& json) {
  using findings::Account;
  static constexpr std::array accounts{
      std::pair{std::string_view("at_risk"), Account::at_risk},
      std::pair{std::string_view("lost"), Account::lost},
      std::pair{std::string_view("opportunity"), Account::opportunity}};
  static constexpr std::array spans{std::pair{std::string_view("month"), std::string_view("month")},
                                    std::pair{std::string_view("year"), std::string_view("year")},
                                    std::pair{std::string_view("once"), std::string_view("")}};
  if (!json.is_object()) return fail(ErrorKind::invalid_input, "\"impact\" is no object");
  Fields fields(json, "impact: ");
  DraftImpact impact;
  impact.account = TRY(fields.choice("account", accounts));
  impact.amount = TRY(fields.text("amount"));
  impact.low = TRY(fields.optional_text("low"));
  impact.high = TRY(fields.optional_text("high"));
  impact.unit = TRY(fields.optional_text("unit")).value_or("");
  impact.per = TRY(fields.choice("per", spans));
  impact.method = TRY(fields.text("method"));
  TRY(fields.check_no_other());
  return impact;
}

Result<findings::Entity> entity_of(const Json& json, std::size_t place) {
  if (!json.is_object()) {
    return fail(ErrorKind::invalid_input, fmt::format("entities[{}] is no object", place));
  }
  Fields fields(json, fmt::format("entities[{}]: ", place));
  findings::Entity entity;
  entity.column = TRY(fields.text("column"));
  entity.value = TRY(fields.text("value"));
  entity.label = entity.value;
  TRY(fields.check_no_other());
  return entity;
}

}  // namespace

base::Status read_no_arguments(std::string_view text) {
  const auto object = TRY(object_of(text));
  return Fields(object, "").check_no_other();
}

Result<SqlArguments> read_sql(std::string_view text) {
  const auto object = TRY(object_of(text));
  Fields fields(object, "");
  SqlArguments arguments{TRY(fields.text("sql"))};
  TRY(fields.check_no_other());
  return arguments;
}

Result<TableArguments> read_table(std::string_view text) {
  const auto object = TRY(object_of(text));
  Fields fields(object, "");
  TableArguments arguments{TRY(fields.text("table"))};
  TRY(fields.check_no_other());
  return arguments;
}

Result<ScanArguments> read_scan(std::string_view text) {
  const auto object = TRY(object_of(text));
  Fields fields(object, "");
  ScanArguments arguments;
  arguments.pattern = TRY(fields.text("pattern"));
  arguments.segment = TRY(segment_of(fields));
  TRY(fields.check_no_other());
  return arguments;
}

Result<TestArguments> read_test(std::string_view text) {
  static constexpr std::array kinds{std::pair{std::string_view("means"), Comparison::means},
                                    std::pair{std::string_view("rates"), Comparison::rates},
                                    std::pair{std::string_view("trend"), Comparison::trend}};
  const auto object = TRY(object_of(text));
  Fields fields(object, "");
  TestArguments arguments;
  arguments.kind = TRY(fields.choice("kind", kinds));
  arguments.segment = TRY(segment_of(fields));
  arguments.measure = TRY(fields.text("measure"));
  arguments.event = TRY(fields.optional_text("event"));
  arguments.group_column = TRY(fields.optional_text("group_column"));
  arguments.group_value = TRY(fields.optional_text("group_value"));
  arguments.other_value = TRY(fields.optional_text("other_value"));
  TRY(fields.check_no_other());
  return arguments;
}

Result<ChangeArguments> read_change(std::string_view text) {
  const auto object = TRY(object_of(text));
  Fields fields(object, "");
  ChangeArguments arguments;
  arguments.table = TRY(fields.text("table"));
  arguments.measure = TRY(fields.text("measure"));
  arguments.before = {TRY(fields.day("before_from")), TRY(fields.day("before_to"))};
  arguments.after = {TRY(fields.day("after_from")), TRY(fields.day("after_to"))};
  TRY(fields.check_no_other());
  return arguments;
}

Result<Draft> read_draft(std::string_view text) {
  const auto object = TRY(object_of(text));
  Fields fields(object, "");
  Draft draft;
  draft.title = TRY(fields.text("title"));
  draft.summary = TRY(fields.text("summary"));
  draft.action = TRY(fields.text("action"));
  for (const auto* item : TRY(fields.list("values")))
    draft.values.push_back(TRY(value_of(*item, draft.values.size())));
  if (const auto& impact = fields.get("impact"); !impact.is_null())
    draft.impact = TRY(impact_of(impact));
  for (const auto* item : TRY(fields.list("entities")))
    draft.entities.push_back(TRY(entity_of(*item, draft.entities.size())));
  for (const auto* item : TRY(fields.list("columns"))) {
    if (!item->is_string()) return fields.wrong("columns", "a list of column names");
    draft.columns.push_back(item->get<std::string>());
  }
  draft.based_on = TRY(fields.optional_text("based_on"));
  TRY(fields.check_no_other());
  return draft;
}

Result<FinishArguments> read_finish(std::string_view text) {
  const auto object = TRY(object_of(text));
  Fields fields(object, "");
  FinishArguments arguments{TRY(fields.text("reason"))};
  TRY(fields.check_no_other());
  return arguments;
}

}  // namespace insights::tools
