#include "generate/names.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "stats/random.h"

namespace insights::generate {
namespace {

constexpr std::array<std::string_view, 60> roots{
    "Alder",  "Amber",  "Arden",  "Aster",   "Barlow",   "Beacon", "Birch",   "Bramble", "Brunel",
    "Calder", "Cedar",  "Cinder", "Clover",  "Cobalt",   "Corden", "Dalby",   "Delmar",  "Draven",
    "Elder",  "Ember",  "Falk",   "Fenwick", "Flint",    "Garner", "Granit",  "Halden",  "Harbor",
    "Hazel",  "Heron",  "Holm",   "Indigo",  "Ivarson",  "Jasper", "Juniper", "Kestrel", "Lark",
    "Linden", "Lunden", "Maple",  "Marlow",  "Meridian", "Merlin", "Nadir",   "Oakley",  "Onyx",
    "Orlen",  "Osprey", "Pascal", "Quarry",  "Raven",    "Rowan",  "Sable",   "Sorrel",  "Talbot",
    "Thorne", "Umber",  "Vesper", "Walden",  "Yarrow",   "Zephyr"};
constexpr std::array<std::string_view, 50> trades{
    "Hydraulics", "Machinery", "Engineering", "Waterworks",  "Foundry",   "Drives",     "Plumbing",
    "Controls",   "Dairies",   "Brewing",     "Paper",       "Chemicals", "Shipyard",   "Mining",
    "Heating",    "Cooling",   "Pipelines",   "Elevators",   "Ceramics",  "Textiles",   "Glass",
    "Steel",      "Timber",    "Foods",       "Packaging",   "Rail",      "Aviation",   "Marine",
    "Energy",     "Solar",     "Turbines",    "Compressors", "Sanitary",  "Irrigation", "Farming",
    "Logistics",  "Tooling",   "Castings",    "Coatings",    "Plastics",  "Rubber",     "Bearings",
    "Gears",      "Welding",   "Robotics",    "Sensors",     "Labs",      "Pharma",     "Builders",
    "Facilities"};
constexpr std::array<std::string_view, 3> forms{"Ltd", "AG", "Group"};
constexpr std::array<std::string_view, 8> things{"Pump", "Valve", "Filter", "Seal",
                                                 "Hose", "Motor", "Gauge",  "Fitting"};
constexpr std::array<std::string_view, 12> people{
    "Mara Voss",  "Jonas Weil",  "Priya Raman", "Luca Ferri",  "Ines Duarte",  "Tomas Brandt",
    "Aino Lehto", "Omar Haddad", "Greta Lind",  "Pavel Novak", "Chloe Martin", "Dina Petrov"};

static_assert(roots.size() * trades.size() * forms.size() == names_max);

}  // namespace

std::vector<std::string> company_names(std::size_t count, std::uint64_t seed) {
  std::vector<std::string> names;
  const auto order = stats::shuffled_indices(names_max, seed);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = order[i];
    names.push_back(fmt::format("{} {} {}", roots[at % roots.size()],
                                trades[at / roots.size() % trades.size()],
                                forms[at / roots.size() / trades.size()]));
  }
  return names;
}

std::string name_of_product(std::size_t category, std::size_t place) {
  return fmt::format("{} {}", things[category], 100 + 20 * place);
}

std::string person_name(std::size_t place) { return std::string(people[place % people.size()]); }

}  // namespace insights::generate
