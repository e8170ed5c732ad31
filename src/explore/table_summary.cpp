#include "explore/table_summary.h"

#include <algorithm>

namespace insights::explore {

TableSummary summary_of(const catalog::Subject& subject) {
  TableSummary summary{subject.table,
                       subject.origin,
                       static_cast<std::int64_t>(subject.frame.rows),
                       std::ranges::count(subject.columns, false, &catalog::Column::derived),
                       "",
                       "",
                       subject.frame.truncated()};
  if (subject.time) {
    summary.first_day = base::iso_text(subject.first_day);
    summary.last_day = base::iso_text(subject.last_day);
  }
  return summary;
}

}  // namespace insights::explore
