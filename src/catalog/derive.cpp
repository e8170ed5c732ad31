#include "catalog/derive.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "sql/dialect.h"

namespace insights::catalog {

namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

std::vector<std::size_t> with_role(const Subject& subject, Role role) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < subject.columns.size(); ++i) {
    if (subject.columns[i].role == role) found.push_back(i);
  }
  return found;
}

bool any_in(const std::vector<std::string>& words, const std::set<std::string, std::less<>>& set) {
  return std::ranges::any_of(words, [&](const std::string& word) { return set.contains(word); });
}

std::string free_name(const Subject& subject, std::string name) {
  while (subject.find(name) != nullptr) name += " of the row";
  return name;
}

// ---- Durations.

constexpr std::size_t dates_max = 6, durations_max = 6;
constexpr std::int64_t durations_min = 10;  // rows that have one
constexpr double in_order_min = 0.99;       // of them: the end is not before the start
constexpr double hours_up_to_days = 2;      // the median; longer ones are told in days
constexpr double same_as_other_max = 0.98;  // share of rows on which two durations are equal
constexpr double day_seconds = 86'400;

struct Duration {
  std::size_t start = 0, end = 0;
  std::vector<double> days;  // [rows], NaN where one date is missing
  double median = 0;
};

double moment_at(const frame::Days& days, std::size_t row) {
  if (days.days[row] == frame::no_day) return nothing;
  const double seconds = days.seconds.empty() ? 0 : days.seconds[row];
  return days.days[row] + seconds / day_seconds;
}

double median_of(std::vector<double> values) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
  if (values.empty()) return nothing;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

// Nothing when the two are not in order, or always the same time apart.
std::optional<Duration> duration_between(const Subject& subject, std::size_t start,
                                         std::size_t end) {
  const auto* from = subject.frame.columns[start].days();
  const auto* to = subject.frame.columns[end].days();
  if (from == nullptr || to == nullptr) return std::nullopt;
  Duration duration{start, end, std::vector<double>(subject.frame.rows, nothing), 0};
  std::int64_t seen = 0, in_order = 0;
  double shortest = std::numeric_limits<double>::infinity(), longest = 0;
  for (std::size_t row = 0; row < subject.frame.rows; ++row) {
    const double days = moment_at(*to, row) - moment_at(*from, row);
    if (std::isnan(days)) continue;
    duration.days[row] = days;
    ++seen;
    in_order += days >= 0 ? 1 : 0;
    shortest = std::min(shortest, days);
    longest = std::max(longest, days);
  }
  const bool ordered = static_cast<double>(in_order) >= in_order_min * static_cast<double>(seen);
  if (seen < durations_min || !ordered || !(longest > shortest)) return std::nullopt;
  duration.median = median_of(duration.days);
  if (!(duration.median > 0)) return std::nullopt;
  return duration;
}

bool nearly_equal(const std::vector<double>& a, const std::vector<double>& b) {
  std::size_t both = 0, equal = 0;
  for (std::size_t row = 0; row < a.size(); ++row) {
    if (std::isnan(a[row]) || std::isnan(b[row])) continue;
    ++both;
    equal += std::fabs(a[row] - b[row]) < 1e-3 ? 1 : 0;
  }
  return both > 0 && static_cast<double>(equal) >= same_as_other_max * static_cast<double>(both);
}

// Dates that say when something happened to the row, not when a computer wrote it.
std::vector<std::size_t> own_dates(const Subject& subject, const Vocabulary& vocabulary) {
  std::vector<std::size_t> dates;
  for (const std::size_t i : with_role(subject, Role::time)) {
    if (subject.frame.columns[i].days() != nullptr && subject.columns[i].table == subject.table &&
        !any_in(words_of(subject.columns[i].name), vocabulary.bookkeeping))
      dates.push_back(i);
  }
  if (dates.size() > dates_max) dates.resize(dates_max);
  return dates;
}

std::string without_date_words(const std::string& name, const Vocabulary& vocabulary) {
  std::string text;
  for (const auto& word : words_of(name)) {
    if (vocabulary.date_words.contains(word)) continue;
    text += (text.empty() ? "" : " ") + word;
  }
  return text.empty() ? spoken(name) : text;
}

