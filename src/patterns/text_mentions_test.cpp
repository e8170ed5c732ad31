#include <algorithm>
#include <array>

#include "patterns/all.h"
#include "patterns/test_table.h"
#include "patterns/text_words.h"
#include "stats/random.h"

namespace insights::patterns {

namespace {

using testing::day_text;
using testing::TestTable;

struct Planted {
  double in_first_desk = 0.1, elsewhere = 0.1;  // how many texts mention the scanner
  double slower = 0;                            // hours more where they do
};

// 700 tickets of 4 desks, each with a sentence of a few common words.
void fill_tickets(TestTable& table, std::uint64_t seed, const Planted& planted) {
  stats::Random random(seed);
  const std::array<std::string_view, 12> things{"screen", "keyboard", "network", "password",
                                                "laptop", "phone",    "mail",    "account",
                                                "cable",  "software", "licence", "monitor"};
  const std::array<std::string_view, 6> troubles{"broken", "slow",    "missing",
                                                 "lost",   "blocked", "unstable"};
  for (int i = 0; i < 700; ++i) {
    const auto desk = random.below(4);
    const bool scanner = random.uniform() < (desk == 0 ? planted.in_first_desk : planted.elsewhere);
    const auto text =
        fmt::format("The {} is {}; {}case {} from floor {}", things[random.below(12)],
                    troubles[random.below(6)], scanner ? "Label-Scanner does not read, " : "", i,
                    random.below(9));
    table.row(day_text(i), fmt::format("Desk {}", static_cast<char>('A' + desk)),
              "\"" + text + "\"",
              fmt::format("{:.1f}", 20 + (scanner ? planted.slower : 0) + 5 * random.normal()));
  }
}

constexpr std::string_view ticket_header = "opened_date,desk_group,remarks,handling_hours";

std::vector<std::string> titles(TestTable& table) {
  std::vector<std::string> titles;
  for (const auto& candidate : table.accepted(examine_text_mentions))
    titles.push_back(table.proven(candidate).title);
  return titles;
}

bool any_starts(const std::vector<std::string>& titles, std::string_view start) {
  return std::ranges::any_of(titles,
                             [&](const std::string& title) { return title.starts_with(start); });
}

}  // namespace

TEST_CASE("text_mentions: words are cut as the database is asked for them") {
  CHECK(spaced("Can't print: Label-Scanner #4 (2nd)") == " can t print label scanner nd ");
  CHECK(spaced("Störung Ärger") == " störung ärger ");
  CHECK(spaced("") == " ");
}

TEST_CASE("text_mentions: a word of one desk's texts is told with both shares") {
  TestTable table(ticket_header);
  fill_tickets(table, 1, {.in_first_desk = 0.8, .elsewhere = 0.1});
  const auto found = titles(table);
  INFO(fmt::format("{}", fmt::join(found, "\n")));
  CHECK(any_starts(found, "Desk A: "));
  const bool told = std::ranges::any_of(found, [](const std::string& title) {
    return title.find("of its rows mention \"label scanner\", against ") != std::string::npos;
  });
  CHECK(told);
}

TEST_CASE("text_mentions: the word of most texts, and the hours of rows that mention it") {
  TestTable table(ticket_header);
  fill_tickets(table, 2, {.in_first_desk = 0.6, .elsewhere = 0.6, .slower = 12});
  const auto found = titles(table);
  INFO(fmt::format("{}", fmt::join(found, "\n")));
  CHECK(any_starts(found, "Rows that mention \"label scanner\": average handling time 3"));
  const bool common = std::ranges::any_of(found, [](const std::string& title) {
    return title.find("of the remarks mention \"label scanner\"; the next word, ") !=
           std::string::npos;
  });
  CHECK(common);
  CHECK(found.size() == 2);
}

// Requests of eight kinds and four regions; one word is of three kinds, and sits in one region or
// not.
std::vector<std::string> told_of_word(double in_first_office, bool whole_kind_sits_there,
                                      double declined_share) {
  TestTable table("opened_date,kind,region,short_description,state");
  stats::Random random(7);
  const std::array<std::string_view, 4> troubles{"very slow", "badly broken", "often lost",
                                                 "wrongly set"};
  const std::array<std::string_view, 8> things{"screen", "phone", "cable", "licence",
                                               "laptop", "mail",  "badge", "monitor"};
  for (int i = 0; i < 1600; ++i) {
    const auto kind = random.below(8);
    const bool word = kind < 3 && random.uniform() < 0.15;
    const bool first = word || (kind < 3 && whole_kind_sits_there)
                           ? random.uniform() < in_first_office
                           : random.uniform() < 0.2;
    const bool declined = random.uniform() < (word ? declined_share : 0.08);
    table.row(day_text(i / 3), fmt::format("Kind {}", static_cast<char>('A' + kind)),
              first ? "Oslo" : fmt::format("Region {}", static_cast<char>('A' + random.below(3))),
              fmt::format("{} {}", word ? "tunnel drops" : things[random.below(8)],
                          troubles[random.below(4)]),
              declined ? "Declined" : "Approved");
  }
  return titles(table);
}

TEST_CASE("text_mentions: a rare word whose rows sit in one group is told from the word") {
  const auto found = told_of_word(0.8, false, 0.08);
  INFO(fmt::format("{}", fmt::join(found, "\n")));
  CHECK(any_starts(found, "Rows that mention \"tunnel drops\": 8"));
  const bool told = std::ranges::any_of(found, [](const std::string& title) {
    return title.find("have the region Oslo, against ") != std::string::npos;
  });
  CHECK(told);
}

TEST_CASE("text_mentions: a word is not told of a group that all of its kind sits in") {
  const auto found = told_of_word(0.8, true, 0.08);
  INFO(fmt::format("{}", fmt::join(found, "\n")));
  const bool told = std::ranges::any_of(found, [](const std::string& title) {
    return title.find("have the region") != std::string::npos;
  });
  CHECK_FALSE(told);
}

TEST_CASE("text_mentions: an outcome that is read from the state is told of a word") {
  const auto found = told_of_word(0.2, false, 0.45);
  INFO(fmt::format("{}", fmt::join(found, "\n")));
  const bool told = std::ranges::any_of(found, [](const std::string& title) {
    return title.find("are declined, against ") != std::string::npos;
  });
  CHECK(told);
}

TEST_CASE("text_mentions: texts that have nothing to do with the rest are silent") {
  for (std::uint64_t seed = 51; seed < 57; ++seed) {
    TestTable table(ticket_header);
    fill_tickets(table, seed, {});
    const auto found = titles(table);
    INFO(fmt::format("{}", fmt::join(found, "\n")));
    CHECK(found.empty());
  }
}

TEST_CASE("text_mentions: a client's own words and own speed are not the words' doing") {
  std::size_t accepted = 0;
  for (std::uint64_t seed = 61; seed < 65; ++seed) {
    TestTable table("opened_date,client,remarks,handling_hours");
    stats::Random random(seed);
    for (std::uint64_t client = 0; client < 12; ++client) {
      const bool own_word = random.uniform() < 0.5;
      const double own_speed = 20 + 10 * random.normal();
      for (int i = 0; i < 60; ++i)
        table.row(day_text(i), fmt::format("Client {:02}", client),
                  fmt::format("number {} of {} says {} to us", i, i * 7,
                              own_word && random.uniform() < 0.9 ? "urgent" : "whenever"),
                  fmt::format("{:.1f}", own_speed + random.normal()));
    }
    for (const auto& candidate : table.accepted(examine_text_mentions))
      accepted += candidate.entry.fingerprint.find("handling_hours") != std::string::npos ? 1 : 0;
  }
  CHECK(accepted == 0);
}

}  // namespace insights::patterns
