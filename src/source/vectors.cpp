#include "source/vectors.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

#include "source/nested_text.h"

namespace insights::source::engine {

namespace {

// The days and moments that the calendar can count: the years -32767 to 32767.
constexpr std::int64_t day_min = -12'687'428;
constexpr std::int64_t day_max = 11'248'737;
constexpr std::int64_t microseconds_a_day = 86'400'000'000;
constexpr std::int64_t moment_min = day_min * microseconds_a_day;
constexpr std::int64_t moment_max = (day_max + 1) * microseconds_a_day - 1;

constexpr double two_to_64 = 18446744073709551616.0;

template <class T>
long double long_real_of(T value) {
  if constexpr (std::is_arithmetic_v<T>) {
    return static_cast<long double>(value);
  } else {
    return static_cast<long double>(value.upper) * two_to_64 +
           static_cast<long double>(value.lower);
  }
}

template <class T>
double real_of(T value) {
  if constexpr (std::is_arithmetic_v<T>) {
    return static_cast<double>(value);
  } else {
    return static_cast<double>(long_real_of(value));
  }
}

// The double nearest to value / scale. A double divides rightly what it holds exactly; beyond that
// it takes more digits.
template <class T>
double decimal_of(T value, long double scale) {
  constexpr std::int64_t exact_max = std::int64_t{1} << 53;
  if constexpr (std::is_same_v<T, std::int64_t>) {
    if (value > -exact_max && value < exact_max)
      return static_cast<double>(value) / static_cast<double>(scale);
  } else if constexpr (std::is_arithmetic_v<T>) {
    return static_cast<double>(value) / static_cast<double>(scale);
  }
  return static_cast<double>(long_real_of(value) / scale);
}

Cell integer_or_real(std::uint64_t low, bool fits, double otherwise) {
  if (fits) return static_cast<std::int64_t>(low);
  return otherwise;
}

template <class T>
Cell cell_of(T value) {
  if constexpr (std::is_floating_point_v<T>) {
    return static_cast<double>(value);
  } else if constexpr (std::is_integral_v<T>) {
    return integer_or_real(static_cast<std::uint64_t>(value), std::in_range<std::int64_t>(value),
                           real_of(value));
  } else {
    const bool sign_bit = (value.lower >> 63U) != 0;
    const bool fits =
        (value.upper == 0 && !sign_bit) || (std::cmp_equal(value.upper, -1) && sign_bit);
    return integer_or_real(value.lower, fits, real_of(value));
  }
}

template <class T>
const T* data_of(duckdb_vector vector) {
  return static_cast<const T*>(duckdb_vector_get_data(vector));
}

bool is_valid(duckdb_vector vector, idx_t row) {
  std::uint64_t* mask = duckdb_vector_get_validity(vector);
  return mask == nullptr || duckdb_validity_row_is_valid(mask, row);
}

// Borrowed from the vector's memory, also when it is short.
std::string_view text_of(const duckdb_string_t& string) {
  const std::size_t size = string.value.pointer.length;
  constexpr std::size_t inlined_max = sizeof(string.value.inlined.inlined);
  return {size <= inlined_max ? string.value.inlined.inlined : string.value.pointer.ptr, size};
}

std::size_t dictionary_index(const ColumnKind& kind, duckdb_vector vector, idx_t row) {
  if (kind.stored == DUCKDB_TYPE_UTINYINT) return data_of<std::uint8_t>(vector)[row];
  if (kind.stored == DUCKDB_TYPE_USMALLINT) return data_of<std::uint16_t>(vector)[row];
  return data_of<std::uint32_t>(vector)[row];
}

// What a moment's number is multiplied by (or, when negative, divided by) to count microseconds.
std::int64_t microseconds_factor(duckdb_type id) {
  if (id == DUCKDB_TYPE_TIMESTAMP_S) return 1'000'000;
  if (id == DUCKDB_TYPE_TIMESTAMP_MS) return 1'000;
  if (id == DUCKDB_TYPE_TIMESTAMP_NS) return -1'000;
  return 1;
}

// Nothing when the moment is infinite or outside of the calendar.
std::optional<std::int64_t> microseconds(std::int64_t stored, std::int64_t factor) {
  // DuckDB's two infinities, whatever the unit.
  constexpr auto infinity = std::numeric_limits<std::int64_t>::max();
  if (stored == infinity || stored == -infinity) return std::nullopt;
  std::int64_t result = stored;
  if (factor < 0) {
    result = stored / -factor - (stored % -factor < 0 ? 1 : 0);
  } else if (__builtin_mul_overflow(stored, factor, &result)) {
    return std::nullopt;
  }
  if (result < moment_min || result > moment_max) return std::nullopt;
  return result;
}

ColumnBatch::Type batch_type_of(duckdb_type id) {
  switch (static_cast<int>(id)) {
    case DUCKDB_TYPE_BOOLEAN:
      return ColumnBatch::Type::boolean;
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_UINTEGER:
      return ColumnBatch::Type::integer;
    case DUCKDB_TYPE_UBIGINT:
    case DUCKDB_TYPE_HUGEINT:
    case DUCKDB_TYPE_UHUGEINT:
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DOUBLE:
    case DUCKDB_TYPE_DECIMAL:
      return ColumnBatch::Type::real;
    case DUCKDB_TYPE_DATE:
      return ColumnBatch::Type::day;
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_S:
    case DUCKDB_TYPE_TIMESTAMP_MS:
    case DUCKDB_TYPE_TIMESTAMP_NS:
    case DUCKDB_TYPE_TIMESTAMP_TZ:
      return ColumnBatch::Type::moment;
    default:  // an open set: DuckDB may know types that this program does not
      return ColumnBatch::Type::text;
  }
}

// Calls `use` with a value of the C++ type that a vector of the stored type holds; false for any
// other type.
template <class Use>
bool with_number(duckdb_type stored, Use use) {
  switch (static_cast<int>(stored)) {
    case DUCKDB_TYPE_TINYINT:
      return use(std::int8_t{}), true;
    case DUCKDB_TYPE_SMALLINT:
      return use(std::int16_t{}), true;
    case DUCKDB_TYPE_INTEGER:
      return use(std::int32_t{}), true;
    case DUCKDB_TYPE_BIGINT:
      return use(std::int64_t{}), true;
    case DUCKDB_TYPE_UTINYINT:
      return use(std::uint8_t{}), true;
    case DUCKDB_TYPE_USMALLINT:
      return use(std::uint16_t{}), true;
    case DUCKDB_TYPE_UINTEGER:
      return use(std::uint32_t{}), true;
    case DUCKDB_TYPE_UBIGINT:
      return use(std::uint64_t{}), true;
    case DUCKDB_TYPE_HUGEINT:
      return use(duckdb_hugeint{}), true;
    case DUCKDB_TYPE_UHUGEINT:
      return use(duckdb_uhugeint{}), true;
    case DUCKDB_TYPE_FLOAT:
      return use(float{}), true;
    case DUCKDB_TYPE_DOUBLE:
      return use(double{}), true;
    default:  // an open set: see batch_type_of
      return false;
  }
}

// False when no row is null.
bool append_valid(duckdb_vector vector, std::size_t rows, std::vector<std::uint8_t>& valid) {
  const std::uint64_t* mask = duckdb_vector_get_validity(vector);
  const std::size_t first = valid.size();
  valid.resize(first + rows, 1);
  if (mask == nullptr) return false;
  for (std::size_t row = 0; row < rows; ++row) {
    valid[first + row] = static_cast<std::uint8_t>((mask[row / 64] >> (row % 64)) & 1U);
  }
  return true;
}

// What DuckDB leaves in the place of a null is anything; zero makes it the same on each run.
void clear_nulls(ColumnBatch& column, std::size_t first) {
  const auto clear = [&](auto& values) {
    for (std::size_t row = first; row < values.size(); ++row) {
      if (column.valid[row] == 0) values[row] = {};
    }
  };
  if (column.type == ColumnBatch::Type::real) {
    clear(column.reals);
  } else if (column.type != ColumnBatch::Type::text) {
    clear(column.integers);
  }
}

}  // namespace

ColumnKind::ColumnKind(duckdb_logical_type column_type)
    : type(column_type), id(duckdb_get_type_id(column_type)), stored(id) {
  if (id == DUCKDB_TYPE_DECIMAL) {
    stored = duckdb_decimal_internal_type(type);
    for (int digit = 0; digit < duckdb_decimal_scale(type); ++digit) scale *= 10;
  }
  if (id == DUCKDB_TYPE_ENUM) {
    stored = duckdb_enum_internal_type(type);
    for (idx_t index = 0; index < duckdb_enum_dictionary_size(type); ++index) {
      char* value = duckdb_enum_dictionary_value(type, index);
      dictionary.emplace_back(value);
      duckdb_free(value);
    }
  }
}

Cell CellReader::cell(duckdb_vector vector, idx_t row) const {
  if (!is_valid(vector, row)) return std::monostate{};
  switch (batch_type_of(kind_.id)) {
    case ColumnBatch::Type::boolean:
      return data_of<bool>(vector)[row];
    case ColumnBatch::Type::integer:
    case ColumnBatch::Type::real: {
      Cell cell;
      with_number(kind_.stored, [&](auto sample) {
        const auto value = data_of<decltype(sample)>(vector)[row];
        cell =
            kind_.id == DUCKDB_TYPE_DECIMAL ? Cell(decimal_of(value, kind_.scale)) : cell_of(value);
      });
      return cell;
    }
    case ColumnBatch::Type::day: {
      const auto day = data_of<std::int32_t>(vector)[row];
      if (day >= day_min && day <= day_max) return base::Day{day};
      break;
    }
    case ColumnBatch::Type::moment: {
      const auto moment =
          microseconds(data_of<std::int64_t>(vector)[row], microseconds_factor(kind_.id));
      if (moment) return base::Moment{*moment};
      break;
    }
    case ColumnBatch::Type::text:
      if (kind_.id == DUCKDB_TYPE_VARCHAR)
        return std::string(text_of(data_of<duckdb_string_t>(vector)[row]));
      if (kind_.id == DUCKDB_TYPE_ENUM)
        return kind_.dictionary[dictionary_index(kind_, vector, row)];
      break;
  }
  return nested_text(vector, kind_.type, row);
}

BatchReader::BatchReader(duckdb_logical_type type)
    : kind_(type), batch_type_(batch_type_of(kind_.id)) {}

void BatchReader::begin(ColumnBatch& column) {
  column.type = batch_type_;
  column.valid.clear();
  column.integers.clear();
  column.reals.clear();
  column.texts.clear();
  texts_.clear();
}

void BatchReader::append(duckdb_vector vector, idx_t row_count, ColumnBatch& column) {
  const auto rows = static_cast<std::size_t>(row_count);
  const std::size_t first = column.valid.size();
  const bool has_nulls = append_valid(vector, rows, column.valid);
  switch (batch_type_) {
    case ColumnBatch::Type::boolean:
    case ColumnBatch::Type::integer:
      append_integers(vector, rows, column);
      break;
    case ColumnBatch::Type::real:
      append_reals(vector, rows, column);
      break;
    case ColumnBatch::Type::day:
    case ColumnBatch::Type::moment:
      append_times(vector, rows, column);
      break;
    case ColumnBatch::Type::text:
      append_texts(vector, rows, column);
      break;
  }
  if (has_nulls) clear_nulls(column, first);
}

void BatchReader::append_integers(duckdb_vector vector, std::size_t rows,
                                  ColumnBatch& column) const {
  const std::size_t first = column.integers.size();
  column.integers.resize(first + rows);
  // A boolean's byte may hold anything where it is null: read as a number, it is no undefined
  // behaviour.
  const auto stored =
      batch_type_ == ColumnBatch::Type::boolean ? DUCKDB_TYPE_UTINYINT : kind_.stored;
  with_number(stored, [&](auto sample) {
    using Stored = decltype(sample);
    if constexpr (std::is_integral_v<Stored>) {
      const auto* values = data_of<Stored>(vector);
      std::transform(values, values + rows, column.integers.data() + first,
                     [](Stored value) { return static_cast<std::int64_t>(value); });
    }
  });
}

void BatchReader::append_reals(duckdb_vector vector, std::size_t rows, ColumnBatch& column) const {
  const std::size_t first = column.reals.size();
  column.reals.resize(first + rows);
  with_number(kind_.stored, [&](auto sample) {
    using Stored = decltype(sample);
    const auto* values = data_of<Stored>(vector);
    if (kind_.id == DUCKDB_TYPE_DECIMAL) {
      std::transform(values, values + rows, column.reals.data() + first,
                     [scale = kind_.scale](Stored value) { return decimal_of(value, scale); });
    } else {
      std::transform(values, values + rows, column.reals.data() + first,
                     [](Stored value) { return real_of(value); });
    }
  });
}

void BatchReader::append_times(duckdb_vector vector, std::size_t rows, ColumnBatch& column) const {
  const std::size_t first = column.integers.size();
  column.integers.resize(first + rows);
  if (batch_type_ == ColumnBatch::Type::day) {
    const auto* days = data_of<std::int32_t>(vector);
    for (std::size_t row = 0; row < rows; ++row) {
      const bool counts = days[row] >= day_min && days[row] <= day_max;
      column.valid[first + row] &= static_cast<std::uint8_t>(counts);
      column.integers[first + row] = counts ? days[row] : 0;
    }
  } else {
    const auto* moments = data_of<std::int64_t>(vector);
    const auto factor = microseconds_factor(kind_.id);
    for (std::size_t row = 0; row < rows; ++row) {
      const auto moment = microseconds(moments[row], factor);
      if (!moment) column.valid[first + row] = 0;
      column.integers[first + row] = moment.value_or(0);
    }
  }
}

void BatchReader::append_texts(duckdb_vector vector, std::size_t rows, ColumnBatch& column) {
  const std::size_t first = column.texts.size();
  column.texts.resize(first + rows);
  if (kind_.id == DUCKDB_TYPE_VARCHAR) {
    const auto* strings = data_of<duckdb_string_t>(vector);
    // What stands in the place of a null may point anywhere.
    for (std::size_t row = 0; row < rows; ++row) {
      if (column.valid[first + row] != 0) column.texts[first + row] = text_of(strings[row]);
    }
    return;
  }
  for (std::size_t row = 0; row < rows; ++row) {
    if (column.valid[first + row] == 0) continue;
    column.texts[first + row] = kind_.id == DUCKDB_TYPE_ENUM
                                    ? kind_.dictionary[dictionary_index(kind_, vector, row)]
                                    : texts_.emplace_back(nested_text(vector, kind_.type, row));
  }
}

}  // namespace insights::source::engine
