// Runs a fuzz target without a fuzzer of its own: over every file of a folder, then over inputs
// made from them by cutting, joining and changing bytes, until the time is up. With clang's
// libFuzzer
// (-fsanitize=fuzzer) this file is left out: the targets have its entry point.
//
//   fuzz_TARGET FOLDER SECONDS [SEED]
// An input that crashes is in the file last_input of the working directory when the process is
// gone.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

void run(const std::string& input, const fs::path& last) {
  std::ofstream(last, std::ios::binary) << input;
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

std::string mutated(const std::vector<std::string>& corpus, std::mt19937_64& random) {
  const auto below = [&](std::size_t limit) { return limit == 0 ? 0 : random() % limit; };
  auto input = corpus[below(corpus.size())];
  const auto& other = corpus[below(corpus.size())];
  for (auto changes = 1 + below(6); changes > 0; --changes) {
    const auto at = below(input.size() + 1);
    switch (below(6)) {
      case 0:
        if (at < input.size()) input[at] = static_cast<char>(random() & 0xFF);
        break;
      case 1:
        input.erase(at, 1 + below(8));
        break;
      case 2: {
        const auto from = below(other.size() + 1);
        input.insert(at, other.substr(from, 1 + below(40)));
        break;
      }
      case 3:
        input.insert(at, input.substr(below(input.size() + 1), 1 + below(40)));
        break;
      case 4:
        input.insert(at, std::string(1 + below(300), "([{-,.'\"x1"[below(10)]));
        break;
      default:
        input = input.substr(0, at) + other.substr(below(other.size() + 1));
        break;
    }
  }
  return input.substr(0, 70'000);
}

}  // namespace

int main(int count, char** words) {
  if (count < 3) {
    std::fputs("usage: fuzz_TARGET FOLDER SECONDS [SEED]\n", stderr);
    return 2;
  }
  std::vector<std::string> corpus{""};
  for (const auto& entry : fs::recursive_directory_iterator(words[1])) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    // A .sqltest file is many inputs.
    for (std::size_t at = 0; at < text.size();) {
      const auto end = entry.path().extension() == ".sqltest"
                           ? std::min(text.find("\n\n", at), text.size())
                           : text.size();
      corpus.push_back(text.substr(at, end - at));
      at = end + 2;
    }
  }
  const auto last = fs::current_path() / "last_input";
  const auto end = Clock::now() + std::chrono::seconds(std::atoi(words[2]));
  std::mt19937_64 random(count > 3 ? std::strtoull(words[3], nullptr, 10) : 1);
  std::uint64_t runs = 0;
  for (const auto& input : corpus) {
    run(input, last);
    ++runs;
  }
  for (; Clock::now() < end; ++runs) run(mutated(corpus, random), last);
  fs::remove(last);
  std::printf("%llu inputs, no crash\n", static_cast<unsigned long long>(runs));
  return 0;
}
