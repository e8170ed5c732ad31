// The one table of settings: name in insights.toml, environment variable, flag, kind, range, help.
// File, environment and flags are all read by it; --help, `insights doctor`, completion and
// docs/reference/config.md show it. To add a setting: a field of Config, an entry of `keys` in
// keys.cpp, a row of docs/reference/config.md.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "config/config.h"

namespace insights::config {

// What a value looks like in writing.
enum class Kind {
  text,
  secret,       // a text that is never shown
  secret_list,  // the same, several
  text_list,
  path,       // relative to the config file when it stands there
  path_list,  // the same; a URL and "-" stay as they are
  integer,
  number,    // 2, 0.5
  duration,  // 30, 0.5, "90s", "10m", "2h"; seconds when no unit is given
  size,      // 1073741824, "512MB", "2GB"; 1 KB = 1024 bytes
  date,      // 2025-11-30
  choice,    // one of `choices`
  boolean,
};

// The field of Config that holds the value. A choice is held by its enum, whose order is that of
// `choices`.
using Field =
    std::variant<std::string Config::*, std::vector<std::string> Config::*, std::int64_t Config::*,
                 double Config::*, std::chrono::milliseconds Config::*,
                 std::optional<base::Day> Config::*, bool Config::*, Format Config::*,
                 NumberStyle Config::*, ColourUse Config::*, Analyst Config::*, Leads Config::*,
                 Privacy Config::*, Provider Config::*, ModelEffort Config::*>;

struct Key {
  std::string_view name;  // "top", "budget.rows": section and key of insights.toml
  Kind kind = Kind::integer;
  Field field;
  std::string_view flag;         // "--top"
  std::string_view environment;  // "" when no variable sets it
  std::string_view value_name;   // "N", "DIR"; "" for a boolean
  std::string_view help;         // one line, no full stop
  double least = 0,
         most = 0;  // integer, number, size (bytes), duration (seconds): the range, both included
  std::string_view choices = "";  // "text|json"
};

std::span<const Key> keys();

// The entry of that name, or nullptr.
const Key* find_key(std::string_view name);

// The parts of `choices`.
std::vector<std::string> choices_of(const Key& key);

// Reads `text` as the key's kind and puts it into `config`; a list takes it as one more element.
// Errors: invalid_input, with `where` in front: "--top: 0 is out of range; 1 to 1000 is allowed".
base::Status assign(Config& config, const Key& key, const std::string& text,
                    const std::string& where);

// Empties a list; other kinds are left alone.
void clear_list(Config& config, const Key& key);

// The value as one would write it; lists with ", " between; "" for none. A secret is "***".
std::string value_text(const Config& config, const Key& key);

}  // namespace insights::config