// "resolution time", "warranty period", "time from a to b".
std::string duration_name(const Subject& subject, const Duration& duration,
                          const Vocabulary& vocabulary) {
  const auto& start = subject.columns[duration.start];
  const auto& end = subject.columns[duration.end];
  for (const auto& entry : vocabulary.durations) {
    std::string rest;
    bool says = false;
    for (const auto& word : words_of(end.name)) {
      const bool known = std::ranges::find(entry.words, word) != entry.words.end();
      says = says || known;
      if (!known && !vocabulary.date_words.contains(word)) rest += (rest.empty() ? "" : " ") + word;
    }
    if (!says) continue;
    if (!entry.of.empty() && !rest.empty()) return rest + " " + entry.of;
    return entry.name;
  }
  return fmt::format("time from {} to {}", without_date_words(start.name, vocabulary),
                     without_date_words(end.name, vocabulary));
}

std::string seconds_sql(const Column& column) {
  return fmt::format("extract(epoch FROM CAST({} AS TIMESTAMP))", column.sql);
}

void add_duration(Subject& subject, Duration duration, const Vocabulary& vocabulary) {
  const auto &start = subject.columns[duration.start], &end = subject.columns[duration.end];
  const bool dates_only = subject.frame.columns[duration.start].days()->seconds.empty() &&
                          subject.frame.columns[duration.end].days()->seconds.empty();
  const bool hours = !dates_only && duration.median < hours_up_to_days;
  const int decimals = dates_only ? 0 : 4;
  Column column;
  auto named = duration_name(subject, duration, vocabulary);
  if (subject.find(named) != nullptr)
    named = fmt::format("time from {} to {}", without_date_words(start.name, vocabulary),
                        without_date_words(end.name, vocabulary));
  column.name = free_name(subject, named);
  column.label = spoken(column.name);
  column.noun = column.name;
  column.nouns = plural_of(column.name);
  column.role = Role::measure;
  column.kind = "duration";
  column.unit = hours ? "hours" : "days";
  column.table = subject.table;
  column.type = frame::Type::decimal;
  column.made_of = {start.name, end.name};
  column.why =
      fmt::format("the time from {} to {}, which is never before it", start.name, end.name);
  const double scale = hours ? 24 : 1;
  column.sql = column.exact_sql =
      fmt::format("CAST(({} - {}) / {} AS DECIMAL(18, {}))", seconds_sql(end), seconds_sql(start),
                  hours ? "3600.0" : "86400.0", decimals);
  const double power = std::pow(10, decimals);
  for (auto& days : duration.days) days = std::round(days * scale * power) / power;
  add_derived(subject, std::move(column), std::move(duration.days));
  subject.frame.columns.back().profile.decimals = decimals;
}

// ---- Events.

constexpr std::size_t status_values_max = 12;
constexpr double event_share_min = 0.01, event_share_max = 0.75;
constexpr std::int64_t event_rows_min = 5;

// -1, 0 or +1 by what the value's words say.
int polarity_of(const std::string& value, const Vocabulary& vocabulary) {
  const auto words = words_of(value);
  if (any_in(words, vocabulary.bad)) return -1;
  return any_in(words, vocabulary.good) ? 1 : 0;
}

void add_flag(Subject& subject, Column column, std::vector<double> values) {
  column.role = Role::flag;
  column.table = subject.table;
  column.type = frame::Type::integer;
  column.exact_sql = column.sql;
  column.label = spoken(column.name);
  column.noun = column.name;
  column.nouns = plural_of(column.name);
  column.name = free_name(subject, column.name);
  add_derived(subject, std::move(column), std::move(values));
}

void derive_status_events(Subject& subject, std::size_t status, const Vocabulary& vocabulary) {
  const auto coded = *subject.frame.columns[status].coded();  // a copy: columns are added below
  if (coded.values() < 3 || coded.values() > status_values_max + 1) return;
  std::vector<std::int64_t> rows(coded.values());
  for (std::size_t row = 0; row < subject.frame.rows; ++row) ++rows[coded.codes[row]];
  const double known = static_cast<double>(subject.frame.rows) - static_cast<double>(rows[0]);
  for (std::uint32_t value = 1; value < coded.values(); ++value) {
    const auto& text = coded.dictionary[value];
    const double share = static_cast<double>(rows[value]) / std::max(1.0, known);
    const int polarity = polarity_of(text, vocabulary);
    if (polarity == 0 || rows[value] < event_rows_min || share < event_share_min ||
        share > event_share_max)
      continue;
    const auto& column = subject.columns[status];
    Column flag;
    flag.name = spoken(text);
    flag.polarity = polarity;
    flag.made_of = {column.name};
    flag.sql = fmt::format("CASE WHEN {0} = {1} THEN 1 WHEN {0} IS NOT NULL THEN 0 END", column.sql,
                           sql::quote_text(text));
    flag.why = fmt::format("rows whose {} is '{}'", column.name, text);
    std::vector<double> values(subject.frame.rows);
    for (std::size_t row = 0; row < values.size(); ++row)
      values[row] = coded.codes[row] == 0 ? nothing : coded.codes[row] == value ? 1 : 0;
    add_flag(subject, std::move(flag), std::move(values));
  }
}

