#include "tools/segment.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/nearest.h"
#include "patterns/wording.h"
#include "sql/dialect.h"

namespace insights::tools {

namespace {

using base::ErrorKind;
using base::fail;
using base::Result;

constexpr std::size_t values_compared_max = 5'000;

template <class Value>
std::vector<Value> kept_of(const std::vector<Value>& values, const frame::Mask& kept) {
  std::vector<Value> result;
  if (values.empty()) return result;
  for (std::size_t row = 0; row < kept.size(); ++row) {
    if (kept[row] != 0) result.push_back(values[row]);
  }
  return result;
}

void cut(frame::Column& column, const frame::Mask& kept) {
  if (auto* coded = std::get_if<frame::Coded>(&column.data)) {
    std::vector<std::uint32_t> codes;
    for (std::size_t row = 0; row < kept.size(); ++row) {
      if (kept[row] != 0) codes.push_back(coded->codes[row]);
    }
    frame::CodeVector fewer;
    fewer.append(codes.data(), codes.size(),
                 static_cast<std::uint32_t>(coded->dictionary.size() - 1));
    coded->codes = std::move(fewer);
  } else if (auto* numbers = std::get_if<frame::Numbers>(&column.data)) {
    numbers->values = kept_of(numbers->values, kept);
  } else if (auto* days = std::get_if<frame::Days>(&column.data)) {
    days->days = kept_of(days->days, kept);
    days->seconds = kept_of(days->seconds, kept);
  }
}

void find_span(catalog::Subject& subject) {
  if (!subject.time) return;
  const auto* days = subject.frame.columns[*subject.time].days();
  if (days == nullptr) return;
  auto first = std::numeric_limits<std::int32_t>::max(), last = frame::no_day;
  for (const auto day : days->days) {
    if (day == frame::no_day) continue;
    first = std::min(first, day);
    last = std::max(last, day);
  }
  if (last != frame::no_day) subject.first_day = {first}, subject.last_day = {last};
}

void narrow(Segment& segment, const std::string& condition, const std::string& words,
            const std::function<bool(std::size_t)>& is_in) {
  const auto rows = segment.prepared->subject->frame.rows;
  if (segment.kept.empty()) segment.kept.assign(rows, 1);
  for (std::size_t row = 0; row < rows; ++row)
    segment.kept[row] = segment.kept[row] != 0 && is_in(row) ? 1 : 0;
  segment.condition += (segment.condition.empty() ? "" : " AND ") + condition;
  segment.words += (segment.words.empty() ? "" : ", ") + words;
}

base::Status narrow_to_days(Segment& segment, const SegmentArguments& arguments) {
  const auto& subject = *segment.prepared->subject;
  const auto* days = subject.time ? subject.frame.columns[*subject.time].days() : nullptr;
  if (days == nullptr) {
    return fail(
        ErrorKind::invalid_input,
        fmt::format("{} has no time column: \"from\" and \"to\" must be null.", subject.table));
  }
  const auto from = arguments.from.value_or(subject.first_day);
  const auto to = arguments.to.value_or(subject.last_day);
  narrow(segment, patterns::between_sql(subject, from, base::Day{to.since_epoch + 1}),
         fmt::format("{} to {}", base::iso_text(from), base::iso_text(to)), [&](std::size_t row) {
           const auto day = days->days[row];
           return day != frame::no_day && day >= from.since_epoch && day <= to.since_epoch;
         });
  return {};
}

}  // namespace

Result<std::uint32_t> code_of(const Desk& desk, const catalog::Subject& subject, std::size_t column,
                              std::string_view written) {
  const auto& name = subject.columns[column].name;
  if (!subject.is_coded(column)) {
    return fail(ErrorKind::invalid_input,
                fmt::format("{} has too many values, or is a number: it does not group.", name));
  }
  const auto value = desk.curtain.restored(written);
  const auto& values = subject.codes(column).dictionary;
  const auto found = std::find(values.begin() + 1, values.end(), value);
  if (found != values.end()) return static_cast<std::uint32_t>(found - values.begin());
  const bool tells =
      desk.curtain.mode() == PrivacyMode::full && values.size() < values_compared_max;
  return fail(ErrorKind::not_found, fmt::format("No row has {} = \"{}\".", name, written),
              tells ? base::did_you_mean(value, {values.begin() + 1, values.end()}) : "");
}

Result<Segment> segment_of(const Desk& desk, const SegmentArguments& arguments) {
  Segment segment;
  segment.prepared = TRY(desk.subject(arguments.table));
  const auto& subject = *segment.prepared->subject;
  segment.rows = subject.frame.rows;
  if (arguments.column) {
    const auto column = TRY(desk.column(subject, *arguments.column));
    const auto code = TRY(code_of(desk, subject, column, *arguments.value));
    const auto& codes = subject.codes(column).codes;
    narrow(segment, patterns::equals_sql(subject, column, code),
           fmt::format("{} = {}", subject.columns[column].name, *arguments.value),
           [&](std::size_t row) { return codes[row] == code; });
    segment.entity = patterns::entity_of(subject, column, code);
  }
  if (arguments.from || arguments.to) TRY(narrow_to_days(segment, arguments));
  if (segment.kept.empty()) return segment;
  segment.rows = static_cast<std::size_t>(std::ranges::count(segment.kept, std::uint8_t{1}));
  if (segment.rows > 0) return segment;
  return fail(ErrorKind::invalid_input,
              fmt::format("No row of {} is left: {}.", subject.table, segment.words));
}

Result<catalog::Subject> cut_out(const Segment& segment) {
  auto subject = *segment.prepared->subject;
  if (segment.kept.empty()) return subject;
  // The table's own rows are narrowed before anything is joined on.
  const auto joined =
      subject.joins.empty() ? std::string::npos : subject.from_sql.find(" LEFT JOIN ");
  const auto own = subject.from_sql.substr(0, joined);
  const auto rest = joined == std::string::npos ? "" : subject.from_sql.substr(joined);
  if (segment.entity) {
    const auto* column = subject.find(segment.entity->column);
    if (column != nullptr && column->table != subject.table) {
      return fail(
          ErrorKind::invalid_input,
          fmt::format("{} is a column of {}: a scan can be narrowed by a column of {} itself "
                      "only.",
                      column->name, column->table, subject.table));
    }
  }
  subject.from_sql = fmt::format("(SELECT * FROM {} WHERE {}) AS {}{}", own, segment.condition,
                                 sql::quote_identifier(subject.table), rest);
  subject.relation_sql = fmt::format("(SELECT * FROM {} WHERE {})", own, segment.condition);
  for (auto& column : subject.frame.columns) cut(column, segment.kept);
  subject.frame.rows = segment.rows;
  subject.frame.rows_in_source = static_cast<std::int64_t>(segment.rows);
  find_span(subject);
  return subject;
}

}  // namespace insights::tools
