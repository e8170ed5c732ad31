# How our own code is compiled. Other people's headers come in as SYSTEM and are not held to it.
add_library(insights_warnings INTERFACE)
target_compile_options(insights_warnings INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wswitch-enum -Werror>
  # g++ 12 sees overlapping copies in std::string that are not there (GCC bug 105651).
  $<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>
  # The same sums on every processor: no fused multiply-add behind our back.
  $<$<COMPILE_LANGUAGE:CXX>:-ffp-contract=off>)
