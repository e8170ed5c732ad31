#include "agent/conversation_loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

namespace insights::agent {

namespace {

constexpr int fruitless_max = 3;  // the first, and two repairs
constexpr std::int64_t output_tokens_ceiling = 64'000;
constexpr std::size_t told_characters_max = 200;

const llm::ModelTurn* last_turn(const llm::Conversation& conversation) {
  for (const auto& item : std::views::reverse(conversation.items)) {
    if (const auto* turn = std::get_if<llm::ModelTurn>(&item)) return turn;
  }
  return nullptr;
}

std::vector<tools::Call> calls_of(const llm::ModelTurn& turn) {
  std::vector<tools::Call> calls;
  for (const auto& call : turn.calls) calls.push_back({call.name, call.arguments});
  return calls;
}

// The first line in which the two differ: "privacy = full".
std::string difference(std::string_view before, std::string_view now) {
  while (!before.empty()) {
    const auto line = before.substr(0, before.find('\n'));
    if (line != now.substr(0, now.find('\n'))) return std::string(line);
    before.remove_prefix(std::min(before.size(), line.size() + 1));
    now.remove_prefix(std::min(now.size(), line.size() + 1));
  }
  return "";
}

base::Status check_same(const Opened* before, const Opened& now) {
  const auto other = [](std::string what, std::string hint) {
    return base::fail(base::ErrorKind::invalid_input, std::move(what), std::move(hint));
  };
  if (before == nullptr)
    return other("the run to be resumed did not get as far as the model", "Start a new run.");
  if (before->data_digest != now.data_digest)
    return other("the data is not what it was in the run to be resumed", "Start a new run.");
  if (before->kept != now.kept)
    return other("the settings are not those of the run to be resumed: it had " +
                     difference(before->kept, now.kept),
                 "Resume it with these settings, or start a new run.");
  if (before->leads != now.leads)
    return other("the data is not what it was in the run to be resumed: other findings lead it",
                 "Start a new run.");
  return {};
}

std::string told(std::string_view text) { return std::string(text.substr(0, told_characters_max)); }

}  // namespace

ConversationLoop::ConversationLoop(const Settings& settings, llm::Model& model,
                                   tools::Session& session, store::Journal& journal,
                                   const StepSink& tell, std::stop_token stop)
    : settings_(settings),
      model_(model),
      session_(session),
      journal_(journal),
      tell_(tell),
      stop_(std::move(stop)),
      spending_(settings),
      output_tokens_max_(std::min(settings.output_tokens_max,
                                  std::max(answer_tokens_min, model.context_tokens() / 4))) {
  for (const auto& tool : tools::all_tools())
    conversation_.tools.push_back(
        {std::string(tool.name), std::string(tool.description), std::string(tool.parameters)});
}

void ConversationLoop::tell(Step::Kind kind, std::string text) const {
  if (tell_) tell_({kind, std::move(text), iterations_, spending_.usd()});
}

base::Status ConversationLoop::keep(const Record& record) {
  const auto [kind, body] = entry_of(record);
  return journal_.append(kind, body);
}

base::Status ConversationLoop::begin(const Prompt& prompt, const Opened& opened,
                                     const std::vector<Record>& records,
                                     const std::string& cache_key) {
  conversation_.cache_key = cache_key;
  const auto* before = records.empty() ? nullptr : std::get_if<Opened>(&records.front());
  conversation_.system = before == nullptr ? prompt.system : before->system;
  opening_ = before == nullptr ? prompt.opening : before->opening;
  conversation_.items.push_back(llm::UserMessage{opening_});
  if (records.empty()) return keep(opened);
  TRY(check_same(before, opened));
  is_of_other_model_ = before->model != opened.model;
  for (const auto& record : records) replay(record);
  if (is_of_other_model_ && std::ranges::any_of(conversation_.items, [](const llm::Item& item) {
        return std::holds_alternative<llm::Compaction>(item);
      })) {
    return base::fail(base::ErrorKind::invalid_input,
                      "the run was compacted by " + before->model + ", which no other can read",
                      "Resume it with the same model.");
  }
  return {};
}

void ConversationLoop::replay(const Record& record) {
  if (const auto* turn = std::get_if<Turn>(&record)) {
    ++iterations_;
    ++calls_;
    bytes_sent_ += turn->bytes_sent;
    spending_.book(turn->usage, turn->usd);
    conversation_.items.push_back(turn->turn);
    // What a provider sent only it can read: to another the turn is told in its words and calls.
    if (is_of_other_model_) std::get<llm::ModelTurn>(conversation_.items.back()).wire.clear();
    owes_answers_ = !turn->turn.calls.empty();
  } else if (const auto* results = std::get_if<Results>(&record)) {
    const auto* asked = last_turn(conversation_);
    if (asked == nullptr) return;
    const auto calls = calls_of(*asked);
    std::vector<tools::Answer> answers;
    for (const auto& result : results->results) {
      answers.push_back({result.output, result.is_error});
      conversation_.items.push_back(result);
    }
    answers.resize(calls.size());
    session_.recall(calls, answers);
    for (std::size_t i = 0; i < calls.size(); ++i) {
      if (!answers[i].is_error)
        asked_.emplace(calls[i].name + " " + calls[i].arguments, iterations_);
    }
    owes_answers_ = false;
  } else if (const auto* note = std::get_if<Note>(&record)) {
    conversation_.items.push_back(llm::UserMessage{note->text});
  } else if (const auto* compacted = std::get_if<Compacted>(&record)) {
    spending_.book(compacted->usage, compacted->usd);
    conversation_.items = compacted->items;
    asked_.clear();
  } else if (const auto* lost = std::get_if<Lost>(&record)) {
    spending_.book(lost->usage, lost->usd);
  }
}

Ended ConversationLoop::run() {
  Next ended;
  if (owes_answers_) {
    // Killed between the answer and its results: the calls are paid for, and are made now.
    const auto turn = *last_turn(conversation_);
    ended = answer(turn);
  }
  while (!ended) ended = step();
  // What cannot be written down any more is still reported.
  static_cast<void>(keep(*ended));
  return *ended;
}

ConversationLoop::Next ConversationLoop::step() {
  if (stop_.stop_requested()) return Ended{"the run was stopped, or its time was used up"};
  if (!session_.finished().empty()) return Ended{session_.finished(), true};
  if (iterations_ >= settings_.iterations_max)
    return Ended{fmt::format("the {} steps asked for are used up", settings_.iterations_max)};
  if (auto ended = make_room(false)) return ended;
  Turn turn;
  if (auto ended = ask(turn)) return ended;
  return take(turn);
}

ConversationLoop::Next ConversationLoop::ask(Turn& turn) {
  const auto input = model_.estimated_tokens(conversation_);
  const auto output = spending_.affordable_output(input, output_tokens_max_);
  if (output == 0) return Ended{spending_.why()};
  tell(Step::Kind::asking, fmt::format("step {} of {}", iterations_ + 1, settings_.iterations_max));
  const auto progress = [&](const llm::Progress& piece) {
    const auto kind = piece.kind == llm::Progress::Kind::retrying  ? Step::Kind::waiting
                      : piece.kind == llm::Progress::Kind::calling ? Step::Kind::writing
                                                                   : Step::Kind::thinking;
    tell(kind, piece.text);
  };
  auto reply = model_.respond(conversation_, output, progress, stop_);
  if (!reply) {
    const auto& failure = reply.error();
    const Lost lost{failure.usage, spending_.worth(failure.usage)};
    spending_.book(lost.usage, lost.usd);
    if (lost.usage != llm::Usage{}) static_cast<void>(keep(lost));
    if (failure.kind == llm::Failure::Kind::context_too_long && !shortened_) {
      if (auto ended = make_room(true)) return ended;
      return ask(turn);
    }
    return Ended{"the model could not be asked: " + failure.error.message +
                 (failure.error.hint.empty() ? "" : " (" + failure.error.hint + ")")};
  }
  shortened_ = false;
  ++calls_;
  turn = {std::move(reply->turn), reply->ending, reply->usage, spending_.worth(reply->usage),
          reply->bytes_sent};
  bytes_sent_ += turn.bytes_sent;
  spending_.book(turn.usage, turn.usd);
  return {};
}

ConversationLoop::Next ConversationLoop::take(const Turn& turn) {
  ++iterations_;
  if (const auto kept = keep(turn); !kept)
    return Ended{"the journal could not be written: " + kept.error().message};
  if (turn.ending == llm::Ending::refused)
    return Ended{"the model refused to go on: " + told(turn.turn.text)};
  if (turn.ending == llm::Ending::content_filter)
    return Ended{"the provider's content filter held the answer back"};
  conversation_.items.push_back(turn.turn);
  if (!turn.turn.calls.empty()) return answer(turn.turn);
  if (turn.ending == llm::Ending::length) {
    output_tokens_max_ = std::max(
        output_tokens_max_,
        std::min({2 * output_tokens_max_, output_tokens_ceiling, model_.context_tokens() / 2}));
    return nudge("Your answer was cut for its length. Think less, and make one call at a time.");
  }
  return nudge(
      "Nothing that you write outside of tool calls is read. Go on with a tool, record "
      "what is sound with record_finding, or call finish.");
}

ConversationLoop::Next ConversationLoop::nudge(const std::string& text) {
  if (++fruitless_ >= fruitless_max)
    return Ended{fmt::format("{} answers in a row brought nothing", fruitless_)};
  const Note note{text + "\n" + step_note(false)};
  if (const auto kept = keep(note); !kept)
    return Ended{"the journal could not be written: " + kept.error().message};
  conversation_.items.push_back(llm::UserMessage{note.text});
  return {};
}

std::vector<tools::Answer> ConversationLoop::answers_of(const std::vector<tools::Call>& calls,
                                                        bool& is_news) {
  // What was asked before is not asked again: the answer stands above.
  std::vector<tools::Call> fresh;
  std::vector<std::int64_t> known;
  for (const auto& call : calls) {
    const auto before = asked_.find(call.name + " " + call.arguments);
    known.push_back(before == asked_.end() ? 0 : before->second);
    if (known.back() == 0) fresh.push_back(call);
  }
  auto given = session_.answer(fresh);
  std::vector<tools::Answer> answers;
  std::size_t next = 0;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (known[i] != 0) {
      answers.push_back(
          {fmt::format("You asked exactly this in step {}; the answer stands above.", known[i]),
           true});
      continue;
    }
    answers.push_back(std::move(given[next++]));
    if (answers.back().is_error) continue;
    is_news = true;
    asked_.emplace(calls[i].name + " " + calls[i].arguments, iterations_);
  }
  return answers;
}

