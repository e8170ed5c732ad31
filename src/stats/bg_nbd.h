// BG/NBD: who is still a customer, and how often will they buy? For purchases without a contract.
//
// While alive a customer buys at its own constant rate; after each purchase it may leave for good.
// Rates are gamma(r, alpha) over customers, leaving probabilities beta(a, b). Any time unit; alpha
// is in that unit.
// Source: Fader, Hardie & Lee (2005), "Counting your customers the easy way", Marketing Science
// 24(2), 275-284.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace insights::stats {

// One customer, seen from its first purchase.
struct PurchaseHistory {
  std::int64_t repeats = 0;  // x: purchases after the first
  double last = 0.0;         // t_x: time of the last purchase after the first; 0 when repeats is 0
  double age = 0.0;          // T: time from the first purchase to now; >= last, > 0
};

struct BgNbd {
  double r = 0.0;
  double alpha = 0.0;
  double a = 0.0;
  double b = 0.0;
  double log_likelihood = 0.0;  // of the customers the fit used
  bool converged = false;       // false: the iteration limit was met; the values are the best seen

  bool operator==(const BgNbd&) const = default;
};

// Maximum likelihood by Nelder-Mead on the logarithms of the parameters, each kept within [1e-4,
// 1e4] (alpha within [1e-4, 1e4] times the mean age), at most 2000 evaluations. Above 50,000
// customers an evenly spaced 50,000 are used.
// Nothing for fewer than 10 usable customers or when nobody ever repeated. Histories with age <= 0,
// last > age, negative repeats or non-finite times are ignored.
[[nodiscard]] std::optional<BgNbd> fit_bg_nbd(std::span<const PurchaseHistory> customers);

// Log likelihood of one history (their equation 6).
[[nodiscard]] double bg_nbd_log_likelihood(const BgNbd& model, const PurchaseHistory& customer);

// P(still a customer | history), in [0, 1]; 1 for a customer without repeats (the model's own
// answer: it can only leave after a repeat purchase).
[[nodiscard]] double probability_alive(const BgNbd& model, const PurchaseHistory& customer);

// Expected purchases in the next `horizon` (same unit as the history), given the history (their
// equation 10). >= 0; 0 for a horizon of 0. Summed as a series of positive terms that has no
// singular point at a = 1 (see bg_nbd.cpp).
[[nodiscard]] double expected_purchases(const BgNbd& model, const PurchaseHistory& customer,
                                        double horizon);

}  // namespace insights::stats
