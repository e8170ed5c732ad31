// The closed choices of a finding as the words a saved report has for them. Both directions from
// one table.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "findings/finding.h"
#include "findings/ledger.h"

namespace insights::report {

template <class Choice>
struct ChoiceName {
  Choice choice;
  std::string_view name;
};

template <class Choice>
struct ChoiceNames;  // ChoiceNames<Choice>::all, in the order of the enumeration

template <>
struct ChoiceNames<findings::Format> {
  using enum findings::Format;
  static constexpr std::array all{ChoiceName{text, "text"},         ChoiceName{integer, "integer"},
                                  ChoiceName{decimal, "decimal"},   ChoiceName{money, "money"},
                                  ChoiceName{percent, "percent"},   ChoiceName{points, "points"},
                                  ChoiceName{multiple, "multiple"}, ChoiceName{date, "date"},
                                  ChoiceName{month, "month"},       ChoiceName{days, "days"}};
};

template <>
struct ChoiceNames<findings::Account> {
  using enum findings::Account;
  static constexpr std::array all{ChoiceName{none, "none"}, ChoiceName{at_risk, "at_risk"},
                                  ChoiceName{lost, "lost"}, ChoiceName{opportunity, "opportunity"}};
};

template <>
struct ChoiceNames<findings::Severity> {
  using enum findings::Severity;
  static constexpr std::array all{ChoiceName{high, "high"}, ChoiceName{medium, "medium"},
                                  ChoiceName{low, "low"}};
};

template <>
struct ChoiceNames<findings::Strength> {
  using enum findings::Strength;
  static constexpr std::array all{ChoiceName{significant, "significant"},
                                  ChoiceName{descriptive, "descriptive"},
                                  ChoiceName{model_claim, "model_claim"}};
};

template <>
struct ChoiceNames<findings::GuardStatus> {
  using enum findings::GuardStatus;
  static constexpr std::array all{ChoiceName{passed, "passed"},
                                  ChoiceName{downgraded, "downgraded"},
                                  ChoiceName{not_applicable, "not_applicable"}};
};

template <>
struct ChoiceNames<findings::Chart::Mark> {
  using enum findings::Chart::Mark;
  static constexpr std::array all{ChoiceName{bar, "bar"}, ChoiceName{line, "line"},
                                  ChoiceName{point, "point"}, ChoiceName{none, "none"}};
};

template <>
struct ChoiceNames<findings::Chart::Axis::Kind> {
  using enum findings::Chart::Axis::Kind;
  static constexpr std::array all{ChoiceName{nominal, "nominal"}, ChoiceName{ordinal, "ordinal"},
                                  ChoiceName{quantitative, "quantitative"},
                                  ChoiceName{temporal, "temporal"}};
};

template <>
struct ChoiceNames<findings::Decision> {
  using enum findings::Decision;
  static constexpr std::array all{
      ChoiceName{published, "published"}, ChoiceName{not_significant, "not_significant"},
      ChoiceName{too_small, "too_small"}, ChoiceName{explained, "explained"},
      ChoiceName{merged, "merged"},       ChoiceName{not_proven, "not_proven"},
      ChoiceName{guarded, "guarded"},     ChoiceName{below_top, "below_top"},
      ChoiceName{hidden, "hidden"}};
};

template <class Choice>
constexpr std::string_view choice_name(Choice choice) {
  for (const auto& entry : ChoiceNames<Choice>::all) {
    if (entry.choice == choice) return entry.name;
  }
  return "";
}

template <class Choice>
constexpr std::optional<Choice> choice_named(std::string_view name) {
  for (const auto& entry : ChoiceNames<Choice>::all) {
    if (entry.name == name) return entry.choice;
  }
  return std::nullopt;
}

// The last enumerator of each, so that one added at the end is not forgotten above.
static_assert(!choice_name(findings::Format::days).empty());
static_assert(!choice_name(findings::Decision::hidden).empty());

}  // namespace insights::report
