// JSON as text: laid out for people, and free of characters that act where it is shown.
#pragma once

#include <string>
#include <string_view>

namespace insights::report {

// The same JSON with every character that could act on a terminal (plain_text.h: acts) as \uXXXX.
std::string harmless_json(std::string_view json);

// The same JSON fit to stand inside <script>: as harmless_json, and <, > and & as \uXXXX too.
std::string script_json(std::string_view json);

// How deeply brackets are nested; brackets inside strings do not count.
int depth_of_json(std::string_view json);

}  // namespace insights::report
