// The built-in analyst: runs every pattern over every subject, corrects for everything it tried,
// drops echoes, and states the rest. Needs no key and no network; the same data gives the same
// answer.
#pragma once

#include "analyst/analyst.h"
#include "catalog/vocabulary.h"

namespace insights::analyst {

class StatisticalAnalyst final : public Analyst {
 public:
  // Borrows `vocabulary`, which must outlive it.
  explicit StatisticalAnalyst(const catalog::Vocabulary& vocabulary) : vocabulary_(vocabulary) {}
  std::string name() const override { return "statistical"; }
  base::Result<Investigation> investigate(const Brief& brief, const Material& material,
                                          const Progress& progress, std::stop_token stop) override;

 private:
  const catalog::Vocabulary& vocabulary_;
};

}  // namespace insights::analyst
