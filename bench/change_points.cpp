// Change points of series from standard input, at default settings. Lines in: name value value ...
// (NaN: missing, skipped); lines out: name index index ... (0-based, first value of each new
// segment).
#include <cmath>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "stats/change_point.h"

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream in(line);
    std::string name, word;
    in >> name;
    std::vector<double> values;
    std::vector<std::size_t> places;
    for (std::size_t place = 0; in >> word; ++place) {
      const double value = std::stod(word);
      if (std::isnan(value)) continue;
      values.push_back(value);
      places.push_back(place);
    }
    std::cout << name;
    for (const std::size_t at : insights::stats::change_points(values))
      std::cout << ' ' << places[at];
    std::cout << '\n';
  }
}
