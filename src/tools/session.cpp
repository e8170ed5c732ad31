#include "tools/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/nearest.h"
#include "base/parallel.h"
#include "findings/characters.h"
#include "findings/prove.h"
#include "tools/desk.h"

namespace insights::tools {

namespace {

using base::ErrorKind;
using base::fail;
using base::Result;

struct Entry {
  std::string_view name;
  Work (*begin)(Desk&, const std::string&, std::string_view);
};
constexpr std::array entries{
    Entry{"describe_table", begin_describe_table}, Entry{"execute_sql", begin_execute_sql},
    Entry{"explain_change", begin_explain_change}, Entry{"finish", begin_finish},
    Entry{"list_tables", begin_list_tables},       Entry{"record_finding", begin_record_finding},
    Entry{"scan_patterns", begin_scan_patterns},   Entry{"test_hypothesis", begin_test_hypothesis}};

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

Work begin(Desk& desk, const Call& call, std::size_t number) {
  const auto entry = std::ranges::find(entries, call.name, &Entry::name);
  if (entry != entries.end()) return entry->begin(desk, fmt::format("{}", number), call.arguments);
  std::vector<std::string> names;
  for (const auto& known : entries) names.emplace_back(known.name);
  return [text = fmt::format("There is no tool \"{}\": {}", findings::clean_text(call.name, 80),
                             base::did_you_mean(call.name, names))] { return Answer{text, true}; };
}

}  // namespace

Answer refusal(const base::Error& error) {
  const bool ends = error.message.ends_with('.') || error.message.ends_with('?');
  return {error.hint.empty() ? error.message : error.message + (ends ? " " : ". ") + error.hint,
          true};
}

Desk::Desk(const analyst::Brief& asked, const analyst::Material& given,
           const catalog::Vocabulary& words, const Options& chosen, Guard guarding,
           std::stop_token stopping)
    : brief(asked),
      material(given),
      vocabulary(words),
      options(chosen),
      stop(std::move(stopping)),
      guard(std::move(guarding)),
      curtain(given.subjects, guard.personal, chosen.privacy, chosen.caps, chosen.mask_key) {}

Result<const analyst::Prepared*> Desk::subject(std::string_view table) const {
  std::vector<std::string> names;
  for (const auto& prepared : material.subjects) {
    if (equal_ignoring_case(prepared.subject->table, table)) return &prepared;
    names.push_back(prepared.subject->table);
  }
  return fail(ErrorKind::not_found, fmt::format("There is no table \"{}\".", table),
              base::did_you_mean(table, names));
}

Result<std::size_t> Desk::column(const catalog::Subject& subject, std::string_view name) const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < subject.columns.size(); ++i) {
    if (subject.columns[i].name.starts_with("decoy ")) continue;
    const auto* person =
        catalog::find(guard.personal, subject.columns[i].table, subject.columns[i].name);
    if (person != nullptr && person->privacy == sql::Privacy::closed) continue;
    if (equal_ignoring_case(subject.columns[i].name, name)) return i;
    names.push_back(subject.columns[i].name);
  }
  return fail(ErrorKind::not_found, fmt::format("{} has no column \"{}\".", subject.table, name),
              base::did_you_mean(name, names));
}

Result<sql::CheckedQuery> Desk::checked(std::string_view sql) const {
  const std::scoped_lock lock(gate_mutex);
  return guard.gate.check(sql);
}

std::string Desk::told(const findings::Finding& finding) {
  std::set<std::string> personal;
  for (const auto& evidence : finding.evidence) {
    const auto judged = guard.reading.judge(evidence.sql);
    std::vector<bool> about(evidence.columns.size(), true);
    if (judged) about = sql::personal_columns(judged->resolved(), evidence.columns);
    for (const auto& [name, value] : finding.values) {
      const auto* cell = std::get_if<findings::CellReference>(&value.binding.from);
      if (cell == nullptr || cell->query != evidence.id) continue;
      const auto at = std::ranges::find(evidence.columns, cell->column) - evidence.columns.begin();
      if (static_cast<std::size_t>(at) < about.size() && about[static_cast<std::size_t>(at)])
        personal.insert(name);
    }
  }
  return curtain.told(finding, personal);
}

