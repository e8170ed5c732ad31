// Server-sent events, taken apart as they come in.
// Source: WHATWG HTML, "Server-sent events", 9.2.5 and 9.2.6.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace insights::http {

struct Event {
  std::string type;  // "" when the stream gave none
  std::string data;  // the lines of it with \n between
  bool operator==(const Event&) const = default;
};

using EventSink = std::function<void(const Event&)>;

// Lines end by \n, \r\n or \r; a piece may be cut anywhere. Comments, ids and retry times are left
// out. An event without data is none.
class EventStream {
 public:
  // `event_bytes_max` holds for a line and for the data of an event.
  explicit EventStream(std::size_t event_bytes_max) : event_bytes_max_(event_bytes_max) {}

  // Error: invalid_input, when a line or an event is larger than allowed; nothing may follow.
  base::Status take(std::string_view piece, const EventSink& sink);

  // The stream has ended: what is left counts as an event, because servers forget the empty line.
  void finish(const EventSink& sink);

 private:
  base::Status take_line(std::string_view line, const EventSink& sink);
  void dispatch(const EventSink& sink);

  std::size_t event_bytes_max_;
  std::string line_;  // begun, not ended
  std::string type_, data_;
  bool has_data_ = false;
  bool is_first_line_ = true;
  bool after_return_ = false;  // the last character was \r: a \n belongs to it
};

}  // namespace insights::http