// How many words two names share, target words aside.
std::size_t words_shared(const std::string& a, const std::string& b) {
  const auto left = words_of(a), right = words_of(b);
  return static_cast<std::size_t>(std::ranges::count_if(left, [&](const std::string& word) {
    return std::ranges::find(right, word) != right.end();
  }));
}

// The number that a target is for: of its kind and size, the one whose name is nearest.
std::optional<std::size_t> actual_for(const Subject& subject, std::size_t target,
                                      const Vocabulary& vocabulary) {
  std::optional<std::size_t> best;
  std::size_t best_shared = 0;
  bool tied = false;
  const auto aimed = median_of(subject.numbers(target));
  for (const std::size_t i : with_role(subject, Role::measure)) {
    const auto& column = subject.columns[i];
    if (i == target || column.derived || subject.frame.columns[i].numbers() == nullptr ||
        column.kind != subject.columns[target].kind ||
        any_in(words_of(column.name), vocabulary.target))
      continue;
    const double ratio = median_of(subject.numbers(i)) / aimed;
    if (!(ratio > 0.2 && ratio < 5)) continue;
    const auto shared = words_shared(column.name, subject.columns[target].name);
    tied = best && shared == best_shared;
    if (!best || shared > best_shared) best = i, best_shared = shared;
  }
  return tied ? std::nullopt : best;
}

bool says_the_same(const std::vector<double>& flags, const std::vector<double>& other) {
  std::size_t seen = 0, equal = 0;
  for (std::size_t row = 0; row < flags.size(); ++row) {
    if (std::isnan(flags[row]) || std::isnan(other[row])) continue;
    ++seen;
    equal += (flags[row] > 0) == (other[row] > 0) ? 1 : 0;
  }
  return seen > 0 && static_cast<double>(equal) >= same_as_other_max * static_cast<double>(seen);
}

void derive_target_event(Subject& subject, std::size_t target, const Vocabulary& vocabulary) {
  const auto actual = actual_for(subject, target, vocabulary);
  if (!actual) return;
  const auto &aimed = subject.numbers(target), &reached = subject.numbers(*actual);
  std::vector<double> values(subject.frame.rows, nothing);
  std::int64_t events = 0, seen = 0;
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (std::isnan(aimed[row]) || std::isnan(reached[row])) continue;
    values[row] = reached[row] >= aimed[row] ? 1 : 0;
    ++seen;
    events += values[row] > 0 ? 1 : 0;
  }
  if (events < event_rows_min || seen - events < event_rows_min) return;
  for (const std::size_t flag : with_role(subject, Role::flag)) {
    if (subject.frame.columns[flag].numbers() == nullptr ||
        !says_the_same(values, subject.numbers(flag)))
      continue;
    subject.columns[flag].polarity = 1;
    subject.columns[flag].made_of = {subject.columns[*actual].name, subject.columns[target].name};
    subject.columns[flag].why +=
        fmt::format("; it says that {} reached {}", subject.columns[*actual].name,
                    subject.columns[target].name);
    return;
  }
  Column flag;
  flag.name = "target reached";
  flag.polarity = 1;
  flag.made_of = {subject.columns[*actual].name, subject.columns[target].name};
  flag.sql = fmt::format("CASE WHEN {0} >= {1} THEN 1 WHEN {0} < {1} THEN 0 END",
                         subject.columns[*actual].sql, subject.columns[target].sql);
  flag.why = fmt::format("{} is not below {}", subject.columns[*actual].name,
                         subject.columns[target].name);
  add_flag(subject, std::move(flag), std::move(values));
}

}  // namespace

