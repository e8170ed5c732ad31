// What a run was asked to do, and with what: one checked value, made by load() (config/load.h) from
// the flags, the environment and a file. Plain data; its fields stand in the table of
// config/keys.h, one entry each.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/calendar.h"

namespace insights::config {

enum class Format { text, json, markdown, html };
enum class NumberStyle { international, indian };  // 4.52M or 45.2L
enum class ColourUse { automatic, always, never };
enum class Analyst { statistical, llm };
enum class Leads { on, off };
enum class Privacy { off, schema, aggregates, tokens, full };
enum class Provider { automatic, openai, chat, anthropic };
enum class ModelEffort { automatic, none, minimal, low, medium, high, xhigh };

// Where a value came from.
struct Origin {
  enum class Kind { built_in, file, environment, flag };
  Kind kind = Kind::built_in;
  std::string place;  // "insights.toml:4", "QUERY_TIMEOUT_SECONDS", "--top"; empty when built in
  bool operator==(const Origin&) const = default;
};

// "built in", "insights.toml:4", "environment QUERY_TIMEOUT_SECONDS", "flag --top"
std::string text_of(const Origin& origin);

struct Config {
  // What to read.
  std::vector<std::string> locations;  // paths, globs, directories or URLs
  bool allow_privileged_role = false;  // read a server with a role that may do more than read
  std::string metadata_directory;      // one JSON file per table, and business_context.txt
  std::string context_file;            // in place of the directory's business_context.txt
  std::string vocabulary_file;         // more words for columns than the built-in ones

  // What to look for.
  std::vector<std::string> focus;
  std::string focus_directory;     // more focus areas than the built-in ones
  std::int64_t top = 20;           // findings
  std::optional<base::Day> as_of;  // rows after it are not looked at; none = all rows
  std::int64_t seed = 42;
  std::int64_t iterations = 15;  // steps of a language model; the statistical analyst takes none

  // Who looks.
  Analyst analyst = Analyst::statistical;
  Leads leads = Leads::on;          // the statistical analyst's findings go to the model first
  Privacy privacy = Privacy::full;  // what a model gets to see of the data
  std::int64_t group_min = 5;       // rows of a group that the mode "aggregates" shows, at least
  std::string prompts_directory;    // prompts in place of the built-in ones
  std::string rules_file;           // readers' rules and votes

  // What outlives a run: the SQLite file; load() puts state.db of the XDG base directory
  // specification where none is named. Empty: no place is known (HOME is not set).
  std::string store;

  // What to write.
  Format format = Format::text;
  std::vector<std::string> outputs;  // files; "-" is standard output; none = standard output
  std::string ledger_file;           // every hypothesis tested
  std::string query_log_file;        // every statement asked of the source; none = not logged
  NumberStyle number_style = NumberStyle::international;
  ColourUse colour = ColourUse::automatic;
  bool quiet = false;
  bool verbose = false;

  // What it may take.
  std::int64_t queries_max = 2000;
  std::int64_t rows_max = 50'000'000;
  std::int64_t bytes_max = std::int64_t{64} << 30;
  std::chrono::milliseconds time_max{std::chrono::minutes{10}};
  std::chrono::milliseconds query_time_max{30'000};
  std::int64_t threads = 0;  // 0 = as many as the machine has
  std::int64_t memory_max_bytes = std::int64_t{1} << 30;

  // The language model.
  Provider provider = Provider::automatic;
  std::string model;
  std::string base_url;
  std::string api_key;               // secret
  std::string anthropic_api_key;     // secret; for Anthropic, before api_key
  std::string api_version;           // Azure's
  std::vector<std::string> headers;  // "Name: value", sent along; secret
  ModelEffort effort = ModelEffort::automatic;
  double budget_usd = 5;
  std::int64_t tokens_max = 5'000'000;
  std::int64_t context_tokens = 0;  // 0 = what is known of the model
  std::string models_file;          // facts and prices of models, before the built-in ones
  std::chrono::milliseconds request_time_max{std::chrono::minutes{20}};
  std::int64_t retries_max = 4;

  // Results of queries that are asked again.
  std::string cache_url;                                  // of a Redis server; secret
  std::int64_t cache_bytes_max = std::int64_t{64} << 20;  // in the process of a server
  std::chrono::milliseconds cache_keep{std::chrono::hours{24}};
  std::chrono::milliseconds cache_stale_max{0};  // of a database that cannot tell its version

  // A server (insights serve), and what it keeps.
  std::string host = "127.0.0.1";            // an address of this machine
  std::int64_t port = 8000;                  // 0 = a free one
  bool without_keys = false;                 // whoever reaches the address may do everything
  std::vector<std::string> allowed_hosts;    // names under which it is asked, with the port
  std::vector<std::string> allowed_origins;  // pages of others that may ask
  std::int64_t requests_per_minute = 6'000;  // of one key; 0 = no limit
  std::int64_t runs_at_once = 1;
  std::int64_t runs_waiting_max = 100;
  std::int64_t keep_days = 365;  // runs that ended

  // Webhooks of its schedules.
  std::vector<std::string> webhook_hosts;  // servers they may be on; none = there are no webhooks
  std::vector<std::string> webhook_networks;  // private networks these may be in

  std::string file;                       // the config file read; empty when there was none
  std::map<std::string, Origin> origins;  // key name -> where from; built-in values are not listed
  bool operator==(const Config&) const = default;
};

// Where the key's value came from; `key` as in config/keys.h.
Origin origin_of(const Config& config, const std::string& key);

// The text with the password of a URL, and of a "password=..." of a connection string, made
// unreadable.
std::string redacted(const std::string& text);

}  // namespace insights::config
