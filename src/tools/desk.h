// What the tools of a session share. Known to this room only.
#pragma once

#include <map>
#include <mutex>
#include <optional>

#include "findings/control_false_discovery.h"
#include "tools/session.h"

namespace insights::tools {

// A query that was run, and may be cited.
struct Query {
  std::string sql;
  std::optional<source::Rows> rows;  // nothing when it was only remembered (Session::recall)
  sql::Resolved read;
};

// A hypothesis that was tested at the analyst's word.
struct Tested {
  findings::Hypothesis hypothesis;
  findings::Test test;
  std::string table;
  std::vector<std::string> columns;  // that it is about
  std::optional<findings::Entity> group;
};

// A claim of the statistical analyst that may be taken up: a lead, or the result of a scan.
struct Offer {
  findings::Claim claim;
  bool is_lead = false;  // published whatever becomes of it
  std::size_t scan = 0;  // of a scan: which, and where in its ledger
  std::size_t entry = 0;
};

// The part of a call that may change the desk: run in the order of the calls, one at a time.
using Work = std::function<Answer()>;

struct Desk {
  // What the tools may do with the tables, by what these hold of persons.
  struct Guard {
    catalog::PersonalColumns personal;
    sql::Gate gate;     // for what the analyst writes
    sql::Gate reading;  // says of any statement what it tells of persons, and refuses none for it
  };
  Desk(const analyst::Brief& brief, const analyst::Material& material,
       const catalog::Vocabulary& vocabulary, const Options& options, Guard guard,
       std::stop_token stop);

  const analyst::Database& database() const { return *material.database; }
  // By the table's name, ignoring case. Error (not_found): with the names nearest to it.
  base::Result<const analyst::Prepared*> subject(std::string_view table) const;
  // The column of the subject; decoys do not exist. Error: not_found.
  base::Result<std::size_t> column(const catalog::Subject& subject, std::string_view name) const;
  base::Result<sql::CheckedQuery> checked(std::string_view sql) const;  // for several threads
  // A finding as it may be told.
  std::string told(const findings::Finding& finding);
  // Through the gate, with the session's limits; for several threads.
  base::Result<Query> run(std::string sql) const;

  const analyst::Brief& brief;
  const analyst::Material& material;
  const catalog::Vocabulary& vocabulary;
  const Options options;
  const std::stop_token stop;
  // While an earlier process's calls are taken up again, what only was to be read is not asked.
  bool recalling = false;

  Guard guard;
  Curtain curtain;
  mutable std::mutex gate_mutex;
  std::size_t calls = 0;
  std::map<std::string, Query, std::less<>> queries;
  std::map<std::string, Tested, std::less<>> tests;
  std::map<std::string, Offer, std::less<>> offers;
  std::vector<findings::Ledger> scans;
  std::vector<Recorded> recorded;
  std::map<std::string, findings::Claim> deepened;  // by fingerprint: leads that were added to
  std::vector<SentBack> sent_back;
  std::size_t attempts = 0;
  std::vector<std::string> leads;  // ids, in order
  std::string leads_text;
  std::string finished;
  RecordedSink on_recorded;
};

// A call's words for what went wrong.
Answer refusal(const base::Error& error);

// One function a tool. `begin` may run beside others and reads the desk only; the work it gives
// back is done in order. `id` is the call's: "7" for q7, test-7 ...
Work begin_describe_table(Desk& desk, const std::string& id, std::string_view arguments);
Work begin_execute_sql(Desk& desk, const std::string& id, std::string_view arguments);
Work begin_explain_change(Desk& desk, const std::string& id, std::string_view arguments);
Work begin_finish(Desk& desk, const std::string& id, std::string_view arguments);
Work begin_list_tables(Desk& desk, const std::string& id, std::string_view arguments);
Work begin_record_finding(Desk& desk, const std::string& id, std::string_view arguments);
Work begin_scan_patterns(Desk& desk, const std::string& id, std::string_view arguments);
Work begin_test_hypothesis(Desk& desk, const std::string& id, std::string_view arguments);

}  // namespace insights::tools
