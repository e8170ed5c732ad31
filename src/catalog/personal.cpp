#include "catalog/personal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "base/nearest.h"
#include "catalog/personal_formats.h"
#include "source/gate.h"

namespace insights::catalog {

namespace {

using Words = std::vector<std::string>;
using WordSet = std::set<std::string, std::less<>>;

constexpr std::string_view of_customer = "customer name", of_person = "person name",
                           in_text = "contact in a text";

// What the engine calls the type, as far as it matters here.
enum class Shape { text, whole, date, other };

Shape shape_of(std::string_view engine_type) {
  std::string type;
  for (const char c : engine_type) {
    type += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  const auto has = [&](std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(words, [&](auto word) { return type.contains(word); });
  };
  if (has({"char", "text", "string", "json", "enum", "inet", "name", "struct", "[]", "map"}))
    return Shape::text;
  if (has({"interval"})) return Shape::other;
  if (has({"int", "serial"})) return Shape::whole;
  if (has({"date", "timestamp"})) return Shape::date;
  return Shape::other;
}

bool any_in(const Words& words, const WordSet& set) {
  return std::ranges::any_of(words, [&](const std::string& word) { return set.contains(word); });
}

// Whether `phrase`, one word or several, stands in the name.
bool says(const Words& name, std::string_view phrase) {
  Words wanted;
  for (std::size_t from = 0; from <= phrase.size();) {
    const auto end = std::min(phrase.find(' ', from), phrase.size());
    wanted.emplace_back(phrase.substr(from, end - from));
    from = end + 1;
  }
  return !std::ranges::search(name, wanted).empty();
}

struct Format {
  std::string_view kind;
  bool guarded = true;
  bool (*is_it)(std::string_view);
  std::string_view says;
};

constexpr std::array formats{
    Format{"email", true, is_email, "email addresses"},
    Format{"bank account", true, is_iban, "IBANs"},
    Format{"bank account", true, is_card_number, "card numbers"},
    Format{"personal id", true, is_social_security, "social security numbers"},
    Format{"network address", true, is_network_address, "network addresses"},
    Format{"phone", true, is_phone, "phone numbers"},
};

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The share of the values, the empty ones left out, that `test` holds for.
template <class Test>
double share(std::span<const std::string> values, Test test) {
  std::size_t all = 0, hits = 0;
  for (const auto& value : values) {
    const auto text = trimmed(value);
    if (text.empty()) continue;
    ++all;
    hits += test(text) ? 1 : 0;
  }
  return all == 0 ? 0 : static_cast<double>(hits) / static_cast<double>(all);
}

// Yes and no, or the like: what is told of a person, and not who.
bool are_flags(std::span<const std::string> values) {
  constexpr std::size_t values_min = 20, different_max = 3;
  const std::set<std::string_view> different(values.begin(), values.end());
  return values.size() >= values_min && different.size() <= different_max &&
         std::ranges::all_of(different, [](std::string_view value) {
           return value.size() <= 12 && value.find('@') == std::string_view::npos;
         });
}

sql::Privacy privacy_of(bool guarded) {
  return guarded ? sql::Privacy::guarded : sql::Privacy::masked;
}

std::optional<Personal> by_format(std::span<const std::string> values) {
  constexpr double most = 0.6;
  for (const auto& format : formats) {
    if (share(values, format.is_it) >= most)
      return Personal{std::string(format.kind), privacy_of(format.guarded),
                      fmt::format("its values look like {}", format.says)};
  }
  // An address here and there in what people wrote.
  constexpr double some = 0.01;
  if (share(values, holds_email) >= some)
    return Personal{std::string(in_text), sql::Privacy::guarded,
                    "some of its texts hold email addresses"};
  return std::nullopt;
}

// The kind that the last word with one says: "customer group" is a group.
const Kind* kind_of_noun(const Words& words, const Vocabulary& vocabulary) {
  for (auto word = words.rbegin(); word != words.rend(); ++word) {
    if (const auto* kind = vocabulary.kind_of({*word})) return kind;
  }
  return nullptr;
}

bool orders_or_works(const Kind* kind) {
  return kind != nullptr && (kind->orders || kind->name == "person");
}

bool fits(const PersonalWords& personal, Shape shape, std::span<const std::string> values) {
  if (shape == Shape::text) return true;
  if (shape == Shape::date) return personal.dates;
  if (shape != Shape::whole || !personal.numbers) return false;
  // Numbers that somebody has are long; counts of something are not.
  const auto is_long = [](std::string_view value) { return value.size() >= 7; };
  return personal.dates || values.empty() || share(values, is_long) >= 0.6;
}

std::optional<Personal> by_words(const Words& words, Shape shape,
                                 std::span<const std::string> values,
                                 const Vocabulary& vocabulary) {
  const auto& last = words.back();
  const auto* kind = kind_of_noun(words, vocabulary);
  // "email_date" says something about an email, "birth_date" is one.
  const bool is_about = vocabulary.about_personal.contains(last);
  for (const auto& personal : vocabulary.personal) {
    if (!fits(personal, shape, values) || (personal.guarded && are_flags(values))) continue;
    const bool names_somebody = personal.name == of_person;
    if (names_somebody && kind != nullptr && !orders_or_works(kind)) continue;
    for (const auto& phrase : personal.words) {
      // "address_id" is a key, "phone_no" is the number itself.
      const bool is_key = vocabulary.identifier.contains(last) && !phrase.ends_with(last);
      if ((is_key && !personal.numbers) || (is_about && !phrase.ends_with(" " + last))) continue;
      if (says(words, phrase))
        return Personal{personal.name, privacy_of(personal.guarded),
                        fmt::format("its name says {}", personal.name)};
    }
  }
  return std::nullopt;
}

bool is_company(std::string_view value, const Vocabulary& vocabulary) {
  return any_in(words_of(value), vocabulary.legal_form) ||
         value.find('&') != std::string_view::npos;
}

// What a customer or a person is called: the column says so ("of_customer"), or the table does
// for a column that says "name" alone, or the values do.
std::optional<Personal> by_kind(const std::string& table, const Words& words,
                                std::span<const std::string> values, const Vocabulary& vocabulary) {
  if (words.empty() || any_in(words, vocabulary.company)) return std::nullopt;
  const auto& last = words.back();
  const bool says_label =
      vocabulary.label.contains(last) && !vocabulary.prose.contains(last) && last != "title";
  if (vocabulary.identifier.contains(words.back())) return std::nullopt;
  Words subject(words.begin(), words.end() - (says_label ? 1 : 0));
  const bool of_table = subject.empty();
  const auto* kind = kind_of_noun(of_table ? words_of(table) : subject, vocabulary);
  if (!orders_or_works(kind)) return std::nullopt;
  constexpr double most = 0.5;
  const auto companies = share(values, [&](auto value) { return is_company(value, vocabulary); });
  if (companies >= most) return std::nullopt;
  if (!says_label && share(values, is_full_name) < most) return std::nullopt;
  const auto what = kind->orders ? of_customer : of_person;
  return Personal{std::string(what), sql::Privacy::masked,
                  says_label && of_table ? fmt::format("what each of {} is called", table)
                  : says_label           ? fmt::format("its name says {}", what)
                                         : "its values look like names of people"};
}

base::Result<std::optional<Personal>> told(const ColumnMetadata& metadata, const std::string& where,
                                           std::optional<Personal> found,
                                           const Vocabulary& vocabulary) {
  if (metadata.personal) {
    const auto& kind = *metadata.personal;
    std::vector<std::string> known{std::string(of_customer), std::string(of_person),
                                   std::string(in_text)};
    for (const auto& one : vocabulary.personal) known.push_back(one.name);
    if (!kind.empty() && std::ranges::count(known, kind) == 0) {
      return base::fail(base::ErrorKind::invalid_input,
                        fmt::format("{}: there is no kind of personal data \"{}\"", where, kind),
                        base::did_you_mean(kind, known));
    }
    const auto words = std::ranges::find(vocabulary.personal, kind, &PersonalWords::name);
    const bool guarded = kind == in_text || (words != vocabulary.personal.end() && words->guarded);
    found = kind.empty()
                ? std::nullopt
                : std::optional(Personal{kind, privacy_of(guarded), "the metadata says so", true});
  }
  if (metadata.policy.empty()) return found;
  if (!found) found = Personal{"personal", sql::Privacy::masked, "the metadata says so", true};
  found->from_metadata = true;
  if (metadata.policy == "allow") found->privacy = sql::Privacy::open;
  if (metadata.policy == "refuse") found->privacy = sql::Privacy::closed;
  found->why += fmt::format("; the metadata's policy is \"{}\"", metadata.policy);
  return found;
}

using Values = std::vector<std::vector<std::string>>;  // [column]: texts, without null

base::Result<Values> sample_of(source::Source& source, const sql::Gate& gate,
                               const source::Table& table, std::size_t width,
                               std::stop_token stop) {
  std::string list;
  for (std::size_t i = 0; i < width; ++i)
    list += (i == 0 ? "" : ", ") + source::column_sql(table.columns[i]);
  const auto query = TRY(gate.check(
      fmt::format("SELECT {} FROM {} LIMIT {}", list, source::relation_sql(table), sample_rows)));
  const source::Limits limits{.rows_max = sample_rows};
  const auto rows = TRY(source.query(query, limits, std::move(stop)));
  Values values(width);
  for (const auto& row : rows.rows) {
    for (std::size_t i = 0; i < width && i < row.size(); ++i) {
      if (!source::is_null(row[i])) values[i].push_back(source::text_of(row[i]));
    }
  }
  return values;
}

}  // namespace

std::optional<Personal> personal_of(const std::string& table, const source::TableColumn& column,
                                    std::span<const std::string> values,
                                    const Vocabulary& vocabulary) {
  const auto shape = shape_of(column.engine_type);
  if (shape == Shape::text || shape == Shape::whole) {
    if (auto found = by_format(values)) return found;
  }
  const auto words = words_of(column.name);
  if (words.empty()) return std::nullopt;
  if (auto found = by_words(words, shape, values, vocabulary)) return found;
  if (vocabulary.about_personal.contains(words.back())) return std::nullopt;
  return shape == Shape::text ? by_kind(table, words, values, vocabulary) : std::nullopt;
}

base::Result<PersonalColumns> find_personal(source::Source& source, const sql::Gate& gate,
                                            const Vocabulary& vocabulary, const Metadata& metadata,
                                            std::stop_token stop) {
  constexpr std::size_t columns_max = 500;
  PersonalColumns personal;
  for (const auto& table : source.tables()) {
    const auto width = std::min(table.columns.size(), columns_max);
    auto values = sample_of(source, gate, table, width, stop);
    const auto gone = base::ErrorKind::disconnected, stopped = base::ErrorKind::cancelled;
    if (!values && (values.error().kind == gone || values.error().kind == stopped))
      return std::unexpected(values.error());
    const auto described = metadata.tables.find(table.name);
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      const auto& column = table.columns[i];
      const bool is_sampled = values && i < width;
      auto found = personal_of(
          table.name, column,
          is_sampled ? std::span<const std::string>((*values)[i]) : std::span<const std::string>(),
          vocabulary);
      if (described != metadata.tables.end()) {
        const auto entry = described->second.columns.find(column.name);
        if (entry != described->second.columns.end()) {
          found = TRY(told(entry->second,
                           fmt::format("{}, column \"{}\"", described->second.file, column.name),
                           std::move(found), vocabulary));
        }
      }
      if (found) personal[table.name].emplace(column.name, *std::move(found));
    }
  }
  return personal;
}

const Personal* find(const PersonalColumns& personal, const std::string& table,
                     const std::string& column) {
  const auto of_table = personal.find(table);
  if (of_table == personal.end()) return nullptr;
  const auto found = of_table->second.find(column);
  return found == of_table->second.end() ? nullptr : &found->second;
}

sql::Relations relations_for_model(const source::Source& source, const PersonalColumns& personal) {
  auto relations = source::relations_of(source);
  const auto& tables = source.tables();
  for (std::size_t i = 0; i < relations.size(); ++i) {
    for (auto& column : relations[i].columns) {
      if (const auto* found = find(personal, tables[i].name, column.name))
        column.privacy = found->privacy;
    }
  }
  return relations;
}

}  // namespace insights::catalog