void add_derived(Subject& subject, Column column, std::vector<double> values) {
  frame::Column data;
  data.name = column.name;
  data.type = frame::Type::decimal;
  auto& profile = data.profile;
  profile.rows = static_cast<std::int64_t>(values.size());
  bool first = true;
  for (const double value : values) {
    if (std::isnan(value)) {
      ++profile.nulls;
      continue;
    }
    profile.minimum = first ? value : std::min(profile.minimum, value);
    profile.maximum = first ? value : std::max(profile.maximum, value);
    first = false;
    profile.sum += value;
    profile.sum_of_absolute += std::fabs(value);
    profile.negatives += value < 0 ? 1 : 0;
    profile.zeros += value == 0 ? 1 : 0;
    if (std::round(value) != value) profile.whole = false;
  }
  profile.distinct = 2;
  profile.distinct_is_lower_bound = true;
  data.data = frame::Numbers{std::move(values)};
  column.derived = true;
  subject.columns.push_back(std::move(column));
  subject.frame.columns.push_back(std::move(data));
  for (auto& row : subject.determines) row.push_back(false);
  if (!subject.determines.empty()) subject.determines.emplace_back(subject.columns.size(), false);
}

void derive_money(Subject& subject) {
  std::optional<std::size_t> quantity, price;
  for (const std::size_t i : with_role(subject, Role::measure)) {
    if (subject.columns[i].kind == "quantity" && !quantity) quantity = i;
    if (subject.columns[i].kind == "price" && !price) price = i;
  }
  subject.quantity = quantity;
  subject.price = price;
  if (subject.money || !quantity || !price) return;
  const auto& counts = subject.numbers(*quantity);
  const auto& prices = subject.numbers(*price);
  std::vector<double> amounts(counts.size());
  for (std::size_t row = 0; row < amounts.size(); ++row) amounts[row] = counts[row] * prices[row];
  Column column;
  column.name = "sales value";
  column.label = "sales";
  column.noun = "sale";
  column.nouns = "sales";
  column.role = Role::measure;
  column.kind = "money";
  column.additive = column.money = true;
  column.unit = subject.columns[*price].unit;
  column.table = subject.table;
  column.made_of = {subject.columns[*quantity].name, subject.columns[*price].name};
  column.sql = fmt::format("{} * {}", subject.columns[*quantity].sql, subject.columns[*price].sql);
  column.why = fmt::format("{} times {}: the table has no amount of its own",
                           subject.columns[*quantity].name, subject.columns[*price].name);
  const int decimals = subject.frame.columns[*price].profile.decimals +
                       subject.frame.columns[*quantity].profile.decimals;
  subject.money = subject.columns.size();
  add_derived(subject, std::move(column), std::move(amounts));
  subject.frame.columns.back().profile.decimals = std::min(decimals, 8);
}

void derive_durations(Subject& subject, const Vocabulary& vocabulary) {
  const auto dates = own_dates(subject, vocabulary);
  std::vector<Duration> found;
  for (const std::size_t start : dates) {
    for (const std::size_t end : dates) {
      if (start == end) continue;
      auto one = duration_between(subject, start, end);
      if (!one) continue;
      const bool known = std::ranges::any_of(
          found, [&](const Duration& other) { return nearly_equal(other.days, one->days); });
      if (!known) found.push_back(*std::move(one));
    }
  }
  // The whole before its parts: from the first date.
  std::ranges::stable_sort(
      found, [](const Duration& a, const Duration& b) { return a.median > b.median; });
  if (found.size() > durations_max) found.resize(durations_max);
  for (auto& duration : found) add_duration(subject, std::move(duration), vocabulary);
}

void derive_events(Subject& subject, const Vocabulary& vocabulary) {
  const std::size_t width = subject.columns.size();
  for (std::size_t i = 0; i < width; ++i) {
    const auto& column = subject.columns[i];  // until columns are added
    const bool is_status = column.role == Role::dimension && column.kind == "status" &&
                           subject.is_coded(i) && column.table == subject.table;
    const bool is_target = column.role == Role::measure && !column.derived &&
                           subject.frame.columns[i].numbers() != nullptr &&
                           any_in(words_of(column.name), vocabulary.target);
    if (is_status) derive_status_events(subject, i, vocabulary);
    if (is_target) derive_target_event(subject, i, vocabulary);
  }
}

}  // namespace insights::catalog
