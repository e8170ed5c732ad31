#include "config/keys.h"

#include <algorithm>
#include <array>

namespace insights::config {
namespace {

constexpr double gigabyte = 1024.0 * 1024 * 1024;

constexpr std::array table{
    Key{"locations", Kind::path_list, &Config::locations, "", "DATABASE_URL", "PATH",
        "What to read when the command names nothing: files, globs, directories, or one "
        "postgres:// URL"},
    Key{"allow_privileged_role", Kind::boolean, &Config::allow_privileged_role,
        "--allow-privileged-role", "", "",
        "Read a PostgreSQL database with a role that may do more than read; the report says so"},
    Key{"metadata", Kind::path, &Config::metadata_directory, "--metadata", "", "DIR",
        "One JSON file per table (column: type, unit, description) and business_context.txt"},
    Key{"context", Kind::path, &Config::context_file, "--context", "", "FILE",
        "What the company does and watches, as text; in place of the one in --metadata"},
    Key{"vocabulary", Kind::path, &Config::vocabulary_file, "--vocabulary", "", "FILE",
        "Words by which columns are understood, as TOML; added to the built-in ones"},

    Key{"focus", Kind::text_list, &Config::focus, "--focus", "", "NAME",
        "Look at this first and rank it higher; may be repeated"},
    Key{"focus_directory", Kind::path, &Config::focus_directory, "--focus-dir", "", "DIR",
        "More focus areas, one .txt file each"},
    Key{"top", Kind::integer, &Config::top, "--top", "", "N", "How many findings to report", 1,
        1000},
    Key{"as_of", Kind::date, &Config::as_of, "--as-of", "", "DATE",
        "Look at the data as it was on this day (2025-11-30); later rows are left out"},
    Key{"seed", Kind::integer, &Config::seed, "--seed", "", "N",
        "Of every random choice: same data, settings and seed give the same findings", 0,
        9'007'199'254'740'991},
    Key{"iterations", Kind::integer, &Config::iterations, "--iterations",
        "MAX_EXPLORATION_ITERATIONS", "N",
        "Steps of a language model; the built-in statistical analyst takes none", 1, 1000},
    Key{"analyst", Kind::choice, &Config::analyst, "--analyst", "", "WHO",
        "Who looks: the built-in statistics, or a language model (section llm)", 0, 0,
        "statistical|llm"},
    Key{"leads", Kind::choice, &Config::leads, "--leads", "", "ON",
        "Hand the statistical analyst's findings to the language model as leads", 0, 0, "on|off"},
    Key{"privacy", Kind::choice, &Config::privacy, "--privacy", "", "MODE",
        "What a language model may see: nothing at all, names of tables and columns, groups, "
        "replaced names, or all it asks for",
        0, 0, "off|schema|aggregates|tokens|full"},
    Key{"group_min", Kind::integer, &Config::group_min, "--group-min", "", "N",
        "With --privacy aggregates: groups of fewer rows are not shown to the model", 2, 1'000'000},
    Key{"prompts", Kind::path, &Config::prompts_directory, "--prompts", "", "DIR",
        "Prompts of your own, in place of the built-in ones of the same name"},
    Key{"rules", Kind::path, &Config::rules_file, "--rules", "", "FILE",
        "What readers said of earlier findings: rules that hide, votes that rank; as exported"},
    Key{"store", Kind::path, &Config::store, "--store", "INSIGHTS_STORE", "FILE",
        "Where runs, findings, feedback and API keys are kept: one SQLite file"},

    Key{"llm.provider", Kind::choice, &Config::provider, "--provider", "", "PROVIDER",
        "How the model is spoken to; auto tells by address, model and key", 0, 0,
        "auto|openai|chat|anthropic"},
    Key{"llm.model", Kind::text, &Config::model, "--model", "LLM_MODEL", "MODEL",
        "The language model; gpt-5.2 when OpenAI is asked and none is named"},
    Key{"llm.base_url", Kind::text, &Config::base_url, "--base-url", "OPENAI_BASE_URL", "URL",
        "The server of the language model: http://localhost:11434/v1"},
    Key{"llm.api_key", Kind::secret, &Config::api_key, "", "OPENAI_API_KEY", "KEY",
        "The key for the language model"},
    Key{"llm.anthropic_api_key", Kind::secret, &Config::anthropic_api_key, "", "ANTHROPIC_API_KEY",
        "KEY", "The key for Anthropic"},
    Key{"llm.api_version", Kind::text, &Config::api_version, "", "", "VERSION",
        "Of Azure's addresses that carry a date"},
    Key{"llm.headers", Kind::secret_list, &Config::headers, "", "", "HEADER",
        "Further headers for the language model's server, as Name: value"},
    Key{"llm.effort", Kind::choice, &Config::effort, "--effort", "REASONING_EFFORT", "EFFORT",
        "How long the language model may think; auto is what suits the model", 0, 0,
        "auto|none|minimal|low|medium|high|xhigh"},
    Key{"llm.budget_usd", Kind::number, &Config::budget_usd, "--budget-usd", "", "DOLLARS",
        "End the run before the language model costs more than this", 0.01, 100'000},
    Key{"llm.tokens_max", Kind::integer, &Config::tokens_max, "--max-tokens", "", "N",
        "End the run after this many tokens of the language model, input and output", 1000, 1e12},
    Key{"llm.context_tokens", Kind::integer, &Config::context_tokens, "--context-tokens", "", "N",
        "Tokens that one request may hold; 0 = what is known of the model", 0, 100'000'000},
    Key{"llm.models", Kind::path, &Config::models_file, "", "", "FILE",
        "Facts and prices of models, before the built-in ones"},
    Key{"llm.request_time", Kind::duration, &Config::request_time_max, "", "", "TIME",
        "Give an answer of the language model up after this long", 0.1, 86'400},
    Key{"llm.retries", Kind::integer, &Config::retries_max, "", "", "N",
        "How often a request that failed in passing is sent again", 0, 20},

    Key{"report.format", Kind::choice, &Config::format, "--format", "", "FORMAT",
        "How standard output, and a file whose name does not tell, is written", 0, 0,
        "text|json|markdown|html"},
    Key{"report.output", Kind::path_list, &Config::outputs, "--output", "", "FILE",
        "Write the report to this file; - is standard output; may be repeated"},
    Key{"report.ledger", Kind::path, &Config::ledger_file, "--ledger", "", "FILE",
        "Write every hypothesis that was tested, and what became of it, to this file"},
    Key{"report.query_log", Kind::path, &Config::query_log_file, "--query-log", "", "FILE",
        "Add every statement, its verdict and what it cost to this file, one JSON object a line"},
    Key{"report.number_style", Kind::choice, &Config::number_style, "--number-style", "", "STYLE",
        "How large amounts are written: 4.52M, or 45.2L (lakh) and Cr (crore)", 0, 0,
        "international|indian"},

    Key{"terminal.color", Kind::choice, &Config::colour, "--color", "NO_COLOR", "WHEN",
        "Colour on the terminal", 0, 0, "auto|always|never"},
    Key{"terminal.quiet", Kind::boolean, &Config::quiet, "--quiet", "", "",
        "No progress and no remarks on standard error; errors still show"},
    Key{"terminal.verbose", Kind::boolean, &Config::verbose, "--verbose", "", "",
        "Every step on standard error, and the evidence SQL in the text report"},

    Key{"budget.time", Kind::duration, &Config::time_max, "--timeout", "", "TIME",
        "End the run after this long (90s, 10m, 2h) with what is proven by then", 0.1, 604'800},
    Key{"budget.query_time", Kind::duration, &Config::query_time_max, "--query-timeout",
        "QUERY_TIMEOUT_SECONDS", "TIME", "Stop a query after this long", 0.1, 86'400},
    Key{"budget.queries", Kind::integer, &Config::queries_max, "--max-queries", "", "N",
        "End the run after this many queries", 1, 1'000'000},
    Key{"budget.rows", Kind::integer, &Config::rows_max, "--max-rows", "", "N",
        "End the run after reading this many rows", 1, 1e15},
    Key{"budget.bytes", Kind::size, &Config::bytes_max, "--max-bytes", "", "SIZE",
        "End the run after reading this much (500MB, 64GB)", 1024, 1024.0 * 1024 * gigabyte},

    Key{"engine.threads", Kind::integer, &Config::threads, "--threads", "", "N",
        "Threads to use; 0 = as many as the machine has", 0, 1024},
    Key{"engine.memory", Kind::size, &Config::memory_max_bytes, "--memory", "", "SIZE",
        "Memory the database engine may use (512MB, 2GB)", gigabyte / 16, 1024 * 16 * gigabyte},

    Key{"cache.url", Kind::secret, &Config::cache_url, "", "CACHE_URL", "URL",
        "Keep results of queries in this Redis server: redis://:PASSWORD@HOST:6379/0"},
    Key{"cache.memory", Kind::size, &Config::cache_bytes_max, "--cache-memory", "", "SIZE",
        "Keep results in the memory of a server without Redis; 0 = none", 0, 1024 * gigabyte},
    Key{"cache.keep", Kind::duration, &Config::cache_keep, "--cache-keep", "", "TIME",
        "Keep results this long", 1, 2'592'000},
    Key{"cache.stale", Kind::duration, &Config::cache_stale_max, "--cache-stale", "", "TIME",
        "Of a database that cannot tell whether it changed, use results up to this old; 0 = none",
        0, 2'592'000},

    Key{"server.host", Kind::text, &Config::host, "--host", "API_HOST", "ADDRESS",
        "The address to listen on; 127.0.0.1 is reached from this machine alone"},
    Key{"server.port", Kind::integer, &Config::port, "--port", "API_PORT", "N",
        "The port to listen on; 0 takes a free one", 0, 65'535},
    Key{"server.without_keys", Kind::boolean, &Config::without_keys, "--without-keys", "", "",
        "Ask for no API key; only on an address of this machine alone"},
    Key{"server.allowed_hosts", Kind::text_list, &Config::allowed_hosts, "--allow-host", "", "NAME",
        "One more name the server is asked by, with its port if there is one; may be repeated"},
    Key{"server.allowed_origins", Kind::text_list, &Config::allowed_origins, "--allow-origin", "",
        "URL", "A page of this origin may ask (https://bi.example); may be repeated"},
    Key{"server.requests_per_minute", Kind::integer, &Config::requests_per_minute, "--rate", "",
        "N", "How often one API key may ask in a minute; 0 = no limit", 0, 100'000'000},
    Key{"server.runs_at_once", Kind::integer, &Config::runs_at_once, "--runs-at-once", "", "N",
        "How many explorations run side by side", 1, 64},
    Key{"server.runs_waiting", Kind::integer, &Config::runs_waiting_max, "--runs-waiting", "", "N",
        "How many explorations may wait for their turn", 1, 100'000},
    Key{"server.keep_days", Kind::integer, &Config::keep_days, "--keep-days", "", "N",
        "Explorations that ended are forgotten after so many days; findings stay", 1, 36'500},

    Key{"webhooks.allowed_hosts", Kind::text_list, &Config::webhook_hosts, "--webhook-host", "",
        "HOST",
        "A server that webhooks of schedules may be sent to: hooks.example, "
        "hooks.example:8443, http://10.1.2.3:8080; may be repeated"},
    Key{"webhooks.private_networks", Kind::text_list, &Config::webhook_networks,
        "--webhook-network", "", "NETWORK",
        "A private network (10.1.0.0/16) that names of such servers may lead into; may be "
        "repeated"},
};

}  // namespace

std::span<const Key> keys() { return table; }

const Key* find_key(std::string_view name) {
  const auto found = std::ranges::find(table, name, &Key::name);
  return found == table.end() ? nullptr : &*found;
}

std::vector<std::string> choices_of(const Key& key) {
  std::vector<std::string> choices;
  std::string_view rest = key.choices;
  while (!rest.empty()) {
    const auto bar = std::min(rest.find('|'), rest.size());
    choices.emplace_back(rest.substr(0, bar));
    rest.remove_prefix(std::min(bar + 1, rest.size()));
  }
  return choices;
}

}  // namespace insights::config
