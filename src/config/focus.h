// Focus areas: what a run looks at first, and what ranks higher. Each is a text file; those of
// focus/ are built in, and a directory may hold more. The format, for people:
//
//   name: customer_churn                     the name for --focus; the file is called name.txt
//   title: Customers who leave or buy less   one line
//   weights:
//     customer_silent: 3                     topic: weight, from 1 to 3
//     customer: 1.5
//                                            (an empty line)
//   Free text to the end of the file, for a language model and for people.
//
// A topic is the name of a pattern or a kind of column. What is on a topic is looked at first, and
// its rank is raised by the weight. Lines that begin with # above the free text are remarks.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace insights::config {

inline constexpr double focus_weight_min = 1, focus_weight_max = 3;

struct FocusArea {
  std::string name;
  std::string title;
  std::map<std::string, double> weights;  // topic -> focus_weight_min .. focus_weight_max
  std::string text;
  bool operator==(const FocusArea&) const = default;
};

// Errors: invalid_input, with file and line.
base::Result<FocusArea> parse_focus(std::string_view text, const std::string& file);

// The built-in areas and those of `directory` ("" = none), which replace built-in ones of the same
// name; by name. Errors: not_found (no such directory), unavailable, invalid_input.
base::Result<std::vector<FocusArea>> focus_areas(const std::string& directory);

// The areas of these names, in that order, each once. Error: not_found, which lists those there
// are, nearest first.
base::Result<std::vector<FocusArea>> chosen(const std::vector<FocusArea>& known,
                                            const std::vector<std::string>& names);

}  // namespace insights::config
