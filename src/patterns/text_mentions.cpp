// Words of free texts that say something about the rows: one word in most of them, a word that one
// group's texts hold and others' do not, a word whose rows last longer or fail more often.
//
// A word of few rows of a group that has most of the word's rows is told from the word.
//
// Each (word, group value) and (word, number or flag) is a hypothesis. Rows are the cases, less by
// their shared fate (shared_fate.h): Spearman's rank correlation between "mentions it" and the
// other, which for two yes-or-no columns is the phi coefficient. A first look (two shares, two
// means) decides where that is worth the time.

#include "patterns/text_mentions.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "findings/fingerprint.h"
#include "patterns/all.h"
#include "patterns/facts.h"
#include "patterns/survival.h"
#include "stats/distributions.h"
#include "stats/mean_tests.h"

namespace insights::patterns {

namespace {

using catalog::Role;

constexpr double common_min = 0.25, common_max = 0.95, common_times = 2;
constexpr double overlap_max = 0.8;  // of the next word's rows that may be the first one's
constexpr std::size_t values_max = 40, measures_max = 16;
constexpr double own_share_min = 0.4, times_elsewhere = 3;
constexpr std::int64_t rows_min = 20, hits_min = 15;
constexpr double stands_for_a_group = 0.7;  // phi: the word is another name of it
constexpr double effect_min = 0.4, relative_min = 0.1, rate_gap_min = 0.1, rate_times_min = 1.3;
constexpr double p_screened = 0.01;
constexpr std::size_t told_in_groups_max = 6;
constexpr double certain = 0.98;     // a flag that is read from the text
constexpr double left_within = 0.5;  // of the difference, within the groups of any grouping

std::string folded(std::string_view text) {
  std::string result;
  for (const char c : text)
    result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

// "hardware" in the texts of the group Hardware is no news, nor is "printer" of Printers.
bool names_the_value(const std::string& term, const std::string& value) {
  const auto name = folded(value);
  for (std::size_t at = 0; at < term.size();) {
    const auto end = std::min(term.find(' ', at), term.size());
    const auto word = term.substr(at, std::min<std::size_t>(5, end - at));
    if (name.find(word) != std::string::npos) return true;
    at = end + 1;
  }
  return false;
}

// What the mention is held against: the number, or 1 / 0 for the group.
double other_at(const catalog::Subject& subject, const Mention& mention, std::size_t row) {
  if (mention.measure != no_column) return number_at(subject, mention.measure, row);
  const auto code = subject.codes(mention.column).codes[row];
  return code == 0 ? std::nan("") : code == mention.value ? 1 : 0;
}

Cases cases_of_mention(const Workspace& workspace, const Fates& fates, const Mention& mention,
                       const frame::Mask& kept) {
  const auto& subject = workspace.subject;
  Cases cases;
  std::vector<std::size_t> rows;
  for (const std::size_t row : workspace.sampled(kept)) {
    const double said = mentioned_at(subject, mention, row);
    const double other = other_at(subject, mention, row);
    if (std::isnan(said) || std::isnan(other)) continue;
    rows.push_back(row);
    cases.x.push_back(said);
    cases.y.push_back(other);
  }
  cases.groups = [&fates, rows = std::move(rows)] { return fates.of(rows); };
  cases.least = 30;
  return cases;
}

bool is_large(const MentionShares& shares) {
  const double own = shares.own.rate(), others = shares.elsewhere.rate();
  return shares.own.trials >= rows_min && shares.elsewhere.trials >= rows_min &&
         shares.own.events >= hits_min && own >= own_share_min && own >= times_elsewhere * others;
}

// The same table read from the word: of the rows that mention it, and of those that do not, the
// share that is the group's.
MentionShares by_word(const MentionShares& shares) {
  const auto said = shares.own.events + shares.elsewhere.events;
  return {
      {shares.own.events, said},
      {shares.own.trials - shares.own.events, shares.own.trials + shares.elsewhere.trials - said}};
}

// A word that only one group's texts hold is of its trade: dinners are meals.
bool sits_in(const MentionShares& shares) {
  const auto word = by_word(shares);
  return is_large(word) && word.own.rate() < certain;
}

bool is_large(const MentionMeans& means, bool flag) {
  if (means.own.n < rows_min || means.others.n < rows_min) return false;
  const double larger = std::max(means.own.mean, means.others.mean),
               smaller = std::min(means.own.mean, means.others.mean);
  if (flag && larger >= certain) return false;
  if (flag) return larger - smaller >= rate_gap_min && larger >= rate_times_min * smaller;
  const auto test = stats::welch_t(means.own, means.others);
  return test && std::fabs(test->effect) >= effect_min && means.others.mean != 0 &&
         std::fabs(test->difference) >= relative_min * std::fabs(means.others.mean);
}

// Correlation of two yes-or-no columns.
double phi_of(const MentionShares& shares) {
  const auto part = static_cast<double>(shares.own.trials),
             all = part + static_cast<double>(shares.elsewhere.trials),
             said = static_cast<double>(shares.own.events + shares.elsewhere.events);
  const double group = part / all, mean = said / all;
  const double spread = mean * (1 - mean) * group * (1 - group);
  return spread > 0 ? (shares.own.rate() - mean) * group / std::sqrt(spread) : 0;
}

struct Tested {
  Mention mention;
  double p = 1, effect = 0;
  double correlation = 0;
  double weight = 0;  // which of several is told
  bool material = false;
};

class Examining {
 public:
  explicit Examining(const Workspace& workspace)
      : workspace_(workspace),
        subject_(workspace.subject),
        fates_(std::make_shared<Fates>(workspace)) {}

  std::vector<Candidate> run() {
    for (const auto& column : text_columns(workspace_)) {
      std::vector<std::shared_ptr<const Term>> terms;
      for (const auto& term : column.terms) terms.push_back(std::make_shared<const Term>(term));
      std::erase_if(terms,
                    [&](const auto& term) { return names_a_group(term->text, column.column); });
      tell_common(column, terms);
      if (workspace_.small) continue;
      in_groups(column, terms);
      std::erase_if(terms, [&](const auto& term) { return stands_for_.contains(term->text); });
      with_measures(column, terms);
    }
    return std::move(candidates_);
  }

 private:
  using Terms = std::vector<std::shared_ptr<const Term>>;

  // What the groupings say already, the text itself aside where it is one of a few.
  bool names_a_group(const std::string& term, std::size_t text) const {
    return std::ranges::any_of(workspace_.groupings, [&](std::size_t column) {
      if (column == text) return false;
      const auto& names = subject_.codes(column).dictionary;
      return names.size() <= values_max + 1 &&
             std::any_of(names.begin() + 1, names.end(),
                         [&](const std::string& name) { return names_the_value(term, name); });
    });
  }

  Candidate entry_of(const Mention& mention, double p, double effect) const {
    Candidate candidate;
    candidate.entry.family = "text mentions";
    candidate.entry.pattern = "text_mentions";
    std::vector<findings::Entity> entities{
        {subject_.columns[mention.text].name, mention.term->text, ""}};
    std::string measure;
    if (mention.column != no_column) {
      entities.push_back({subject_.columns[mention.column].name,
                          subject_.codes(mention.column).dictionary[mention.value], ""});
      // A word of a group's texts explains nothing else of its rows, nor is it explained by that.
      if (workspace_.is_decoy(mention.column)) {
        candidate.column = mention.column;
        candidate.value = mention.value;
      }
      candidate.measure = "mentions";
      candidate.explains = false;
    } else if (mention.measure != no_column) {
      measure = subject_.columns[mention.measure].name;
      candidate.measure = measure + " on average";
      candidate.measure_column = mention.measure;
      candidate.own_rows = [&subject = subject_, mention] {
        frame::Mask rows(subject.frame.rows);
        for (std::size_t row = 0; row < rows.size(); ++row)
          rows[row] = mentioned_at(subject, mention, row) > 0 ? 1 : 0;
        return rows;
      };
    }
    candidate.entry.fingerprint = findings::fingerprint("text_mentions", measure, entities);
    candidate.entry.p = std::clamp(p, stats::p_value_min, 1.0);
    candidate.entry.effect = candidate.entry.statistic = effect;
    return candidate;
  }

  // (a) One word in far more texts than the next.
  void tell_common(const TextColumn& column, const Terms& terms) {
    if (terms.empty() || column.rows == 0) return;
    const auto& first = terms.front();
    std::shared_ptr<const Term> next;
    for (std::size_t i = 1; i < terms.size() && next == nullptr; ++i) {
      const auto both = rows_with_both(column.column, *first, *terms[i]);
      if (both < overlap_max * static_cast<double>(terms[i]->rows)) next = terms[i];
    }
    const auto share = static_cast<double>(first->rows) / static_cast<double>(column.rows);
    const Mention mention{column.column, first, no_column, 0, no_column};
    auto candidate = entry_of(mention, 1, share);
    candidate.entry.fact = true;
    candidate.material =
        next != nullptr && share >= common_min && share <= common_max &&
        static_cast<double>(first->rows) >= common_times * static_cast<double>(next->rows);
    candidate.surprise = 0.5 * share;
    if (candidate.material) {
      candidate.claim = [&workspace = workspace_, mention, next] {
        return state_common_word(workspace, mention, *next);
      };
    }
    candidates_.push_back(std::move(candidate));
  }

  double rows_with_both(std::size_t column, const Term& a, const Term& b) const {
    double rows = 0;
    subject_.codes(column).codes.visit([&](const auto* codes) {
      for (std::size_t row = 0; row < subject_.frame.rows; ++row)
        rows += a.in_text[codes[row]] != 0 && b.in_text[codes[row]] != 0 ? 1 : 0;
    });
    return rows;
  }

  // p with shared fate, where a first look at the shares or means says that it matters.
  void judge(Tested& one, double p_first, bool large) const {
    one.p = p_first;
    if (!large || p_first > p_screened) return;
    const auto found = together(cases_of_mention(workspace_, *fates_, one.mention, {}));
    one.p = found ? std::max(found->p, p_first) : 1;
    one.material = found.has_value();
    one.correlation = found ? found->effect : 0;
  }

  // (b) Groups whose texts hold a word that others' do not.
  void in_groups(const TextColumn& text, const Terms& terms) {
    std::vector<Tested> tested;
    for (const std::size_t column : workspace_.groupings) {
      const auto values = subject_.codes(column).values();
      if (column == text.column || values < 3 || values > values_max + 1 ||
          subject_.columns[column].kind == "calendar")
        continue;
      for (const auto& term : terms) {
        for (const auto& [value, shares] : shares_by_value(text.column, *term, column)) {
          const auto& name = subject_.codes(column).dictionary[value];
          if (says_nothing(name) || names_the_value(term->text, name)) continue;
          Tested one{{text.column, term, column, value, no_column}, 1, 0, 0, 0, false};
          // A word of few rows of a group can still be that group's alone.
          one.mention.word_first = !is_large(shares) && sits_in(shares);
          const auto told = one.mention.word_first ? by_word(shares) : shares;
          one.effect = told.own.rate() - told.elsewhere.rate();
          one.weight = one.effect * static_cast<double>(told.own.trials);
          const auto phi = phi_of(shares);
          if (phi >= stands_for_a_group && !workspace_.is_decoy(column))
            stands_for_.insert(term->text);
          judge(one, stats::compare_proportions(shares.own, shares.elsewhere).p_value,
                is_large(told) && (!one.mention.word_first || holds_within_groups(one.mention)));
          tested.push_back(std::move(one));
        }
      }
    }
    // Many values have words of their own; of a grouping the one with most rows is told.
    keep_strongest(tested, told_in_groups_max, [](const Mention& a, const Mention& b) {
      return a.term == b.term || a.column == b.column;
    });
    publish(tested);
  }

  std::vector<std::pair<std::uint32_t, MentionShares>> shares_by_value(std::size_t text,
                                                                       const Term& term,
                                                                       std::size_t column) const {
    std::vector<stats::Proportion> counts(subject_.codes(column).values());
    subject_.codes(text).codes.visit([&](const auto* texts) {
      subject_.codes(column).codes.visit([&](const auto* values) {
        for (std::size_t row = 0; row < subject_.frame.rows; ++row) {
          if (texts[row] == 0) continue;
          ++counts[values[row]].trials;
          counts[values[row]].events += term.in_text[texts[row]];
        }
      });
    });
    stats::Proportion all;
    for (std::size_t value = 1; value < counts.size(); ++value) {
      all.trials += counts[value].trials;
      all.events += counts[value].events;
    }
    std::vector<std::pair<std::uint32_t, MentionShares>> shares;
    for (std::uint32_t value = 1; value < counts.size(); ++value) {
      const auto own = counts[value];
      if (own.trials >= rows_min)
        shares.push_back({value, {own, {all.events - own.events, all.trials - own.trials}}});
    }
    return shares;
  }

  // (c) Numbers and events that differ where a word is mentioned.
  void with_measures(const TextColumn& text, const Terms& terms) {
    std::vector<Tested> tested;
    std::size_t measures = 0;
    for (std::size_t i = 0; i < subject_.columns.size() && measures < measures_max; ++i) {
      const auto role = subject_.columns[i].role;
      if ((role != Role::measure && role != Role::flag) || workspace_.is_decoy(i) ||
          subject_.frame.columns[i].numbers() == nullptr)
        continue;
      ++measures;
      for (const auto& term : terms) {
        Tested one{{text.column, term, no_column, 0, i}, 1, 0, 0, 0, false};
        const auto means = mention_means(subject_, one.mention, {});
        if (means.own.n < rows_min || means.others.n < rows_min) continue;
        const auto test = stats::welch_t(means.own, means.others);
        one.effect = role == Role::flag ? means.own.mean - means.others.mean : test->effect;
        // The surest, not the largest: of "multiple departments" and one rare wording of it the
        // former.
        const auto own = static_cast<double>(means.own.n),
                   others = static_cast<double>(means.others.n);
        one.weight = std::fabs(one.effect) * std::sqrt(own * others / (own + others));
        const bool large = is_large(means, role == Role::flag) && holds_within_groups(one.mention);
        judge(one, test->p_value, large);
        tested.push_back(std::move(one));
      }
    }
    keep_strongest(tested, told_in_groups_max, [](const Mention& a, const Mention& b) {
      return a.measure == b.measure || a.term == b.term;
    });
    publish(tested);
  }

  // Is the difference still there among the rows of one group? Else the word stands for the group,
  // and the group is what is to be told of.
  bool holds_within_groups(const Mention& mention) const {
    const auto& rows = workspace_.sample;
    return std::ranges::none_of(workspace_.groupings, [&](std::size_t column) {
      const auto& coded = subject_.codes(column);
      if (workspace_.is_decoy(column) || coded.values() > values_max + 1 ||
          says_it_anyway(mention, column))
        return false;
      std::vector<stats::CoMoments> groups(coded.values());
      for (const std::size_t row : rows) {
        const double said = mentioned_at(subject_, mention, row),
                     number = other_at(subject_, mention, row);
        if (!std::isnan(said) && !std::isnan(number)) groups[coded.codes[row]].add(said, number);
      }
      stats::CoMoments whole;
      double shared = 0, spread = 0;
      for (const auto& group : groups) {
        shared += group.c2;
        spread += group.m2_x;
        whole.merge(group);
      }
      if (!(spread > 0 && whole.m2_x > 0) || whole.c2 == 0) return true;
      return (shared / spread) / (whole.c2 / whole.m2_x) < left_within;
    });
  }

  // "declined" is read from the state, a city says its country: within one state or city there is
  // nothing left of any difference.
  bool says_it_anyway(const Mention& mention, std::size_t column) const {
    if (column == mention.text || column == mention.column) return true;
    if (mention.measure == no_column) return subject_.has_dependency(column, mention.column);
    const auto& parts = subject_.columns[mention.measure].made_of;
    return std::ranges::find(parts, subject_.columns[column].name) != parts.end();
  }

  // Of those that tell the same, the strongest.
  void keep_strongest(std::vector<Tested>& tested, std::size_t most, auto alike) const {
    std::vector<Tested*> order, told;
    for (auto& one : tested) {
      if (one.material) order.push_back(&one);
    }
    std::ranges::stable_sort(
        order, [](const Tested* a, const Tested* b) { return a->weight > b->weight; });
    for (auto* one : order) {
      const bool again = std::ranges::any_of(
          told, [&](const Tested* other) { return alike(one->mention, other->mention); });
      if (again || told.size() >= most)
        one->material = false;
      else
        told.push_back(one);
    }
  }

  void publish(const std::vector<Tested>& tested) {
    for (const auto& one : tested) {
      auto candidate = entry_of(one.mention, one.p, one.effect);
      candidate.material = one.material;
      const bool grouped = one.mention.column != no_column;
      candidate.surprise = std::clamp(std::fabs(one.effect), 0.2, grouped ? 0.5 : 0.9);
      if (one.material) {
        candidate.claim = [&workspace = workspace_, mention = one.mention, grouped] {
          return grouped ? state_mentions_in_group(workspace, mention)
                         : state_mentions_and_measure(workspace, mention);
        };
        candidate.survives = [&workspace = workspace_, fates = fates_, mention = one.mention,
                              before = one.correlation](const frame::Mask& kept) {
          const auto again = together(cases_of_mention(workspace, *fates, mention, kept));
          return again && still_stands(again->p, again->effect, before);
        };
      }
      candidates_.push_back(std::move(candidate));
    }
  }

  const Workspace& workspace_;
  const catalog::Subject& subject_;
  std::shared_ptr<const Fates> fates_;
  std::set<std::string> stands_for_;  // terms that are another name of a group
  std::vector<Candidate> candidates_;
};

}  // namespace

double mentioned_at(const catalog::Subject& subject, const Mention& mention, std::size_t row) {
  const auto code = subject.codes(mention.text).codes[row];
  return code == 0 ? std::nan("") : mention.term->in_text[code];
}

MentionShares mention_shares(const catalog::Subject& subject, const Mention& mention,
                             const frame::Mask& kept) {
  MentionShares shares;
  const auto& codes = subject.codes(mention.column).codes;
  for (std::size_t row = 0; row < subject.frame.rows; ++row) {
    const double said = mentioned_at(subject, mention, row);
    if (codes[row] == 0 || std::isnan(said) || (!kept.empty() && kept[row] == 0)) continue;
    auto& side = codes[row] == mention.value ? shares.own : shares.elsewhere;
    ++side.trials;
    side.events += said > 0 ? 1 : 0;
  }
  return shares;
}

MentionMeans mention_means(const catalog::Subject& subject, const Mention& mention,
                           const frame::Mask& kept) {
  MentionMeans means;
  for (std::size_t row = 0; row < subject.frame.rows; ++row) {
    const double said = mentioned_at(subject, mention, row),
                 number = number_at(subject, mention.measure, row);
    if (std::isnan(said) || std::isnan(number) || (!kept.empty() && kept[row] == 0)) continue;
    (said > 0 ? means.own : means.others).add(number);
  }
  return means;
}

std::vector<Candidate> examine_text_mentions(const Workspace& workspace) {
  return Examining(workspace).run();
}

}  // namespace insights::patterns
