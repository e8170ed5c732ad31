#include <fmt/format.h>

#include "tools/arguments.h"
#include "tools/desk.h"

namespace insights::tools {

namespace {

// What a statement gave, or why it did not, in words that help to write the next one.
Answer kept(Desk& desk, const std::string& id, base::Result<Query> query) {
  if (!query) {
    const auto& error = query.error();
    return refusal({error.kind, desk.curtain.told_quoting(error.message), error.hint});
  }
  std::string text;
  if (query->rows) text = desk.curtain.block(id, *query->rows, query->read);
  desk.queries.emplace(id, *std::move(query));
  return {std::move(text)};
}

}  // namespace

Work begin_execute_sql(Desk& desk, const std::string& id, std::string_view arguments) {
  const auto read = read_sql(arguments);
  if (!read) return [error = read.error()] { return refusal(error); };
  const auto sql = desk.curtain.restored_sql(read->sql);
  if (const auto objection = desk.curtain.objection(sql); !objection.empty())
    return [objection] { return Answer{objection, true}; };
  return [&desk, id, query = desk.run(sql)] { return kept(desk, "q" + id, query); };
}

Work begin_finish(Desk& desk, const std::string&, std::string_view arguments) {
  return [&desk, read = read_finish(arguments)] {
    if (!read) return refusal(read.error());
    desk.finished = read->reason.empty() ? "the analyst was done" : read->reason;
    return Answer{"The exploration ends here."};
  };
}

}  // namespace insights::tools
