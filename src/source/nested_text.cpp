#include "source/nested_text.h"

#include <memory>
#include <vector>

#include "source/engine.h"

namespace insights::source::engine {

namespace {

struct DestroyValue {
  void operator()(_duckdb_value* value) const { duckdb_destroy_value(&value); }
};
using Value = std::unique_ptr<_duckdb_value, DestroyValue>;

Value value_at(duckdb_vector vector, duckdb_logical_type type, idx_t row);

template <class T>
T element(duckdb_vector vector, idx_t row) {
  return static_cast<const T*>(duckdb_vector_get_data(vector))[row];
}

// The bytes of a VARCHAR, BLOB or BIT; borrowed from the vector.
std::pair<const char*, idx_t> bytes_at(duckdb_vector vector, idx_t row) {
  auto& string = static_cast<duckdb_string_t*>(duckdb_vector_get_data(vector))[row];
  return {duckdb_string_t_data(&string), duckdb_string_t_length(string)};
}

// `count` values of a child vector, from `first` on; `values` owns what `handles` names.
struct Children {
  Children(duckdb_vector vector, duckdb_logical_type type, idx_t first, idx_t count) {
    handles.reserve(count + 1);  // for no values DuckDB still wants a pointer
    for (idx_t row = first; row < first + count; ++row) add(value_at(vector, type, row));
  }
  Children() = default;
  void add(Value value) {
    handles.push_back(value.get());
    values.push_back(std::move(value));
  }
  std::vector<Value> values;
  std::vector<duckdb_value> handles;
};

Value list_at(duckdb_vector vector, duckdb_logical_type type, idx_t row) {
  const auto entry = element<duckdb_list_entry>(vector, row);
  const LogicalType child(duckdb_list_type_child_type(type));
  Children children(duckdb_list_vector_get_child(vector), child.get(), entry.offset, entry.length);
  return Value(duckdb_create_list_value(child.get(), children.handles.data(), entry.length));
}

Value array_at(duckdb_vector vector, duckdb_logical_type type, idx_t row) {
  const LogicalType child(duckdb_array_type_child_type(type));
  const idx_t size = duckdb_array_type_array_size(type);
  Children children(duckdb_array_vector_get_child(vector), child.get(), row * size, size);
  return Value(duckdb_create_array_value(child.get(), children.handles.data(), size));
}

Value struct_at(duckdb_vector vector, duckdb_logical_type type, idx_t row) {
  Children children;
  for (idx_t index = 0; index < duckdb_struct_type_child_count(type); ++index) {
    const LogicalType child(duckdb_struct_type_child_type(type, index));
    children.add(value_at(duckdb_struct_vector_get_child(vector, index), child.get(), row));
  }
  return Value(duckdb_create_struct_value(type, children.handles.data()));
}

// A map is stored as a list of structs of key and value.
Value map_at(duckdb_vector vector, duckdb_logical_type type, idx_t row) {
  const auto entry = element<duckdb_list_entry>(vector, row);
  const LogicalType key(duckdb_map_type_key_type(type));
  const LogicalType value(duckdb_map_type_value_type(type));
  const duckdb_vector pairs = duckdb_list_vector_get_child(vector);
  Children keys(duckdb_struct_vector_get_child(pairs, 0), key.get(), entry.offset, entry.length);
  Children values(duckdb_struct_vector_get_child(pairs, 1), value.get(), entry.offset,
                  entry.length);
  return Value(
      duckdb_create_map_value(type, keys.handles.data(), values.handles.data(), entry.length));
}

// A union is stored as a struct whose first child says which of the others holds the value.
Value union_at(duckdb_vector vector, duckdb_logical_type type, idx_t row) {
  const idx_t tag = element<std::uint8_t>(duckdb_struct_vector_get_child(vector, 0), row);
  const LogicalType member(duckdb_union_type_member_type(type, tag));
  return value_at(duckdb_struct_vector_get_child(vector, tag + 1), member.get(), row);
}

Value enum_at(duckdb_vector vector, duckdb_logical_type type, idx_t row) {
  const auto stored = duckdb_enum_internal_type(type);
  const std::uint64_t index = stored == DUCKDB_TYPE_UTINYINT ? element<std::uint8_t>(vector, row)
                              : stored == DUCKDB_TYPE_USMALLINT
                                  ? element<std::uint16_t>(vector, row)
                                  : element<std::uint32_t>(vector, row);
  return Value(duckdb_create_enum_value(type, index));
}

Value decimal_at(duckdb_vector vector, duckdb_logical_type type, idx_t row) {
  const auto widened = [](std::int64_t value) {
    return duckdb_hugeint{static_cast<std::uint64_t>(value), value < 0 ? -1 : 0};
  };
  const auto stored = duckdb_decimal_internal_type(type);
  const auto value = stored == DUCKDB_TYPE_SMALLINT  ? widened(element<std::int16_t>(vector, row))
                     : stored == DUCKDB_TYPE_INTEGER ? widened(element<std::int32_t>(vector, row))
                     : stored == DUCKDB_TYPE_BIGINT  ? widened(element<std::int64_t>(vector, row))
                                                     : element<duckdb_hugeint>(vector, row);
  return Value(
      duckdb_create_decimal({duckdb_decimal_width(type), duckdb_decimal_scale(type), value}));
}

Value bytes_value_at(duckdb_vector vector, duckdb_type id, idx_t row) {
  const auto [bytes, size] = bytes_at(vector, row);
  if (id == DUCKDB_TYPE_VARCHAR) return Value(duckdb_create_varchar_length(bytes, size));
  std::vector<std::uint8_t> copy(bytes, bytes + size);
  if (id == DUCKDB_TYPE_BLOB) return Value(duckdb_create_blob(copy.data(), size));
  return Value(duckdb_create_bit({copy.data(), size}));
}

Value uuid_at(duckdb_vector vector, idx_t row) {
  // Stored with the highest bit turned over, so that it sorts as a signed number.
  const auto stored = element<duckdb_hugeint>(vector, row);
  return Value(duckdb_create_uuid(
      {stored.lower, static_cast<std::uint64_t>(stored.upper) ^ (std::uint64_t{1} << 63U)}));
}

Value number_at(duckdb_vector vector, duckdb_type id, idx_t row) {
  switch (static_cast<int>(id)) {
    case DUCKDB_TYPE_BOOLEAN:
      return Value(duckdb_create_bool(element<bool>(vector, row)));
    case DUCKDB_TYPE_TINYINT:
      return Value(duckdb_create_int8(element<std::int8_t>(vector, row)));
    case DUCKDB_TYPE_SMALLINT:
      return Value(duckdb_create_int16(element<std::int16_t>(vector, row)));
    case DUCKDB_TYPE_INTEGER:
      return Value(duckdb_create_int32(element<std::int32_t>(vector, row)));
    case DUCKDB_TYPE_BIGINT:
      return Value(duckdb_create_int64(element<std::int64_t>(vector, row)));
    case DUCKDB_TYPE_UTINYINT:
      return Value(duckdb_create_uint8(element<std::uint8_t>(vector, row)));
    case DUCKDB_TYPE_USMALLINT:
      return Value(duckdb_create_uint16(element<std::uint16_t>(vector, row)));
    case DUCKDB_TYPE_UINTEGER:
      return Value(duckdb_create_uint32(element<std::uint32_t>(vector, row)));
    case DUCKDB_TYPE_UBIGINT:
      return Value(duckdb_create_uint64(element<std::uint64_t>(vector, row)));
    case DUCKDB_TYPE_HUGEINT:
      return Value(duckdb_create_hugeint(element<duckdb_hugeint>(vector, row)));
    case DUCKDB_TYPE_UHUGEINT:
      return Value(duckdb_create_uhugeint(element<duckdb_uhugeint>(vector, row)));
    case DUCKDB_TYPE_FLOAT:
      return Value(duckdb_create_float(element<float>(vector, row)));
    case DUCKDB_TYPE_DOUBLE:
      return Value(duckdb_create_double(element<double>(vector, row)));
    default:
      return nullptr;
  }
}

Value time_at(duckdb_vector vector, duckdb_type id, idx_t row) {
  switch (static_cast<int>(id)) {
    case DUCKDB_TYPE_DATE:
      return Value(duckdb_create_date(element<duckdb_date>(vector, row)));
    case DUCKDB_TYPE_TIME:
      return Value(duckdb_create_time(element<duckdb_time>(vector, row)));
    case DUCKDB_TYPE_TIME_NS:
      return Value(duckdb_create_time_ns(element<duckdb_time_ns>(vector, row)));
    case DUCKDB_TYPE_TIME_TZ:
      return Value(duckdb_create_time_tz_value(element<duckdb_time_tz>(vector, row)));
    case DUCKDB_TYPE_TIMESTAMP:
      return Value(duckdb_create_timestamp(element<duckdb_timestamp>(vector, row)));
    case DUCKDB_TYPE_TIMESTAMP_S:
      return Value(duckdb_create_timestamp_s(element<duckdb_timestamp_s>(vector, row)));
    case DUCKDB_TYPE_TIMESTAMP_MS:
      return Value(duckdb_create_timestamp_ms(element<duckdb_timestamp_ms>(vector, row)));
    case DUCKDB_TYPE_TIMESTAMP_NS:
      return Value(duckdb_create_timestamp_ns(element<duckdb_timestamp_ns>(vector, row)));
    case DUCKDB_TYPE_TIMESTAMP_TZ:
      return Value(duckdb_create_timestamp_tz(element<duckdb_timestamp>(vector, row)));
    case DUCKDB_TYPE_INTERVAL:
      return Value(duckdb_create_interval(element<duckdb_interval>(vector, row)));
    default:
      return nullptr;
  }
}

Value value_at(duckdb_vector vector, duckdb_logical_type type, idx_t row) {
  std::uint64_t* mask = duckdb_vector_get_validity(vector);
  if (mask != nullptr && !duckdb_validity_row_is_valid(mask, row))
    return Value(duckdb_create_null_value());
  const auto id = duckdb_get_type_id(type);
  switch (static_cast<int>(id)) {
    case DUCKDB_TYPE_LIST:
      return list_at(vector, type, row);
    case DUCKDB_TYPE_ARRAY:
      return array_at(vector, type, row);
    case DUCKDB_TYPE_STRUCT:
      return struct_at(vector, type, row);
    case DUCKDB_TYPE_MAP:
      return map_at(vector, type, row);
    case DUCKDB_TYPE_UNION:
      return union_at(vector, type, row);
    case DUCKDB_TYPE_ENUM:
      return enum_at(vector, type, row);
    case DUCKDB_TYPE_DECIMAL:
      return decimal_at(vector, type, row);
    case DUCKDB_TYPE_UUID:
      return uuid_at(vector, row);
    case DUCKDB_TYPE_VARCHAR:
    case DUCKDB_TYPE_BLOB:
    case DUCKDB_TYPE_BIT:
      return bytes_value_at(vector, id, row);
    default:
      break;
  }
  auto value = number_at(vector, id, row);
  return value != nullptr ? std::move(value) : time_at(vector, id, row);
}

}  // namespace

bool has_text(duckdb_logical_type type) {
  const auto id = duckdb_get_type_id(type);
  switch (static_cast<int>(id)) {
    case DUCKDB_TYPE_LIST:
      return has_text(LogicalType(duckdb_list_type_child_type(type)).get());
    case DUCKDB_TYPE_ARRAY:
      return has_text(LogicalType(duckdb_array_type_child_type(type)).get());
    case DUCKDB_TYPE_MAP:
      return has_text(LogicalType(duckdb_map_type_key_type(type)).get()) &&
             has_text(LogicalType(duckdb_map_type_value_type(type)).get());
    case DUCKDB_TYPE_STRUCT:
      for (idx_t index = 0; index < duckdb_struct_type_child_count(type); ++index) {
        if (!has_text(LogicalType(duckdb_struct_type_child_type(type, index)).get())) return false;
      }
      return true;
    case DUCKDB_TYPE_UNION:
      for (idx_t index = 0; index < duckdb_union_type_member_count(type); ++index) {
        if (!has_text(LogicalType(duckdb_union_type_member_type(type, index)).get())) return false;
      }
      return true;
    default:
      return id > DUCKDB_TYPE_INVALID && id <= DUCKDB_TYPE_TIME_NS && id != DUCKDB_TYPE_ANY &&
             id != DUCKDB_TYPE_BIGNUM && id != DUCKDB_TYPE_STRING_LITERAL &&
             id != DUCKDB_TYPE_INTEGER_LITERAL;
  }
}

std::string nested_text(duckdb_vector vector, duckdb_logical_type type, idx_t row) {
  const auto value = value_at(vector, type, row);
  if (value == nullptr) return "";
  char* text = duckdb_get_varchar(value.get());
  std::string result(text == nullptr ? "" : text);
  duckdb_free(text);
  return result;
}

}  // namespace insights::source::engine
