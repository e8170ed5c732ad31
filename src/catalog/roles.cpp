#include "catalog/roles.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "catalog/column_roles.h"
#include "catalog/corrections.h"
#include "catalog/currency.h"
#include "catalog/derive.h"
#include "catalog/naming.h"
#include "catalog/structure.h"

namespace insights::catalog {

namespace {

using frame::Frame;

std::vector<std::size_t> with_role(const Subject& subject, Role role) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < subject.columns.size(); ++i) {
    if (subject.columns[i].role == role) found.push_back(i);
  }
  return found;
}

// Whole numbers and flags are doubles after the load; things to group by need codes, flags need 0
// and 1.
void give_codes(Subject& subject, const Vocabulary& vocabulary) {
  for (std::size_t i = 0; i < subject.columns.size(); ++i) {
    auto& column = subject.columns[i];
    auto& data = subject.frame.columns[i];
    const bool grouped = column.role == Role::entity || column.role == Role::dimension;
    if (const auto* numbers = data.numbers(); numbers != nullptr && grouped) {
      if (auto coded = frame::encode(*numbers, 2'000'000)) {
        data.data = *std::move(coded);
      } else {
        column.role = Role::identifier;
        column.why = "too many different numbers to group by";
      }
    } else if (const auto* coded_texts = data.coded();
               coded_texts != nullptr && column.role == Role::flag) {
      frame::Numbers flags;
      flags.values.reserve(subject.frame.rows);
      std::array<double, 3> value{std::nan(""), 0, 0};
      std::string yes_text;
      for (std::size_t code = 1; code < 3; ++code) {
        std::string text = coded_texts->dictionary[code];
        std::ranges::transform(text, text.begin(),
                               [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        if (vocabulary.yes.contains(text)) {
          value[code] = 1;
          yes_text = coded_texts->dictionary[code];
        }
      }
      for (std::size_t row = 0; row < subject.frame.rows; ++row)
        flags.values.push_back(value[coded_texts->codes[row]]);
      column.sql = fmt::format("CASE WHEN {0} = {1} THEN 1 WHEN {0} IS NOT NULL THEN 0 END",
                               column.sql, sql::quote_text(yes_text));
      data.data = std::move(flags);
    }
  }
}

void choose_time(Subject& subject, const Vocabulary& vocabulary) {
  double best = -1e300;
  for (const std::size_t i : with_role(subject, Role::time)) {
    const auto& profile = subject.frame.columns[i].profile;
    if (profile.rows == profile.nulls) continue;
    const auto words = words_of(subject.columns[i].name);
    double score = -10.0 * static_cast<double>(profile.nulls) / static_cast<double>(profile.rows);
    score += static_cast<double>(std::min<std::int64_t>(profile.distinct, 1000)) / 1000.0;
    for (const auto& word : words) {
      if (vocabulary.time_preferred.contains(word)) score += 2;
      if (vocabulary.time_avoided.contains(word)) score -= 1;
      if (vocabulary.bookkeeping.contains(word)) score -= 2;
    }
    score -= 0.01 * static_cast<double>(i);
    if (score > best) {
      best = score;
      subject.time = i;
    }
  }
  if (!subject.time) return;
  const auto& profile = subject.frame.columns[*subject.time].profile;
  subject.first_day = base::Day{static_cast<std::int32_t>(profile.minimum)};
  subject.last_day = base::Day{static_cast<std::int32_t>(profile.maximum)};
  subject.columns[*subject.time].why += ", and the best of them to say when a row happened";
}

// Codes whose values each go with one name: the name column becomes the label of the code column.
void pair_labels(Subject& subject, const Vocabulary& vocabulary) {
  for (std::size_t label = 0; label < subject.columns.size(); ++label) {
    auto& named = subject.columns[label];
    const auto words = words_of(named.name);
    const bool says_label = !words.empty() && vocabulary.label.contains(words.back());
    if (!subject.is_coded(label) || subject.frame.columns[label].type != frame::Type::text ||
        !says_label)
      continue;
    if (named.from_metadata && named.role != Role::label) continue;
    std::optional<std::size_t> best;
    double best_agreement = 0.9;
    for (std::size_t code = 0; code < subject.columns.size(); ++code) {
      const auto& column = subject.columns[code];
      if (code == label || !subject.is_coded(code) || column.role != Role::entity ||
          !column.label_column.empty())
        continue;
      const bool same_kind = column.kind == named.kind && !column.kind.empty();
      if (!same_kind && words.size() > 1) continue;
      const double agreement = label_agreement(*subject.frame.columns[code].coded(),
                                               *subject.frame.columns[label].coded());
      const auto& profile = subject.frame.columns[code].profile;
      const bool repeats = profile.distinct * 3 <= (profile.rows - profile.nulls) * 2;
      // In a table with a row a customer nothing repeats, and agreement is no news: names decide.
      const bool names_it =
          (repeats || same_kind) && subject.frame.columns[label].profile.distinct * 10 >=
                                        subject.frame.columns[code].profile.distinct * 5;
      if (names_it && agreement > best_agreement) {
        best_agreement = agreement;
        best = code;
      }
    }
    if (!best) continue;
    subject.columns[*best].label_column = named.name;
    named.role = Role::label;
    named.why = fmt::format("names the values of {}", subject.columns[*best].name);
  }
}

std::string exact_sql_of(const Column& column, const frame::Profile& profile,
                         sql::Dialect dialect) {
  const bool exact_type =
      column.type == frame::Type::integer || column.engine_type.starts_with("DECIMAL") ||
      column.engine_type.starts_with("numeric") || column.engine_type == "money";
  if (exact_type && !column.derived && profile.non_finite == 0) return column.sql;
  const double largest = std::max(std::fabs(profile.minimum), std::fabs(profile.maximum));
  if (largest > 1e25) return column.sql;
  const int places = std::clamp(profile.decimals, 0, largest > 1e15 ? 4 : 8);
  const auto finite =
      profile.non_finite == 0 ? column.sql
      : dialect == sql::Dialect::duckdb
          ? fmt::format("CASE WHEN isfinite({0}) THEN {0} END", column.sql)
          : fmt::format("CASE WHEN {0} NOT IN ('NaN', 'Infinity', '-Infinity') THEN {0} END",
                        column.sql);
  if (exact_type && !column.derived) return finite;
  // 18 digits fit into a machine word, which is the quicker to add up; three of them are spare.
  constexpr int digits_of_a_word = 18, digits_spare = 3;
  const bool small = largest < std::pow(10.0, digits_of_a_word - digits_spare - places);
  return fmt::format("CAST({} AS DECIMAL({}, {}))", finite, small ? digits_of_a_word : 38, places);
}

// A compensated sum is off by two units in the last place of the sum of the amounts (Kahan 1965;
// Higham 2002, Accuracy and Stability of Numerical Algorithms, 4.3), and so are the amounts from
// the decimals that they stand for. Where that is far from half a unit of the last decimal,
// rounding gives the exact sum, in whatever order the rows came.
std::optional<int> sum_decimals_of(const Column& column, const frame::Profile& profile,
                                   sql::Dialect dialect) {
  constexpr int decimals_max = 8;
  constexpr double far = 20;
  if (dialect != sql::Dialect::duckdb || column.engine_type != "DOUBLE" || column.derived ||
      profile.non_finite > 0 || profile.decimals > decimals_max)
    return std::nullopt;
  const double off = 4 * std::numeric_limits<double>::epsilon() * profile.sum_of_absolute;
  if (far * off > 0.5 * std::pow(10.0, -profile.decimals)) return std::nullopt;
  return profile.decimals;
}

// What the scan took for nothing, a query must not see either.
std::string within_calendar(const std::string& sql) {
  return fmt::format("CASE WHEN {0} >= DATE '0001-01-01' AND {0} < DATE '10000-01-01' THEN {0} END",
                     sql);
}

// The table's rows under its name, so that its columns can be told from those of others.
std::string from_sql_of(const source::Table& table) {
  const auto relation = source::relation_sql(table), name = sql::quote_identifier(table.name);
  return relation.ends_with(name) ? relation : relation + " AS " + name;
}

std::vector<std::size_t> money_candidates(const Subject& subject) {
  std::vector<std::size_t> candidates;
  for (const std::size_t i : with_role(subject, Role::measure)) {
    const auto& column = subject.columns[i];
    const bool other_kind = column.kind == "margin" || column.kind == "cost" ||
                            column.kind == "deduction" || column.kind == "price" ||
                            column.kind == "quantity" || column.kind == "ratio" ||
                            column.kind == "duration";
    const auto& profile = subject.frame.columns[i].profile;
    if (!other_kind && profile.sum_of_absolute > 0) candidates.push_back(i);
  }
  return candidates;
}

void find_money(Subject& subject) {
  const auto chain = find_chain(subject.frame, money_candidates(subject));
  if (chain.size() >= 2) {
    subject.chain = MoneyChain{chain};
    for (const std::size_t i : chain) {
      auto& column = subject.columns[i];
      if (!column.from_metadata)
        column.why = "a step of a chain of amounts, each a little below the one before";
      if (column.kind == "other") column.kind = "money";
      column.money = column.additive = true;
    }
    subject.money = chain.back();
    return;
  }
  double best = -1;
  for (const std::size_t i : with_role(subject, Role::measure)) {
    const auto& column = subject.columns[i];
    if (!column.money || !column.additive) continue;
    const double size = std::log1p(subject.frame.columns[i].profile.sum_of_absolute);
    const double score = (column.kind == "money" ? 1000 : column.kind == "margin" ? 500 : 0) + size;
    if (score > best) {
      best = score;
      subject.money = i;
    }
  }
}

// total = quantity * price tells three columns at once.
void read_products(Subject& subject) {
  for (const auto& identity : subject.identities) {
    if (identity.operation != Identity::Operation::product) continue;
    auto& left = subject.columns[identity.left];
    auto& right = subject.columns[identity.right];
    const bool left_is_quantity =
        left.kind == "quantity" || (right.kind == "price" && right.kind != left.kind);
    const bool right_is_quantity =
        right.kind == "quantity" || (left.kind == "price" && left.kind != right.kind);
    if (left_is_quantity == right_is_quantity) continue;
    auto& quantity = left_is_quantity ? left : right;
    auto& price = left_is_quantity ? right : left;
    auto& total = subject.columns[identity.total];
    if (quantity.from_metadata || price.from_metadata || total.kind == "ratio") continue;
    quantity.kind = "quantity";
    quantity.additive = true;
    price.kind = "price";
    price.additive = false;
    price.money = total.money = total.additive = true;
    if (total.kind == "other") total.kind = "money";
    total.why = fmt::format("equals {} times {} on nearly every row", quantity.name, price.name);
    price.why = fmt::format("times {} gives {}", quantity.name, total.name);
  }
}

// total = left - right with two of the three known to be money makes the third money too.
void spread_money(Subject& subject) {
  for (const auto& identity : subject.identities) {
    if (identity.operation != Identity::Operation::difference) continue;
    const std::array<std::size_t, 3> parts{identity.total, identity.left, identity.right};
    const auto known =
        std::ranges::count_if(parts, [&](std::size_t i) { return subject.columns[i].money; });
    if (known == 0 || known == 3) continue;
    for (const std::size_t i : parts) {
      auto& column = subject.columns[i];
      if (column.money || column.from_metadata || column.role != Role::measure) continue;
      column.money = column.additive = true;
      column.kind = i == identity.right ? "cost" : i == identity.total ? "margin" : "money";
      column.why =
          fmt::format("{} = {} - {} on nearly every row", subject.columns[identity.total].name,
                      subject.columns[identity.left].name, subject.columns[identity.right].name);
    }
  }
}

void find_returns(Subject& subject) {
  auto marker = told_return_marker(subject);
  const auto size = subject.quantity ? subject.quantity : subject.money;
  if (!size || subject.frame.columns[*size].numbers() == nullptr) return;
  const bool told = marker.has_value();
  if (!told) {
    std::vector<std::size_t> coded;
    for (std::size_t i = 0; i < subject.columns.size(); ++i) {
      const auto role = subject.columns[i].role;
      if (subject.is_coded(i) && role != Role::text && role != Role::label) coded.push_back(i);
    }
    marker = find_return_marker(subject.frame, *size, coded);
  }
  if (!marker) return;
  auto& told_by = subject.columns[marker->column];
  ReturnMarker returns;
  returns.size_column = *size;
  if (marker->by_sign) {
    returns.sql = fmt::format("{} < 0", told_by.sql);
    returns.how = fmt::format("{} is below zero", told_by.name);
  } else if (marker->prefix) {
    returns.sql = fmt::format("{} LIKE {}", told_by.sql, sql::quote_text(marker->value + "%"));
    returns.how = fmt::format("{} begins with {}", told_by.name, marker->value);
  } else {
    told_by.return_value = marker->value;
    returns.sql = fmt::format("{} = {}", told_by.sql, sql::quote_text(marker->value));
    returns.how = fmt::format("{} is '{}'", told_by.name, marker->value);
    told_by.why +=
        told ? fmt::format("; the metadata says that '{}' marks a return", marker->value)
             : fmt::format("; '{}' marks a return: {} is below zero there and nowhere else",
                           marker->value, subject.columns[*size].name);
  }
  Column column;
  column.name = "returned";
  while (subject.find(column.name) != nullptr) column.name += " line";
  column.label = "returned";
  column.noun = "return";
  column.nouns = "returns";
  column.role = Role::flag;
  column.polarity = -1;
  column.table = subject.table;
  column.sql = column.exact_sql = fmt::format("CASE WHEN {} THEN 1 ELSE 0 END", returns.sql);
  column.why = fmt::format("a row takes sales back when {}", returns.how);
  returns.flag_column = subject.columns.size();
  add_derived(subject, std::move(column), std::move(marker->flags));
  subject.returns = std::move(returns);
}

void choose_currency(Subject& subject) {
  if (subject.money) subject.currency = subject.columns[*subject.money].unit;
  for (const auto& column : subject.columns) {
    if (!subject.currency.empty()) break;
    if (column.money) subject.currency = column.unit;
    for (const auto& word : words_of(column.name)) {
      if (column.role == Role::measure && subject.currency.empty())
        subject.currency = currency_of(word);
    }
  }
  if (const auto told = currency_column(subject); told && told->values == 1 && subject.money) {
    if (subject.currency.empty()) subject.currency = currency_of(told->main);
  }
  for (auto& column : subject.columns) {
    if (column.money && column.unit.empty()) column.unit = subject.currency;
  }
}

}  // namespace

std::string currency_of(std::string_view unit) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 12> symbols{
      {{"₹", "INR"},
       {"rs", "INR"},
       {"$", "USD"},
       {"us$", "USD"},
       {"€", "EUR"},
       {"£", "GBP"},
       {"¥", "JPY"},
       {"rupees", "INR"},
       {"dollars", "USD"},
       {"euros", "EUR"},
       {"pounds", "GBP"},
       {"yen", "JPY"}}};
  static constexpr std::array<std::string_view, 28> codes{
      "INR", "USD", "EUR", "GBP", "JPY", "CNY", "CHF", "CAD", "AUD", "NZD",
      "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "TRY", "BRL", "MXN", "ZAR",
      "SGD", "HKD", "KRW", "THB", "IDR", "MYR", "AED", "SAR"};
  std::string upper(unit), lower(unit);
  std::ranges::transform(upper, upper.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (std::ranges::find(codes, upper) != codes.end()) return upper;
  for (const auto& [symbol, code] : symbols) {
    if (lower == symbol) return std::string(code);
  }
  return "";
}

Subject understand(const source::Table& table, Frame frame, const Vocabulary& vocabulary,
                   const TableMetadata& metadata) {
  Subject subject;
  subject.table = table.name;
  subject.origin = table.origin;
  subject.relation_sql = source::relation_sql(table);
  subject.from_sql = from_sql_of(table);
  subject.foreign_keys = table.foreign_keys;
  subject.frame = std::move(frame);
  for (std::size_t i = 0; i < subject.frame.columns.size(); ++i) {
    auto column = column_role(subject.frame.columns[i], subject.frame.rows, vocabulary);
    column.table = table.name;
    column.sql = column.read_sql = source::column_sql(table.columns[i]);
    if (const auto odd = subject.frame.columns[i].profile.odd_times; odd > 0) {
      column.sql = within_calendar(column.sql);
      subject.notes.push_back(fmt::format(
          "table {}, column {}: {} dates outside of the years 1 to 9999 were taken for none",
          table.name, column.name, odd));
    }
    if (column.type == frame::Type::boolean)
      column.sql = fmt::format("CAST({} AS INTEGER)", column.sql);
    column.description = table.columns[i].comment;
    subject.columns.push_back(std::move(column));
  }
  apply_metadata(subject, metadata, vocabulary);
  give_codes(subject, vocabulary);
  choose_time(subject, vocabulary);
  pair_labels(subject, vocabulary);

  subject.identities = find_identities(subject.frame, with_role(subject, Role::measure));
  read_products(subject);
  find_money(subject);
  spread_money(subject);
  derive_money(subject);
  find_returns(subject);
  choose_currency(subject);
  derive_events(subject, vocabulary);

  std::vector<std::size_t> grouped = subject.coded_with_role(Role::entity);
  for (const std::size_t i : subject.coded_with_role(Role::dimension)) grouped.push_back(i);
  std::ranges::sort(grouped);
  subject.determines = functional_dependencies(subject.frame, grouped);

  for (std::size_t i = 0; i < subject.columns.size(); ++i) {
    auto& column = subject.columns[i];
    if (column.exact_sql.empty()) {
      const auto& profile = subject.frame.columns[i].profile;
      column.exact_sql = exact_sql_of(column, profile, table.dialect);
      column.sum_decimals = sum_decimals_of(column, profile, table.dialect);
    }
  }
  name_for_people(subject, vocabulary);
  return subject;
}

}  // namespace insights::catalog
