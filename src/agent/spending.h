// What the calls of a model have cost so far, and whether one more may be afforded.
#pragma once

#include <string>

#include "agent/settings.h"

namespace insights::agent {

class Spending {
 public:
  explicit Spending(const Settings& settings) : settings_(settings) {}

  // US dollars of the usage; 0 when no price is known.
  double worth(const llm::Usage& usage) const;
  void book(const llm::Usage& usage, double usd);

  // How many tokens an answer may have, when the request holds so many: the settings' cap, or less
  // when money or tokens are nearly used up. Below `answer_tokens_min` there is no sense in asking:
  // 0, and why() says what is used up. Reckons with no token coming from the provider's cache.
  std::int64_t affordable_output(std::int64_t input_tokens, std::int64_t output_tokens_max);
  const std::string& why() const { return why_; }

  const llm::Usage& usage() const { return usage_; }
  double usd() const { return usd_; }
  bool priced() const { return settings_.dollars && settings_.dollars({}).has_value(); }

 private:
  const Settings& settings_;  // borrowed
  llm::Usage usage_;
  double usd_ = 0;
  std::string why_;
};

inline constexpr std::int64_t answer_tokens_min = 1'000;

}  // namespace insights::agent
