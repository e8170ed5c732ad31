#include "agent/prompt.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "agent/prompt_files.h"
#include "base/nearest.h"
#include "findings/characters.h"
#include "sql/dialect.h"

namespace insights::agent {

namespace {

using base::ErrorKind;
using base::fail;
using base::Result;

constexpr std::size_t tables_listed_max = 40;
constexpr std::size_t tables_described_max = 6;
constexpr std::size_t context_bytes_max = 12'000;
constexpr std::string_view what_is_past =
    "Earlier explorations of this data found the following, and its readers know it. Tell it again "
    "only where it became worse or you can say why it is so. What readers said of it stands beside "
    "it: what they do not want, do not bring in another form; what they voted up, look for more of "
    "its kind.\n";
constexpr std::size_t prompt_file_bytes_max = 256 << 10;

Result<std::string> template_named(const std::string& directory, const std::string& name,
                                   std::string_view built_in) {
  if (directory.empty()) return std::string(built_in);
  const auto path = std::filesystem::path(directory) / name;
  std::error_code error;
  if (!std::filesystem::is_directory(directory, error))
    return fail(ErrorKind::not_found, fmt::format("there is no directory {}", directory),
                "It should hold system.md or opening.md.");
  if (!std::filesystem::exists(path, error)) return std::string(built_in);
  if (std::filesystem::file_size(path, error) > prompt_file_bytes_max)
    return fail(ErrorKind::invalid_input,
                fmt::format("{} is larger than {} bytes", path.string(), prompt_file_bytes_max));
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return fail(ErrorKind::unavailable, fmt::format("{} cannot be read", path.string()));
  return std::move(text).str();
}

Result<std::string> filled(const std::string& text, const std::string& name,
                           const std::map<std::string, std::string>& values) {
  std::string result;
  std::size_t at = 0;
  for (auto hole = text.find("{{"); hole != std::string::npos; hole = text.find("{{", at)) {
    const auto end = text.find("}}", hole);
    if (end == std::string::npos) break;
    const auto wanted = text.substr(hole + 2, end - hole - 2);
    const auto value = values.find(wanted);
    if (value == values.end()) {
      std::vector<std::string> known;
      for (const auto& [key, filling] : values) known.push_back(key);
      return fail(ErrorKind::invalid_input,
                  fmt::format("{}: {{{{{}}}}} is not known", name, wanted),
                  base::did_you_mean(wanted, known));
    }
    result.append(text, at, hole - at).append(value->second);
    at = end + 2;
  }
  return result.append(text, at);
}

// Line by line, so that its paragraphs stay.
std::string as_data(std::string_view text) {
  std::string result;
  while (!text.empty() && result.size() < context_bytes_max) {
    const auto end = text.find('\n');
    auto line = findings::clean_text(text.substr(0, end), 2000);
    for (auto at = line.find("</"); at != std::string::npos; at = line.find("</", at + 3))
      line.insert(at + 1, "\\");
    result += line + "\n";
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return result.empty() ? "(nothing)\n" : result;
}

}  // namespace

Result<Prompt> prompt_of(const Settings& settings, const analyst::Brief& brief,
                         const analyst::Database& database, tools::Session& session) {
  const auto system =
      TRY(template_named(settings.prompts_directory, "system.md", prompt_files::system_md()));
  const auto opening =
      TRY(template_named(settings.prompts_directory, "opening.md", prompt_files::opening_md()));
  const auto past = session.past_text();
  const auto leads = session.leads_text();
  const std::map<std::string, std::string> values{
      {"dialect", std::string(sql::name(database.source.dialect()))},
      {"tables", session.tables_text(tables_listed_max)},
      {"columns", session.columns_text(tables_described_max)},
      {"business_context", as_data(database.business_context)},
      {"focus", brief.focus.name.empty() ? "Everything: no focus was asked for."
                                         : brief.focus.name + ":\n" + brief.focus.text},
      {"past", past.empty() ? "" : std::string(what_is_past) + past + "\n"},
      {"leads", leads.empty() ? "There are no leads." : "The leads:\n" + leads},
      {"iterations", fmt::format("{}", settings.iterations_max)}};
  // One after the other: what stands beside a TRY that fails is not destroyed.
  auto filled_system = TRY(filled(system, "system.md", values));
  auto filled_opening = TRY(filled(opening, "opening.md", values));
  return Prompt{std::move(filled_system), std::move(filled_opening)};
}

}  // namespace insights::agent
