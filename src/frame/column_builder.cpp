#include "frame/column_builder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>

namespace insights::frame {

namespace {

// The finisher of SplitMix64 (Steele, Lea, Flood 2014): spreads every input bit over the output.
std::uint64_t mixed(std::uint64_t value) {
  value ^= value >> 30;
  value *= 0xbf58476d1ce4e5b9ULL;
  value ^= value >> 27;
  value *= 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

constexpr std::uint64_t null_hash = 0x9e3779b97f4a7c15ULL;

constexpr std::size_t short_text_max = 7;  // bytes: with their number they fill one word

template <class Word>
std::uint64_t word_at(const char* bytes) {
  Word word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

// One number for each short text, which no other short text has.
std::uint64_t packed(std::string_view text) {
  const std::size_t size = text.size();
  std::uint64_t bytes = 0;
  if (size >= 4) {
    const auto last = word_at<std::uint32_t>(text.data() + size - 4);
    bytes = word_at<std::uint32_t>(text.data()) | last << (8 * (size - 4));
  } else {
    for (std::size_t i = 0; i < size; ++i)
      bytes |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * i);
  }
  return bytes | std::uint64_t{size} << 56;
}

bool is_blank(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c == ' ' || c == '\t'; });
}

constexpr int decimals_unknown = 9;

constexpr std::array<double, decimals_unknown> powers_of_ten{1,   1e1, 1e2, 1e3, 1e4,
                                                             1e5, 1e6, 1e7, 1e8};

constexpr double largest_exact_integer = 9007199254740992.0;  // 2^53

// The nearest integer, ties away from zero; every number beyond 2^53 is one. std::round() by hand:
// it is a call for each number, and this is not.
double rounded(double value) {
  if (!(std::fabs(value) < largest_exact_integer)) return value;
  return static_cast<double>(static_cast<std::int64_t>(value + std::copysign(0.5, value)));
}

// Is the value a multiple of 10^-places, as far as a double can tell?
bool has_decimals(double value, int places) {
  const double scaled = value * powers_of_ten[static_cast<std::size_t>(places)];
  return std::fabs(scaled - rounded(scaled)) <= 1e-9 * std::max(1.0, std::fabs(scaled));
}

void see_extreme(Profile& profile, double value) {
  profile.minimum = std::min(profile.minimum, value);
  profile.maximum = std::max(profile.maximum, value);
}

// A finite number.
void see_number(Profile& profile, double value) {
  see_extreme(profile, value);
  profile.sum += value;
  profile.sum_of_absolute += std::fabs(value);
  profile.negatives += value < 0 ? 1 : 0;
  profile.zeros += value == 0 ? 1 : 0;
  if (rounded(value) == value) {
    if (std::fabs(value) > largest_exact_integer) profile.beyond_double = true;
    return;
  }
  profile.whole = false;
  while (profile.decimals < decimals_unknown && !has_decimals(value, profile.decimals))
    ++profile.decimals;
}

constexpr std::size_t counted_numbers_max = 65'536;
constexpr double bitmap_span_max = 1 << 28;

// How many different numbers there are, NaN aside; it ends when there are more than `most`.
std::size_t count_different(const std::vector<double>& values, std::size_t most) {
  // Open addressing (Knuth, vol. 3, 6.4); NaN is a free place.
  constexpr std::uint64_t golden = 0x9e3779b97f4a7c15;
  std::vector<double> places(std::bit_ceil(2 * std::min(values.size(), most) + 2), std::nan(""));
  const std::size_t last = places.size() - 1;
  const int shift = std::countl_zero(last);
  std::size_t count = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    const auto bits = std::bit_cast<std::uint64_t>(value + 0.0);  // -0 is 0
    auto place = static_cast<std::size_t>((bits * golden) >> shift);
    while (!std::isnan(places[place]) && places[place] != value) place = (place + 1) & last;
    if (places[place] == value) continue;
    places[place] = value;
    if (++count > most) break;
  }
  return count;
}

// Whole numbers in a narrow range are counted exactly by a bitmap; others up to
// counted_numbers_max, beyond which a number column is a measure and nobody asks.
void count_distinct(const std::vector<double>& values, Profile& profile) {
  const double span = profile.maximum - profile.minimum;
  if (profile.whole && span < bitmap_span_max) {
    std::vector<bool> seen(static_cast<std::size_t>(span) + 1);
    for (const double value : values) {
      if (std::isnan(value)) continue;
      const auto place = static_cast<std::size_t>(value - profile.minimum);
      if (seen[place]) continue;
      seen[place] = true;
      ++profile.distinct;
    }
    return;
  }
  const auto count = count_different(values, counted_numbers_max);
  profile.distinct = static_cast<std::int64_t>(count);
  profile.distinct_is_lower_bound = count > counted_numbers_max;
}

