// How a value is written for a reader: one rule a format, the same in sentences, tables and charts.
//
//   text      control, bidirectional and zero-width characters gone; at most 80; "(empty)" for ""
//   integer   1,234
//   decimal   three significant digits, from 1,000 on whole, then the unit: 0.0123, 12.3 kg, 1,234
//   money     below 100 with cents unless whole: $12.30, $12; below 1,000 whole: ₹817; then three
//             significant digits and K, M, B or T: ₹39.9K, £9.75M, ₹3.2B. With `indian_units`,
//             rupees in L (10^5) and Cr (10^7) instead of M, B and T: ₹45.2L, ₹1.3Cr
//   percent   16.7 %, from 100 % on whole; <0.1 % and >99.9 % rather than a false 0 or 100
//   points    9.4 points
//   multiple  3.2 times; from 10 on whole, below 1 two significant digits
//   date      1 Aug 2025
//   month     Aug 2025
//   days      17 days, 1 day; below 10 with one decimal unless whole
//
// Zeros at the end of a fraction are left out ($12.30 is the exception). Halves round away from
// zero. A minus sign comes first: -₹5.2K. A bool counts as 0 or 1 where a number is asked for.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "findings/claim.h"

namespace insights::findings {

inline constexpr std::size_t text_characters_max = 80;

// A reader's choice of writing; the same for a whole report, and saved with it.
struct NumberStyle {
  bool indian_units = false;
  bool operator==(const NumberStyle&) const = default;
};

// Error (invalid_input): null, NaN or infinite, or a cell that the format cannot show (text as
// money, a day outside the years 1 to 9999).
base::Result<std::string> format_value(const source::Cell& cell, Format format,
                                       std::string_view unit, const NumberStyle& style);

}  // namespace insights::findings
