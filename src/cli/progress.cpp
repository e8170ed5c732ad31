#include "cli/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

namespace insights::cli {
namespace {

constexpr auto redraw_every = std::chrono::milliseconds(250);
constexpr std::size_t plain_characters_max = 400;
constexpr std::size_t thought_shown = 40;  // bytes of its end: the line is short

std::size_t columns_of(std::FILE* out) {
  winsize size{};
  const bool known = ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 10;
  return known ? size.ws_col : 80;
}

// What cannot be told on standard error cannot be told anywhere: failures are not looked at.
void put(std::FILE* out, const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), out);
  std::fflush(out);
}

// "1 row", "2 rows"
std::string counted(std::int64_t number, std::string_view noun) {
  return fmt::format("{} {}{}", grouped(number), noun, number == 1 ? "" : "s");
}

bool starts_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

}  // namespace

std::string grouped(std::int64_t number) {
  auto digits = fmt::format("{}", number);
  const std::size_t sign = number < 0 ? 1 : 0;
  for (std::size_t at = digits.size(); at > sign + 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string one_line(std::string_view text, std::size_t characters_max) {
  std::string line;
  std::size_t characters = 0;
  std::size_t last_character = 0;
  for (const char byte : text) {
    const bool is_break = byte == '\n' || byte == '\r' || byte == '\t' || byte == ' ';
    if (is_break && (line.empty() || line.back() == ' ')) continue;
    if (starts_character(byte)) {
      if (characters == characters_max) return line.substr(0, last_character) + "…";
      last_character = line.size();
      ++characters;
    }
    const bool is_control = static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F;
    line += is_break ? ' ' : is_control ? '?' : byte;
  }
  if (line.ends_with(' ')) line.pop_back();
  return line;
}

Progress::Progress(ProgressStyle style, std::FILE* out) : style_(style), out_(out) {
  if (style_ != ProgressStyle::line) return;
  clock_ = std::jthread([this](std::stop_token stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested() && !closed_) {
      closing_.wait_for(lock, stop, redraw_every, [this] { return closed_; });
      if (!stop.stop_requested() && !closed_) draw();
    }
  });
}

Progress::~Progress() { close(); }

void Progress::on(const explore::Event& event) {
  if (other_ != nullptr) other_->on(event);
  const std::scoped_lock lock(mutex_);
  std::visit([this](const auto& known) { take(known); }, event);
}

void Progress::doing(const std::string& activity) {
  const std::scoped_lock lock(mutex_);
  step(activity);
}

void Progress::remark(const std::string& text) {
  const std::scoped_lock lock(mutex_);
  if (style_ == ProgressStyle::quiet) return;
  erase();
  put(out_, one_line(text, plain_characters_max) + "\n");
}

void Progress::close() {
  const std::scoped_lock lock(mutex_);
  erase();
  closed_ = true;
  closing_.notify_all();
}

void Progress::take(const explore::Started& event) { step("run " + event.run_id); }

void Progress::take(const explore::TableLoaded& event) {
  step(fmt::format("read {}: {}", event.table, counted(event.rows, "row")));
}

void Progress::take(const explore::CatalogRead& event) {
  step(fmt::format("understood {}, {}", counted(event.tables, "table"),
                   counted(event.columns, "column")));
}

void Progress::take(const explore::QueryRun& event) {
  ++queries_;
  const auto outcome = event.error.empty() ? counted(event.rows, "row") : "failed: " + event.error;
  step(fmt::format("query {}, {} ms{}, {}: {}", queries_, grouped(event.milliseconds),
                   event.cached ? ", from the cache" : "", outcome, event.sql));
}

void Progress::take(const explore::QueryRefused& event) {
  step(fmt::format("refused ({}): {}", event.reason, event.sql));
}

void Progress::take(const explore::HypothesesTested& event) {
  tested_ += event.tested;
  step(fmt::format("tested {} of {}, accepted {}", grouped(event.tested), event.pattern,
                   grouped(event.accepted)));
}

void Progress::take(const explore::EarlyFinding& event) {
  if (style_ == ProgressStyle::quiet || closed_ || event.finding == nullptr) return;
  erase();
  const auto text = fmt::format("early, from {} rows, to be confirmed: {}",
                                grouped(event.sample_rows), event.finding->title);
  put(out_, one_line(text, plain_characters_max) + "\n");
}

void Progress::take(const explore::FindingProven& event) {
  if (!event.hidden_by.empty()) return;
  ++findings_;
  step("proven: " + (event.finding == nullptr ? std::string() : event.finding->title));
}

void Progress::take(const explore::ModelStep& event) {
  using Kind = explore::ModelStep::Kind;
  usd_ = std::max(usd_, event.usd);
  if (event.kind == Kind::thinking) {
    thought_ += event.text;
    if (thought_.size() > 2 * plain_characters_max) thought_.erase(0, plain_characters_max);
    // Pieces of words are no steps: a line of its own is told when it has ended.
    if (style_ == ProgressStyle::line) {
      auto tail = thought_.size() > thought_shown ? thought_.size() - thought_shown : 0;
      while (tail < thought_.size() && !starts_character(thought_[tail])) ++tail;
      activity_ = "thinking: " + thought_.substr(tail);
    }
    return;
  }
  if (event.kind == Kind::writing) {
    if (style_ == ProgressStyle::line) activity_ = "it writes a call of " + event.text;
    return;
  }
  if (!thought_.empty() && style_ == ProgressStyle::plain) step("model: " + thought_);
  thought_.clear();
  switch (event.kind) {
    case Kind::asking:
      ++model_step_;
      return step("asking the model, " + event.text);
    case Kind::calling:
      return step("calls " + event.text);
    case Kind::answered:
      return step("answer: " + event.text);
    case Kind::recorded:
      return step("recorded: " + event.text);
    case Kind::waiting:
      return step("waiting for the model: " + event.text);
    case Kind::remark:
      return step(event.text);
    case Kind::thinking:
    case Kind::writing:
      return;
  }
}

void Progress::take(const explore::Finished& event) {
  step(event.partial ? "ended early: " + event.reason : "finished");
}

void Progress::step(const std::string& activity) {
  activity_ = activity;
  if (closed_) return;
  switch (style_) {
    case ProgressStyle::quiet:
    case ProgressStyle::remarks:
      return;
    case ProgressStyle::line:
      if (!drawn_) draw();  // The clock draws the rest: a fast run must not flood the terminal.
      return;
    case ProgressStyle::plain:
      put(out_, one_line(activity, plain_characters_max) + "\n");
      return;
  }
}

std::string Progress::line() const {
  const auto elapsed =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - start_);
  auto text = fmt::format("{} s", elapsed.count());
  if (queries_ > 0)
    text += fmt::format(" · {} {}", grouped(queries_), queries_ == 1 ? "query" : "queries");
  if (tested_ > 0) text += fmt::format(" · {} tested", grouped(tested_));
  if (findings_ > 0) text += fmt::format(" · {} proven", grouped(findings_));
  if (model_step_ > 0) text += fmt::format(" · model step {}, ${:.4f}", model_step_, usd_);
  return text + " · " + activity_;
}

void Progress::draw() {
  if (activity_.empty()) return;
  put(out_, fmt::format("\r{}\x1b[K", one_line(line(), columns_of(out_) - 1)));
  drawn_ = true;
}

void Progress::erase() {
  if (!drawn_) return;
  put(out_, "\r\x1b[K");
  drawn_ = false;
}

}  // namespace insights::cli
