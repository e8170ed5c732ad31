// Builds one column of a Frame from batches: encodes, profiles, hashes. Used by load.cpp alone.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "frame/frame.h"
#include "source/rows.h"

namespace insights::frame {

std::uint64_t hash_of(std::string_view text);

// Text -> code by open addressing. Codes start at 1; texts are owned by the dictionary.
class Dictionary {
 public:
  Dictionary();
  // The text's code; a new one when it has not been seen. `hash`: hash_of(text).
  std::uint32_t code_of(std::string_view text, std::uint64_t hash);
  std::size_t size() const { return texts_.size(); }
  std::vector<std::string> take() { return std::move(texts_); }
  const std::string& text(std::uint32_t code) const { return texts_[code]; }

 private:
  void grow();
  std::vector<std::string> texts_;     // [code]
  std::vector<std::uint64_t> hashes_;  // [code]
  std::vector<std::uint32_t> slots_;   // 0 = free
};

class ColumnBuilder {
 public:
  ColumnBuilder(std::string name, std::string engine_type, std::size_t rows_expected,
                std::size_t values_max);
  // Takes the first `rows` of a batch column and adds each value's hash to row_hashes[0 .. rows):
  // the sum over all columns, in any order, is the row's. Builders of different columns may work
  // side by side.
  void append(const source::ColumnBatch& batch, std::size_t rows,
              std::span<std::uint64_t> row_hashes);
  Column finish();

 private:
  void append_texts(const source::ColumnBatch& batch, std::size_t rows,
                    std::span<std::uint64_t> row_hashes);
  void append_numbers(const source::ColumnBatch& batch, std::size_t rows,
                      std::span<std::uint64_t> row_hashes);
  void append_days(const source::ColumnBatch& batch, std::size_t rows,
                   std::span<std::uint64_t> row_hashes);
  // From here on the profile's extremes are those of no value, until extremes_done().
  void see_extremes();
  void extremes_done();

  Column column_;
  std::uint64_t hash_factor_;  // odd: the same value in another column counts otherwise
  std::size_t rows_expected_;
  std::size_t values_max_;
  bool started_ = false;
  bool any_value_ = false;
  Dictionary dictionary_;
  std::vector<std::uint32_t> codes_block_;
  std::size_t text_characters_ = 0;
};

}  // namespace insights::frame
