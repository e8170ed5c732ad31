// What is true of a generated company, and what is not: the answers to its own exam.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace insights::generate {

// A value that a finding must name: by its code or by the name people know.
struct Named {
  std::vector<std::string> columns{};  // any of them: "customer_id", "name"
  std::string value{}, name{};
  bool operator==(const Named&) const = default;
};

struct Money {
  double amount = 0;
  std::string per{};         // "month", "year" or "" for once
  std::string definition{};  // what was added up
  bool operator==(const Money&) const = default;
};

// An insight that was planted, or something true that was not planted on purpose.
struct Planted {
  std::string id{}, what{};
  std::vector<std::string> patterns{};        // that may report it
  std::vector<Named> entities{};              // all of them must be named
  std::vector<std::string> columns{};         // one of them must be spoken of; empty: any
  std::vector<std::string> columns_needed{};  // all of them must be
  std::string from{}, to{};                   // when, ISO; may be empty
  bool when_matters = false;                  // a finding of another time is not this one
  std::optional<Money> impact{};
  std::vector<Named> echoes{};  // what carries its mark: its region, its category, its customers
  bool operator==(const Planted&) const = default;
};

// A finding with all of these marks is false.
struct Trap {
  std::string id{}, what{};
  std::vector<std::string> patterns{};         // one of them; empty: any
  std::vector<std::string> patterns_spared{};  // those that may say it
  std::vector<Named> entities{};               // all
  std::vector<std::string> columns{};          // all of them spoken of
  std::vector<std::string> unless_columns{};   // and none of these
  std::string month{};                         // speaks of this month, "2026-01"
  double money_above = 0;                      // shows an amount above this; 0: not asked
  bool operator==(const Trap&) const = default;
};

struct Truth {
  std::int64_t rows = 0;
  std::uint64_t seed = 0;
  std::string first_day{}, last_day{};
  std::string time_column{}, money_column{};
  double gross_total = 0, net_total = 0;
  std::vector<Planted> planted{};     // to be found
  std::vector<Planted> background{};  // true, and no news
  std::vector<Trap> traps{};
  std::vector<std::string> noise_columns{};
  bool operator==(const Truth&) const = default;
};

}  // namespace insights::generate
