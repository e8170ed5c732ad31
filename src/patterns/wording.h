// The words and the SQL that claims are made of: how a value is named, how a query asks for it.
// Templates hold no numerals: names with digits come in as values (findings/sentence.h).
#pragma once

#include <string>
#include <string_view>

#include "findings/claim.h"
#include "findings/values.h"
#include "patterns/workspace.h"

namespace insights::patterns {

// ---- SQL. All pieces are in the subject's dialect-neutral subset: both engines run them.

// "region" = 'Hills'; "customer" IS NULL for code 0; numbers unquoted.
std::string equals_sql(const catalog::Subject& subject, std::size_t column, std::uint32_t value);
// d >= DATE '2025-01-01' AND d < DATE '2025-07-01'
std::string between_sql(const catalog::Subject& subject, base::Day from, base::Day to_exclusive);
// DATE '2025-01-01'
std::string day_sql(base::Day day);
// The time column as a day: CAST("date" AS DATE)
std::string time_sql(const catalog::Subject& subject);
// The first day of the row's period: "date" - (CAST(extract(day FROM "date") AS INTEGER) - 1)
std::string period_sql(const catalog::Subject& subject, Grain grain);
// sum(exact number); 0 when there is none
std::string sum_sql(const catalog::Subject& subject, std::size_t measure);
// sum(exact number) FILTER (WHERE condition); 0 when there is none
std::string sum_where_sql(const catalog::Subject& subject, std::size_t measure,
                          std::string_view condition);
// The name of a value as a person knows it, to be put in a SELECT list of an aggregate query:
// max("store_name") FILTER (WHERE "store_code" = 'C4')
std::string label_sql(const catalog::Subject& subject, std::size_t column, std::uint32_t value);

// ---- Names.

// The value as the database holds it, and as a person knows it (its label when it has a label
// column).
findings::Entity entity_of(const catalog::Subject& subject, std::size_t column,
                           std::uint32_t value);
// How a title begins: "{who}" where the value speaks for itself (a name), "Batch {who}" where it is
// a code.
std::string subject_phrase(const catalog::Subject& subject, std::size_t column,
                           std::uint32_t value);
// The same for several values of one column, bound as who, who_2 and who_3: "{who} and {who_2}";
// their column's noun before them unless they are things with names.
std::string subjects_phrase(const catalog::Subject& subject, const catalog::Vocabulary& vocabulary,
                            std::size_t column, const std::vector<std::uint32_t>& values);
// What rows do that have a value of the column: "have the category {what}", "are assigned to
// {what}".
std::string having_phrase(const catalog::Column& column, const catalog::Vocabulary& vocabulary,
                          std::string_view hole);
// A phrase that begins a sentence, inside one: "batch {who}" for "Batch {who}".
std::string inside_sentence(std::string phrase);
// Of two columns that say the same the one with fewer words in its name is the one to tell of:
// "category" before "assignment group".
std::size_t words_in_name(const catalog::Subject& subject, std::size_t column);
// A column's noun for use in templates: digits removed. "customers" when plural.
std::string noun_of(const catalog::Column& column);
std::string nouns_of(const catalog::Column& column);
// The same, but what a person is called for what he or she does: "user", "employee".
std::string person_noun(const catalog::Column& column, const catalog::Vocabulary& vocabulary);
// "Batch" from "batch".
std::string capitalized(std::string_view text);
// Declares the measure's name as value `name` and returns the template text for it: the label
// itself when it has no digits, else "{name}".
std::string measure_phrase(findings::Values& values, const catalog::Column& measure,
                           std::string_view name = "measure");
// The money format where the column is money, else decimal with its unit.
findings::Format amount_format(const catalog::Column& measure);

// ---- Parts of claims.

// A claim with pattern, family, fingerprint, columns, entities, scope and topics filled in for one
// value of a column.
findings::Claim claim_about(const Workspace& workspace, std::string_view pattern,
                            std::string_view family, std::size_t column, std::uint32_t value,
                            std::string_view measure);
// For several values of one column, told together.
findings::Claim claim_about(const Workspace& workspace, std::string_view pattern,
                            std::string_view family, std::size_t column,
                            const std::vector<std::uint32_t>& values, std::string_view measure);
// The same for the table as a whole.
findings::Claim claim_about_all(const Workspace& workspace, std::string_view pattern,
                                std::string_view family, std::string_view measure);
// "no incomplete period is in the series" and the like, by the workspace's periods.
findings::Guard partial_period_guard(const Workspace& workspace);
// Passed when the sample is large enough, downgraded for small tables.
findings::Guard sample_guard(const Workspace& workspace);
// Joins to dimension tables match at most one row each, so nothing is counted twice; not applicable
// without joins.
findings::Guard fan_out_guard(const Workspace& workspace);
// Part of the rows was read only.
findings::Guard truncation_guard(const Workspace& workspace);
// The three above and offsetting returns, for claims about sums.
std::vector<findings::Guard> usual_guards(const Workspace& workspace);

// Rows of one value left out: [rows] 1 = kept.
frame::Mask mask_without(const catalog::Subject& subject, std::size_t column, std::uint32_t value);
frame::Mask mask_only(const catalog::Subject& subject, std::size_t column, std::uint32_t value);

// Percentile of each effect among all, 0..1, for `surprise`; ties share the higher rank.
std::vector<double> percentiles(const std::vector<double>& effects);

}  // namespace insights::patterns
