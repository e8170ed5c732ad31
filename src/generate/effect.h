// One thing that is made true of the company, or that only looks as if it were: how it changes the
// lines of invoices, which lines carry it, and what the truth file says of it.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "generate/company.h"
#include "generate/truth.h"

namespace insights::generate {

// One line of an invoice while it is being made.
struct Line {
  int day = 0, month = 0;
  std::size_t customer = 0, product = 0, batch = 0, plant = 0;
  std::size_t channel = 0, carrier = 0, zone = 0;
  double quantity = 1;                       // rounded to 1 or more when all effects had their say
  double price_factor = 1, cost_factor = 1;  // against the product's list price and usual cost
  double discount = 0;                       // on the invoice, hundredths of a percent
  double rebate = 0;                         // after it
  double return_rate = 0.015, late_rate = 0.08, complaint_rate = 0.02;
  double transit_days = 0, payment_days = 0;
  bool taken_back_whole = false;  // it will be, whatever the rate
  bool copied = false;            // the line is written a second time, as it is
  bool carrier_missing = false;
  // Worked out from the above, in cents.
  std::int64_t price = 0, pieces = 0, gross = 0, invoice = 0, net = 0, cost = 0;
  bool credit = false, late = false, complaint = false;
};

// Sums of lines, in all and by month. Money in cents.
struct Sums {
  std::int64_t rows = 0, credits = 0, late = 0, complaints = 0, pieces = 0;
  std::int64_t gross = 0, invoice = 0, net = 0, cost = 0, payment_days = 0;
  void add(const Line& line);
};
struct Tally {
  Sums all;
  std::vector<Sums> months;
  int first = -1, last = -1;  // days with a sale
  void add(const Line& line);
  Sums between(int from_month, int to_month) const;  // the second not included
};

struct Effect {
  // Before the line's money is worked out; may be empty.
  std::function<void(Line&, stats::Random&)> change{};
  // Is this a line that carries it? Empty: none does.
  std::function<bool(const Line&)> touches{};
  // What the truth says, given the sums of its own lines and of all.
  std::function<void(const Tally& own, const Tally& all, const Company&, Truth&)> tell{};
};

enum class Kind {
  plant,       // an insight that is there to be found
  fault,       // of the data: to be found as well
  trap,        // looks like an insight and is none
  background,  // true of the company, and nothing that anybody asked for
};

struct EffectEntry {
  std::string_view name;  // "price_step"
  Kind kind = Kind::plant;
  std::string_view what;  // one line
  Effect (*plan)(Company& company, stats::Random& random);
};

}  // namespace insights::generate