// The calendar's days are few enough to be ticked off.
std::int64_t count_distinct(const std::vector<std::int32_t>& days, const Profile& profile) {
  std::vector<bool> seen(static_cast<std::size_t>(profile.maximum - profile.minimum) + 1);
  const auto first = static_cast<std::int32_t>(std::lround(profile.minimum));
  std::int64_t count = 0;
  for (const auto day : days) {
    if (day == no_day || seen[static_cast<std::size_t>(day - first)]) continue;
    seen[static_cast<std::size_t>(day - first)] = true;
    ++count;
  }
  return count;
}

}  // namespace

// Short texts that differ have different hashes, because mixed() gives no number twice.
std::uint64_t hash_of(std::string_view text) {
  return mixed(text.size() <= short_text_max ? packed(text) : std::hash<std::string_view>{}(text));
}

Dictionary::Dictionary() : texts_(1), hashes_(1), slots_(64) {}

std::uint32_t Dictionary::code_of(std::string_view text, std::uint64_t hash) {
  if (texts_.size() * 2 > slots_.size()) grow();
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t slot = hash & mask;; slot = (slot + 1) & mask) {
    const std::uint32_t code = slots_[slot];
    if (code == 0) {
      const auto fresh = static_cast<std::uint32_t>(texts_.size());
      texts_.emplace_back(text);
      hashes_.push_back(hash);
      slots_[slot] = fresh;
      return fresh;
    }
    if (hashes_[code] != hash) continue;
    const auto& known = texts_[code];
    const bool both_short = text.size() <= short_text_max && known.size() <= short_text_max;
    if (both_short || known == text) return code;
  }
}

void Dictionary::grow() {
  slots_.assign(slots_.size() * 2, 0);
  const std::size_t mask = slots_.size() - 1;
  for (std::uint32_t code = 1; code < texts_.size(); ++code) {
    std::size_t slot = hashes_[code] & mask;
    while (slots_[slot] != 0) slot = (slot + 1) & mask;
    slots_[slot] = code;
  }
}

ColumnBuilder::ColumnBuilder(std::string name, std::string engine_type, std::size_t rows_expected,
                             std::size_t values_max)
    : hash_factor_(mixed(std::hash<std::string>{}(name)) | 1),
      rows_expected_(rows_expected),
      values_max_(values_max) {
  column_.name = std::move(name);
  column_.engine_type = std::move(engine_type);
}

void ColumnBuilder::append(const source::ColumnBatch& batch, std::size_t rows,
                           std::span<std::uint64_t> row_hashes) {
  using BatchType = source::ColumnBatch::Type;
  column_.profile.rows += static_cast<std::int64_t>(rows);
  switch (batch.type) {
    case BatchType::text:
      if (!started_) column_.type = Type::text;
      append_texts(batch, rows, row_hashes);
      break;
    case BatchType::boolean:
    case BatchType::integer:
    case BatchType::real:
      if (!started_) {
        column_.type = batch.type == BatchType::boolean   ? Type::boolean
                       : batch.type == BatchType::integer ? Type::integer
                                                          : Type::decimal;
      }
      append_numbers(batch, rows, row_hashes);
      break;
    case BatchType::day:
    case BatchType::moment:
      if (!started_) column_.type = batch.type == BatchType::day ? Type::date : Type::timestamp;
      append_days(batch, rows, row_hashes);
      break;
  }
  started_ = true;
}

void ColumnBuilder::append_texts(const source::ColumnBatch& batch, std::size_t rows,
                                 std::span<std::uint64_t> row_hashes) {
  if (!started_) {
    column_.data = Coded{};
    std::get<Coded>(column_.data).codes.reserve(rows_expected_);
  }
  auto* coded = std::get_if<Coded>(&column_.data);
  codes_block_.assign(rows, 0);
  std::string_view previous;
  std::uint32_t previous_code = 0;
  std::uint64_t previous_hash = 0;
  std::uint64_t previous_word = 0;  // 0: long (or empty), compared as it is
  for (std::size_t row = 0; row < rows; ++row) {
    if (!batch.valid[row]) {
      ++column_.profile.nulls;
      row_hashes[row] += null_hash * hash_factor_;
      continue;
    }
    const std::string_view text = batch.texts[row];
    text_characters_ += text.size();
    const std::uint64_t word = text.size() <= short_text_max ? packed(text) : 0;
    const bool same = word != 0 ? word == previous_word : text == previous;
    if (previous_code == 0 || !same) {
      previous = text;
      previous_word = word;
      previous_hash = word != 0 ? mixed(word) : hash_of(text);
      previous_code = coded != nullptr ? dictionary_.code_of(text, previous_hash) : 1;
    }
    if (is_blank(text)) ++column_.profile.empty_texts;
    codes_block_[row] = previous_code;
    row_hashes[row] += previous_hash * hash_factor_;
  }
  if (coded == nullptr) return;
  coded->codes.append(codes_block_.data(), rows,
                      static_cast<std::uint32_t>(dictionary_.size() - 1));
  if (dictionary_.size() > values_max_) {
    column_.profile.distinct = static_cast<std::int64_t>(dictionary_.size()) - 1;
    column_.profile.distinct_is_lower_bound = true;
    column_.data = Dropped{};
    dictionary_ = Dictionary{};
  }
}

