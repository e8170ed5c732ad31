#include "findings/feedback_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <cmath>
#include <set>
#include <sstream>

#include "base/nearest.h"

namespace insights::findings {

namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Status;

constexpr std::string_view head =
    "# Rules and votes of insights: what its readers said of findings. A rule hides findings from "
    "reports; they are\n"
    "# still proven, counted and named there. Votes move findings in the ranking by at most 30 %.\n"
    "# Use: insights explore ... --rules FILE\n";

// A TOML basic string.
std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      result += std::string("\\") + c;
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      result += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    else
      result += c;
  }
  return result + "\"";
}

std::string line(std::string_view key, std::string_view text) {
  return text.empty() ? "" : fmt::format("{} = {}\n", key, quoted(text));
}

std::string rule_text(const Rule& rule) {
  auto text = "\n[[rule]]\n" + line("id", rule.id) + line("scope", name(rule.scope));
  switch (rule.scope) {
    case RuleScope::finding:
      text += line("fingerprint", rule.fingerprint) + line("into", rule.into);
      break;
    case RuleScope::entity:
      text += line("column", rule.column) + fmt::format("value = {}\n", quoted(rule.value));
      break;
    case RuleScope::pattern:
      text += line("pattern", rule.pattern);
      break;
    case RuleScope::threshold:
      text += line("pattern", rule.pattern) + fmt::format("below = {}\n", rule.below) +
              line("unit", rule.unit) + line("per", rule.per);
      break;
  }
  return text + line("reason", name(rule.reason)) + line("note", rule.note);
}

std::string counts(const Votes& votes) {
  return fmt::format("up = {}\ndown = {}\n", votes.up, votes.down);
}

// One table of the file: its keys by type, each asked for once; what nobody asked for is unknown.
class Entry {
 public:
  Entry(const toml::table& table, std::string_view file) : table_(table), file_(file) {}

  Result<std::string> text(const std::string& key, bool is_needed = true) {
    const auto* node = TRY(node_of(key, is_needed));
    if (node == nullptr) return std::string();
    if (const auto value = node->value_exact<std::string>()) return *value;
    return wrong(*node, key, "a text");
  }
  Result<double> amount(const std::string& key) {
    const auto* node = TRY(node_of(key, true));
    const auto value = node->value<double>();
    if (node->is_number() && value && std::isfinite(*value) && *value >= 0) return *value;
    return wrong(*node, key, "an amount, zero or more");
  }
  Result<std::int64_t> count(const std::string& key) {
    const auto* node = TRY(node_of(key, true));
    const auto value = node->value_exact<std::int64_t>();
    if (value && *value >= 0 && *value <= 1'000'000) return *value;
    return wrong(*node, key, "a count of votes");
  }
  template <class Choice>
  Result<Choice> choice(const std::string& key, std::optional<Choice> (*named)(std::string_view),
                        const std::vector<std::string>& known) {
    const auto word = TRY(text(key));
    if (const auto found = named(word)) return *found;
    return fail(ErrorKind::invalid_input,
                fmt::format("{}: {} '{}' is not known", place(*table_.get(key)), key, word),
                base::did_you_mean(word, known));
  }
  bool has(const std::string& key) const { return table_.contains(key); }

  // Error: a key that nobody asked for.
  Status check_rest() const {
    for (const auto& [key, node] : table_)
      if (!known_.contains(std::string(key.str())))
        return fail(ErrorKind::invalid_input,
                    fmt::format("{}: '{}' is not known here", place(node), key.str()),
                    base::did_you_mean(key.str(), {known_.begin(), known_.end()}));
    return {};
  }

 private:
  Result<const toml::node*> node_of(const std::string& key, bool is_needed) {
    known_.insert(key);
    const auto* node = table_.get(key);
    if (node != nullptr || !is_needed) return node;
    // A mistyped key explains best why this one is missing.
    for (const auto& [other, value] : table_)
      if (base::edit_distance(other.str(), key) <= 2 && !known_.contains(std::string(other.str())))
        return fail(ErrorKind::invalid_input,
                    fmt::format("{}: '{}' is not known here", place(value), other.str()),
                    base::did_you_mean(other.str(), {key}));
    return fail(ErrorKind::invalid_input, fmt::format("{}: '{}' is missing", place(table_), key));
  }
  std::unexpected<base::Error> wrong(const toml::node& node, const std::string& key,
                                     std::string_view wanted) const {
    return fail(ErrorKind::invalid_input,
                fmt::format("{}: {} should be {}", place(node), key, wanted));
  }
  std::string place(const toml::node& node) const {
    return fmt::format("{}:{}", file_, node.source().begin.line);
  }

