// A place in a JSON text that is being read, for json_read.cpp alone: typed access that never
// throws and never stops. The first wrong type is kept with its path, and what could not be read is
// left as it is born; who started to read asks for the problem at the end.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "report/choice_names.h"
#include "source/rows.h"

namespace insights::report {

class Place {
 public:
  // Borrows `json` and `problem`, which outlive it. `problem` is empty until something is wrong.
  Place(const nlohmann::json& json, std::string path, std::string& problem);

  void complain(std::string_view wanted) const;  // "tables[0].rows should be <wanted>"

  // The place below; a missing one is a problem, and reads as null.
  Place at(const char* key) const;
  bool has(const char* key) const;
  bool is_null() const;
  bool is_number() const;

  std::string text() const;
  bool flag() const;
  std::int64_t integer() const;
  std::int64_t count() const;  // zero or more
  double real() const;         // also "NaN", "Infinity", "-Infinity"
  std::vector<std::string> texts() const;

  template <class Choice>
  Choice choice() const {
    if (const auto* name = text_or_null()) {
      if (const auto found = choice_named<Choice>(*name)) return *found;
    }
    std::string wanted = "one of";
    for (const auto& entry : ChoiceNames<Choice>::all) wanted.append(" ").append(entry.name);
    complain(wanted);
    return ChoiceNames<Choice>::all.front().choice;
  }

  // Reads each element of a list, each value of an object.
  template <class Read>
  auto list(Read read) const {
    std::vector<decltype(read(*this))> parts;
    // Not reserved, and left at the first problem: a short text can name millions of empty
    // elements.
    const auto count = list_size();
    for (std::size_t index = 0; index < count && is_good(); ++index) {
      parts.push_back(read(element(index)));
    }
    return parts;
  }

  template <class Read>
  auto dictionary(Read read) const {
    std::map<std::string, decltype(read(*this))> parts;
    for (const auto& key : keys()) {
      if (is_good()) parts.emplace(key, read(at(key.c_str())));
    }
    return parts;
  }

 private:
  bool is_good() const { return problem_.empty(); }
  const std::string* text_or_null() const;
  std::size_t list_size() const;
  Place element(std::size_t index) const;
  std::vector<std::string> keys() const;

  const nlohmann::json& json_;
  std::string path_;
  std::string& problem_;
};

// A cell of a column of the type ("empty", "boolean", "integer", "real", "text", "day", "moment",
// "mixed").
source::Cell cell_at(const Place& place, std::string_view type);

// The name of such a type.
std::string type_at(const Place& place);

base::Day day_at(const Place& place);

}  // namespace insights::report
