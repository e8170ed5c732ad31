#include "frame/frame.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "frame/column_builder.h"

using namespace insights;
using namespace insights::frame;
using BatchType = source::ColumnBatch::Type;

namespace {

source::ColumnBatch texts(const std::vector<std::string_view>& values) {
  source::ColumnBatch batch;
  batch.type = BatchType::text;
  batch.texts = values;
  for (const auto value : values) batch.valid.push_back(value == "NULL" ? 0 : 1);
  return batch;
}

source::ColumnBatch reals(const std::vector<double>& values) {
  source::ColumnBatch batch;
  batch.type = BatchType::real;
  batch.reals = values;
  batch.valid.assign(values.size(), 1);
  return batch;
}

Column built(const source::ColumnBatch& batch, std::size_t rows, std::size_t values_max = 1000) {
  ColumnBuilder builder("column", "ANY", rows, values_max);
  std::vector<std::uint64_t> hashes(rows);
  builder.append(batch, rows, hashes);
  return builder.finish();
}

}  // namespace

TEST_CASE("codes widen from one byte to four without losing a row") {
  CodeVector codes;
  codes.reserve(70'003);
  std::vector<std::uint32_t> block(1);
  for (std::uint32_t code = 0; code < 70'000; ++code) {
    block[0] = code;
    codes.append(block.data(), 1, code);
  }
  REQUIRE(codes.size() == 70'000);
  for (const std::uint32_t code : {0U, 255U, 256U, 65'535U, 65'536U, 69'999U})
    CHECK(codes[code] == code);
}

TEST_CASE("texts become codes in order of first appearance, null is code 0") {
  const auto column = built(texts({"b", "a", "NULL", "b", ""}), 5);
  REQUIRE(column.coded() != nullptr);
  CHECK(column.coded()->dictionary == std::vector<std::string>{"", "b", "a", ""});
  CHECK(column.coded()->codes[0] == 1);
  CHECK(column.coded()->codes[2] == 0);
  CHECK(column.coded()->codes[3] == 1);
  CHECK(column.profile.nulls == 1);
  CHECK(column.profile.distinct == 3);
  CHECK(column.profile.empty_texts == 1);
}

TEST_CASE("a text column with too many values is dropped, and only its profile kept") {
  const auto column = built(texts({"a", "b", "c", "d"}), 4, 3);
  CHECK(column.coded() == nullptr);
  CHECK(column.profile.distinct_is_lower_bound);
}

TEST_CASE(
    "numbers are profiled: extremes, negatives, decimals, and what is not finite counts apart") {
  const auto column = built(reals({1.25, -3.5, 0, std::nan(""), INFINITY}), 5);
  CHECK(column.profile.minimum == -3.5);
  CHECK(column.profile.maximum == 1.25);
  CHECK(column.profile.negatives == 1);
  CHECK(column.profile.zeros == 1);
  CHECK(column.profile.non_finite == 2);
  CHECK(column.profile.decimals == 2);
  CHECK_FALSE(column.profile.whole);
  CHECK(std::isnan(column.numbers()->values[4]));
}

TEST_CASE("extremes of numbers that are all below zero are theirs, not zero") {
  const auto column = built(reals({-5, -2, -9}), 3);
  CHECK(column.profile.minimum == -9);
  CHECK(column.profile.maximum == -2);
}

TEST_CASE("a timestamp keeps its day and its seconds; midnight everywhere is a date") {
  source::ColumnBatch batch;
  batch.type = BatchType::moment;
  batch.integers = {86'400'000'000 + 5'000'000, -1};
  batch.valid = {1, 1};
  const auto column = built(batch, 2);
  CHECK(column.days()->days == std::vector<std::int32_t>{1, -1});
  CHECK(column.days()->seconds == std::vector<std::int32_t>{5, 86'399});
  batch.integers = {86'400'000'000, 0};
  CHECK(built(batch, 2).days()->seconds.empty());
}

TEST_CASE("a numeric column encodes into one value a number, written as the database writes it") {
  const auto coded = encode({{14646, 14646, 0.5, std::nan("")}}, 10);
  REQUIRE(coded.has_value());
  CHECK(coded->dictionary == std::vector<std::string>{"", "14646", "0.5"});
  CHECK(coded->codes[3] == 0);
  CHECK_FALSE(encode({{1, 2, 3}}, 2).has_value());
}

TEST_CASE("rows that agree in every column have the same hash, others do not") {
  ColumnBuilder first("a", "ANY", 3, 10), second("b", "ANY", 3, 10);
  std::vector<std::uint64_t> hashes(3);
  first.append(texts({"x", "x", "y"}), 3, hashes);
  second.append(reals({1, 1, 1}), 3, hashes);
  CHECK(hashes[0] == hashes[1]);
  CHECK(hashes[0] != hashes[2]);
}

TEST_CASE("texts of any length keep codes of their own, whatever zeros are in them") {
  using namespace std::string_literals;
  std::vector<std::string> values;
  for (std::size_t length = 0; length <= 12; ++length) {
    for (const char last : {'a', 'b', '\0'}) {
      values.push_back(std::string(length, 'a') + last);
      values.push_back(last + std::string(length, '\0'));
    }
  }
  std::ranges::sort(values);
  values.erase(std::ranges::unique(values).begin(), values.end());
  const std::vector<std::string_view> views(values.begin(), values.end());
  const auto column = built(texts(views), views.size());
  CHECK(column.profile.distinct == static_cast<std::int64_t>(values.size()));
  for (std::size_t i = 0; i < values.size(); ++i) CHECK(column.coded()->codes[i] == i + 1);
}

TEST_CASE("picked rows keep their values, and dictionaries what is left of theirs") {
  Frame frame;
  frame.rows = 4;
  std::vector<std::uint64_t> hashes(4);
  ColumnBuilder names("name", "VARCHAR", 4, 10), amounts("amount", "DOUBLE", 4, 10);
  names.append(texts({"Ada", "Bob", "NULL", "Cem"}), 4, hashes);
  amounts.append(reals({1.5, 2, 3, 4.25}), 4, hashes);
  frame.columns = {names.finish(), amounts.finish()};
  const std::vector<std::size_t> rows{3, 2, 1, 3};
  const auto few = picked(frame, rows);
  CHECK(few.rows == 4);
  const auto& coded = *few.columns[0].coded();
  CHECK(coded.dictionary == std::vector<std::string>{"", "Cem", "Bob"});
  const std::vector<std::uint32_t> codes{1, 0, 2, 1};
  for (std::size_t row = 0; row < codes.size(); ++row) CHECK(coded.codes[row] == codes[row]);
  CHECK(few.columns[1].numbers()->values == std::vector<double>{4.25, 3, 2, 4.25});
  CHECK(few.columns[1].profile.rows == 4);
}
