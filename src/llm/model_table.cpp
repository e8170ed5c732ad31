#include "llm/model_table.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include "llm/effort.h"
#include "llm/models_file.h"

namespace insights::llm {
namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Status;

constexpr std::array known_keys{"name",   "input",    "output", "efforts",
                                "effort", "thinking", "price"};
constexpr std::array price_keys{"input", "cached", "cache_write", "output", "priority", "source"};

struct Place {
  const std::string& file;
  const toml::node& node;

  std::unexpected<base::Error> wrong(const std::string& what) const {
    return fail(ErrorKind::invalid_input,
                fmt::format("{}:{}: {}", file, node.source().begin.line, what));
  }
};

template <std::size_t N>
Status check_keys(const toml::table& table, const std::array<const char*, N>& known,
                  const std::string& file) {
  for (const auto& [key, value] : table) {
    if (std::ranges::none_of(known, [&key](const char* name) { return key.str() == name; }))
      return Place{file, value}.wrong(fmt::format("a model has no '{}'", key.str()));
  }
  return {};
}

Result<Effort> effort_of(const toml::node& node, const std::string& file) {
  const auto text = node.value<std::string>().value_or("");
  if (const auto effort = effort_named(text)) return *effort;
  return Place{file, node}.wrong(
      fmt::format("'{}' is no effort; there are none, minimal, low, medium, high and xhigh", text));
}

Result<std::int64_t> tokens_of(const toml::table& table, const char* key, const std::string& file) {
  const auto* node = table.get(key);
  if (node == nullptr) return std::int64_t{0};
  const auto tokens = node->value_exact<std::int64_t>();
  if (tokens && *tokens > 0) return *tokens;
  return Place{file, *node}.wrong(fmt::format("'{}' is a number of tokens", key));
}

Result<Price> price_of(const toml::table& table, const std::string& file) {
  TRY(check_keys(table, price_keys, file));
  Price price;
  const auto take = [&](const char* key, double otherwise) -> Result<double> {
    const auto* node = table.get(key);
    if (node == nullptr) return otherwise;
    const auto number = node->value<double>();
    if (node->is_number() && *number >= 0) return *number;
    return Place{file, *node}.wrong(fmt::format("'{}' is a number that is not negative", key));
  };
  for (const char* key : {"input", "output"})
    if (!table.contains(key))
      return Place{file, table}.wrong(fmt::format("a price needs '{}'", key));
  price.input = TRY(take("input", 0));
  price.output = TRY(take("output", 0));
  price.cached = TRY(take("cached", price.input));
  price.cache_write = TRY(take("cache_write", price.input));
  price.priority = TRY(take("priority", 1));
  price.source = table["source"].value_or(std::string());
  return price;
}

Result<ModelFacts> facts_of_entry(const toml::table& entry, const std::string& file) {
  TRY(check_keys(entry, known_keys, file));
  ModelFacts facts;
  facts.name = entry["name"].value_or(std::string());
  if (facts.name.empty()) return Place{file, entry}.wrong("a model needs a 'name'");
  facts.input_tokens_max = TRY(tokens_of(entry, "input", file));
  facts.output_tokens_max = TRY(tokens_of(entry, "output", file));
  if (const auto* efforts = entry["efforts"].as_array())
    for (const auto& effort : *efforts) facts.efforts.push_back(TRY(effort_of(effort, file)));
  if (const auto* effort = entry.get("effort")) facts.effort = TRY(effort_of(*effort, file));
  if (const auto* thinking = entry.get("thinking")) {
    const auto text = thinking->value<std::string>().value_or("");
    if (text != "adaptive" && text != "budget")
      return Place{file, *thinking}.wrong("'thinking' is \"adaptive\" or \"budget\"");
    facts.thinking = text == "adaptive" ? Thinking::adaptive : Thinking::budget;
  }
  if (const auto* price = entry["price"].as_table()) facts.price = TRY(price_of(*price, file));
  return facts;
}

Result<std::string> text_of_file(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    return fail(ErrorKind::not_found, fmt::format("the table of models {} cannot be read", file),
                "See llm.models.");
  }
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

// What stands behind the first '[' of a pattern, up to ']'.
std::string_view choice_of(std::string_view pattern) {
  const auto close = pattern.find(']');
  return close == std::string_view::npos ? "" : pattern.substr(1, close - 1);
}

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + ('a' - 'A')) : letter;
}

}  // namespace

bool fits(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') {
    for (std::size_t taken = 0; taken <= text.size(); ++taken)
      if (fits(pattern.substr(1), text.substr(taken))) return true;
    return false;
  }
  if (text.empty()) return false;
  if (const auto choice = pattern.front() == '[' ? choice_of(pattern) : ""; !choice.empty()) {
    return choice.find(text.front()) != std::string_view::npos &&
           fits(pattern.substr(choice.size() + 2), text.substr(1));
  }
  return lower(pattern.front()) == lower(text.front()) && fits(pattern.substr(1), text.substr(1));
}

Result<std::vector<ModelFacts>> parse_models(const std::string& text, const std::string& file) {
  const auto parse = [&]() -> Result<toml::table> {
    try {
      return toml::parse(text, file);
    } catch (const toml::parse_error& error) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("{}:{}: {}", file, error.source().begin.line, error.description()));
    }
  };
  const auto document = TRY(parse());
  std::vector<ModelFacts> models;
  for (const auto& [key, value] : document) {
    const auto* entries = value.as_array();
    if (key.str() != "model" || entries == nullptr)
      return Place{file, value}.wrong("a table of models holds [[model]] entries");
    for (const auto& entry : *entries) {
      if (!entry.is_table()) return Place{file, entry}.wrong("a model is a [[model]] entry");
      models.push_back(TRY(facts_of_entry(*entry.as_table(), file)));
    }
  }
  return models;
}

Result<std::vector<ModelFacts>> model_table(const std::string& file) {
  std::vector<ModelFacts> table;
  if (!file.empty()) {
    const auto text = TRY(text_of_file(file));
    table = TRY(parse_models(text, file));
  }
  const auto built_in = TRY(parse_models(std::string(models_file::models_toml()), "models.toml"));
  table.insert(table.end(), built_in.begin(), built_in.end());
  return table;
}

std::optional<ModelFacts> facts_of(const std::vector<ModelFacts>& table, const std::string& model) {
  const auto slash = model.rfind('/');
  const auto name = slash == std::string::npos ? model : model.substr(slash + 1);
  const auto found = std::ranges::find_if(table, [&](const ModelFacts& facts) {
    return fits(facts.name, name) || fits(facts.name, model);
  });
  return found == table.end() ? std::nullopt : std::optional(*found);
}

}  // namespace insights::llm
