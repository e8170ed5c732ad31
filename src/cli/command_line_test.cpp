#include "cli/command_line.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "cli/help.h"

using namespace insights;
using namespace insights::cli;

namespace {

Invocation invocation(const std::vector<std::string>& words) {
  const auto understood = understand(words);
  const auto* found = std::get_if<Invocation>(&understood);
  REQUIRE_MESSAGE(found != nullptr, std::get<Answer>(understood).text);
  return *found;
}

Answer answer(const std::vector<std::string>& words) {
  const auto understood = understand(words);
  REQUIRE(std::holds_alternative<Answer>(understood));
  return std::get<Answer>(understood);
}

std::vector<std::string> values(const Invocation& invocation, const std::string& key) {
  std::vector<std::string> all;
  for (const auto& given : invocation.settings.given) {
    if (given.key == key) all.insert(all.end(), given.values.begin(), given.values.end());
  }
  return all;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("explore takes paths and flags in any order") {
  const auto found = invocation({"explore", "a.csv", "--top", "5", "b.csv", "--focus=x", "--focus",
                                 "y", "--verbose", "--output", "-", "--output", "r.html", "c.csv"});
  CHECK(found.command->name == "explore");
  CHECK(values(found, "locations") == Words{"a.csv", "b.csv", "c.csv"});
  CHECK(values(found, "top") == Words{"5"});
  CHECK(values(found, "focus") == Words{"x", "y"});
  CHECK(values(found, "terminal.verbose") == Words{"true"});
  CHECK(values(found, "report.output") == Words{"-", "r.html"});
  CHECK(!found.settings.file.has_value());
}

TEST_CASE("after -- everything is a path") {
  CHECK(values(invocation({"explore", "--", "--top", "x.csv"}), "locations") ==
        Words{"--top", "x.csv"});
}

TEST_CASE("verify takes a report, then locations") {
  const auto found = invocation({"verify", "report.json", "a.csv", "--json"});
  CHECK(found.arguments.front() == "report.json");
  CHECK(values(found, "locations") == Words{"a.csv"});
  CHECK(found.json);
  CHECK(answer({"verify"}).code == ExitCode::usage);
}

TEST_CASE("--config names the file, --no-color is --color never") {
  const auto found = invocation({"explore", "--config", "x.toml", "--no-color"});
  CHECK(found.settings.file == "x.toml");
  CHECK(values(found, "terminal.color") == Words{"never"});
}

TEST_CASE("a mistyped command or flag is an error of usage with the nearest name") {
  auto found = answer({"exlpore", "a.csv"});
  CHECK(found.code == ExitCode::usage);
  CHECK(found.text == "insights: there is no command 'exlpore'\ndid you mean \"explore\"?\n");
  found = answer({"explore", "a.csv", "--focsu", "x"});
  CHECK(found.code == ExitCode::usage);
  CHECK(found.text == "insights: explore has no flag --focsu\ndid you mean \"--focus\"?\n");
  CHECK(answer({"schema", "--top", "3"}).text ==
        "insights: schema has no flag --top\ninsights schema --help shows the flags\n");
  CHECK(answer({"explore", "--top"}).code == ExitCode::usage);
  CHECK(answer({"explore", "--top", "1", "--top", "2"}).code == ExitCode::usage);
  CHECK(answer({"completion"}).code == ExitCode::usage);
  CHECK(answer({}).code == ExitCode::usage);
}

TEST_CASE("help and version are answers") {
  CHECK(answer({"--version"}).text.starts_with("insights "));
  CHECK(answer({"--help"}).text == program_help());
  CHECK(answer({"help", "schema"}).text == answer({"schema", "--help"}).text);
  CHECK(answer({"explore", "-h"}).code == ExitCode::done);
}

TEST_CASE("help fits 80 columns, but for examples, and shows every flag of a command") {
  for (const auto& command : commands()) {
    const auto text = command_help(command);
    for (const auto* key : flags_of(command)) {
      CHECK_MESSAGE(text.find("\n  " + std::string(key->flag)) != std::string::npos, key->flag);
    }
    const auto examples = text.find("\nExamples\n");
    REQUIRE(examples != std::string::npos);
    std::size_t begin = 0;
    while (begin < examples) {
      const auto end = text.find('\n', begin);
      CHECK_MESSAGE(end - begin <= 80, text.substr(begin, end - begin));
      begin = end + 1;
    }
    CHECK(!command.examples.empty());
  }
}

TEST_CASE("the settings a command names exist") {
  for (const auto& command : commands()) {
    for (const auto name : command.settings) CHECK_MESSAGE(config::find_key(name) != nullptr, name);
    CHECK(find_command(command.name) == &command);
  }
}

TEST_CASE("a command's own flags are taken, with their built-in values when not typed") {
  const auto found = invocation({"generate", "--rows", "500", "--describe", "--output", "d"});
  CHECK(own_number(found, "--rows", 1, 1000) == 500);
  CHECK(found.has("--describe"));
  CHECK(found.own_value("--output") == "d");
  CHECK(found.own_value("--plant") == "all");
  CHECK(!found.has("--plant"));
  CHECK(!own_number(found, "--rows", 1, 100).has_value());
}

TEST_CASE("lists of numbers have commas between, and nothing else") {
  const auto numbers = own_numbers(invocation({"bench", "--rows", "100,2000"}), "--rows", 1, 5000);
  REQUIRE(numbers.has_value());
  CHECK(*numbers == std::vector<std::int64_t>{100, 2000});
  for (const auto* wrong : {"1,,2", "1;2", "x", "1,", "-3"}) {
    CAPTURE(wrong);
    CHECK(!own_numbers(invocation({"bench", std::string("--rows=") + wrong}), "--rows", 1, 5000)
               .has_value());
  }
}

TEST_CASE("bench takes a report and a truth, or nothing; generate takes no path") {
  CHECK(invocation({"bench", "r.json", "t.json"}).arguments == Words{"r.json", "t.json"});
  CHECK(invocation({"bench"}).arguments.empty());
  CHECK(answer({"bench", "r.json"}).code == ExitCode::usage);
  CHECK(answer({"generate", "x"}).code == ExitCode::usage);
}
