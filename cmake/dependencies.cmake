# Every library we use, found where scripts/setup.sh puts it. Versions and checksums are there.
find_package(Threads REQUIRED)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(doctest REQUIRED)
find_package(benchmark REQUIRED)
pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(sqlite REQUIRED IMPORTED_TARGET sqlite3>=3.37)
pkg_check_modules(hiredis REQUIRED IMPORTED_TARGET hiredis)
pkg_check_modules(zlib REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(libpq REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(libcurl REQUIRED IMPORTED_TARGET libcurl)

# PostgreSQL's parser, from Debian's libpg-query-dev, which has no file for pkg-config.
find_path(PG_QUERY_INCLUDE pg_query.h REQUIRED)
find_library(PG_QUERY_LIBRARY pg_query REQUIRED)
add_library(pg_query::pg_query SHARED IMPORTED)
set_target_properties(pg_query::pg_query PROPERTIES
  IMPORTED_LOCATION "${PG_QUERY_LIBRARY}"
  INTERFACE_INCLUDE_DIRECTORIES "${PG_QUERY_INCLUDE}")

# Time zones, from Debian's libcctz-dev, which has no file for pkg-config either.
find_path(CCTZ_INCLUDE cctz/time_zone.h REQUIRED)
find_library(CCTZ_LIBRARY cctz REQUIRED)
add_library(cctz::cctz SHARED IMPORTED)
set_target_properties(cctz::cctz PROPERTIES
  IMPORTED_LOCATION "${CCTZ_LIBRARY}"
  INTERFACE_INCLUDE_DIRECTORIES "${CCTZ_INCLUDE}")

set(deps "${CMAKE_SOURCE_DIR}/.deps")

# DuckDB: DUCKDB_ROOT (a CMake or an environment variable) or what setup.sh fetched.
if(NOT DUCKDB_ROOT AND DEFINED ENV{DUCKDB_ROOT})
  set(DUCKDB_ROOT "$ENV{DUCKDB_ROOT}")
endif()
if(NOT DUCKDB_ROOT)
  set(DUCKDB_ROOT "${deps}/duckdb")
endif()
if(NOT EXISTS "${DUCKDB_ROOT}/include/duckdb.h" OR NOT EXISTS "${DUCKDB_ROOT}/lib/libduckdb.so")
  message(FATAL_ERROR "DuckDB is not in ${DUCKDB_ROOT}: run scripts/setup.sh, or set DUCKDB_ROOT to a folder with "
                      "include/duckdb.h and lib/libduckdb.so.")
endif()
add_library(duckdb::duckdb SHARED IMPORTED)
set_target_properties(duckdb::duckdb PROPERTIES
  IMPORTED_LOCATION "${DUCKDB_ROOT}/lib/libduckdb.so"
  IMPORTED_SONAME libduckdb.so
  INTERFACE_INCLUDE_DIRECTORIES "${DUCKDB_ROOT}/include")

# valijson checks JSON against a JSON Schema; for tests only.
find_path(VALIJSON_INCLUDE valijson/validator.hpp HINTS "${deps}/valijson/include" REQUIRED)
add_library(valijson::valijson INTERFACE IMPORTED)
set_target_properties(valijson::valijson PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${VALIJSON_INCLUDE}")

# What draws the charts of the HTML report; embedded in the program.
set(VEGA_FOLDER "${deps}/vega")
set(VEGA_FILES "${VEGA_FOLDER}/vega.min.js" "${VEGA_FOLDER}/vega-lite.min.js" "${VEGA_FOLDER}/vega-embed.min.js")
set(VEGA_LICENSES "${VEGA_FOLDER}/vega.LICENSE" "${VEGA_FOLDER}/vega-lite.LICENSE" "${VEGA_FOLDER}/vega-embed.LICENSE")
foreach(file IN LISTS VEGA_FILES)
  if(NOT EXISTS "${file}")
    message(FATAL_ERROR "${file} is missing: run scripts/setup.sh.")
  endif()
endforeach()

# What shows the API at /docs; embedded in the program, too.
set(SWAGGER_FOLDER "${deps}/swagger-ui")
set(SWAGGER_FILES "${SWAGGER_FOLDER}/swagger-ui-bundle.js" "${SWAGGER_FOLDER}/swagger-ui.css"
  "${SWAGGER_FOLDER}/swagger-ui.LICENSE" "${SWAGGER_FOLDER}/swagger-ui.NOTICE"
  "${SWAGGER_FOLDER}/swagger-ui-bundle.LICENSE")
foreach(file IN LISTS SWAGGER_FILES)
  if(NOT EXISTS "${file}")
    message(FATAL_ERROR "${file} is missing: run scripts/setup.sh.")
  endif()
endforeach()
