#include "http/event_stream.h"

#include <fmt/format.h>

#include <utility>

namespace insights::http {
namespace {

base::Status too_large(std::size_t bytes_max) {
  return base::fail(base::ErrorKind::invalid_input,
                    fmt::format("an event of the stream is larger than {} bytes", bytes_max));
}

}  // namespace

base::Status EventStream::take(std::string_view piece, const EventSink& sink) {
  while (!piece.empty()) {
    if (std::exchange(after_return_, false) && piece.front() == '\n') {
      piece.remove_prefix(1);
      continue;
    }
    const auto end = piece.find_first_of("\r\n");
    if (line_.size() + std::min(end, piece.size()) > event_bytes_max_)
      return too_large(event_bytes_max_);
    line_ += piece.substr(0, end);
    if (end == std::string_view::npos) return {};
    after_return_ = piece[end] == '\r';
    piece.remove_prefix(end + 1);
    TRY(take_line(std::exchange(line_, {}), sink));
  }
  return {};
}

void EventStream::finish(const EventSink& sink) {
  if (!line_.empty() && !take_line(std::exchange(line_, {}), sink)) return;
  dispatch(sink);
}

base::Status EventStream::take_line(std::string_view line, const EventSink& sink) {
  if (std::exchange(is_first_line_, false) && line.starts_with("\xEF\xBB\xBF"))
    line.remove_prefix(3);
  if (line.empty()) {
    dispatch(sink);
    return {};
  }
  const auto colon = std::min(line.find(':'), line.size());
  const auto field = line.substr(0, colon);
  auto value = line.substr(std::min(colon + 1, line.size()));
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "event") type_ = value;
  if (field == "data") {
    if (data_.size() + value.size() + 1 > event_bytes_max_) return too_large(event_bytes_max_);
    if (std::exchange(has_data_, true)) data_ += '\n';
    data_ += value;
  }
  return {};
}

void EventStream::dispatch(const EventSink& sink) {
  Event event{std::exchange(type_, {}), std::exchange(data_, {})};
  if (std::exchange(has_data_, false)) sink(event);
}

}  // namespace insights::http
