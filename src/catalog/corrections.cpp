#include "catalog/corrections.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/nearest.h"
#include "catalog/roles.h"

namespace insights::catalog {

namespace {

std::vector<std::string> column_names(const Subject& subject) {
  std::vector<std::string> names;
  for (const auto& column : subject.columns) names.push_back(column.name);
  return names;
}

std::vector<std::string> role_names() {
  std::vector<std::string> names;
  for (const auto role : {Role::time, Role::entity, Role::dimension, Role::measure, Role::flag,
                          Role::identifier, Role::label, Role::text, Role::unused})
    names.emplace_back(name(role));
  return names;
}

std::vector<std::string> kind_names(const Vocabulary& vocabulary) {
  std::vector<std::string> names{"other"};
  for (const auto& kind : vocabulary.kinds) names.push_back(kind.name);
  for (const auto& measure : vocabulary.measures) names.push_back(measure.name);
  return names;
}

// Why the column's values cannot have the role; empty when they can.
std::string misfit(Role role, const frame::Column& column) {
  const bool is_number = column.numbers() != nullptr;
  switch (role) {
    case Role::time:
      return column.days() != nullptr ? "" : "its values are no dates";
    case Role::measure:
      return is_number ? "" : "its values are no numbers";
    case Role::label:
      return column.coded() != nullptr ? "" : "its values are no names";
    case Role::flag:
      return column.profile.distinct <= 2 && (is_number || column.coded() != nullptr)
                 ? ""
                 : "it has more than two values";
    case Role::entity:
    case Role::dimension:
    case Role::identifier:
    case Role::text:
    case Role::unused:
      return "";
  }
  std::unreachable();
}

class Corrections {
 public:
  Corrections(Subject& subject, const std::string& file, const Vocabulary& vocabulary)
      : subject_(subject), file_(file), vocabulary_(vocabulary) {}

  void apply(const std::string& name, const ColumnMetadata& told) {
    const auto index = subject_.index_of(name);
    if (!index) {
      subject_.notes.push_back(
          fmt::format("{} describes a column \"{}\" that table {} does not have ({})", file_, name,
                      subject_.table, base::did_you_mean(name, column_names(subject_))));
      return;
    }
    auto& column = subject_.columns[*index];
    if (!told.description.empty()) column.description = told.description;
    if (!told.label.empty()) column.label = told.label;
    if (!told.return_value.empty()) column.return_value = told.return_value;
    if (!told.label_column.empty()) name_by(column, told.label_column);
    if (!told.role.empty()) give_role(column, told.role);
    if (!told.kind.empty()) give_kind(column, told.kind);
    if (!told.unit.empty()) give_unit(column, told.unit);
    if (told.additive) column.additive = *told.additive;
  }

 private:
  void complain(const Column& column, std::string_view problem) {
    subject_.notes.push_back(fmt::format("{}: column {}: {}", file_, column.name, problem));
  }

  const frame::Column& frame_of(const Column& column) const {
    return subject_.frame.columns[static_cast<std::size_t>(&column - subject_.columns.data())];
  }

  void name_by(Column& column, const std::string& label_column) {
    const auto index = subject_.index_of(label_column);
    if (!index) {
      complain(column, fmt::format("no column is named \"{}\" ({})", label_column,
                                   base::did_you_mean(label_column, column_names(subject_))));
      return;
    }
    auto& label = subject_.columns[*index];
    if (const auto why_not = misfit(Role::label, frame_of(label)); !why_not.empty()) {
      complain(column, fmt::format("{} cannot name it: {}", label_column, why_not));
      return;
    }
    column.label_column = label_column;
    label.role = Role::label;
    label.why = fmt::format("the metadata says that it names the values of {}", column.name);
    label.from_metadata = true;
  }

  void give_role(Column& column, const std::string& role_name) {
    const auto role = role_named(role_name);
    if (!role) {
      complain(column, fmt::format("no role is named \"{}\" ({})", role_name,
                                   base::did_you_mean(role_name, role_names())));
      return;
    }
    if (const auto why_not = misfit(*role, frame_of(column)); !why_not.empty()) {
      complain(column, fmt::format("cannot be {}: {}", role_name, why_not));
      return;
    }
    column.role = *role;
    column.from_metadata = true;
    column.why = "the metadata says so";
  }

  void give_kind(Column& column, const std::string& kind_name) {
    const auto* kind = vocabulary_.kind_named(kind_name);
    const auto measure = std::ranges::find(vocabulary_.measures, kind_name, &MeasureWords::name);
    const bool is_measure = measure != vocabulary_.measures.end();
    if (kind == nullptr && !is_measure && kind_name != "other") {
      complain(column,
               fmt::format("no kind is named \"{}\" ({}); a --vocabulary file can add it",
                           kind_name, base::did_you_mean(kind_name, kind_names(vocabulary_))));
      return;
    }
    column.kind = kind_name;
    column.from_metadata = true;
    column.why = "the metadata says so";
    if (kind != nullptr) {
      column.noun = kind->name;
      column.nouns = kind->plural;
    } else if (is_measure) {
      column.money = measure->money;
      column.additive = measure->additive;
    }
  }

  void give_unit(Column& column, const std::string& unit) {
    column.unit = unit;
    const auto currency = currency_of(unit);
    if (currency.empty()) return;
    column.unit = currency;
    column.money = true;
    column.from_metadata = true;
    if (column.role != Role::measure) return;
    if (column.kind == "other") column.kind = "money";
    if (column.kind != "price") column.additive = true;
    column.why = fmt::format("the metadata gives its unit, {}", unit);
  }

  Subject& subject_;
  const std::string& file_;
  const Vocabulary& vocabulary_;
};

}  // namespace

void apply_metadata(Subject& subject, const TableMetadata& metadata, const Vocabulary& vocabulary) {
  Corrections corrections(subject, metadata.file, vocabulary);
  for (const auto& [name, told] : metadata.columns) corrections.apply(name, told);
}

std::optional<SignMarker> told_return_marker(Subject& subject) {
  for (std::size_t i = 0; i < subject.columns.size(); ++i) {
    const auto& column = subject.columns[i];
    if (column.return_value.empty()) continue;
    const auto* coded = subject.frame.columns[i].coded();
    const auto code = coded == nullptr ? 0
                                       : std::ranges::find(coded->dictionary, column.return_value) -
                                             coded->dictionary.begin();
    if (coded == nullptr || code == std::ssize(coded->dictionary)) {
      subject.notes.push_back(fmt::format(
          "the metadata says that {} = '{}' marks a return, and no row of {} has that value",
          column.name, column.return_value, subject.table));
      continue;
    }
    SignMarker marker;
    marker.column = i;
    marker.value = column.return_value;
    marker.flags.resize(subject.frame.rows);
    for (std::size_t row = 0; row < subject.frame.rows; ++row)
      marker.flags[row] = coded->codes[row] == code ? 1 : 0;
    return marker;
  }
  return std::nullopt;
}

}  // namespace insights::catalog
