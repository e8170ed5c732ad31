#include "http/event_stream.h"

#include <doctest/doctest.h>

#include <vector>

namespace insights::http {
namespace {

// The events of a text that comes in as two pieces, cut at `cut`.
std::vector<Event> events_of(std::string_view text, std::size_t cut, std::size_t bytes_max = 1000) {
  std::vector<Event> events;
  const auto keep = [&events](const Event& event) { events.push_back(event); };
  EventStream stream(bytes_max);
  REQUIRE(stream.take(text.substr(0, cut), keep));
  REQUIRE(stream.take(text.substr(cut), keep));
  stream.finish(keep);
  return events;
}

}  // namespace

TEST_CASE("an event stream is read the same wherever it is cut, whatever ends its lines") {
  const std::string_view text =
      "\xEF\xBB\xBF: a remark\n"
      "event: first\n"
      "data: one\n"
      "data:two\n"
      "id: 7\n"
      "retry: 10\n"
      "\n"
      "event: without data\n"
      "\n"
      "data\n"
      "\n"
      ":\n"
      "data:  three: four\n"
      "\n"
      "\n"
      "data: last";
  const std::vector<Event> expected{
      {"first", "one\ntwo"}, {"", ""}, {"", " three: four"}, {"", "last"}};
  for (const std::string_view ending : {"\n", "\r\n", "\r"}) {
    std::string written;
    for (const char letter : text) {
      if (letter == '\n') {
        written += ending;
      } else {
        written += letter;
      }
    }
    for (std::size_t cut = 0; cut <= written.size(); ++cut)
      CHECK(events_of(written, cut) == expected);
  }
}

TEST_CASE("an event stream handed over byte by byte gives the same events") {
  const std::string_view text = "data: a\r\n\r\ndata: b\r\rdata: c\n\n";
  std::vector<Event> events;
  EventStream stream(100);
  for (const char& letter : text)
    REQUIRE(stream.take({&letter, 1}, [&](const Event& event) { events.push_back(event); }));
  CHECK(events == std::vector<Event>{{"", "a"}, {"", "b"}, {"", "c"}});
}

TEST_CASE("a line and an event of a stream have a limit") {
  const auto ignore = [](const Event&) {};
  EventStream line(10);
  CHECK(line.take("data: 1234", ignore));
  CHECK_FALSE(line.take("5", ignore));
  EventStream lines(10);
  CHECK(lines.take("data: 123\ndata: 456\n", ignore));
  CHECK_FALSE(lines.take("data: 789\n", ignore));
}

}  // namespace insights::http