  const toml::table& table_;
  std::string_view file_;
  std::set<std::string> known_;
};

Result<Rule> rule_in(Entry& entry) {
  Rule rule;
  rule.id = TRY(entry.text("id", false));
  rule.note = TRY(entry.text("note", false));
  rule.reason = TRY(entry.choice("reason", reason_named, reason_names()));
  rule.scope = TRY(entry.choice("scope", rule_scope_named, rule_scope_names()));
  switch (rule.scope) {
    case RuleScope::finding:
      rule.fingerprint = TRY(entry.text("fingerprint"));
      rule.into = TRY(entry.text("into", false));
      break;
    case RuleScope::entity:
      rule.column = TRY(entry.text("column"));
      rule.value = TRY(entry.text("value"));
      break;
    case RuleScope::threshold:
      rule.below = TRY(entry.amount("below"));
      rule.unit = TRY(entry.text("unit", false));
      rule.per = TRY(entry.text("per", false));
      [[fallthrough]];
    case RuleScope::pattern:
      rule.pattern = TRY(entry.text("pattern"));
      break;
  }
  TRY(entry.check_rest());
  return rule;
}

Status take_rule(Entry& entry, Feedback& feedback) {
  auto rule = TRY(rule_in(entry));
  if (rule.id.empty()) rule.id = fmt::format("rule-{}", feedback.rules.size() + 1);
  feedback.rules.push_back(std::move(rule));
  return {};
}

Status take_votes(Entry& entry, Feedback& feedback) {
  Votes votes;
  votes.up = TRY(entry.count("up"));
  votes.down = TRY(entry.count("down"));
  Feedback read;
  if (entry.has("pattern")) {
    const auto pattern = TRY(entry.text("pattern"));
    read.patterns[pattern] = votes;
  } else {
    auto column = TRY(entry.text("column"));
    auto value = TRY(entry.text("value"));
    read.entities[{std::move(column), std::move(value)}] = votes;
  }
  TRY(entry.check_rest());
  feedback = combined(std::move(feedback), read);
  return {};
}

// Calls take(Entry&) with each table of the list.
template <class Take>
Status each(const toml::table& document, std::string_view list, std::string_view file, Take take) {
  const auto* node = document.get(list);
  if (node == nullptr) return {};
  const auto* tables = node->as_array();
  if (tables == nullptr || !tables->is_homogeneous(toml::node_type::table))
    return fail(ErrorKind::invalid_input,
                fmt::format("{}:{}: [[{}]] is expected", file, node->source().begin.line, list));
  for (const auto& table : *tables) {
    Entry entry(*table.as_table(), file);
    TRY(take(entry));
  }
  return {};
}

}  // namespace

std::string feedback_file(const Feedback& feedback) {
  std::string text(head);
  for (const auto& rule : feedback.rules) text += rule_text(rule);
  for (const auto& [pattern, votes] : feedback.patterns)
    text += "\n[[votes]]\n" + line("pattern", pattern) + counts(votes);
  for (const auto& [entity, votes] : feedback.entities)
    text += "\n[[votes]]\n" + line("column", entity.first) +
            fmt::format("value = {}\n", quoted(entity.second)) + counts(votes);
  return text;
}

Result<Feedback> read_feedback(std::string_view text, std::string_view name) {
  toml::table document;
  try {
    document = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return fail(ErrorKind::invalid_input,
                fmt::format("{}:{}: {}", name, error.source().begin.line, error.description()));
  }
  for (const auto& [key, node] : document)
    if (key != "rule" && key != "votes")
      return fail(
          ErrorKind::invalid_input,
          fmt::format("{}:{}: '{}' is not known", name, node.source().begin.line, key.str()),
          base::did_you_mean(key.str(), {"rule", "votes"}));
  Feedback feedback;
  const auto rule = [&](Entry& entry) -> Status { return take_rule(entry, feedback); };
  const auto votes = [&](Entry& entry) -> Status { return take_votes(entry, feedback); };
  TRY(each(document, "rule", name, rule));
  TRY(each(document, "votes", name, votes));
  return feedback;
}

}  // namespace insights::findings
