// Names as a company's master data has them. No name of a real company is meant.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace insights::generate {

inline constexpr std::size_t names_max = 9000;

// `count` different names of companies; at most names_max.
std::vector<std::string> company_names(std::size_t count, std::uint64_t seed);

// "Pump 140": of the category of that number.
std::string name_of_product(std::size_t category, std::size_t place);

// "Mara Voss": people who sell.
std::string person_name(std::size_t place);

}  // namespace insights::generate
