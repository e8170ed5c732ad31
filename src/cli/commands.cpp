#include "cli/commands.h"

#include <algorithm>
#include <array>

namespace insights::cli {
namespace {

using Names = std::string_view;

constexpr std::array schema_settings{Names{"allow_privileged_role"},
                                     Names{"metadata"},
                                     Names{"context"},
                                     Names{"vocabulary"},
                                     Names{"as_of"},
                                     Names{"terminal.quiet"},
                                     Names{"terminal.verbose"},
                                     Names{"budget.query_time"},
                                     Names{"engine.threads"},
                                     Names{"engine.memory"}};
constexpr std::array verify_settings{Names{"allow_privileged_role"}, Names{"terminal.color"},
                                     Names{"terminal.quiet"},        Names{"terminal.verbose"},
                                     Names{"budget.queries"},        Names{"budget.query_time"},
                                     Names{"engine.threads"},        Names{"engine.memory"}};

constexpr std::array query_settings{Names{"allow_privileged_role"}, Names{"terminal.quiet"},
                                    Names{"terminal.verbose"},      Names{"budget.query_time"},
                                    Names{"engine.threads"},        Names{"engine.memory"}};

constexpr std::array query_flags{
    OwnFlag{"--rows", "N", "How many rows to print at most [1000]", ""},
    OwnFlag{"--bytes", "N", "How many bytes of values to print at most [16777216]", ""},
    OwnFlag{"--check", "", "Only judge: exit code 0 or 3, and nothing is run", ""},
    OwnFlag{"--dialect", "DIALECT", "Judge by this grammar, with --check", "duckdb, postgres"},
    OwnFlag{"--jsonl", "", "With --check: judge the JSON lines of standard input", ""}};

constexpr std::array doctor_flags{
    OwnFlag{"--role-sql", "", "Print the script of a role that only reads the named database", ""}};

constexpr std::array explore_examples{
    Names{"insights explore sales.csv"},
    Names{"insights explore 'sales/*.parquet' --metadata metadata --focus customer_churn"},
    Names{"insights explore sales.duckdb --output - --output report.html --output report.json"},
    Names{"insights explore postgres://reader@db.example/sales"},
    Names{"insights explore sales.csv --as-of 2025-10-31 --timeout 2m --format markdown"}};
constexpr std::array schema_examples{Names{"insights schema sales.csv"},
                                     Names{"insights schema sales.csv --metadata metadata --json"}};
constexpr std::array verify_examples{Names{"insights verify report.json"},
                                     Names{"insights verify report.json sales.csv --verbose"}};
constexpr std::array query_examples{
    Names{"insights query sales.csv \"SELECT region, sum(amount) FROM sales GROUP BY 1\""},
    Names{"insights query sales.csv --check --dialect postgres \"SELECT count(*) FROM sales\""},
    Names{"insights query sales.csv --check --jsonl < statements.jsonl"}};
constexpr std::array doctor_examples{Names{"insights doctor"},
                                     Names{"insights doctor sales.csv --json"},
                                     Names{"insights doctor --role-sql > role.sql"}};
constexpr std::array completion_examples{
    Names{"insights completion bash > ~/.local/share/bash-completion/completions/insights"},
    Names{"insights completion fish > ~/.config/fish/completions/insights.fish"}};

constexpr std::string_view locations_help =
    "Files (.csv .csv.gz .tsv .json .ndjson .parquet .duckdb), globs or directories, or the URL of "
    "a database (postgres://user@host/name); without any, 'locations' of insights.toml, or "
    "DATABASE_URL";

constexpr std::array table{
    Command{.name = "explore",
            .summary = "Find what the data should tell you, prove it, and put money on it",
            .detail = "Asks nothing. Reads the tables, tests every pattern it knows, runs the "
                      "evidence of what it "
                      "found again, and reports what held. Ctrl-C once: stop, and report what is "
                      "proven by then. "
                      "Twice: stop at once.",
            .usage = "PATH...",
            .argument_help = locations_help,
            .takes_every_setting = true,
            .settings = {},
            .examples = explore_examples,
            .run = run_explore},
    Command{
        .name = "schema",
        .summary = "Show what the tables and columns are understood to be, and why",
        .detail =
            "What is wrong here can be put right in a metadata file: see docs/reference/config.md.",
        .usage = "PATH...",
        .argument_help = locations_help,
        .takes_json = true,
        .settings = schema_settings,
        .examples = schema_examples,
        .run = run_schema},
    Command{.name = "verify",
            .summary = "Run the evidence of a saved report again and compare every value",
            .detail = "Says of every value: same, data changed, or wrong. REPORT is what 'explore "
                      "--format json' "
                      "wrote.",
            .usage = "REPORT [PATH...]",
            .argument_help =
                "The report; then what to read, without any: what the report was made from",
            .arguments = Arguments::report_and_locations,
            .takes_json = true,
            .settings = verify_settings,
            .examples = verify_examples,
            .run = run_verify},
    Command{.name = "query",
            .summary = "Run one SELECT through the gate, or only judge it",
            .detail = "What is not a plain read of the source's tables is refused, with what to "
                      "write instead (exit code 3). The statement runs in a process of its own, "
                      "with limits on memory and time.",
            .usage = "PATH... STATEMENT",
            .argument_help = "What to read, as for explore; then one SELECT, or - for that of "
                             "standard input",
            .arguments = Arguments::locations_and_statement,
            .takes_json = true,
            .settings = query_settings,
            .own_flags = query_flags,
            .examples = query_examples,
            .run = run_query},
    Command{
        .name = "doctor",
        .summary =
            "Show what is installed, which settings are in force and from where, and what opens",
        .detail =
            "Takes every flag of explore, and shows what it would do. Passwords are not shown. "
            "--role-sql prints the script of a PostgreSQL role that reads and does nothing else.",
        .usage = "[PATH...]",
        .argument_help = locations_help,
        .takes_json = true,
        .takes_every_setting = true,
        .settings = {},
        .own_flags = doctor_flags,
        .examples = doctor_examples,
        .run = run_doctor},
    Command{.name = "completion",
            .summary = "Print a script that completes commands and flags in your shell",
            .detail = "",
            .usage = "bash|zsh|fish",
            .argument_help = "The shell",
            .arguments = Arguments::shell,
            .takes_config = false,
            .settings = {},
            .examples = completion_examples,
            .run = run_completion},
};

}  // namespace

std::span<const Command> commands() { return table; }

const Command* find_command(std::string_view name) {
  const auto found = std::ranges::find(table, name, &Command::name);
  return found == table.end() ? nullptr : &*found;
}

std::vector<const config::Key*> flags_of(const Command& command) {
  std::vector<const config::Key*> flags;
  if (!command.takes_config) return flags;
  for (const auto& key : config::keys()) {
    const bool is_taken =
        command.takes_every_setting || std::ranges::count(command.settings, key.name) > 0;
    if (is_taken && !key.flag.empty()) flags.push_back(&key);
  }
  return flags;
}

}  // namespace insights::cli
