#include "analyst/statistical.h"

#include <algorithm>

#include "patterns/test_table.h"
#include "stats/random.h"

namespace insights::analyst {

namespace {

using patterns::testing::day_text;
using patterns::testing::TestTable;

// Customer KEY buys a quarter of everything in area Hills, from one seller, and stops.
void fill(TestTable& table, bool stops) {
  stats::Random random(3);
  for (int day = 0; day < 730; ++day) {
    for (int line = 0; line < 8; ++line) {
      const auto customer = random.below(30);
      table.row(day_text(day), fmt::format("C{:02}", customer),
                customer % 3 == 0 ? "Hills" : "Coast", fmt::format("S{}", customer % 5),
                80 + random.below(40));
    }
    if (day % 4 == 0 && (!stops || day < 560))
      table.row(day_text(day), "KEY", "Hills", "S1", 4000 + random.below(500));
  }
}

Investigation investigated(TestTable& table) {
  StatisticalAnalyst analyst(patterns::testing::vocabulary());
  const Brief brief;
  auto result = analyst.investigate(brief, {.subjects = {{&table.subject(), {}}}}, {}, {});
  REQUIRE(result.has_value());
  return *std::move(result);
}

}  // namespace

TEST_CASE(
    "a customer that left is told once, and not again as the fall of its area and its seller") {
  TestTable table("order_date,customer,area,rep,net_sales");
  fill(table, true);
  const auto result = investigated(table);
  std::size_t about_fall = 0;
  bool silent = false;
  for (const auto& stated : result.claims) {
    silent = silent || stated.claim.fingerprint.find("customer_silent") != std::string::npos;
    about_fall += stated.claim.pattern == "trend" ? 1 : 0;
  }
  CHECK(silent);
  CHECK(about_fall == 0);
  const auto explained = std::ranges::count_if(result.ledger.entries, [](const auto& entry) {
    return entry.decision == findings::Decision::explained ||
           entry.decision == findings::Decision::merged;
  });
  CHECK(explained >= 1);
}

TEST_CASE("that the values of two columns go together is told once") {
  TestTable table("order_date,customer,category,area,net_sales");
  stats::Random random(5);
  for (int day = 0; day < 730; ++day) {
    for (int line = 0; line < 8; ++line) {
      const auto area = random.below(5), category = random.below(4);
      const bool own = area == 0 && random.below(10) < 7;
      table.row(day_text(day), fmt::format("C{:02}", random.below(60)),
                own ? "Tools" : fmt::format("K{}", category), fmt::format("A{}", area),
                80 + random.below(40));
    }
  }
  const auto result = investigated(table);
  const auto tells = [](std::string_view fingerprint) {
    return fingerprint.find("mix_difference") != std::string_view::npos ||
           fingerprint.find("two_way_exception") != std::string_view::npos;
  };
  const auto claims = std::ranges::count_if(
      result.claims, [&](const auto& stated) { return tells(stated.claim.fingerprint); });
  const auto merged = std::ranges::count_if(result.ledger.entries, [&](const auto& entry) {
    return tells(entry.fingerprint) && entry.decision == findings::Decision::merged;
  });
  CHECK(claims == 1);
  CHECK(merged >= 1);
}

// Cases of eight people over 18 months; one of them slows from a month on, or was slow always.
std::ptrdiff_t told_of_slow_person(double before, double growth) {
  TestTable table("opened_date,assigned_to,category,handling_hours");
  stats::Random random(9);
  for (int day = 0; day < 540; ++day) {
    for (int line = 0; line < 3; ++line) {
      const auto person = random.below(8);
      const double slow = person != 2 ? 1 : before + (day > 240 ? growth * (day - 240) / 300 : 0);
      table.row(day_text(day), fmt::format("Agent {}", static_cast<char>('A' + person)),
                fmt::format("K{}", random.below(4)),
                fmt::format("{:.1f}", slow * (20 + 6 * random.normal())));
    }
  }
  const auto result = investigated(table);
  return std::ranges::count_if(result.claims, [](const Stated& stated) {
    return std::ranges::any_of(stated.claim.entities,
                               [](const auto& entity) { return entity.value == "Agent C"; });
  });
}

TEST_CASE("that someone is slower than the others since becoming slower is told once") {
  CHECK(told_of_slow_person(1, 3) == 1);
}

TEST_CASE("that someone was slower before, too, is a second story") {
  CHECK(told_of_slow_person(3, 1.5) == 2);
}

TEST_CASE("what is on hold is told of the category, not again of each of its texts") {
  TestTable table("opened_date,category,topic,state");
  stats::Random random(11);
  for (int i = 0; i < 1500; ++i) {
    const auto category = random.below(5);
    const bool waits = random.uniform() < (category == 0 ? 0.35 : 0.05);
    table.row(day_text(i / 3), fmt::format("Cat {}", static_cast<char>('A' + category)),
              fmt::format("Topic {}{}", static_cast<char>('A' + category),
                          static_cast<char>('A' + random.below(3))),
              waits                  ? "Waiting for parts"
              : random.below(2) == 0 ? "Done"
                                     : "Begun");
  }
  const auto result = investigated(table);
  const auto told = std::ranges::count_if(result.claims, [](const Stated& stated) {
    return stated.claim.pattern == "mix_difference" || stated.claim.pattern == "two_way_exception";
  });
  CHECK(told == 1);
}

TEST_CASE("where more fails, that less succeeds there is not told again") {
  TestTable table("opened_date,change_type,team,outcome");
  stats::Random random(13);
  for (int i = 0; i < 1600; ++i) {
    const auto type = random.below(8);
    table.row(day_text(i / 3), fmt::format("Type {}", static_cast<char>('A' + type)),
              fmt::format("Team {}", static_cast<char>('A' + random.below(4))),
              random.uniform() < (type == 0 ? 0.35 : 0.06) ? "Failed" : "Successful");
  }
  const auto result = investigated(table);
  REQUIRE(result.claims.size() == 1);
  CHECK(result.claims.front().claim.pattern == "rate_outlier");
}

TEST_CASE("how often something is late in one place does not explain the price of a product") {
  TestTable table("order_date,customer,plant,product,late,quantity,unit_price,net_sales");
  stats::Random random(3);
  for (int day = 0; day < 1095; ++day) {
    for (int line = 0; line < 10; ++line) {
      const auto product = random.below(8);
      const bool dear = product == 2 && day >= 600;
      // It comes from one plant after another: without the late one, half years of it are missing.
      const auto plant =
          product == 2 ? static_cast<std::uint64_t>(day / 183 + 2) % 3 : random.below(3);
      const double price = (dear ? 24 : 20) * (0.98 + 0.04 * random.uniform());
      const auto units = 1 + random.below(20);
      table.row(
          day_text(day), fmt::format("C{:02}", random.below(40)), fmt::format("Plant{}", plant),
          fmt::format("A{}", product), random.uniform() < (plant == 0 ? 0.3 : 0.05) ? 1 : 0, units,
          fmt::format("{:.2f}", price), fmt::format("{:.2f}", price * static_cast<double>(units)));
    }
  }
  const auto result = investigated(table);
  const auto told = [&](std::string_view pattern) {
    return std::ranges::count_if(
        result.claims, [&](const Stated& stated) { return stated.claim.pattern == pattern; });
  };
  CHECK(told("price_change") == 1);
  CHECK(told("rate_outlier") >= 1);
}

TEST_CASE("a level that moved is told once, and not again as its best months") {
  TestTable table("order_date,customer,net_sales");
  stats::Random random(7);
  for (int day = 0; day < 540; ++day) {
    for (int line = 0; line < (day < 90 ? 40 : 10); ++line)
      table.row(day_text(day), fmt::format("C{:03}", random.below(300)), 80 + random.below(40));
  }
  const auto result = investigated(table);
  const auto told = [&](std::string_view pattern) {
    return std::ranges::count_if(
        result.claims, [&](const Stated& stated) { return stated.claim.pattern == pattern; });
  };
  CHECK(told("count_over_time") == 1);
  CHECK(told("peak_months") == 0);
}

TEST_CASE("a segment that lost customers is told once, with the small ones among them") {
  TestTable table("order_date,customer,segment,net_sales");
  stats::Random random(11);
  for (int customer = 0; customer < 200; ++customer) {
    const int segment = customer % 4;
    const int end = segment == 0 && random.below(2) == 0 ? 540 : 729;
    for (int day = static_cast<int>(random.below(7)); day <= end;
         day += 5 + static_cast<int>(random.below(5)))
      table.row(day_text(day), fmt::format("K{:03}", customer),
                fmt::format("Segment {}", static_cast<char>('A' + segment)),
                100 + random.below(200));
  }
  const auto result = investigated(table);
  std::size_t kept = 0, falls = 0, silent = 0, named = 0;
  for (const auto& stated : result.claims) {
    const auto& claim = stated.claim;
    if (claim.pattern == "retention") {
      ++kept;
      named = claim.also.size();
    }
    falls += claim.pattern == "trend" ? 1 : 0;
    silent += claim.pattern == "customer_silent" ? 1 : 0;
  }
  CHECK(kept == 1);
  CHECK(falls == 0);
  CHECK(silent == 0);
  CHECK(named > 0);  // "seen also in": customers, by name
}

TEST_CASE("every hypothesis is in the ledger, with its q") {
  TestTable table("order_date,customer,area,rep,net_sales");
  fill(table, false);
  const auto result = investigated(table);
  CHECK(result.ledger.entries.size() > 20);
  for (const auto& entry : result.ledger.entries) CHECK((entry.fact || entry.q >= entry.p));
  CHECK(result.bases.size() == 1);
}

TEST_CASE("a stop request gives what there is") {
  TestTable table("order_date,customer,area,rep,net_sales");
  fill(table, true);
  std::stop_source stop;
  stop.request_stop();
  StatisticalAnalyst analyst(patterns::testing::vocabulary());
  const auto result =
      analyst.investigate({}, {.subjects = {{&table.subject(), {}}}}, {}, stop.get_token());
  REQUIRE(result.has_value());
  CHECK(result->claims.empty());
}

}  // namespace insights::analyst
