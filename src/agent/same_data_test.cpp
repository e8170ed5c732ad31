#include "agent/same_data.h"

#include <doctest/doctest.h>

#include "agent/test_run.h"
#include "base/scratch.h"
#include "catalog/read.h"

using namespace insights;

namespace {

std::string digest_of_rows(const std::string& rows) {
  const base::Scratch scratch;
  const auto file = scratch.write("sales.csv", "day,customer,amount\n" + rows);
  auto source = source::open({.locations = {file}, .threads = 1}, {});
  REQUIRE(source);
  const auto gate = source::open_gate(**source);
  REQUIRE(gate);
  const auto read = catalog::read(**source, *gate, agent::testing::vocabulary(), {}, {}, {});
  REQUIRE(read);
  std::vector<analyst::Prepared> subjects;
  for (const auto& subject : read->subjects) subjects.push_back({&subject, {}});
  return agent::profile_digest(subjects);
}

}  // namespace

TEST_CASE("what was read is the same in another order of rows, and not with another row or value") {
  const auto before = digest_of_rows("2025-01-02,A,10\n2025-01-03,B,20\n2025-02-03,A,15\n");
  CHECK(before == digest_of_rows("2025-02-03,A,15\n2025-01-02,A,10\n2025-01-03,B,20\n"));
  CHECK(before != digest_of_rows("2025-01-02,A,10\n2025-01-03,B,21\n2025-02-03,A,15\n"));
  CHECK(before != digest_of_rows("2025-01-02,A,10\n2025-01-03,B,20\n2025-02-03,C,15\n"));
  CHECK(before !=
        digest_of_rows("2025-01-02,A,10\n2025-01-03,B,20\n2025-02-03,A,15\n2025-02-03,A,15\n"));
}
