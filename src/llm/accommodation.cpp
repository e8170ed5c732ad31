#include "llm/accommodation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "llm/effort.h"

namespace insights::llm {
namespace {

// A parameter that we can do without, and how refusals speak of it besides its name.
struct Parameter {
  const char* name;
  const char* words = nullptr;
};

constexpr std::array responses_parameters{
    Parameter{"reasoning.summary", "reasoning summar"},
    Parameter{"include", "ncrypted content is not supported"},
    Parameter{"reasoning.effort"},
    Parameter{"parallel_tool_calls"},
    Parameter{"prompt_cache_key"},
    Parameter{"stream_options", "include_obfuscation"},
    Parameter{"max_output_tokens"},
    Parameter{"store"},
    Parameter{"strict"},
};
constexpr std::array chat_parameters{
    Parameter{"reasoning_effort", "does not support thinking"},
    Parameter{"parallel_tool_calls"},
    Parameter{"prompt_cache_key"},
    Parameter{"stream_options", "include_usage"},
    Parameter{"tool_choice"},
    Parameter{"reasoning_content"},
    Parameter{"max_completion_tokens"},
    Parameter{"max_tokens"},
    Parameter{"strict"},
};
constexpr std::array messages_parameters{
    Parameter{"output_config"},
    Parameter{"thinking"},
    Parameter{"cache_control"},
};

std::span<const Parameter> parameters_of(Protocol protocol) {
  switch (protocol) {
    case Protocol::openai:
      return responses_parameters;
    case Protocol::chat:
      return chat_parameters;
    case Protocol::anthropic:
      return messages_parameters;
    case Protocol::automatic:
      break;
  }
  return {};
}

bool is_word_letter(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_' ||
         (letter >= '0' && letter <= '9');
}

// Where the message names it: a name with an underscore or a dot is nobody's plain English; one
// without must stand in quotes, or begin the message.
std::size_t place_of(const std::string& message, const std::string& name) {
  const bool is_plain = name.find_first_of("_.") == std::string::npos;
  for (auto found = message.find(name); found != std::string::npos;
       found = message.find(name, found + 1)) {
    const char before = found == 0 ? ' ' : message[found - 1];
    const auto end = found + name.size();
    const char after = end == message.size() ? ' ' : message[end];
    const bool is_quoted = (before == '\'' || before == '"' || before == '`') && before == after;
    if (is_plain ? is_quoted || (found == 0 && (after == ':' || after == '.'))
                 : !is_word_letter(before) && !is_word_letter(after))
      return found;
  }
  return std::string::npos;
}

bool is_param(const ProviderError& error, const Parameter& parameter) {
  const std::string name = parameter.name;
  return error.param == name || error.param.starts_with(name + ".") ||
         error.param.starts_with(name + "[") || error.param.ends_with("." + name);
}

// The parameter that the error is about: by its own field, else the one that its message names
// first (the second is often what to use instead).
const Parameter* refused(const ProviderError& error, std::span<const Parameter> parameters) {
  const Parameter* first = nullptr;
  auto nearest = std::string::npos;
  for (const auto& parameter : parameters) {
    if (is_param(error, parameter)) return &parameter;
    auto place = place_of(error.message, parameter.name);
    if (parameter.words != nullptr) place = std::min(place, error.message.find(parameter.words));
    if (place < nearest) {
      nearest = place;
      first = &parameter;
    }
  }
  return first;
}

// "Unsupported value: 'minimal' is not supported with the 'gpt-5.1' model. Supported values are:
// 'none', 'low', 'medium', and 'high'."
std::optional<Accommodation> with_another_effort(const ProviderError& error, const Asking& asking) {
  const auto asked = effort_named(asking.effort);
  const bool is_about_effort = error.param.ends_with("effort") ||
                               error.message.find("effort") != std::string::npos ||
                               error.code == "unsupported_value";
  if (!asked || !is_about_effort) return std::nullopt;
  const auto listed = efforts_listed(error.message);
  if (listed.empty()) return std::nullopt;
  const std::string instead(name_of(nearest_effort(*asked, listed)));
  if (instead == asking.effort) return std::nullopt;
  Accommodation changed{asking, fmt::format("{} does not take the effort {}: {} is asked for",
                                            asking.model, asking.effort, instead)};
  changed.asking.effort = instead;
  return changed;
}

// Newer models of Anthropic's think adaptively and refuse a budget; older ones the other way round.
std::optional<Accommodation> with_other_thinking(const ProviderError& error, Protocol protocol,
                                                 const Asking& asking) {
  if (protocol != Protocol::anthropic || asking.thinking != Thinking::budget ||
      error.message.find("adaptive") == std::string::npos)
    return std::nullopt;
  Accommodation changed{asking, fmt::format("{} decides itself how long it thinks", asking.model)};
  changed.asking.thinking = Thinking::adaptive;
  return changed;
}

}  // namespace

std::optional<Accommodation> accommodate(const ProviderError& error, Protocol protocol,
                                         const Asking& asking) {
  if (error.status != 400 && error.status != 422) return std::nullopt;
  if (kind_of(error) != Failure::Kind::error) return std::nullopt;
  if (auto changed = with_another_effort(error, asking)) return changed;
  if (auto changed = with_other_thinking(error, protocol, asking)) return changed;
  const auto* const parameter = refused(error, parameters_of(protocol));
  if (parameter == nullptr || asking.left_out.contains(parameter->name)) return std::nullopt;
  Accommodation changed{asking,
                        fmt::format("the server refused '{}': it is left out", parameter->name)};
  changed.asking.left_out.insert(parameter->name);
  return changed;
}

}  // namespace insights::llm
