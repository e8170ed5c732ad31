#include "patterns/rates.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/ensure.h"
#include "catalog/vocabulary.h"
#include "patterns/wording.h"
#include "stats/overdispersion.h"

namespace insights::patterns {

namespace {

using catalog::Role;
using stats::Proportion;

constexpr std::size_t siblings_max = 2000;
constexpr double scatter_negligible = 1e-4;

Proportion proportion(double events, double trials) {
  return {std::llround(events), std::llround(trials)};
}

std::vector<Proportion> count(const frame::Coded& coded, const std::vector<double>& flags) {
  std::vector<Proportion> counts(coded.values());
  coded.codes.visit([&](const auto* codes) {
    for (std::size_t row = 0; row < flags.size(); ++row) {
      if (std::isnan(flags[row])) continue;
      ++counts[codes[row]].trials;
      counts[codes[row]].events += flags[row] > 0 ? 1 : 0;
    }
  });
  return counts;
}

}  // namespace

std::vector<std::size_t> flag_columns(const catalog::Subject& subject) {
  std::vector<std::size_t> flags;
  for (std::size_t i = 0; i < subject.columns.size(); ++i) {
    if (subject.columns[i].role == Role::flag && subject.frame.columns[i].numbers() != nullptr)
      flags.push_back(i);
  }
  return flags;
}

std::string flag_phrase(const catalog::Column& flag) {
  auto words = catalog::words_of(flag.label);
  if (words.size() > 1 && (words.front() == "is" || words.front() == "was"))
    words.erase(words.begin());
  // "has_discount", "needs_approval": what the rows do, or have.
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> verbs{
      {{"has", "have"},
       {"have", "have"},
       {"contains", "contain"},
       {"contain", "contain"},
       {"includes", "include"},
       {"needs", "need"},
       {"requires", "require"},
       {"uses", "use"},
       {"allows", "allow"}}};
  const auto verb = words.size() > 1 ? std::ranges::find(verbs, words.front(),
                                                         &decltype(verbs)::value_type::first)
                                     : verbs.end();
  if (verb != verbs.end()) {
    words.front() = verb->second;
    return fmt::format("{}", fmt::join(words, " "));
  }
  // "target reached", "goal_met": what the rows did.
  static constexpr std::array<std::string_view, 5> done{"met", "reached", "achieved", "hit",
                                                        "missed"};
  if (words.size() > 1 && std::ranges::find(done, words.back()) != done.end()) {
    std::string what;
    for (std::size_t i = 0; i + 1 < words.size(); ++i) what += " " + words[i];
    return words.back() + " their" + what;
  }
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  if (text.empty()) return "are marked";
  // "returned", "late", "overdue", "faulty", "defective" say how a row is; "refund", "complaint"
  // are things.
  const bool says_how = text.ends_with("ed") || text.ends_with("late") || text.ends_with("due") ||
                        text.ends_with("ty") || text.ends_with("ive");
  static constexpr std::array<std::string_view, 12> things{
      "breach",  "cancellation", "claim",      "complaint", "defect", "delay",
      "dispute", "error",        "escalation", "failure",   "fault",  "refund"};
  if (std::ranges::find(things, words.back()) != things.end()) {
    const bool vowel = std::string_view("aeiou").find(text.front()) != std::string_view::npos;
    return fmt::format("have {} {}", vowel ? "an" : "a", text);
  }
  return (says_how ? "are " : "are marked ") + text;
}

RatesByValue rates_of(const Workspace& workspace, std::size_t flag, std::size_t column) {
  const auto& subject = workspace.subject;
  RatesByValue rates;
  const auto* flat = workspace.flat(column);
  const bool counted =
      flat != nullptr && std::ranges::find(flat->measures, flag) != flat->measures.end();
  const bool whole =
      std::ranges::none_of(subject.numbers(flag), [](double value) { return std::isnan(value); });
  if (counted && whole) {
    const auto& events = flat->sums[flat->place(flag)];
    for (std::size_t value = 0; value < flat->values; ++value)
      rates.values.push_back(proportion(events[value], flat->rows[value]));
  } else {
    rates.values = count(subject.codes(column), subject.numbers(flag));
  }
  for (std::size_t value = 1; value < rates.values.size(); ++value) {
    rates.all.events += rates.values[value].events;
    rates.all.trials += rates.values[value].trials;
  }
  return rates;
}

OwnAndElsewhere rates_where(const catalog::Subject& subject, std::size_t flag, std::size_t column,
                            std::uint32_t value, const frame::Mask& kept) {
  OwnAndElsewhere rates;
  const auto& flags = subject.numbers(flag);
  subject.codes(column).codes.visit([&](const auto* codes) {
    for (std::size_t row = 0; row < flags.size(); ++row) {
      if (codes[row] == 0 || std::isnan(flags[row]) || (!kept.empty() && kept[row] == 0)) continue;
      auto& side = codes[row] == value ? rates.own : rates.elsewhere;
      ++side.trials;
      side.events += flags[row] > 0 ? 1 : 0;
    }
  });
  return rates;
}

Siblings::Siblings(const RatesByValue& rates) {
  for (std::uint32_t value = 1; value < rates.values.size(); ++value) {
    if (rates.values[value].trials > 0) values_.push_back(value);
  }
  if (values_.size() > siblings_max) {
    std::ranges::stable_sort(
        values_, [&](auto a, auto b) { return rates.values[a].trials > rates.values[b].trials; });
    values_.resize(siblings_max);
    std::ranges::sort(values_);
  }
  for (const auto value : values_) rates_.push_back(rates.values[value]);
}

double Siblings::scatter_without(std::uint32_t value) const {
  const auto place = std::ranges::lower_bound(values_, value);
  if (place == values_.end() || *place != value) return stats::clear_overdispersion(rates_);
  auto others = rates_;
  others[static_cast<std::size_t>(place - values_.begin())] = {};
  return stats::clear_overdispersion(others);
}

Dependence::Dependence(const Workspace& workspace, std::size_t flag)
    : workspace_(workspace), flag_(flag) {
  const auto& subject = workspace.subject;
  if (const auto customers = workspace.customers()) add(*customers, subject.codes(*customers));
  for (std::size_t i = 0; i < subject.columns.size(); ++i) {
    const auto* kind = workspace.vocabulary.kind_named(subject.columns[i].kind);
    if (kind == nullptr || !kind->event || subject.columns[i].role != Role::identifier) continue;
    if (subject.is_coded(i)) {
      add(i, subject.codes(i));
    } else if (const auto* numbers = subject.frame.columns[i].numbers(); numbers != nullptr) {
      documents_ = frame::encode(*numbers, subject.frame.rows);
      if (documents_) add(i, *documents_);
    }
    break;
  }
}

void Dependence::add(std::size_t column, const frame::Coded& coded) {
  const auto counts = count(coded, workspace_.subject.numbers(flag_));
  Group group{column, &coded, stats::clear_overdispersion(std::span(counts).subspan(1)), 0};
  double rows = 0, squares = 0;
  for (std::size_t value = 1; value < counts.size(); ++value) {
    const auto n = static_cast<double>(counts[value].trials);
    rows += n;
    squares += n * n;
  }
  group.mean_square = rows > 0 ? squares / rows : 0;
  groups_.push_back(group);
}

void Dependence::add_unit_of(std::size_t column) {
  const auto unit = workspace_.unit_of(column);
  if (!unit) return;
  const bool known =
      std::ranges::any_of(groups_, [&](const Group& group) { return group.column == *unit; });
  if (!known) add(*unit, workspace_.subject.codes(*unit));
}

// A value that lies within one group (a batch of one product) cannot be split by it.
bool Dependence::applies(const Group& group, std::size_t column) const {
  return group.column != column && !workspace_.subject.has_dependency(column, group.column) &&
         group.scatter > scatter_negligible;
}

// For each value: with how many of its rows a row shares its group, on average (itself counted).
// The group codes of the rows are laid out value by value first, so that all values together cost
// two passes.
std::vector<double> Dependence::shared_rows(const Group& group, std::size_t column,
                                            std::span<const std::uint32_t> values) const {
  constexpr std::uint32_t unwanted = 0xFFFFFFFF;
  std::vector<std::uint32_t> slot_of(workspace_.subject.codes(column).values(), unwanted);
  for (std::uint32_t slot = 0; slot < values.size(); ++slot) slot_of[values[slot]] = slot;
  std::vector<std::size_t> starts(values.size() + 1, 0);
  std::vector<std::uint32_t> laid_out;
  workspace_.subject.codes(column).codes.visit([&](const auto* codes) {
    const std::size_t rows = workspace_.subject.frame.rows;
    for (std::size_t row = 0; row < rows; ++row) {
      if (slot_of[codes[row]] != unwanted) ++starts[slot_of[codes[row]] + 1];
    }
    std::partial_sum(starts.begin(), starts.end(), starts.begin());
    laid_out.resize(starts.back());
    auto next = starts;
    group.coded->codes.visit([&](const auto* groups) {
      for (std::size_t row = 0; row < rows; ++row) {
        if (slot_of[codes[row]] != unwanted) laid_out[next[slot_of[codes[row]]]++] = groups[row];
      }
    });
  });
  std::vector<double> shared(values.size(), 0);
  std::vector<double> counts(group.coded->values(), 0);
  for (std::size_t slot = 0; slot < values.size(); ++slot) {
    const auto own = std::span(laid_out).subspan(starts[slot], starts[slot + 1] - starts[slot]);
    for (const auto one : own) counts[one] += 1;
    double squares = 0, rows = 0;
    for (const auto one : own) {  // each group of n rows comes by once; then its count is gone
      if (one != 0) {
        squares += counts[one] * counts[one];
        rows += counts[one];
      }
      counts[one] = 0;
    }
    shared[slot] = rows > 0 ? squares / rows : 0;
  }
  return shared;
}

std::vector<double> Dependence::within(std::size_t column, std::span<const std::uint32_t> values) {
  add_unit_of(column);
  std::vector<double> effects(values.size(), 1.0);
  for (const auto& group : groups_) {
    if (!applies(group, column)) continue;
    const auto shared = shared_rows(group, column, values);
    for (std::size_t i = 0; i < values.size(); ++i) {
      effects[i] = std::max(effects[i], 1 + std::max(0.0, shared[i] - 1) * group.scatter);
    }
  }
  return effects;
}

double Dependence::overall(std::size_t column) {
  add_unit_of(column);
  double effect = 1;
  for (const auto& group : groups_) {
    if (applies(group, column))
      effect = std::max(effect, 1 + std::max(0.0, group.mean_square - 1) * group.scatter);
  }
  return effect;
}

const frame::Coded* Dependence::entities(std::size_t column, std::string& noun) const {
  for (const auto& group : groups_) {
    if (group.column == column || workspace_.subject.has_dependency(column, group.column)) continue;
    noun = noun_of(workspace_.subject.columns[group.column]);
    return group.coded;
  }
  return nullptr;
}

}  // namespace insights::patterns
