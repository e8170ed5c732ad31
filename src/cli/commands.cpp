#include "cli/commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/ensure.h"

namespace insights::cli {
namespace {

using Names = std::string_view;

constexpr std::array schema_settings{Names{"allow_privileged_role"},
                                     Names{"metadata"},
                                     Names{"context"},
                                     Names{"vocabulary"},
                                     Names{"as_of"},
                                     Names{"report.query_log"},
                                     Names{"terminal.quiet"},
                                     Names{"terminal.verbose"},
                                     Names{"budget.query_time"},
                                     Names{"engine.threads"},
                                     Names{"engine.memory"}};
constexpr std::array verify_settings{
    Names{"allow_privileged_role"}, Names{"report.query_log"}, Names{"terminal.color"},
    Names{"terminal.quiet"},        Names{"terminal.verbose"}, Names{"budget.queries"},
    Names{"budget.query_time"},     Names{"engine.threads"},   Names{"engine.memory"}};

constexpr std::array selftest_settings{Names{"allow_privileged_role"},
                                       Names{"metadata"},
                                       Names{"context"},
                                       Names{"vocabulary"},
                                       Names{"as_of"},
                                       Names{"seed"},
                                       Names{"report.query_log"},
                                       Names{"terminal.quiet"},
                                       Names{"terminal.verbose"},
                                       Names{"budget.time"},
                                       Names{"budget.query_time"},
                                       Names{"budget.rows"},
                                       Names{"engine.threads"},
                                       Names{"engine.memory"}};
constexpr std::array generate_settings{Names{"seed"}, Names{"terminal.quiet"}};
constexpr std::array bench_settings{
    Names{"top"},          Names{"terminal.quiet"},    Names{"terminal.verbose"},
    Names{"budget.time"},  Names{"budget.query_time"}, Names{"engine.threads"},
    Names{"engine.memory"}};

constexpr std::string_view plant_help =
    "What is planted: all, none, or names with commas between (docs/reference/generate.md)";
constexpr std::array explore_flags{
    OwnFlag{"--resume", "RUN", "Go on with a run of a language model that ended early", ""}};
constexpr std::array selftest_flags{
    OwnFlag{"--rounds", "N", "How many times the data is shuffled and explored", "10"}};
constexpr std::array generate_flags{
    OwnFlag{"--rows", "N", "Lines of invoices", "200000"},
    OwnFlag{"--plant", "LIST", plant_help, "all"},
    OwnFlag{"--output", "DIR", "Where the company goes; made when it is not there", ""},
    OwnFlag{"--as", "FORM", "How the tables are written", "csv", "csv|parquet|both"},
    OwnFlag{"--describe", "",
            "Write metadata files and business_context.txt as well, into DIR/metadata", ""}};
constexpr std::array bench_flags{
    OwnFlag{"--rows", "LIST", "Sizes to generate and explore, in lines", "100000"},
    OwnFlag{"--seeds", "LIST", "Seeds to do it with", "1,2,3"},
    OwnFlag{"--plant", "LIST", plant_help, "all"}};

constexpr std::array selftest_examples{Names{"insights selftest sales.csv"},
                                       Names{"insights selftest sales.csv --rounds 20 --json"}};
constexpr std::array generate_examples{
    Names{"insights generate --output company"},
    Names{
        "insights generate --rows 1000000 --seed 7 --plant price_step,bad_batch --output company"},
    Names{"insights generate --plant none --as parquet --output noise"}};
constexpr std::array bench_examples{Names{"insights bench --rows 10000,100000 --seeds 1,2,3"},
                                    Names{"insights bench report.json company/truth.json --json"}};
constexpr std::array query_settings{
    Names{"allow_privileged_role"}, Names{"metadata"},       Names{"vocabulary"},
    Names{"report.query_log"},      Names{"terminal.quiet"}, Names{"terminal.verbose"},
    Names{"budget.query_time"},     Names{"engine.threads"}, Names{"engine.memory"}};
constexpr std::array query_flags{
    OwnFlag{"--rows", "N", "How many rows to print at most", "1000"},
    OwnFlag{"--bytes", "N", "How many bytes of values to print at most", "16777216"},
    OwnFlag{"--mask", "", "Judge and show as for a language model: personal data masked", ""},
    OwnFlag{"--check", "", "Only judge: exit code 0 or 3, and nothing is run", ""},
    OwnFlag{"--dialect", "DIALECT", "Judge by this grammar, with --check", "", "duckdb|postgres"},
    OwnFlag{"--jsonl", "", "With --check: judge the JSON lines of standard input", ""}};

constexpr std::array store_settings{Names{"store"}, Names{"terminal.quiet"}};
constexpr std::array keys_flags{
    OwnFlag{"--scopes", "LIST",
            "What the key may do, with commas between: read, run, admin, metrics", "read,run"}};
constexpr std::array feedback_flags{
    OwnFlag{"--reason", "REASON", "Of a vote down: why", "",
            "wrong|known|not_material|not_actionable|duplicate"},
    OwnFlag{"--scope", "SCOPE", "Of a vote down: what is hidden from now on", "finding",
            "finding|entity|pattern|threshold"},
    OwnFlag{"--below", "N", "With --scope threshold: amounts smaller than this", ""},
    OwnFlag{"--duplicate-of", "FINDING", "With --reason duplicate: the one it is told under", ""},
    OwnFlag{"--note", "TEXT", "In your words", ""},
    OwnFlag{"--preview", "", "Only show what the vote would have hidden", ""}};
constexpr std::array feedback_examples{
    Names{"insights feedback down 12 --reason known --scope entity --preview"},
    Names{"insights feedback up 7"}, Names{"insights feedback rules"},
    Names{"insights feedback undo rule-1"}, Names{"insights feedback export > rules.toml"}};
constexpr std::array serve_examples{
    Names{"insights serve sales.csv --without-keys"},
    Names{
        "insights serve postgres://reader@db.example/sales --store /var/lib/insights/insights.db"}};
constexpr std::array keys_examples{Names{"insights keys create dashboard --scopes read"},
                                   Names{"insights keys list"},
                                   Names{"insights keys revoke key-3f9a02c1"}};
constexpr std::array diff_examples{
    Names{"insights diff run-20251121-060000-1a2b3c4d run-20251122-060000-5e6f7a8b"}};
constexpr std::array backup_examples{Names{"insights backup insights-2025-11-22.db"}};
constexpr std::array restore_examples{Names{"insights restore insights-2025-11-22.db"}};

constexpr std::array doctor_flags{
    OwnFlag{"--role-sql", "", "Print the script of a role that only reads the named database", ""}};

constexpr std::array runs_settings{Names{"store"}};
constexpr std::array runs_examples{Names{"insights runs"}, Names{"insights runs --json"}};
constexpr std::array egress_examples{
    Names{"insights egress run-20251122-074603-1a2b"},
    Names{"insights egress run-20251122-074603-1a2b --json > egress.json"}};

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
            .own_flags = explore_flags,
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
    Command{.name = "selftest",
            .summary = "Shuffle your data and count what would be found in it: the false alarms",
            .detail = "Reads the tables as explore does, then takes apart what belongs together: "
                      "what the rows are about, when they happened, and how much they say are "
                      "each put in an order of their own. Whatever is then found between them is "
                      "false. Nothing is written and nothing of the source is changed.",
            .usage = "PATH...",
            .argument_help = locations_help,
            .takes_json = true,
            .settings = selftest_settings,
            .own_flags = selftest_flags,
            .examples = selftest_examples,
            .run = run_selftest},
    Command{.name = "generate",
            .summary = "Make up a company's sales, with insights planted in it and their truth",
            .detail =
                "Writes DIR/data (invoices, customers, products, batches) and DIR/truth.json. "
                "The same rows, seed and plants give the same bytes on every machine.",
            .usage = "",
            .argument_help = "",
            .arguments = Arguments::none,
            .settings = generate_settings,
            .own_flags = generate_flags,
            .examples = generate_examples,
            .run = run_generate},
    Command{.name = "bench",
            .summary = "Score a report against the truth of a generated company",
            .detail = "With REPORT and TRUTH: scores that report, of any analyst. Without: "
                      "generates companies, explores them, and scores what was found.",
            .usage = "[REPORT TRUTH]",
            .argument_help = "A report in JSON, and the truth.json of the company it is about",
            .arguments = Arguments::report_and_truth,
            .takes_json = true,
            .settings = bench_settings,
            .own_flags = bench_flags,
            .examples = bench_examples,
            .run = run_bench},
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
        .takes_server_settings = true,
        .settings = {},
        .own_flags = doctor_flags,
        .examples = doctor_examples,
        .run = run_doctor},
    Command{.name = "runs",
            .summary = "List the runs in which a language model was asked",
            .detail = "The latest first. One that ended early goes on with explore --resume RUN.",
            .usage = "",
            .argument_help = "",
            .arguments = Arguments::none,
            .takes_json = true,
            .settings = runs_settings,
            .examples = runs_examples,
            .run = run_runs},
    Command{.name = "egress",
            .summary = "List every request that left for a language model in a run",
            .detail = "When it left, how many bytes, in which privacy mode, and the columns whose "
                      "values it carried.",
            .usage = "RUN",
            .argument_help = "The run, as insights runs lists it",
            .arguments = Arguments::run,
            .takes_json = true,
            .settings = runs_settings,
            .examples = egress_examples,
            .run = run_egress},
    Command{.name = "serve",
            .summary = "Explore on request: an HTTP API, with a store of what was found",
            .detail = "Takes every flag of explore; an exploration that is asked for is made with "
                      "them. The API is described by /openapi.json and docs/guide/api.md. SIGTERM "
                      "or Ctrl-C: ends what runs, keeps what is proven, and stops. The log goes to "
                      "standard error, one JSON object a line.",
            .usage = "PATH...",
            .argument_help = locations_help,
            .takes_every_setting = true,
            .takes_server_settings = true,
            .settings = {},
            .examples = serve_examples,
            .run = run_serve},
    Command{.name = "keys",
            .summary = "Make, list and revoke keys for the API",
            .detail = "The secret of a new key is printed once; the store has only its digest. A "
                      "server that runs takes notice at once.",
            .usage = "create NAME | list | revoke ID",
            .argument_help = "What to do: create a key with this name, list all, or revoke one",
            .arguments = Arguments::words,
            .takes_json = true,
            .settings = store_settings,
            .own_flags = keys_flags,
            .examples = keys_examples,
            .run = run_keys},
    Command{.name = "diff",
            .summary = "Show what changed from one exploration in the store to another",
            .detail = "New, worse, better, as it was, and gone. Explorations of 'insights serve' "
                      "are in the store.",
            .usage = "RUN RUN",
            .argument_help = "Ids of two explorations, the earlier one first",
            .arguments = Arguments::words,
            .takes_json = true,
            .settings = store_settings,
            .examples = diff_examples,
            .run = run_diff},
    Command{.name = "feedback",
            .summary = "Vote on findings in the store, and see, undo or export the rules made",
            .detail = "A vote down makes a rule, which hides what its scope says from later "
                      "explorations of 'insights serve'; they name what they hide. The export is "
                      "what explore --rules takes.",
            .usage = "(up|down|undo) ID | rules | export",
            .argument_help = "What to do, and the id: of a finding, as the API lists it, or of a "
                             "rule",
            .arguments = Arguments::words,
            .settings = store_settings,
            .own_flags = feedback_flags,
            .examples = feedback_examples,
            .run = run_feedback},
    Command{.name = "backup",
            .summary = "Copy the store to a file, while it is in use",
            .detail = "The copy is of one moment, checked, and appears whole or not at all.",
            .usage = "FILE",
            .argument_help = "Where the copy goes",
            .arguments = Arguments::words,
            .settings = store_settings,
            .examples = backup_examples,
            .run = run_backup},
    Command{.name = "restore",
            .summary = "Put a copy of the store in its place",
            .detail = "The copy is checked first. Refused while 'insights serve' uses the store.",
            .usage = "FILE",
            .argument_help = "What backup wrote",
            .arguments = Arguments::words,
            .settings = store_settings,
            .examples = restore_examples,
            .run = run_restore},
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

std::string Invocation::own_value(std::string_view flag) const {
  if (const auto typed = own.find(flag); typed != own.end()) return typed->second;
  const auto known = std::ranges::find(command->own_flags, flag, &OwnFlag::name);
  base::ensure(known != command->own_flags.end(), "the command has no such flag");
  return std::string(known->built_in);
}

base::Result<std::vector<std::int64_t>> own_numbers(const Invocation& invocation,
                                                    std::string_view flag, std::int64_t least,
                                                    std::int64_t most) {
  std::vector<std::int64_t> numbers;
  const auto text = invocation.own_value(flag);
  for (std::size_t at = 0; at <= text.size();) {
    const auto comma = std::min(text.find(',', at), text.size());
    const auto word = std::string_view(text).substr(at, comma - at);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (error != std::errc{} || end != word.data() + word.size() || number < least ||
        number > most) {
      return base::fail(base::ErrorKind::invalid_input,
                        fmt::format("{}: '{}' is out of range; whole numbers from {} to {} are "
                                    "allowed",
                                    flag, word, least, most));
    }
    numbers.push_back(number);
    at = comma + 1;
  }
  return numbers;
}

base::Result<std::int64_t> own_number(const Invocation& invocation, std::string_view flag,
                                      std::int64_t least, std::int64_t most) {
  const auto numbers = TRY(own_numbers(invocation, flag, least, most));
  if (numbers.size() == 1) return numbers.front();
  return base::fail(base::ErrorKind::invalid_input, fmt::format("{} takes one number", flag));
}

std::vector<const config::Key*> flags_of(const Command& command) {
  std::vector<const config::Key*> flags;
  if (!command.takes_config) return flags;
  for (const auto& key : config::keys()) {
    const bool is_servers = key.name.starts_with("server.") || key.name.starts_with("webhooks.");
    const bool is_every =
        command.takes_every_setting && (command.takes_server_settings || !is_servers);
    const bool is_taken = is_every || std::ranges::count(command.settings, key.name) > 0;
    if (is_taken && !key.flag.empty()) flags.push_back(&key);
  }
  return flags;
}

}  // namespace insights::cli
