#include "source/postgres_values.h"

#include <charconv>
#include <limits>
#include <utility>

namespace insights::source::postgres {

namespace {

std::string_view text_at(const PGresult* result, int row, int column) {
  return {PQgetvalue(result, row, column),
          static_cast<std::size_t>(PQgetlength(result, row, column))};
}

template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

double real_of(std::string_view text) {
  return number_in<double>(text).value_or(std::numeric_limits<double>::quiet_NaN());
}

// The digits of `text` at [from, from + count); nothing else may be there.
std::optional<int> digits_at(std::string_view text, std::size_t from, std::size_t count) {
  if (text.size() < from + count) return std::nullopt;
  int number = 0;
  for (const char digit : text.substr(from, count)) {
    if (digit < '0' || digit > '9') return std::nullopt;
    number = number * 10 + (digit - '0');
  }
  return number;
}

}  // namespace

std::optional<base::Day> day_of(std::string_view text) {
  const auto year = digits_at(text, 0, 4), month = digits_at(text, 5, 2),
             day = digits_at(text, 8, 2);
  if (text.size() != 10 || !year || !month || !day) return std::nullopt;  // "BC" makes it longer
  if (*year < 1) return std::nullopt;
  return base::day_of({*year, *month, *day});
}

std::optional<base::Moment> moment_of(std::string_view text) {
  if (text.ends_with("+00")) text.remove_suffix(3);
  const auto day = day_of(text.substr(0, std::min<std::size_t>(10, text.size())));
  const auto hour = digits_at(text, 11, 2), minute = digits_at(text, 14, 2),
             second = digits_at(text, 17, 2);
  if (!day || !hour || !minute || !second) return std::nullopt;
  std::int64_t micro = 0;
  if (text.size() > 19) {
    if (text[19] != '.' || text.size() > 26) return std::nullopt;
    const auto fraction = digits_at(text, 20, text.size() - 20);
    if (!fraction) return std::nullopt;
    micro = *fraction;
    for (auto places = text.size() - 20; places < 6; ++places) micro *= 10;
  }
  const std::int64_t seconds = std::int64_t{day->since_epoch} * 86'400 +
                               std::int64_t{*hour} * 3600 + std::int64_t{*minute} * 60 + *second;
  return base::Moment{seconds * 1'000'000 + micro};
}

RowReader::RowReader(const PGresult* shape) {
  // The numbers of built-in types are part of PostgreSQL's promise:
  // src/include/catalog/pg_type.dat.
  for (int column = 0; column < PQnfields(shape); ++column) {
    names_.emplace_back(PQfname(shape, column));
    switch (PQftype(shape, column)) {
      case 16:
        kinds_.push_back(Kind::boolean);
        break;
      case 20:
      case 21:
      case 23:
      case 26:
        kinds_.push_back(Kind::integer);
        break;
      case 700:
      case 701:
        kinds_.push_back(Kind::real);
        break;
      case 1700:
        kinds_.push_back(Kind::numeric);
        break;
      case 1082:
        kinds_.push_back(Kind::day);
        break;
      case 1114:
      case 1184:
        kinds_.push_back(Kind::moment);
        break;
      default:
        kinds_.push_back(Kind::text);
    }
  }
}

Cell RowReader::cell(const PGresult* result, int row, int column) const {
  if (PQgetisnull(result, row, column) != 0) return std::monostate{};
  const auto text = text_at(result, row, column);
  switch (kinds_[static_cast<std::size_t>(column)]) {
    case Kind::boolean:
      return text == "t";
    case Kind::integer:
      return number_in<std::int64_t>(text).value_or(0);
    case Kind::real:
      return real_of(text);
    case Kind::numeric:
      // A sum of whole numbers is numeric here; one without a point is a whole number again.
      if (const auto whole = number_in<std::int64_t>(text)) return *whole;
      return real_of(text);
    case Kind::text:
      return std::string(text);
    case Kind::day:
      if (const auto day = day_of(text)) return *day;
      return std::monostate{};
    case Kind::moment:
      if (const auto moment = moment_of(text)) return *moment;
      return std::monostate{};
  }
  std::unreachable();
}

Batch RowReader::batch() const {
  using Type = ColumnBatch::Type;
  Batch batch;
  for (const auto kind : kinds_) {
    auto& column = batch.columns.emplace_back();
    column.type = kind == Kind::boolean                         ? Type::boolean
                  : kind == Kind::integer                       ? Type::integer
                  : kind == Kind::real || kind == Kind::numeric ? Type::real
                  : kind == Kind::day                           ? Type::day
                  : kind == Kind::moment                        ? Type::moment
                                                                : Type::text;
  }
  return batch;
}

void RowReader::append(const PGresult* result, int row, Batch& batch) const {
  ++batch.rows;
  for (std::size_t i = 0; i < kinds_.size(); ++i) {
    auto& column = batch.columns[i];
    const int number = static_cast<int>(i);
    bool valid = PQgetisnull(result, row, number) == 0;
    const auto text = valid ? text_at(result, row, number) : std::string_view{};
    switch (kinds_[i]) {
      case Kind::boolean:
        column.integers.push_back(text == "t" ? 1 : 0);
        break;
      case Kind::integer:
        column.integers.push_back(valid ? number_in<std::int64_t>(text).value_or(0) : 0);
        break;
      case Kind::real:
      case Kind::numeric:
        column.reals.push_back(valid ? real_of(text) : 0);
        break;
      case Kind::text:
        column.texts.push_back(text);
        break;
      case Kind::day: {
        const auto day = day_of(text);
        column.integers.push_back(day ? day->since_epoch : 0);
        if (valid && !day) ++column.odd_times;
        valid = day.has_value();
        break;
      }
      case Kind::moment: {
        const auto moment = moment_of(text);
        column.integers.push_back(moment ? moment->microseconds : 0);
        if (valid && !moment) ++column.odd_times;
        valid = moment.has_value();
        break;
      }
    }
    column.valid.push_back(valid ? 1 : 0);
  }
}

Rows rows_of(const PGresult* result) {
  const RowReader reader(result);
  Rows rows;
  rows.columns = reader.names();
  for (int row = 0; row < PQntuples(result); ++row) {
    auto& cells = rows.rows.emplace_back();
    for (int column = 0; column < PQnfields(result); ++column)
      cells.push_back(reader.cell(result, row, column));
  }
  return rows;
}

}  // namespace insights::source::postgres