std::string ConversationLoop::step_note(bool is_news) const {
  const auto left = settings_.iterations_max - iterations_;
  auto text = fmt::format("[{} of {} steps are left", left, settings_.iterations_max);
  if (spending_.priced())
    text += fmt::format("; ${:.2f} of ${:.2f} are spent", spending_.usd(), settings_.usd_max);
  if (left == 1) text += "; this is the last one: record what is sound";
  if (!is_news && fruitless_ > 0) text += "; the last step brought nothing new";
  return text + "]";
}

ConversationLoop::Next ConversationLoop::answer(const llm::ModelTurn& turn) {
  const auto calls = calls_of(turn);
  for (const auto& call : calls) tell(Step::Kind::calling, call.name + " " + told(call.arguments));
  bool is_news = false;
  const auto answers = answers_of(calls, is_news);
  fruitless_ = is_news ? 0 : fruitless_ + 1;
  Results results;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    tell(Step::Kind::answered, told(answers[i].text));
    results.results.push_back({turn.calls[i].id, answers[i].text, answers[i].is_error});
  }
  results.results.back().output += "\n" + step_note(is_news);
  if (const auto kept = keep(results); !kept)
    return Ended{"the journal could not be written: " + kept.error().message};
  for (auto& result : results.results) conversation_.items.emplace_back(std::move(result));
  owes_answers_ = false;
  if (!session_.finished().empty()) return Ended{session_.finished(), true};
  if (fruitless_ >= fruitless_max)
    return Ended{fmt::format("{} steps in a row brought nothing", fruitless_)};
  return {};
}

