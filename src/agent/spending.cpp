#include "agent/spending.h"

#include <fmt/format.h>

#include <algorithm>

namespace insights::agent {

double Spending::worth(const llm::Usage& usage) const {
  if (usage.usd_reported) return *usage.usd_reported;
  return settings_.dollars ? settings_.dollars(usage).value_or(0) : 0;
}

void Spending::book(const llm::Usage& usage, double usd) {
  usage_.input += usage.input;
  usage_.cached += usage.cached;
  usage_.cache_written += usage.cache_written;
  usage_.output += usage.output;
  usage_.reasoning += usage.reasoning;
  usage_.estimated = usage_.estimated || usage.estimated;
  usd_ += usd;
}

std::int64_t Spending::affordable_output(std::int64_t input_tokens,
                                         std::int64_t output_tokens_max) {
  auto output = output_tokens_max;
  const auto tokens_left = settings_.tokens_max - usage_.input - usage_.output - input_tokens;
  if (tokens_left < std::min(output, answer_tokens_min)) {
    why_ =
        fmt::format("the budget of {} tokens does not allow another request", settings_.tokens_max);
    return 0;
  }
  output = std::min(output, tokens_left);
  if (!priced()) return output;
  const auto cost = [&](std::int64_t tokens) {
    return worth({.input = input_tokens,
                  .cached = 0,
                  .cache_written = input_tokens,
                  .output = tokens,
                  .reasoning = 0,
                  .estimated = true,
                  .usd_reported = {}});
  };
  const double left = settings_.usd_max - usd_;
  while (output >= answer_tokens_min && cost(output) > left) output /= 2;
  if (output >= answer_tokens_min) return output;
  why_ = fmt::format(
      "the budget of ${:.2f} does not allow another request: ${:.4f} are spent, and "
      "one more could cost ${:.4f}",
      settings_.usd_max, usd_, cost(answer_tokens_min));
  return 0;
}

}  // namespace insights::agent