Result<Query> Desk::run(std::string sql) const {
  const auto query = TRY(checked(sql));
  Query done{.sql = std::move(sql), .rows = {}, .read = query.resolved()};
  // What was masked must be known again, or its tokens would stand for nothing.
  if (recalling && !sql::gives_personal(query.resolved())) return done;
  auto rows = database().source.query(query, options.query, stop);
  if (!rows) return std::unexpected(source::Masks::masked(rows.error(), query.resolved()));
  done.rows = *std::move(rows);
  return done;
}

Result<Session> Session::open(const analyst::Brief& brief, const analyst::Material& material,
                              const catalog::Vocabulary& vocabulary, const Options& options,
                              std::stop_token stop) {
  const auto& database = *material.database;
  auto personal = TRY(
      catalog::find_personal(database.source, database.gate, vocabulary, database.metadata, stop));
  const auto relations = catalog::relations_for_model(database.source, personal);
  const auto dialect = database.source.dialect();
  auto gate = TRY(sql::Gate::open(dialect, relations, sql::Reader::model));
  if (options.watch) options.watch(gate);
  auto reading = TRY(sql::Gate::open(dialect, relations, sql::Reader::person));
  return Session(std::make_unique<Desk>(
      brief, material, vocabulary, options,
      Desk::Guard{std::move(personal), std::move(gate), std::move(reading)}, std::move(stop)));
}
Session::Session(std::unique_ptr<Desk> desk) : desk_(std::move(desk)) {}
Session::Session(Session&&) noexcept = default;
Session::~Session() = default;

void Session::offer_leads(const analyst::Investigation& investigation) {
  auto& desk = *desk_;
  for (const auto& stated : investigation.claims) {
    if (desk.stop.stop_requested()) break;
    const auto finding =
        findings::prove(stated.claim, desk.database().reader, desk.database().style, desk.stop);
    if (!finding) continue;  // the run proves it once more, and its ledger says why not
    const auto id = fmt::format("lead-{}", desk.leads.size() + 1);
    desk.leads_text += fmt::format("{}\t{}\t{}\t{}\n", id, finding->pattern,
                                   fmt::join(finding->columns, ", "), desk.told(*finding));
    desk.offers.emplace(id, Offer{.claim = stated.claim, .is_lead = true, .entry = stated.entry});
    desk.leads.push_back(id);
  }
}

std::string Session::leads_text() {
  if (desk_->leads.empty()) return "";
  return fmt::format("<data leads=\"{}\">\nid\tpattern\tcolumns\tfinding\n{}</data>",
                     desk_->leads.size(), desk_->leads_text);
}

std::vector<Answer> Session::answer(std::span<const Call> calls) {
  auto& desk = *desk_;
  std::vector<Work> works(calls.size());
  const auto first = desk.calls + 1;
  desk.calls += calls.size();
  base::parallel_for(calls.size(), desk.brief.threads, {},
                     [&](std::size_t i) { works[i] = begin(desk, calls[i], first + i); });
  std::vector<Answer> answers;
  for (const auto& work : works) answers.push_back(work());
  return answers;
}

void Session::recall(std::span<const Call> calls, std::span<const Answer> answers) {
  auto& desk = *desk_;
  desk.recalling = true;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const auto number = ++desk.calls;
    // What was refused left nothing behind, but a draft in the ledger.
    if (!answers[i].is_error || calls[i].name == "record_finding") begin(desk, calls[i], number)();
  }
  desk.recalling = false;
}

const std::string& Session::finished() const { return desk_->finished; }
const std::vector<Recorded>& Session::recorded() const { return desk_->recorded; }
std::int64_t Session::leads() const { return static_cast<std::int64_t>(desk_->leads.size()); }
std::int64_t Session::deepened() const { return static_cast<std::int64_t>(desk_->deepened.size()); }
const std::vector<SentBack>& Session::sent_back() const { return desk_->sent_back; }
const Carried& Session::carried() const { return desk_->curtain.carried(); }
void Session::on_recorded(RecordedSink sink) { desk_->on_recorded = std::move(sink); }

}  // namespace insights::tools
