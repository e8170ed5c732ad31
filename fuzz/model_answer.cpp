// Any bytes as the answer of a language model, over each protocol, as a stream and whole, cut in
// two: what comes of it can be sent back, and the cut makes no difference.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "llm/intake.h"

namespace {

using namespace insights;

llm::Reading read(llm::Protocol protocol, const http::Response& head, std::string_view text,
                  std::size_t cut) {
  const llm::ProgressSink nobody;
  llm::Intake intake(protocol, 0, nobody);
  intake.take(head, text.substr(0, cut));
  intake.take(head, text.substr(cut));
  return intake.finish(head);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto cut = size == 0 ? 0 : data[size / 2] % size;
  for (const auto protocol :
       {llm::Protocol::openai, llm::Protocol::chat, llm::Protocol::anthropic}) {
    for (const auto* kind : {"text/event-stream", "application/json"}) {
      const http::Response head{.status = 200, .headers = {{"content-type", kind}}};
      const auto whole = read(protocol, head, text, 0);
      const auto halves = read(protocol, head, text, cut);
      if (whole.has_value() != halves.has_value()) std::abort();
      if (!whole) continue;
      if (whole->turn != halves->turn) std::abort();
      if (!llm::parsed(whole->turn.wire)) std::abort();
    }
    static_cast<void>(llm::words_of(llm::error_of_body(400, text), "host"));
  }
  return 0;
}