void ColumnBuilder::see_extremes() {
  if (any_value_) return;
  column_.profile.minimum = std::numeric_limits<double>::infinity();
  column_.profile.maximum = -std::numeric_limits<double>::infinity();
}

void ColumnBuilder::extremes_done() {
  auto& profile = column_.profile;
  any_value_ = profile.minimum <= profile.maximum;
  if (!any_value_) profile.minimum = profile.maximum = 0;
}

void ColumnBuilder::append_numbers(const source::ColumnBatch& batch, std::size_t rows,
                                   std::span<std::uint64_t> row_hashes) {
  if (!started_) {
    column_.data = Numbers{};
    std::get<Numbers>(column_.data).values.reserve(rows_expected_);
  }
  auto& all = std::get<Numbers>(column_.data).values;
  all.resize(all.size() + rows, std::nan(""));
  double* values = all.data() + all.size() - rows;
  const bool real = batch.type == source::ColumnBatch::Type::real;
  see_extremes();
  auto profile = column_.profile;  // a copy, which the compiler knows that nothing else points to
  for (std::size_t row = 0; row < rows; ++row) {
    if (!batch.valid[row]) {
      ++profile.nulls;
      row_hashes[row] += null_hash * hash_factor_;
      continue;
    }
    const double value = real ? batch.reals[row] : static_cast<double>(batch.integers[row]);
    const auto bits = real ? std::bit_cast<std::uint64_t>(value)
                           : static_cast<std::uint64_t>(batch.integers[row]);
    row_hashes[row] += mixed(bits) * hash_factor_;
    if (!std::isfinite(value)) {
      ++profile.non_finite;
      continue;
    }
    see_number(profile, value);
    values[row] = value;
  }
  column_.profile = profile;
  extremes_done();
}

void ColumnBuilder::append_days(const source::ColumnBatch& batch, std::size_t rows,
                                std::span<std::uint64_t> row_hashes) {
  if (!started_) {
    column_.data = Days{};
    std::get<Days>(column_.data).days.reserve(rows_expected_);
  }
  auto& data = std::get<Days>(column_.data);
  const bool has_time = batch.type == source::ColumnBatch::Type::moment;
  see_extremes();
  auto& profile = column_.profile;
  profile.odd_times += batch.odd_times;
  for (std::size_t row = 0; row < rows; ++row) {
    if (!batch.valid[row]) {
      ++profile.nulls;
      data.days.push_back(no_day);
      if (has_time) data.seconds.push_back(0);
      row_hashes[row] += null_hash * hash_factor_;
      continue;
    }
    const std::int64_t raw = batch.integers[row];
    row_hashes[row] += mixed(static_cast<std::uint64_t>(raw)) * hash_factor_;
    const base::Day day =
        has_time ? base::day_of(base::Moment{raw}) : base::Day{static_cast<std::int32_t>(raw)};
    see_extreme(profile, day.since_epoch);
    data.days.push_back(day.since_epoch);
    if (has_time) {
      const std::int64_t midnight = static_cast<std::int64_t>(day.since_epoch) * 86'400'000'000;
      data.seconds.push_back(static_cast<std::int32_t>((raw - midnight) / 1'000'000));
    }
  }
  extremes_done();
}

Column ColumnBuilder::finish() {
  auto& profile = column_.profile;
  if (!started_) column_.data = Coded{{}, {""}};
  if (auto* coded = std::get_if<Coded>(&column_.data); coded != nullptr && started_) {
    coded->dictionary = dictionary_.take();
    profile.distinct = static_cast<std::int64_t>(coded->dictionary.size()) - 1;
  } else if (const auto* numbers = std::get_if<Numbers>(&column_.data)) {
    count_distinct(numbers->values, profile);
  } else if (auto* days = std::get_if<Days>(&column_.data)) {
    profile.distinct = count_distinct(days->days, profile);
    if (std::ranges::all_of(days->seconds, [](std::int32_t second) { return second == 0; })) {
      days->seconds.clear();
      days->seconds.shrink_to_fit();
    }
  }
  const auto texts = profile.rows - profile.nulls;
  if (texts > 0)
    profile.text_length_mean = static_cast<double>(text_characters_) / static_cast<double>(texts);
  return std::move(column_);
}

}  // namespace insights::frame
