# room(NAME [SOURCES file...] [USES room...] [LIBRARIES target...] [TESTS file...])
#
# A room is a folder src/NAME, a library insights_NAME and a namespace insights::NAME. Its headers are included from src/:
#   #include "stats/false_discovery.h"
#   SOURCES    the room's files; if left out, every .cpp of the folder but *_test.cpp and main.cpp
#   USES       every room it may include, in full (scripts/check_rooms.py holds it to that)
#   LIBRARIES  targets of other people's libraries
#   TESTS      its tests, compiled into one program and one CTest test NAME; if left out, every *_test.cpp of the folder
function(room name)
  cmake_parse_arguments(PARSE_ARGV 1 room "" "" "SOURCES;USES;LIBRARIES;TESTS")
  if(room_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "room(${name}): unknown words: ${room_UNPARSED_ARGUMENTS}")
  endif()
  set(folder "${CMAKE_CURRENT_SOURCE_DIR}/${name}")
  if(NOT room_SOURCES)
    file(GLOB room_SOURCES CONFIGURE_DEPENDS "${folder}/*.cpp")
    list(FILTER room_SOURCES EXCLUDE REGEX "(_test|/main)\\.cpp$")
  endif()
  if(NOT room_TESTS)
    file(GLOB room_TESTS CONFIGURE_DEPENDS "${folder}/*_test.cpp")
  endif()
  list(TRANSFORM room_SOURCES PREPEND "${name}/" REGEX "^[^/]")
  list(TRANSFORM room_TESTS PREPEND "${name}/" REGEX "^[^/]")
  file(GLOB headers CONFIGURE_DEPENDS "${folder}/*.h")
  if(NOT room_SOURCES AND NOT headers)
    message(FATAL_ERROR "room(${name}): there is nothing in ${folder}")
  endif()

  set(uses ${room_LIBRARIES})
  foreach(used IN LISTS room_USES)
    list(APPEND uses insights_${used})
  endforeach()

  if(room_SOURCES)
    add_library(insights_${name} STATIC ${room_SOURCES})
    target_include_directories(insights_${name} PUBLIC "${CMAKE_SOURCE_DIR}/src")
    target_link_libraries(insights_${name} PUBLIC ${uses} PRIVATE insights_warnings)
  else() # Headers only.
    add_library(insights_${name} INTERFACE)
    target_include_directories(insights_${name} INTERFACE "${CMAKE_SOURCE_DIR}/src")
    target_link_libraries(insights_${name} INTERFACE ${uses})
  endif()

  if(room_TESTS)
    if(NOT TARGET insights_doctest_main)
      add_library(insights_doctest_main OBJECT "${CMAKE_SOURCE_DIR}/cmake/doctest_main.cpp")
      target_link_libraries(insights_doctest_main PUBLIC doctest::doctest)
    endif()
    add_executable(insights_${name}_test ${room_TESTS})
    target_link_libraries(insights_${name}_test PRIVATE insights_${name} insights_doctest_main insights_warnings)
    target_compile_definitions(insights_${name}_test PRIVATE
      INSIGHTS_SOURCE_DIR="${CMAKE_SOURCE_DIR}" DOCTEST_CONFIG_SUPER_FAST_ASSERTS)
    add_test(NAME ${name} COMMAND insights_${name}_test)
  endif()
endfunction()
