#include "store/journal.h"

namespace insights::store {

base::Status StoredJournal::append(std::string_view kind, std::string_view body) {
  return database_.execute(
      "INSERT INTO journal (run, number, kind, body) VALUES (?1, (SELECT coalesce(max(number), 0) "
      "+ "
      "1 FROM journal WHERE run = ?1), ?2, ?3)",
      {run_, std::string(kind), std::string(body)});
}

base::Result<std::vector<JournalEntry>> StoredJournal::entries() {
  auto rows = TRY(
      database_.prepare("SELECT kind, body FROM journal WHERE run = ? ORDER BY number", {run_}));
  std::vector<JournalEntry> entries;
  while (TRY(rows.next())) entries.push_back({rows.text(0), rows.text(1)});
  return entries;
}

}  // namespace insights::store