ConversationLoop::Next ConversationLoop::make_room(bool forced) {
  const auto room = static_cast<std::int64_t>(static_cast<double>(model_.context_tokens()) *
                                              settings_.context_share);
  const auto before = model_.estimated_tokens(conversation_);
  if (!forced && (before + output_tokens_max_ < room || shortened_)) return {};
  if (conversation_.items.size() < 2) {
    return forced ? Next(Ended{"what the model must be told does not fit into its window"})
                  : Next();
  }
  shortened_ = true;
  Compacted compacted;
  auto theirs = model_.compact(conversation_, stop_);
  if (theirs && theirs->has_value()) {
    compacted.items = {(*theirs)->first};
    compacted.usage = (*theirs)->second;
    compacted.usd = spending_.worth(compacted.usage);
  } else {
    // Our own: the opening, what must not be forgotten, and the last step as it was.
    compacted.items = {llm::UserMessage{opening_ + "\n\nThe conversation so far was shortened.\n" +
                                        session_.summary()}};
    const auto& items = conversation_.items;
    const auto turn = std::find_if(items.rbegin(), items.rend(), [](const llm::Item& item) {
      return std::holds_alternative<llm::ModelTurn>(item);
    });
    if (turn != items.rend() && !forced)
      compacted.items.insert(compacted.items.end(), turn.base() - 1, items.end());
    else
      compacted.items.push_back(llm::UserMessage{step_note(true)});
  }
  // A last step that fills the window by itself is let go, too.
  auto shorter = conversation_;
  shorter.items = compacted.items;
  if (compacted.items.size() > 2 && model_.estimated_tokens(shorter) + output_tokens_max_ > room)
    compacted.items = {compacted.items.front(), llm::UserMessage{step_note(true)}};
  if (const auto kept = keep(compacted); !kept)
    return Ended{"the journal could not be written: " + kept.error().message};
  spending_.book(compacted.usage, compacted.usd);
  conversation_.items = std::move(compacted.items);
  asked_.clear();
  tell(Step::Kind::remark, fmt::format("the conversation was shortened, from about {} tokens to {}",
                                       before, model_.estimated_tokens(conversation_)));
  return {};
}

}  // namespace insights::agent
