#include "agent/record.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace insights::agent {

namespace {

using Json = nlohmann::json;
using base::ErrorKind;
using base::fail;

Json json_of(const llm::Usage& usage) {
  Json json{{"input", usage.input},
            {"cached", usage.cached},
            {"cache_written", usage.cache_written},
            {"output", usage.output},
            {"reasoning", usage.reasoning},
            {"estimated", usage.estimated}};
  if (usage.usd_reported) json["usd_reported"] = *usage.usd_reported;
  return json;
}

llm::Usage usage_of(const Json& json) {
  llm::Usage usage{.input = json.at("input"),
                   .cached = json.at("cached"),
                   .cache_written = json.at("cache_written"),
                   .output = json.at("output"),
                   .reasoning = json.at("reasoning"),
                   .estimated = json.at("estimated"),
                   .usd_reported = {}};
  if (json.contains("usd_reported")) usage.usd_reported = json.at("usd_reported").get<double>();
  return usage;
}

Json json_of(const llm::ModelTurn& turn) {
  Json calls = Json::array();
  for (const auto& call : turn.calls)
    calls.push_back({{"id", call.id}, {"name", call.name}, {"arguments", call.arguments}});
  return {{"text", turn.text}, {"calls", calls}, {"wire", turn.wire}};
}

llm::ModelTurn turn_of(const Json& json) {
  llm::ModelTurn turn{.text = json.at("text"), .calls = {}, .wire = json.at("wire")};
  for (const auto& call : json.at("calls"))
    turn.calls.push_back({call.at("id"), call.at("name"), call.at("arguments")});
  return turn;
}

Json json_of(const llm::ToolResult& result) {
  return {{"call_id", result.call_id}, {"output", result.output}, {"is_error", result.is_error}};
}

llm::ToolResult result_of(const Json& json) {
  return {json.at("call_id"), json.at("output"), json.at("is_error")};
}

Json json_of(const llm::Item& item) {
  struct Writing {
    Json operator()(const llm::UserMessage& message) const { return {{"user", message.text}}; }
    Json operator()(const llm::ModelTurn& turn) const { return {{"turn", json_of(turn)}}; }
    Json operator()(const llm::ToolResult& result) const { return {{"result", json_of(result)}}; }
    Json operator()(const llm::Compaction& compaction) const {
      return {{"compaction", compaction.wire}};
    }
  };
  return std::visit(Writing{}, item);
}

llm::Item item_of(const Json& json) {
  if (json.contains("user")) return llm::UserMessage{json.at("user")};
  if (json.contains("turn")) return turn_of(json.at("turn"));
  if (json.contains("result")) return result_of(json.at("result"));
  return llm::Compaction{json.at("compaction")};
}

struct Writing {
  std::string_view kind;
  Json body;
};

Writing written(const Opened& opened) {
  return {"opened",
          {{"data_digest", opened.data_digest},
           {"kept", opened.kept},
           {"model", opened.model},
           {"mask_key", opened.mask_key},
           {"system", opened.system},
           {"opening", opened.opening},
           {"leads", opened.leads}}};
}

Writing written(const Turn& turn) {
  return {"turn",
          {{"turn", json_of(turn.turn)},
           {"ending", static_cast<int>(turn.ending)},
           {"usage", json_of(turn.usage)},
           {"usd", turn.usd},
           {"bytes_sent", turn.bytes_sent}}};
}

Writing written(const Results& results) {
  Json list = Json::array();
  for (const auto& result : results.results) list.push_back(json_of(result));
  return {"results", {{"results", std::move(list)}}};
}

Writing written(const Note& note) { return {"note", {{"text", note.text}}}; }

Writing written(const Compacted& compacted) {
  Json list = Json::array();
  for (const auto& item : compacted.items) list.push_back(json_of(item));
  return {
      "compacted",
      {{"items", std::move(list)}, {"usage", json_of(compacted.usage)}, {"usd", compacted.usd}}};
}

Writing written(const Lost& lost) {
  return {"lost", {{"usage", json_of(lost.usage)}, {"usd", lost.usd}}};
}

Writing written(const Proven& proven) {
  return {
      "proven",
      {{"fingerprint", proven.fingerprint}, {"title", proven.title}, {"summary", proven.summary}}};
}

Writing written(const Ended& ended) {
  return {"ended", {{"reason", ended.reason}, {"complete", ended.complete}}};
}

Record read(std::string_view kind, const Json& body) {
  if (kind == "opened") {
    return Opened{body.at("data_digest"),
                  body.at("kept"),
                  body.at("model"),
                  body.at("mask_key"),
                  body.at("system"),
                  body.at("opening"),
                  body.at("leads").get<std::vector<std::string>>()};
  }
  if (kind == "turn") {
    return Turn{turn_of(body.at("turn")), static_cast<llm::Ending>(body.at("ending").get<int>()),
                usage_of(body.at("usage")), body.at("usd"), body.at("bytes_sent")};
  }
  if (kind == "results") {
    Results results;
    for (const auto& result : body.at("results")) results.results.push_back(result_of(result));
    return results;
  }
  if (kind == "note") return Note{body.at("text")};
  if (kind == "compacted") {
    Compacted compacted{{}, usage_of(body.at("usage")), body.at("usd")};
    for (const auto& item : body.at("items")) compacted.items.push_back(item_of(item));
    return compacted;
  }
  if (kind == "lost") return Lost{usage_of(body.at("usage")), body.at("usd")};
  if (kind == "proven") return Proven{body.at("fingerprint"), body.at("title"), body.at("summary")};
  if (kind == "ended") return Ended{body.at("reason"), body.at("complete")};
  throw Json::other_error::create(501, "unknown kind", nullptr);
}

}  // namespace

store::JournalEntry entry_of(const Record& record) {
  const auto [kind, body] = std::visit([](const auto& one) { return written(one); }, record);
  return {std::string(kind), body.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

base::Result<Record> record_of(const store::JournalEntry& entry) {
  try {
    return read(entry.kind, Json::parse(entry.body));
  } catch (const Json::exception&) {
    return fail(ErrorKind::invalid_input,
                fmt::format("the run's journal has an entry \"{}\" that this version cannot read",
                            entry.kind),
                "Start a new run.");
  }
}

}  // namespace insights::agent
