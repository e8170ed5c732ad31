#include "config/load.h"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "config/keys.h"

using namespace insights;
using namespace insights::config;

namespace {

Environment variables(std::map<std::string, std::string> values) {
  return [values = std::move(values)](std::string_view name) -> std::optional<std::string> {
    const auto found = values.find(std::string(name));
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
}

// A directory that is gone after the test.
struct ScratchDirectory {
  std::string path = [] {
    std::string name = (std::filesystem::temp_directory_path() / "insights_config_XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    return name;
  }();
  ~ScratchDirectory() { std::filesystem::remove_all(path); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path + "/" + name) << text;
    return path + "/" + name;
  }
};

base::Result<Config> from_text(const std::string& text,
                               const Environment& environment = variables({})) {
  Config config;
  const auto status = load_text(config, text, "insights.toml", environment);
  if (!status) return std::unexpected(status.error());
  return config;
}

std::string message(const base::Result<Config>& result) {
  REQUIRE(!result.has_value());
  return result.error().message;
}

base::Result<Config> from_flags(std::vector<Given> given) {
  ScratchDirectory empty;
  return load({.directory = empty.path, .given = std::move(given), .environment = variables({})});
}

}  // namespace

TEST_CASE("with no file, no variables and no flags every value is built in") {
  const auto config = from_flags({});
  REQUIRE(config.has_value());
  CHECK(*config == Config{});
  CHECK(config->top == 20);
  CHECK(text_of(origin_of(*config, "top")) == "built in");
}

TEST_CASE("every kind of value is read from a file, and remembers its line") {
  const auto config = from_text(R"(
locations = ["sales/*.parquet", "/data/x.csv", "postgres://host/db"]
metadata = "meta"
focus = "margin_analysis"
as_of = 2025-11-30
top = 7

[report]
format = "html"
output = ["-", "out/report.html"]
number_style = "indian"

[terminal]
verbose = true
color = "never"

[budget]
time = "10m"
query_time = 2.5
rows = 1_000_000
bytes = "1.5GB"

[engine]
memory = "512 MB"
threads = 2
)");
  REQUIRE(config.has_value());
  CHECK(config->locations ==
        std::vector<std::string>{"sales/*.parquet", "/data/x.csv", "postgres://host/db"});
  CHECK(config->focus == std::vector<std::string>{"margin_analysis"});
  CHECK(config->as_of == base::parse_day("2025-11-30"));
  CHECK(config->top == 7);
  CHECK(config->format == Format::html);
  CHECK(config->outputs == std::vector<std::string>{"-", "out/report.html"});
  CHECK(config->number_style == NumberStyle::indian);
  CHECK(config->verbose);
  CHECK(config->colour == ColourUse::never);
  CHECK(config->time_max == std::chrono::minutes(10));
  CHECK(config->query_time_max == std::chrono::milliseconds(2500));
  CHECK(config->rows_max == 1'000'000);
  CHECK(config->bytes_max == std::int64_t{3} << 29);
  CHECK(config->memory_max_bytes == std::int64_t{512} << 20);
  CHECK(text_of(origin_of(*config, "top")) == "insights.toml:6");
  CHECK(text_of(origin_of(*config, "engine.threads")) == "insights.toml:25");
}

TEST_CASE("an unknown key or section is an error that names the line and the nearest name") {
  auto result = from_text("topp = 3\n");
  CHECK(message(result) == "insights.toml:1: there is no key 'topp'");
  CHECK(result.error().hint == "did you mean \"top\"?");

  result = from_text("\n[bugdet]\nrows = 3\n");
  CHECK(message(result) == "insights.toml:2: there is no section [bugdet] (it holds 'rows')");
  CHECK(result.error().hint == "did you mean \"budget\"?");

  result = from_text("format = 'json'\n");
  CHECK(message(result) == "insights.toml:1: there is no key 'format'");
  CHECK(result.error().hint == "'format' belongs in section [report]");

  result = from_text("[report]\ntop = 3\n");
  CHECK(result.error().hint == "'top' belongs above the first section");

  result = from_text("[explore]\ntreads = 2\n");
  CHECK(message(result) == "insights.toml:1: there is no section [explore] (it holds 'treads')");
  CHECK(result.error().hint == "did you mean \"threads\"? 'threads' belongs in section [engine]");

  result = from_text("[engine]\ntreads = 2\n");
  CHECK(message(result) == "insights.toml:2: there is no key 'engine.treads'");
  CHECK(result.error().hint == "did you mean \"threads\"?");

  result = from_text("[weather]\nwind = 'x'\n");
  CHECK(message(result) == "insights.toml:1: there is no section [weather] (it holds 'wind')");
  CHECK(result.error().hint ==
        "known: llm, report, terminal, budget, engine, cache, server, webhooks");
}

TEST_CASE("a value of the wrong type or out of range is an error that names line and key") {
  CHECK(message(from_text("top = '20'\n")) ==
        "insights.toml:1: top: expected a whole number, found a text in quotes");
  CHECK(message(from_text("\ntop = 0\n")) ==
        "insights.toml:2: top: 0 is out of range; 1 to 1000 is allowed");
  CHECK(message(from_text("top = [1]\n")) ==
        "insights.toml:1: top: expected a whole number, found a list");
  CHECK(message(from_text("[top]\nx = 1\n")) ==
        "insights.toml:1: top: expected a whole number, found a section");
  CHECK(
      message(from_text("focus = [1]\n")) ==
      "insights.toml:1: focus: expected a text in quotes, or a list of them, found a whole number");
  CHECK(message(from_text("as_of = '2025-02-30'\n")) ==
        "insights.toml:1: as_of: '2025-02-30' is not a date");
  CHECK(message(from_text("as_of = ''\n")) == "insights.toml:1: as_of: the value is empty");
  CHECK(message(from_text("[report]\nformat = 'jsn'\n")) ==
        "insights.toml:2: report.format: 'jsn' is not one of text, json, markdown, html");
  CHECK(message(from_text("[budget]\ntime = '10 lightyears'\n")) ==
        "insights.toml:2: budget.time: '10 lightyears' is not a time");
  CHECK(message(from_text("[budget]\ntime = 0\n")) ==
        "insights.toml:2: budget.time: 0 is out of range; 100ms to 168h is allowed");
  CHECK(message(from_text("[engine]\nmemory = 5\n")) ==
        "insights.toml:2: engine.memory: 5 is out of range; 64MB to 16TB is allowed");
}

TEST_CASE("what is not TOML is an error with its line") {
  CHECK(message(from_text("top = 3\ntop = = 4\n")).starts_with("insights.toml:2: "));
  CHECK(message(from_text("top = 3\ntop = 4\n")).starts_with("insights.toml:2: "));
  CHECK(message(from_text("\xff\xfe\x01")).starts_with("insights.toml:1: "));
}

TEST_CASE("variables are put into the texts of a file") {
  const auto environment = variables({{"DATA", "/srv/sales"}, {"TOP", "5"}, {"EMPTY", ""}});
  auto config = from_text(
      "locations = [\"${DATA}/a.csv\", \"x${EMPTY}$${y}.csv\"]\ntop = \"${TOP}\"\n", environment);
  REQUIRE(config.has_value());
  CHECK(config->locations == std::vector<std::string>{"/srv/sales/a.csv", "x${y}.csv"});
  CHECK(config->top == 5);

  CHECK(message(from_text("top = 3\nmetadata = '${NOWHERE}/x'\n")) ==
        "insights.toml:2: metadata: environment variable NOWHERE is not set");
  CHECK(message(from_text("metadata = '${NOWHERE'\n")) ==
        "insights.toml:1: metadata: '${' without a closing '}'");
}

TEST_CASE("paths in a file are relative to the file") {
  Config config;
  REQUIRE(load_text(config, "metadata = 'meta'\nlocations = ['a.csv', '/b.csv', 'duckdb://c']\n",
                    "project/insights.toml", variables({}))
              .has_value());
  CHECK(config.metadata_directory == "project/meta");
  CHECK(config.locations == std::vector<std::string>{"project/a.csv", "/b.csv", "duckdb://c"});
}

TEST_CASE("flags override the environment, which overrides the file") {
  ScratchDirectory directory;
  directory.write("insights.toml", "iterations = 1\n[budget]\nquery_time = 1\n");
  const auto environment =
      variables({{"QUERY_TIMEOUT_SECONDS", "2"}, {"MAX_EXPLORATION_ITERATIONS", "3"}});
  const auto config = load({.directory = directory.path,
                            .given = {{"iterations", {"4"}, "--iterations"}},
                            .environment = environment});
  REQUIRE(config.has_value());
  CHECK(config->query_time_max == std::chrono::seconds(2));
  CHECK(config->iterations == 4);
  CHECK(text_of(origin_of(*config, "budget.query_time")) == "environment QUERY_TIMEOUT_SECONDS");
  CHECK(text_of(origin_of(*config, "iterations")) == "flag --iterations");
  CHECK(config->file == directory.path + "/insights.toml");
}

TEST_CASE("DATABASE_URL is read only when nothing else is named") {
  ScratchDirectory directory;
  const auto environment = variables({{"DATABASE_URL", "postgres://host/db"}});
  LoadOptions options{.directory = directory.path, .given = {}, .environment = environment};
  CHECK(load(options)->locations == std::vector<std::string>{"postgres://host/db"});
  options.given = {{"locations", {"a.csv", "b.csv"}, "PATH"}};
  CHECK(load(options)->locations == std::vector<std::string>{"a.csv", "b.csv"});
  options.given = {};
  directory.write("insights.toml", "locations = ['/c.csv']\n");
  CHECK(load(options)->locations == std::vector<std::string>{"/c.csv"});
}

TEST_CASE("a flag given again adds to a list, and the list replaces the file's") {
  ScratchDirectory directory;
  directory.write("insights.toml", "focus = ['customer_churn']\n");
  const auto config =
      load({.directory = directory.path,
            .given = {{"focus", {"a", "b"}, "--focus"}, {"focus", {"c"}, "--focus"}},
            .environment = variables({})});
  REQUIRE(config.has_value());
  CHECK(config->focus == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("NO_COLOR with any value means no colour, but --color has the last word") {
  const auto environment = variables({{"NO_COLOR", "1"}});
  ScratchDirectory empty;
  LoadOptions options{.directory = empty.path, .given = {}, .environment = environment};
  CHECK(load(options)->colour == ColourUse::never);
  options.given = {{"terminal.color", {"always"}, "--color"}};
  CHECK(load(options)->colour == ColourUse::always);
  options.given = {};
  options.environment = variables({{"NO_COLOR", ""}});
  CHECK(load(options)->colour == ColourUse::automatic);
}

TEST_CASE("quiet and verbose: the nearer one wins, both at once are refused") {
  ScratchDirectory directory;
  directory.write("insights.toml", "[terminal]\nverbose = true\n");
  LoadOptions options{.directory = directory.path,
                      .given = {{"terminal.quiet", {"true"}, "--quiet"}},
                      .environment = variables({})};
  const auto config = load(options);
  REQUIRE(config.has_value());
  CHECK(config->quiet);
  CHECK(!config->verbose);
  options.given.push_back({"terminal.verbose", {"true"}, "--verbose"});
  CHECK(message(load(options)) == "--quiet and --verbose contradict each other");
}

TEST_CASE("flags are checked like the file, and say which flag") {
  CHECK(message(from_flags({{"top", {"zero"}, "--top"}})) == "--top: 'zero' is not a whole number");
  CHECK(message(from_flags({{"top", {"1001"}, "--top"}})) ==
        "--top: 1001 is out of range; 1 to 1000 is allowed");
  CHECK(message(from_flags({{"budget.bytes", {"12 parsecs"}, "--max-bytes"}})) ==
        "--max-bytes: '12 parsecs' is not a size");
  CHECK(message(from_flags({{"seed", {"99999999999999999999"}, "--seed"}})) ==
        "--seed: '99999999999999999999' is not a whole number");
}

TEST_CASE("a config file that is named must be there and be a file") {
  CHECK(message(load({.file = "/nowhere/insights.toml", .environment = variables({})})) ==
        "the config file /nowhere/insights.toml does not exist");
  CHECK(message(load({.file = "/", .environment = variables({})})) ==
        "the config file / is a directory");
  ScratchDirectory directory;
  const auto large = directory.write("large.toml", std::string((1 << 20) + 1, '#'));
  CHECK(message(load({.file = large, .environment = variables({})})) ==
        "the config file " + large + " is larger than 1024 KB");
}

TEST_CASE("every value that is written reads back as itself") {
  Config before;
  before.as_of = base::parse_day("2024-02-29");
  before.time_max = std::chrono::milliseconds(1500);
  before.bytes_max = 1025;
  Config after;
  for (const auto& key : keys()) {
    const auto text = value_text(before, key);
    if (text.empty()) continue;
    CHECK_MESSAGE(assign(after, key, text, "x").has_value(), key.name);
    CHECK(value_text(after, key) == text);
  }
  CHECK(after == before);
}

TEST_CASE("every key has a name of its own, a help line and one way to be set at least") {
  for (const auto& key : keys()) {
    CHECK(find_key(key.name) == &key);
    CHECK(!key.help.empty());
    CHECK(!key.help.ends_with('.'));
    CHECK((key.kind == Kind::choice) == !key.choices.empty());
    CHECK((key.kind == Kind::boolean) == key.value_name.empty());
    const bool is_number = key.kind == Kind::integer || key.kind == Kind::number ||
                           key.kind == Kind::size || key.kind == Kind::duration;
    CHECK(is_number == (key.most > key.least));
  }
}

TEST_CASE("the variables of OpenAI do not count where the file says Anthropic") {
  const auto environment =
      variables({{"OPENAI_API_KEY", "sk-openai"}, {"OPENAI_BASE_URL", "http://localhost/v1"}});
  ScratchDirectory directory;
  auto config = load({.directory = directory.path, .environment = environment});
  REQUIRE(config.has_value());
  CHECK(config->api_key == "sk-openai");
  CHECK(config->base_url == "http://localhost/v1");
  directory.write("insights.toml", "[llm]\nprovider = 'anthropic'\napi_key = 'sk-ant'\n");
  config = load({.directory = directory.path, .environment = environment});
  REQUIRE(config.has_value());
  CHECK(config->api_key == "sk-ant");
  CHECK(config->base_url == "");
}

TEST_CASE("a secret is not shown") {
  const auto config = from_text("[llm]\napi_key = 'sk-secret'\nheaders = ['x: secret', 'y: z']\n");
  REQUIRE(config.has_value());
  CHECK(config->headers == std::vector<std::string>{"x: secret", "y: z"});
  CHECK(value_text(*config, *find_key("llm.api_key")) == "***");
  CHECK(value_text(*config, *find_key("llm.headers")) == "***");
  CHECK(value_text(Config{}, *find_key("llm.api_key")) == "");
}

TEST_CASE("an amount of money may have a fraction") {
  CHECK(from_text("[llm]\nbudget_usd = 2\n")->budget_usd == 2.0);
  CHECK(from_flags({{"llm.budget_usd", {"0.25"}, "--budget-usd"}})->budget_usd == 0.25);
  CHECK(message(from_flags({{"llm.budget_usd", {"0"}, "--budget-usd"}})) ==
        "--budget-usd: 0 is out of range; 0.01 to 100000 is allowed");
  CHECK(message(from_flags({{"llm.budget_usd", {"two"}, "--budget-usd"}})) ==
        "--budget-usd: 'two' is not a number");
}

TEST_CASE("passwords are made unreadable") {
  CHECK(redacted("postgres://ann:s3cret@host:5432/db") == "postgres://ann:***@host:5432/db");
  CHECK(redacted("postgres://ann:s3/cr@t@host/db?password=abc&x=1") ==
        "postgres://ann:***@host/db?password=***&x=1");
  CHECK(redacted("host=x password='a b' user=y") == "host=x password=*** user=y");
  CHECK(redacted("postgres://host:5432/db") == "postgres://host:5432/db");
  CHECK(redacted("sales/2025.csv, https://x:y@z") == "sales/2025.csv, https://x:***@z");
}

TEST_CASE("without a name the store is where the XDG base directory specification says") {
  const auto store = [](std::map<std::string, std::string> values) {
    ScratchDirectory directory;
    return load({.directory = directory.path, .environment = variables(std::move(values))})->store;
  };
  CHECK(store({{"HOME", "/home/ann"}}) == "/home/ann/.local/state/insights/state.db");
  CHECK(store({{"HOME", "/home/ann"}, {"XDG_STATE_HOME", "/state"}}) == "/state/insights/state.db");
  CHECK(store({{"HOME", "/home/ann"}, {"XDG_STATE_HOME", "here"}}) ==
        "/home/ann/.local/state/insights/state.db");
  CHECK(store({{"HOME", "/home/ann"}, {"INSIGHTS_STORE", "own.db"}}) == "own.db");
  CHECK(store({}).empty());
}
