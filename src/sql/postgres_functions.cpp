// PostgreSQL: reviewed against pg_proc of 15. Left out on purpose: what reads or changes the
// session, the server or its files (pg_*, set_config, current_setting, lo_*, nextval, setval,
// txid_*, inet_*_addr, version, current_user, has_*_privilege, ...), waits or locks (pg_sleep,
// pg_advisory_*), tells or writes to others (pg_notify, pg_logical_emit_message, dblink), runs SQL
// that stands in a text (query_to_xml, table_to_xml, cursor_to_xml, ts_stat, ts_rewrite with a
// query), looks names up (to_reg*, regclass, col_description, format_type), XML, and the functions
// behind operators, aggregates, index methods, types and languages. Nothing of an extension or of a
// user is here: a checked statement runs with a search path that holds pg_catalog alone.
#include <array>

#include "sql/functions.h"

namespace insights::sql {

namespace {

constexpr std::array functions{
    FunctionGroup{
        "aggregates",
        "array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count covar_pop covar_samp "
        "every json_agg json_object_agg jsonb_agg jsonb_object_agg max min mode percentile_cont "
        "percentile_disc range_agg range_intersect_agg regr_avgx regr_avgy regr_count "
        "regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy stddev stddev_pop "
        "stddev_samp string_agg sum var_pop var_samp variance any_value"},
    FunctionGroup{"windows and hypothetical-set aggregates",
                  "cume_dist dense_rank first_value lag last_value lead nth_value ntile "
                  "percent_rank rank row_number"},
    FunctionGroup{
        "arithmetic and mathematics",
        "abs acos acosd acosh asin asind asinh atan atan2 atan2d atand atanh cbrt ceil ceiling cos "
        "cosd cosh cot cotd degrees div exp factorial floor gcd lcm ln log log10 min_scale mod pi "
        "pow power radians random round scale sign sin sind sinh sqrt tan tand tanh trim_scale "
        "trunc width_bucket isfinite"},
    FunctionGroup{
        "texts",
        "ascii bit_length btrim char_length character_length chr concat concat_ws format initcap "
        "left length like like_escape lower lpad ltrim normalize is_normalized notlike "
        "octet_length "
        "overlay parse_ident position quote_ident quote_literal quote_nullable regexp_count "
        "regexp_instr regexp_like regexp_match regexp_matches regexp_replace regexp_split_to_array "
        "regexp_split_to_table regexp_substr repeat replace reverse right rpad rtrim "
        "similar_escape "
        "similar_to_escape split_part starts_with string_to_array string_to_table strpos substr "
        "substring to_ascii to_hex translate unistr upper"},
    FunctionGroup{"digests, encodings and bits: of their argument alone",
                  "bit_count convert convert_from convert_to decode encode gen_random_uuid get_bit "
                  "get_byte md5 set_bit set_byte sha224 sha256 sha384 sha512"},
    FunctionGroup{
        "dates and times",
        "age clock_timestamp date_bin date_part date_trunc extract justify_days justify_hours "
        "justify_interval make_date make_interval make_time make_timestamp make_timestamptz now "
        "overlaps statement_timestamp timeofday timezone to_char to_date to_number to_timestamp "
        "transaction_timestamp"},
    FunctionGroup{
        "arrays, ranges and rows",
        "array_append array_cat array_dims array_fill array_length array_lower array_ndims "
        "array_position array_positions array_prepend array_remove array_replace array_to_string "
        "array_upper cardinality generate_series generate_subscripts isempty lower_inc lower_inf "
        "multirange num_nonnulls num_nulls range_merge trim_array unnest upper_inc upper_inf "
        "daterange int4range int8range numrange tsrange tstzrange datemultirange int4multirange "
        "int8multirange nummultirange tsmultirange tstzmultirange"},
    FunctionGroup{
        "JSON",
        "array_to_json json_array_elements json_array_elements_text json_array_length "
        "json_build_array json_build_object json_each json_each_text json_extract_path "
        "json_extract_path_text json_object json_object_keys json_strip_nulls json_to_record "
        "json_to_recordset json_typeof jsonb_array_elements jsonb_array_elements_text "
        "jsonb_array_length jsonb_build_array jsonb_build_object jsonb_each jsonb_each_text "
        "jsonb_extract_path jsonb_extract_path_text jsonb_insert jsonb_object jsonb_object_keys "
        "jsonb_path_exists jsonb_path_exists_tz jsonb_path_match jsonb_path_match_tz "
        "jsonb_path_query jsonb_path_query_array jsonb_path_query_array_tz jsonb_path_query_first "
        "jsonb_path_query_first_tz jsonb_path_query_tz jsonb_pretty jsonb_set jsonb_set_lax "
        "jsonb_strip_nulls jsonb_to_record jsonb_to_recordset jsonb_typeof row_to_json to_json "
        "to_jsonb"},
    FunctionGroup{"search in texts; ts_stat and ts_rewrite run SQL and are not here",
                  "json_to_tsvector jsonb_to_tsvector numnode phraseto_tsquery plainto_tsquery "
                  "setweight strip to_tsquery to_tsvector ts_delete ts_filter ts_headline ts_rank "
                  "ts_rank_cd tsquery_phrase tsvector_to_array websearch_to_tsquery "
                  "array_to_tsvector"},
    FunctionGroup{
        "network addresses as values",
        "abbrev broadcast family host hostmask inet_merge inet_same_family masklen netmask "
        "network set_masklen"},
    FunctionGroup{
        "points and shapes as values",
        "area box center circle diagonal diameter height isclosed isopen line lseg npoints "
        "path pclose point polygon popen radius slope width"},
    FunctionGroup{
        "types: a cast written as a call, and what type a value has",
        "bool date float4 float8 int2 int4 int8 interval jsonb numeric pg_typeof text time "
        "timestamp timestamptz timetz varchar"},
};

// In FROM stands what an expression may call, too: it gives its one value as a row.
constexpr std::array table_functions = functions;

constexpr std::array growing_functions{
    GrowingFunction{"repeat", Growth::text, 1},
    GrowingFunction{"lpad", Growth::text, 1},
    GrowingFunction{"rpad", Growth::text, 1},
    GrowingFunction{"format", Growth::format, 0},
    GrowingFunction{"array_fill", Growth::list, 1},
    GrowingFunction{"generate_series", Growth::series, 0},
    GrowingFunction{"factorial", Growth::number, 0},
};

constexpr std::array operators{
    FunctionGroup{
        "those of pg_catalog",
        "+ - * / % ^ |/ ||/ @ & | # ~ << >> = <> != < > <= >= || ~~ ~~* !~~ !~~* ~* !~ !~* "
        "^@ -> ->> #> #>> @> <@ ? ?| ?& #- @? @@ @@@ && &< &> -|- <<= >>= !! <-> ## <^ >^ "
        "&<| |&> <<| |>> ?- ?# ?-| ?|| ~= @-@ ~<~ ~>~ ~<=~ ~>=~ *= *<> *< *> *<= *>="},
};

constexpr std::array types{
    FunctionGroup{
        "numbers, texts, times",
        "bool int2 int4 int8 float4 float8 numeric money text varchar bpchar char name date "
        "time timetz timestamp timestamptz interval uuid bytea bit varbit"},
    FunctionGroup{"JSON", "json jsonb jsonpath"},
    FunctionGroup{"ranges",
                  "int4range int8range numrange daterange tsrange tstzrange int4multirange "
                  "int8multirange nummultirange datemultirange tsmultirange tstzmultirange"},
    FunctionGroup{"search, addresses, shapes: values like others",
                  "tsvector tsquery inet cidr macaddr macaddr8 point line lseg box path polygon "
                  "circle"},
};

}  // namespace

const FunctionList& postgres_functions() {
  static constexpr FunctionList list{functions, table_functions, growing_functions, operators,
                                     types};
  return list;
}

}  // namespace insights::sql
