#include "catalog/star.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

#include "catalog/structure.h"

namespace insights::catalog {

namespace {

constexpr std::int64_t rows_named_min = 10;
constexpr double matched_min = 0.9;  // share of referring rows that find a partner

// Texts of a column's values by row, whatever its storage; empty when it cannot be a key.
std::vector<std::string> key_texts(const frame::Column& column) {
  std::vector<std::string> texts;
  if (const auto* coded = column.coded()) {
    texts.reserve(coded->codes.size());
    for (std::size_t row = 0; row < coded->codes.size(); ++row)
      texts.push_back(coded->dictionary[coded->codes[row]]);
  } else if (const auto* numbers = column.numbers(); numbers != nullptr && column.profile.whole) {
    texts.reserve(numbers->values.size());
    for (const double value : numbers->values)
      texts.push_back(value == value ? frame::number_text(value) : std::string());
  }
  return texts;
}

bool is_unique_key(const Subject& subject, std::size_t column) {
  const auto& profile = subject.frame.columns[column].profile;
  return !subject.columns[column].derived && profile.nulls == 0 &&
         !profile.distinct_is_lower_bound && profile.distinct == profile.rows && profile.rows > 0 &&
         (subject.frame.columns[column].coded() != nullptr ||
          (subject.frame.columns[column].numbers() != nullptr && profile.whole));
}

// Texts of many values, nearly all without a digit: names, which need no other name. "C10024" does.
bool speaks_for_itself(const frame::Column& column) {
  constexpr std::int64_t values_min = 20;
  constexpr double length_min = 5;
  if (column.type != frame::Type::text || column.profile.distinct < values_min ||
      column.profile.text_length_mean < length_min || column.coded() == nullptr)
    return false;
  const auto& dictionary = column.coded()->dictionary;
  const auto with_digit = std::ranges::count_if(dictionary, [](const std::string& text) {
    return text.find_first_of("0123456789") != std::string::npos;
  });
  return with_digit * 10 < std::ssize(dictionary);
}

// "customer_id" refers to customer_id of any table, and to id of table customers.
bool names_refer(const Column& from, const Subject& to, const Column& key) {
  const auto a = words_of(from.name), b = words_of(key.name), table = words_of(to.table);
  if (a == b && a.size() > 1) return true;
  if (a.empty()) return false;
  auto with_table = table;
  with_table.insert(with_table.end(), b.begin(), b.end());
  if (a == with_table) return true;
  const bool starts_with_table = !table.empty() && a.size() == table.size() + 1 &&
                                 std::equal(table.begin(), table.end(), a.begin());
  if (starts_with_table) return true;
  // "customerid" in both tables, or the one word that names the table.
  return (a == b && !b.empty() && !table.empty() && b.front().starts_with(table.front())) ||
         (a == table && b.size() <= 2);
}

// Long texts that a thing is called by, in both: names of people or products. Whether they are the
// same ones is for the values to say, nearly all of them.
constexpr double named_matched_min = 0.98;
constexpr std::int64_t named_values_min = 10;
constexpr double named_length_min = 6;

bool may_name_the_same(const Subject& from, std::size_t column, const Subject& to,
                       std::size_t key) {
  const auto is_name = [](const Subject& subject, std::size_t i) {
    const auto& profile = subject.frame.columns[i].profile;
    return subject.columns[i].type == frame::Type::text && subject.is_coded(i) &&
           profile.distinct >= named_values_min && profile.text_length_mean >= named_length_min;
  };
  return from.columns[column].role == Role::entity && is_name(from, column) && is_name(to, key);
}

struct Reference {
  std::size_t from_table, from_column, to_table, to_column;
  double matched;
  std::vector<std::int64_t> partner;  // [row of from] row of to, or -1
  bool declared = false;
};

// A key of the database is believed with fewer partners than names alone are: rows of the other
// table may have been left out.
constexpr double declared_matched_min = 0.5;

std::optional<Reference> reference(const std::vector<Subject>& subjects, std::size_t from,
                                   std::size_t column, std::size_t to, std::size_t key) {
  const auto keys = key_texts(subjects[to].frame.columns[key]);
  const auto values = key_texts(subjects[from].frame.columns[column]);
  if (keys.empty() || values.empty()) return std::nullopt;
  std::unordered_map<std::string_view, std::int64_t> row_of;
  for (std::size_t row = 0; row < keys.size(); ++row)
    row_of.emplace(keys[row], static_cast<std::int64_t>(row));
  Reference found{from, column, to, key, 0, {}, false};
  std::int64_t matched = 0, present = 0;
  for (const auto& value : values) {
    const auto place = value.empty() ? row_of.end() : row_of.find(value);
    found.partner.push_back(place == row_of.end() ? -1 : place->second);
    present += value.empty() ? 0 : 1;
    matched += place == row_of.end() ? 0 : 1;
  }
  found.matched = present == 0 ? 0 : static_cast<double>(matched) / static_cast<double>(present);
  return found;
}

// Foreign keys of one column, to a column that holds each value once.
std::vector<Reference> declared_references(const std::vector<Subject>& subjects) {
  std::vector<Reference> found;
  for (std::size_t from = 0; from < subjects.size(); ++from) {
    for (const auto& key : subjects[from].foreign_keys) {
      const auto to = static_cast<std::size_t>(
          std::ranges::find(subjects, key.table, &Subject::table) - subjects.begin());
      if (to == subjects.size() || to == from || key.columns.size() != 1) continue;
      const auto column = subjects[from].index_of(key.columns.front());
      const auto to_column = subjects[to].index_of(key.to_columns.front());
      if (!column || !to_column || !is_unique_key(subjects[to], *to_column)) continue;
      auto one = reference(subjects, from, *column, to, *to_column);
      if (!one || one->matched < declared_matched_min) continue;
      one->declared = true;
      found.push_back(*std::move(one));
    }
  }
  return found;
}

bool is_declared(const std::vector<Reference>& found, std::size_t from, std::size_t column) {
  return std::ranges::any_of(found, [&](const Reference& one) {
    return one.declared && one.from_table == from && one.from_column == column;
  });
}

// What the database declares first; what names and values tell for the other columns.
std::vector<Reference> find_references(const std::vector<Subject>& subjects) {
  auto found = declared_references(subjects);
  for (std::size_t to = 0; to < subjects.size(); ++to) {
    for (std::size_t key = 0; key < subjects[to].columns.size(); ++key) {
      if (!is_unique_key(subjects[to], key)) continue;
      for (std::size_t from = 0; from < subjects.size(); ++from) {
        if (from == to || subjects[from].frame.rows < subjects[to].frame.rows) continue;
        for (std::size_t column = 0; column < subjects[from].columns.size(); ++column) {
          const auto& candidate = subjects[from].columns[column];
          if (is_declared(found, from, column)) continue;
          const bool named = names_refer(candidate, subjects[to], subjects[to].columns[key]);
          if (candidate.derived ||
              !(named || may_name_the_same(subjects[from], column, subjects[to], key)))
            continue;
          if (is_unique_key(subjects[from], column) &&
              subjects[from].frame.rows == subjects[to].frame.rows)
            continue;
          auto one = reference(subjects, from, column, to, key);
          if (one && one->matched >= (named ? matched_min : named_matched_min))
            found.push_back(*std::move(one));
        }
      }
    }
  }
  return found;
}

// The column of the table referred to, spread over the rows that refer.
frame::Column spread(const frame::Column& column, const std::vector<std::int64_t>& partner) {
  frame::Column wide;
  wide.name = column.name;
  wide.engine_type = column.engine_type;
  wide.type = column.type;
  wide.profile = column.profile;
  wide.profile.rows = static_cast<std::int64_t>(partner.size());
  wide.profile.nulls = 0;
  const auto at = [](std::int64_t row) { return static_cast<std::size_t>(row); };
  if (const auto* coded = column.coded()) {
    frame::Coded result;
    result.dictionary = coded->dictionary;
    result.codes.reserve(partner.size());
    std::vector<std::uint32_t> codes;
    codes.reserve(partner.size());
    for (const auto row : partner) codes.push_back(row < 0 ? 0 : coded->codes[at(row)]);
    wide.profile.nulls = std::ranges::count(codes, 0U);
    result.codes.append(codes.data(), codes.size(),
                        static_cast<std::uint32_t>(coded->dictionary.size() - 1));
    wide.data = std::move(result);
  } else if (const auto* numbers = column.numbers()) {
    frame::Numbers result;
    for (const auto row : partner)
      result.values.push_back(row < 0 ? std::numeric_limits<double>::quiet_NaN()
                                      : numbers->values[at(row)]);
    wide.profile.nulls =
        std::ranges::count_if(result.values, [](double value) { return value != value; });
    wide.data = std::move(result);
  } else if (const auto* days = column.days()) {
    frame::Days result;
    for (const auto row : partner)
      result.days.push_back(row < 0 ? frame::no_day : days->days[at(row)]);
    if (!days->seconds.empty()) {
      for (const auto row : partner) result.seconds.push_back(row < 0 ? 0 : days->seconds[at(row)]);
    }
    wide.profile.nulls = std::ranges::count(result.days, frame::no_day);
    wide.data = std::move(result);
  } else {
    wide.data = frame::Dropped{};
  }
  return wide;
}

void replace_all(std::string& text, const std::string& part, const std::string& by) {
  std::size_t at = 0;
  while ((at = text.find(part, at)) != std::string::npos) {
    text.replace(at, part.size(), by);
    at += by.size();
  }
}

// SQL of one table, in which its columns stand bare, under the alias that the table is joined by.
std::string under(const std::string& alias, std::string text, const Column& column) {
  const auto plain = sql::quote_identifier(column.name);
  replace_all(text, plain, alias + "." + plain);
  return text;
}

void qualify(Subject& subject) {
  const std::string alias = sql::quote_identifier(subject.table);
  for (auto& column : subject.columns) {
    if (column.derived) continue;
    const auto plain = sql::quote_identifier(column.name);
    const auto full = alias + "." + plain;
    const auto replace = [&](std::string& text) { replace_all(text, plain, full); };
    replace(column.read_sql);
    for (auto& other : subject.columns) {
      if (other.derived || &other == &column) {
        replace(other.sql);
        replace(other.exact_sql);
      }
    }
    if (subject.returns) replace(subject.returns->sql);
  }
}

std::string unique_name(const Subject& subject, const std::string& table, const std::string& name) {
  if (subject.find(name) == nullptr) return name;
  return table + "." + name;
}

// Nearly empty, or what the table that refers says itself in a column of that name.
bool says_nothing_new(const Subject& subject, const Subject& to, std::size_t column,
                      const Reference& link) {
  const auto& profile = to.frame.columns[column].profile;
  if (profile.nulls * 10 > profile.rows * 8) return true;
  const auto own = subject.index_of(to.columns[column].name);
  if (!own || !subject.is_coded(*own) || to.frame.columns[column].coded() == nullptr) return false;
  const auto &mine = subject.codes(*own), &theirs = *to.frame.columns[column].coded();
  std::size_t both = 0, equal = 0;
  for (std::size_t row = 0; row < link.partner.size(); ++row) {
    if (link.partner[row] < 0) continue;
    const auto code = theirs.codes[static_cast<std::size_t>(link.partner[row])];
    if (mine.codes[row] == 0 || code == 0) continue;
    ++both;
    equal += mine.dictionary[mine.codes[row]] == theirs.dictionary[code] ? 1 : 0;
  }
  return both > 0 && equal * 10 >= both * 9;
}

// The column by which people call the rows of `to`; nothing when its key is all there is. A text
// that is another in every row of a list of some length is one, if nothing better is.
std::optional<std::size_t> label_of(const Subject& to, std::size_t key) {
  std::optional<std::size_t> label;
  for (std::size_t i = 0; i < to.columns.size(); ++i) {
    const auto& candidate = to.columns[i];
    const auto& profile = to.frame.columns[i].profile;
    const bool tells_apart = profile.distinct * 2 >= profile.rows;
    const bool in_every_row = profile.distinct == profile.rows && profile.rows >= rows_named_min;
    const bool named = candidate.role == Role::label ||
                       (tells_apart && candidate.type == frame::Type::text &&
                        words_of(candidate.name).size() <= 2 &&
                        (candidate.role == Role::entity || candidate.role == Role::identifier ||
                         (candidate.role == Role::dimension && in_every_row)));
    if (i == key || !named || to.frame.columns[i].coded() == nullptr) continue;
    const auto best = label ? to.columns[*label].role : Role::dimension;
    if (!label || candidate.role == Role::label ||
        (best == Role::dimension && candidate.role != Role::dimension))
      label = i;
  }
  return label;
}

// A number and a text that hold the same are compared as texts.
std::string condition_of(const Column& from, const std::string& alias, const Column& to) {
  const auto text_of = [](const std::string& sql, const Column& own, const Column& other) {
    const bool cast = own.type != frame::Type::text && other.type == frame::Type::text;
    return cast ? fmt::format("CAST({} AS VARCHAR)", sql) : sql;
  };
  return fmt::format("{} = {}", text_of(from.read_sql, from, to),
                     text_of(under(alias, to.read_sql, to), to, from));
}

// Adds the columns of `to` that a grouping or a sentence can use. Not its measures and flags: a
// number of a customer is counted once a customer, not once a sale.
void attach(Subject& subject, const Subject& to, const Reference& link, std::size_t number) {
  const std::string alias = fmt::format("{}_{}", to.table, number);
  const std::string quoted = sql::quote_identifier(alias);
  subject.from_sql += fmt::format(
      " LEFT JOIN {} AS {} ON {}", to.relation_sql, quoted,
      condition_of(subject.columns[link.from_column], quoted, to.columns[link.to_column]));
  const auto label = label_of(to, link.to_column);
  for (std::size_t i = 0; i < to.columns.size(); ++i) {
    const auto& original = to.columns[i];
    const bool owned = (original.role == Role::measure || original.role == Role::time) &&
                       !std::holds_alternative<frame::Coded>(to.frame.columns[i].data);
    const bool useful = original.role == Role::entity || original.role == Role::dimension ||
                        original.role == Role::label || i == label || owned;
    if (i == link.to_column || original.derived || !useful ||
        says_nothing_new(subject, to, i, link))
      continue;
    auto column = original;
    column.name = unique_name(subject, to.table, original.name);
    column.sql = under(quoted, original.sql, original);
    column.read_sql = under(quoted, original.read_sql, original);
    column.exact_sql = under(quoted, original.exact_sql, original);
    if (owned) {
      column.role = Role::unused;
      column.additive = false;
      subject.owned.push_back({subject.columns.size(), link.from_column});
    }
    column.why +=
        fmt::format("; joined from {} by {}", to.table, subject.columns[link.from_column].name);
    subject.columns.push_back(std::move(column));
    subject.frame.columns.push_back(spread(to.frame.columns[i], link.partner));
    subject.frame.columns.back().name = subject.columns.back().name;
  }
}

// The column that refers becomes an entity named by the label of the table it refers to.
void name_reference(Subject& subject, std::size_t column, const Subject& to,
                    std::size_t to_column) {
  auto& key = subject.columns[column];
  if (key.role == Role::measure || key.role == Role::identifier || key.role == Role::dimension) {
    if (const auto* numbers = subject.frame.columns[column].numbers()) {
      if (auto coded = frame::encode(*numbers, 2'000'000))
        subject.frame.columns[column].data = *std::move(coded);
    }
    if (subject.frame.columns[column].coded() != nullptr) {
      key.role = Role::entity;
      key.why = fmt::format("refers to a row of {}", to.table);
    }
  }
  if (!key.label_column.empty()) return;
  const auto found = label_of(to, to_column);
  if (!found) return;
  const auto* label = &to.columns[*found];
  // A key that speaks for itself needs no other name than one that was declared to be its name.
  if (label->role != Role::label && speaks_for_itself(subject.frame.columns[column])) return;
  const std::string name =
      subject.find(label->name) != nullptr && subject.find(label->name)->table == to.table
          ? label->name
          : to.table + "." + label->name;
  if (const auto index = subject.index_of(name)) {
    subject.columns[*index].role = Role::label;
    key.label_column = name;
  }
}

}  // namespace

std::vector<Subject> join_stars(std::vector<Subject> subjects) {
  if (subjects.size() < 2) return subjects;
  const auto references = find_references(subjects);
  std::vector<bool> referred(subjects.size(), false);
  std::vector<Subject> originals = subjects;
  std::vector<std::vector<const Reference*>> links(subjects.size());
  for (const auto& link : references) links[link.from_table].push_back(&link);
  for (std::size_t from = 0; from < subjects.size(); ++from) {
    if (links[from].empty()) continue;
    auto& subject = subjects[from];
    qualify(subject);
    std::size_t number = 1;
    std::vector<bool> used(subject.columns.size(), false);
    for (const auto* link : links[from]) {
      if (used[link->from_column]) continue;
      used[link->from_column] = true;
      const auto& to = originals[link->to_table];
      attach(subject, to, *link, number++);
      name_reference(subject, link->from_column, to, link->to_column);
      subject.joins.push_back({subject.columns[link->from_column].name, to.table,
                               to.columns[link->to_column].name, link->declared, link->matched});
      subject.notes.push_back(
          fmt::format("{}.{} {} {}.{} ({}; {:.1f} % of the rows find a partner)", subject.table,
                      subject.columns[link->from_column].name,
                      link->declared ? "refers to" : "was taken to refer to", to.table,
                      to.columns[link->to_column].name,
                      link->declared ? "by a foreign key" : "inferred from names and values",
                      100 * link->matched));
      if (!originals[link->to_table].time ||
          originals[link->to_table].frame.rows * 2 < subject.frame.rows)
        referred[link->to_table] = true;
    }
    std::vector<std::size_t> grouped = subject.coded_with_role(Role::entity);
    for (const std::size_t i : subject.coded_with_role(Role::dimension)) grouped.push_back(i);
    std::ranges::sort(grouped);
    subject.determines = functional_dependencies(subject.frame, grouped);
  }
  std::vector<Subject> kept;
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    if (!referred[i] || subjects[i].money) kept.push_back(std::move(subjects[i]));
  }
  return kept.empty() ? originals : kept;
}

}  // namespace insights::catalog
