// A customer that never buys what most of its peers buy.
//
// Unit: the customer. Peers are customers of the same segment, where there is one, with a like
// number of rows. How often a row of a peer is of the category, and how much that differs from peer
// to peer, is learnt from them; "never, in so many rows" is tested against it (beta-binomial,
// stats/overdispersion.h), so that where everybody buys a few categories only, a gap says nothing.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "patterns/all.h"
#include "patterns/facts.h"
#include "stats/overdispersion.h"

namespace insights::patterns {

namespace {

using findings::Format;

constexpr std::string_view family = "cross-sell gap";
constexpr std::size_t categories_min = 3, categories_max = 60, products_max = 30;
constexpr std::size_t customers_max = 200;  // the largest ones
constexpr double rows_min = 20;             // of a customer
constexpr double peers_min = 20;
constexpr double like_size = 3;  // rows of a peer: a third to three times as many
constexpr double penetration_min = 0.60;

// Rows of each customer in each category.
struct Baskets {
  std::size_t customer = no_column, category = no_column, segment = no_column;
  std::vector<std::vector<std::int64_t>> rows;  // [customer][category]
  std::vector<std::int64_t> all;                // [customer]
  std::vector<std::uint32_t> segment_of;        // [customer], 0 without segments
};

// What products are grouped by; where nothing groups them, the products themselves if they are few.
std::optional<std::size_t> category_column(const Workspace& workspace, std::size_t customer) {
  const auto& subject = workspace.subject;
  std::optional<std::size_t> best;
  int best_worth = 0;
  for (const std::size_t column : workspace.groupings) {
    const auto& own = subject.columns[column];
    const std::size_t values = subject.codes(column).values() - 1;
    const bool fits = values >= categories_min && values <= categories_max &&
                      !workspace.is_decoy(column) && !subject.has_dependency(customer, column);
    if (!fits) continue;
    const bool groups_products = std::ranges::any_of(workspace.groupings, [&](std::size_t product) {
      return subject.columns[product].kind == "product" && !workspace.is_decoy(product) &&
             subject.has_dependency(product, column);
    });
    const int worth = own.kind == "category"                            ? (groups_products ? 3 : 1)
                      : own.kind == "product" && values <= products_max ? 2
                                                                        : 0;
    if (worth > best_worth) {
      best = column;
      best_worth = worth;
    }
  }
  return best;
}

std::size_t segment_column(const Workspace& workspace, std::size_t customer) {
  for (const std::size_t column : workspace.groupings) {
    const bool segment =
        workspace.subject.columns[column].kind == "segment" && !workspace.is_decoy(column);
    if (segment && workspace.subject.has_dependency(customer, column)) return column;
  }
  return no_column;
}

Baskets baskets_of(const Workspace& workspace, std::size_t customer, std::size_t category) {
  const auto& subject = workspace.subject;
  Baskets baskets{customer, category, segment_column(workspace, customer), {}, {}, {}};
  const std::size_t customers = subject.codes(customer).values();
  baskets.rows.assign(customers, std::vector<std::int64_t>(subject.codes(category).values(), 0));
  baskets.all.assign(customers, 0);
  baskets.segment_of.assign(customers, 0);
  const auto& of_customer = subject.codes(customer).codes;
  const auto& of_category = subject.codes(category).codes;
  const auto* returned = subject.returns ? &subject.numbers(subject.returns->flag_column) : nullptr;
  for (std::size_t row = 0; row < subject.frame.rows; ++row) {
    if (returned != nullptr && (*returned)[row] > 0.5) continue;
    const auto who = of_customer[row];
    ++baskets.rows[who][of_category[row]];
    ++baskets.all[who];
    if (baskets.segment != no_column)
      baskets.segment_of[who] = subject.codes(baskets.segment).codes[row];
  }
  return baskets;
}

// Customers to look at: large ones that still buy.
std::vector<std::uint32_t> buyers_of(const Workspace& workspace, const Baskets& baskets) {
  const Amount amount(workspace);
  const auto* cube = workspace.cube(baskets.customer);
  std::vector<std::uint32_t> buyers;
  for (std::uint32_t value = 1; value < baskets.all.size(); ++value) {
    if (static_cast<double>(baskets.all[value]) < rows_min) continue;
    double recent = 0;
    for (std::size_t period = cube->periods * 3 / 4; period < cube->periods; ++period)
      recent += cube->row_series(value)[period];
    if (recent > 0) buyers.push_back(value);
  }
  std::ranges::stable_sort(buyers, [&](std::uint32_t a, std::uint32_t b) {
    return amount.of(*workspace.flat(baskets.customer), a) >
           amount.of(*workspace.flat(baskets.customer), b);
  });
  if (buyers.size() > customers_max) buyers.resize(customers_max);
  return buyers;
}

struct Gap {
  std::uint32_t customer = 0, category = 0;
  bool by_segment = false;
  double peers = 0, penetration = 0, rate = 0, p = 1;
};

bool is_peer(const Baskets& baskets, std::uint32_t customer, std::uint32_t other, bool by_segment) {
  const auto own = static_cast<double>(baskets.all[customer]),
             others = static_cast<double>(baskets.all[other]);
  if (other == customer || others * like_size < own || others > like_size * own) return false;
  return !by_segment || baskets.segment_of[other] == baskets.segment_of[customer];
}

// Tests every category against one customer's peers; empty when it has too few.
std::vector<Gap> gaps_of(const Baskets& baskets, std::uint32_t customer) {
  std::vector<std::uint32_t> peers;
  bool by_segment = baskets.segment != no_column;
  for (;;) {
    peers.clear();
    for (std::uint32_t other = 1; other < baskets.all.size(); ++other) {
      if (is_peer(baskets, customer, other, by_segment)) peers.push_back(other);
    }
    if (!by_segment || static_cast<double>(peers.size()) >= peers_min) break;
    by_segment = false;
  }
  std::vector<Gap> gaps;
  if (static_cast<double>(peers.size()) < peers_min) return gaps;
  for (std::uint32_t category = 1; category < baskets.rows[0].size(); ++category) {
    std::vector<stats::Proportion> siblings;
    double buying = 0;
    stats::Proportion all;
    for (const auto peer : peers) {
      siblings.push_back({baskets.rows[peer][category], baskets.all[peer]});
      buying += siblings.back().events > 0 ? 1 : 0;
      all.events += siblings.back().events;
      all.trials += siblings.back().trials;
    }
    Gap gap{customer,
            category,
            by_segment,
            static_cast<double>(peers.size()),
            buying / static_cast<double>(peers.size()),
            all.rate(),
            1};
    if (gap.penetration < penetration_min) continue;
    if (baskets.rows[customer][category] == 0)
      gap.p = stats::beta_binomial_p_value({0, baskets.all[customer]}, gap.rate,
                                           stats::overdispersion(siblings));
    gaps.push_back(gap);
  }
  return gaps;
}

void add_evidence(findings::Claim& claim, const Workspace& workspace, const Baskets& baskets,
                  const Gap& gap) {
  const auto& subject = workspace.subject;
  const Amount amount(workspace);
  const auto who = equals_sql(subject, baskets.customer, gap.customer),
             what = equals_sql(subject, baskets.category, gap.category);
  const auto& own = subject.columns[baskets.customer].sql;
  const auto sold =
      subject.returns ? fmt::format(" AND ({}) IS NOT TRUE", subject.returns->sql) : "";
  const auto segment = gap.by_segment
                           ? fmt::format(" AND {}", equals_sql(subject, baskets.segment,
                                                               baskets.segment_of[gap.customer]))
                           : "";
  claim.evidence.push_back(
      {"a",
       fmt::format("SELECT {} AS who, {} AS what, count(*) FILTER (WHERE {}) AS own_rows, count(*) "
                   "FILTER (WHERE {} AND {}) AS bought FROM {} WHERE {} IS NOT NULL{}",
                   name_sql(subject, baskets.customer, gap.customer),
                   name_sql(subject, baskets.category, gap.category), who, who, what,
                   subject.from_sql, own, sold)});
  const auto each = fmt::format(
      "SELECT {0} AS customer, count(*) AS own_rows, count(*) FILTER (WHERE {1}) AS bought, {2} AS "
      "spent FROM {3} WHERE {0} IS NOT NULL{4}{5} GROUP BY {0}",
      own, what, amount.sum_where_sql(what), subject.from_sql, sold, segment);
  const auto rows = baskets.all[gap.customer];
  claim.evidence.push_back(
      {"b",
       fmt::format(
           "SELECT count(*) AS peers, count(*) FILTER (WHERE bought > 0) AS buyers, "
           "percentile_cont(0.5) WITHIN GROUP (ORDER BY CASE WHEN bought > 0 THEN spent END) AS "
           "usual, "
           "percentile_cont(0.75) WITHIN GROUP (ORDER BY CASE WHEN bought > 0 THEN spent END) AS "
           "much FROM ({}) AS each_customer WHERE own_rows * 3 >= {} AND own_rows <= 3 * {} "
           "AND NOT (customer = {})",
           each, rows, rows,
           subject.columns[baskets.customer].type == frame::Type::text
               ? sql::quote_text(subject.codes(baskets.customer).dictionary[gap.customer])
               : subject.codes(baskets.customer).dictionary[gap.customer])});
}

findings::Claim state(const Workspace& workspace, const Baskets& baskets, const Gap& gap) {
  const auto& subject = workspace.subject;
  const auto& category = subject.columns[baskets.category];
  const Amount amount(workspace);
  auto claim =
      claim_about(workspace, "cross_sell", family, baskets.customer, gap.customer, amount.name());
  claim.fingerprint = fmt::format("cross_sell/{}={}/{}={}", subject.columns[baskets.customer].name,
                                  claim.entities.front().value, category.name,
                                  subject.codes(baskets.category).dictionary[gap.category]);
  claim.columns.push_back(category.name);
  claim.entities.push_back(entity_of(subject, baskets.category, gap.category));
  add_evidence(claim, workspace, baskets, gap);
  findings::Values values;
  values.cell("who", "a", 0, "who")
      .cell("what", "a", 0, "what")
      .cell("own_rows", "a", 0, "own_rows", Format::integer);
  values.cell("peers", "b", 0, "peers", Format::integer)
      .cell("buyers", "b", 0, "buyers", Format::integer)
      .formula("penetration", "buyers / peers", Format::percent);
  const bool plain = subject_phrase(subject, baskets.category, gap.category) == "{who}";
  const auto thing = plain ? std::string("{what}") : noun_of(category) + " {what}";
  const auto nouns = nouns_of(subject.columns[baskets.customer]);
  claim.title = fmt::format("{} never buys {}; {{penetration}} of {} like it do",
                            subject_phrase(subject, baskets.customer, gap.customer), thing, nouns);
  claim.summary = fmt::format(
      "None of its {{own_rows}} {} is for it, while {{buyers}} of {{peers}} {} {}of about the same "
      "size buy it.",
      plain_words(subject.nouns), nouns, gap.by_segment ? "of its segment and " : "");
  if (amount.is_money()) {
    values.cell("usual", "b", 0, "usual", amount.format(), amount.unit())
        .cell("much", "b", 0, "much")
        .constant("months", workspace.months);
    claim.summary += " One that does has typically spent {usual} on it so far.";
    claim.impact.account = findings::Account::opportunity;
    claim.impact.amount = values.expression("max(0, penetration * usual / months)");
    claim.impact.low = values.expression("0 * usual");
    claim.impact.high = values.expression("max(0, max(penetration * usual, much) / months)");
    claim.impact.unit = amount.unit();
    claim.impact.per = "month";
    claim.impact.of = amount.phrase(values);
    claim.impact.method =
        "what a typical buyer among them spends on it, times the share that buys it; range: "
        "nothing, to what one buyer in four exceeds";
  }
  claim.values = values.bindings();
  claim.action = fmt::format("Ask {{who}} where it gets {} today, and make an offer.", thing);
  claim.test.name = "beta-binomial: no row in so many";
  claim.test.effect_name = "share of peers that buy it";
  claim.guards = usual_guards(workspace);
  claim.guards.push_back(
      {"one_entity", findings::GuardStatus::passed, "compared with customers of a like size only"});
  return claim;
}

}  // namespace

std::vector<Candidate> examine_cross_sell(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  const auto customer = workspace.customers();
  if (!customer || workspace.small || workspace.periods.count == 0 ||
      workspace.cube(*customer) == nullptr || workspace.flat(*customer) == nullptr)
    return candidates;
  const auto category = category_column(workspace, *customer);
  if (!category) return candidates;
  const auto baskets = std::make_shared<const Baskets>(baskets_of(workspace, *customer, *category));
  const Amount amount(workspace);
  for (const auto buyer : buyers_of(workspace, *baskets)) {
    for (const auto& gap : gaps_of(*baskets, buyer)) {
      Candidate candidate;
      candidate.entry.family = family;
      candidate.entry.pattern = "cross_sell";
      candidate.entry.fingerprint =
          fmt::format("cross_sell/{}/{}", workspace.subject.codes(*customer).dictionary[buyer],
                      workspace.subject.codes(*category).dictionary[gap.category]);
      candidate.entry.statistic = gap.rate * static_cast<double>(baskets->all[buyer]);
      candidate.entry.p = gap.p;
      candidate.entry.effect = gap.penetration;
      candidate.material = baskets->rows[buyer][gap.category] == 0;
      candidate.impact =
          std::max(0.0, gap.rate * amount.of(*workspace.flat(*customer), buyer) / workspace.months);
      candidate.surprise = gap.penetration;
      if (candidate.material)
        candidate.claim = [&workspace, baskets, gap] { return state(workspace, *baskets, gap); };
      candidates.push_back(std::move(candidate));
    }
  }
  return candidates;
}

}  // namespace insights::patterns
