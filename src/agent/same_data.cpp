#include "agent/same_data.h"

#include <fmt/format.h>

#include "store/keys.h"

namespace insights::agent {

std::string profile_digest(std::span<const analyst::Prepared> subjects) {
  std::string text;
  for (const auto& [subject, decoys] : subjects) {
    text += fmt::format("{} {}\n", subject->table, subject->frame.rows);
    for (const auto& column : subject->frame.columns) {
      const auto& profile = column.profile;
      text += fmt::format("{} {} {} {} {} {} {} {}\n", column.name, column.engine_type,
                          profile.nulls, profile.distinct, profile.minimum, profile.maximum,
                          profile.zeros, profile.negatives);
    }
  }
  return store::digest_of(text);
}

std::string data_digest(source::Source& source, std::span<const analyst::Prepared> subjects,
                        std::stop_token stop) {
  const auto version = source.version(std::move(stop));
  return version && !version->digest.empty() ? version->digest : profile_digest(subjects);
}

}  // namespace insights::agent
