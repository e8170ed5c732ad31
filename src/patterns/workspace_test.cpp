#include "patterns/workspace.h"

#include <doctest/doctest.h>

#include "patterns/all.h"
#include "patterns/test_sales.h"

using namespace insights;
using namespace insights::patterns;
using namespace insights::patterns::testing;

TEST_CASE("patterns that cross columns end when the time to search is used up") {
  TestTable table(sales_header);
  fill_sales(table, {});
  auto workspace = prepare(table.subject(), vocabulary(), {}, {}, 1, {});
  const auto found = [&] {
    return std::vector{
        examine_average_over_time(workspace).size(), examine_correlation(workspace).size(),
        examine_group_difference(workspace).size(), examine_mix_difference(workspace).size(),
        examine_two_way_exception(workspace).size()};
  };
  std::size_t all = 0;
  for (const auto candidates : found()) all += candidates;
  CHECK(all > 0);
  std::stop_source used_up;
  used_up.request_stop();
  workspace.stop = used_up.get_token();
  CHECK(found() == std::vector<std::size_t>{0, 0, 0, 0, 0});
}
