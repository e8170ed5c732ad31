// Giant orders that were taken back again: told as what they are, so that nobody reads them as
// record sales.
#include "patterns/taken_back.h"

#include <fmt/format.h>

#include "patterns/facts.h"

namespace insights::patterns {

namespace {

using findings::Format;

constexpr std::size_t pairs_max = 4;

// Title and summary, and the values in them.
findings::Values words_of(findings::Claim& claim, const Workspace& workspace, std::size_t pairs,
                          bool more) {
  const auto& subject = workspace.subject;
  const auto& money = subject.columns[*subject.money];
  const bool units = subject.quantity.has_value();
  findings::Values values;
  values.cell("net", "a", 0, "net", amount_format(money), money.unit)
      .cell("ordered", "a", 0, "ordered", amount_format(money), money.unit);
  values.cell("first", "b", 0, "size", units ? Format::integer : amount_format(money),
              units ? "" : money.unit);
  const std::string of_units = units ? " units" : "";
  if (pairs == 1) {
    claim.title = fmt::format(
        "A large order of {{first}}{} was cancelled again: it is no record sale", of_units);
    claim.summary = fmt::format(
        "The order was worth {{ordered}} of {}; with the row that takes it back, {{net}} is left.",
        measure_phrase(values, money));
  } else {
    values.cell("second", "b", 2, "size", units ? Format::integer : amount_format(money),
                units ? "" : money.unit);
    claim.title = pairs == 2 ? fmt::format(
                                   "Two large orders, of {{first}} and {{second}}{}, were "
                                   "cancelled again: they are no record sales",
                                   of_units)
                             : fmt::format(
                                   "Large orders, among them {{first}} and {{second}}{}, "
                                   "were cancelled again: they are no record sales",
                                   of_units);
    claim.summary = fmt::format(
        "{}hey were worth {{ordered}} of {}; with the rows that take them back, {{net}} is left.",
        more ? "The largest are listed; t" : "T", measure_phrase(values, money));
  }
  return values;
}

}  // namespace

std::string pairs_sql(const Workspace& workspace, const std::vector<OffsettingPair>& pairs,
                      std::size_t product) {
  const auto& subject = workspace.subject;
  const auto& size = subject.columns[subject.quantity.value_or(*subject.money)];
  const auto& days = subject.frame.columns[*subject.time].days()->days;
  const auto customer = workspace.customers();
  std::string text;
  for (const auto& pair : pairs) {
    std::string one = fmt::format("abs({}) = {}", size.sql, frame::number_text(pair.size));
    if (product != no_column)
      one += " AND " + equals_sql(subject, product, subject.codes(product).codes[pair.order_row]);
    if (customer)
      one +=
          " AND " + equals_sql(subject, *customer, subject.codes(*customer).codes[pair.order_row]);
    one += fmt::format(" AND {} IN ({}, {})", time_sql(subject),
                       day_sql(base::Day{days[pair.order_row]}),
                       day_sql(base::Day{days[pair.return_row]}));
    text += fmt::format("{}({})", text.empty() ? "" : " OR ", one);
  }
  return "(" + text + ")";
}

std::string row_columns_sql(const Workspace& workspace, std::size_t product) {
  const auto& subject = workspace.subject;
  std::string list;
  std::size_t documents = 0;
  for (const std::size_t column : own_columns(workspace)) {
    const bool document =
        subject.columns[column].role == catalog::Role::identifier && ++documents <= 1;
    if (document) list += subject.columns[column].sql + ", ";
  }
  if (subject.time) list += time_sql(subject) + " AS day, ";
  if (const auto customer = workspace.customers())
    list += fmt::format("{} AS customer, ", text_sql(subject, *customer));
  if (product != no_column) list += fmt::format("{} AS product, ", text_sql(subject, product));
  return list;
}

findings::Claim state_taken_back(const Workspace& workspace, std::size_t product,
                                 std::vector<OffsettingPair> pairs) {
  const auto& subject = workspace.subject;
  const auto& money = subject.columns[*subject.money];
  const std::size_t more = pairs.size();
  if (pairs.size() > pairs_max) pairs.resize(pairs_max);
  auto claim = claim_about_all(workspace, "row_outlier", "row_outlier", money.name);
  claim.fingerprint = "row_outlier/taken_back";
  claim.topics.emplace_back("returns");
  const auto& size = subject.columns[subject.quantity.value_or(*subject.money)];
  const auto condition = pairs_sql(workspace, pairs, product);
  claim.evidence.push_back(
      {"a", fmt::format("SELECT count(*) AS row_count, {} AS net, {} AS ordered FROM {} WHERE {}",
                        sum_sql(subject, *subject.money),
                        sum_where_sql(subject, *subject.money, money.sql + " > 0"),
                        subject.from_sql, condition)});
  claim.evidence.push_back(
      {"b", fmt::format("SELECT {0}{1} AS size, {2} AS amount FROM {3} WHERE {4} ORDER BY abs({1}) "
                        "DESC, abs({2}) DESC, {1} DESC LIMIT 8",
                        row_columns_sql(workspace, product), size.sql, money.exact_sql,
                        subject.from_sql, condition)});
  auto values = words_of(claim, workspace, pairs.size(), more > pairs_max);
  claim.action =
      "Leave these pairs out when sales of a day, a product or a customer are compared, and ask "
      "how orders of this size could be entered.";
  claim.values = values.bindings();
  claim.test.effect_name = "orders taken back";
  claim.guards = usual_guards(workspace);
  claim.guards.push_back(
      {"offsetting_rows", findings::GuardStatus::passed,
       "each order is shown with the row that takes it back; nothing of it counts as a sale"});
  return claim;
}

}  // namespace insights::patterns
