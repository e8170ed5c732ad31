// What goes wrong, or goes together, between the warehouse and the customer.
#include "generate/all_effects.h"
#include "generate/tell.h"

namespace insights::generate {

Effect bad_together(Company&, stats::Random&) {
  constexpr std::size_t plant = 2, carrier = 2;
  constexpr double rate = 0.1;
  const auto together = [](const Line& line) {
    return line.plant == plant && line.carrier == carrier;
  };
  return {[=](Line& line, stats::Random&) {
            if (together(line)) line.complaint_rate = rate;
          },
          together,
          [](const Tally&, const Tally&, const Company&, Truth& truth) {
            truth.planted.push_back(
                {.id = "bad_together",
                 .what = "complaints are frequent where one plant's goods go with one carrier",
                 .patterns = {"rate_combination", "two_way_exception"},
                 .entities = {value_named("plant", plants[plant]),
                              value_named("carrier", carriers[carrier])},
                 .columns = {"complaint"},
                 .echoes = {value_named("plant", plants[plant]),
                            value_named("carrier", carriers[carrier])}});
          }};
}

// The first carrier is better in the city and better in the country, but gets the country.
Effect harder_zone(Company&, stats::Random&) {
  constexpr std::array<double, 3> remote{0.8, 0.2, 0.5};
  constexpr std::array<double, 3> late_remote{0.14, 0.18, 0.16}, late_city{0.035, 0.065, 0.05};
  return {
      [=](Line& line, stats::Random& random) {
        line.zone = random.uniform() < remote[line.carrier] ? 1 : 0;
        line.late_rate = (line.zone == 1 ? late_remote : late_city)[line.carrier];
      },
      {},
      [](const Tally&, const Tally&, const Company&, Truth& truth) {
        truth.planted.push_back({.id = "harder_zone",
                                 .what = "one carrier is late more often in all, and less often "
                                         "in every zone",
                                 .patterns = {"simpson"},
                                 .columns_needed = {"carrier", "zone", "late"}});
        truth.background.push_back(
            {.id = "remote_is_late",
             .what = "remote deliveries are late more often",
             .patterns = {"rate_outlier", "rate_combination", "mix_difference", "two_way_exception",
                          "group_difference", "correlation"},
             .columns_needed = {"zone"}});
        truth.traps.push_back({.id = "carrier_looks_late",
                               .what = "which carrier is late more often, without the zone",
                               .patterns_spared = {"simpson"},
                               .columns = {"carrier", "late"},
                               .unless_columns = {"zone"}});
      }};
}

Effect late_and_paid_later(Company&, stats::Random&) {
  return {[](Line& line, stats::Random&) { line.payment_days += 3 * (line.transit_days - 5); },
          {},
          [](const Tally&, const Tally&, const Company&, Truth& truth) {
            truth.planted.push_back({.id = "late_and_paid_later",
                                     .what = "the longer the goods are on the way, the later they "
                                             "are paid",
                                     .patterns = {"correlation"},
                                     .columns_needed = {"transit_days", "payment_days"}});
          }};
}

}  // namespace insights::generate
