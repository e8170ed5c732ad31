// Runs a fuzz target without a fuzzer of its own: over every input of the folders and files named,
// then over inputs made from them by cutting, joining and changing bytes, until the time is up, or
// so many of them have been made. With clang's libFuzzer (-fsanitize=fuzzer) this file is left out:
// the targets have its entry point.
//
//   fuzz_TARGET FOLDER... [--seconds N | --runs N] [--seed N]
//
// Every file of a folder is one input; .sqltest files hold many,
// parted by empty lines. An input that crashes is in the file crash-TARGET of the working
// directory, and so is one that took longer than 10 s (slow-TARGET).
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

#if defined(__SANITIZE_ADDRESS__)
extern "C" void __sanitizer_set_death_callback(void (*callback)());
#endif

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

std::string running, crash_file;  // the input that runs now, and where it goes if it is the last

void save_running() {
  const int file = ::open(crash_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return;
  static_cast<void>(::write(file, running.data(), running.size()) == 0);
  ::close(file);
}

void on_signal(int signal) {
  save_running();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void watch_for_crashes() {
  for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGILL, SIGBUS})
    std::signal(signal, on_signal);
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_set_death_callback(save_running);
#endif
}

// False: it took too long.
bool run(const std::string& input) {
  running = input;
  const auto started = Clock::now();
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(running.data()), running.size());
  return Clock::now() - started < std::chrono::seconds(10);
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

void add_file(std::vector<std::string>& corpus, const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const bool is_list = path.extension() == ".sqltest";
  for (std::size_t at = 0; at < text.size();) {
    const auto end = is_list ? std::min(text.find("\n\n", at), text.size()) : text.size();
    corpus.push_back(text.substr(at, end - at));
    at = end + 2;
  }
}

// In order of their names, so that a run can be repeated.
void add_all(std::vector<std::string>& corpus, const fs::path& path) {
  if (!fs::is_directory(path)) return add_file(corpus, path);
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  for (const auto& file : files) add_file(corpus, file);
}

}  // namespace

int main(int count, char** words) {
  std::vector<std::string> corpus{""};
  std::uint64_t seconds = 0, runs_max = 0, seed = 1;
  for (int index = 1; index < count; ++index) {
    const std::string_view word = words[index];
    auto* number = word == "--seconds" ? &seconds
                   : word == "--runs"  ? &runs_max
                   : word == "--seed"  ? &seed
                                       : nullptr;
    if (number == nullptr) {
      add_all(corpus, word);
    } else if (++index < count) {
      *number = std::strtoull(words[index], nullptr, 10);
    }
  }
  if (corpus.size() < 2) {
    std::fputs("usage: fuzz_TARGET FOLDER... [--seconds N | --runs N] [--seed N]\n", stderr);
    return 2;
  }
  const auto name = fs::path(words[0]).filename().string();
  crash_file = (fs::current_path() / ("crash-" + name)).string();
  watch_for_crashes();
  const auto end = Clock::now() + std::chrono::seconds(seconds);
  std::mt19937_64 random(seed);
  std::uint64_t runs = 0, slow = 0;
  const auto try_one = [&](const std::string& input) {
    ++runs;
    if (run(input)) return;
    ++slow;
    std::ofstream(fs::current_path() / ("slow-" + name), std::ios::binary) << input;
  };
  for (const auto& input : corpus) try_one(input);
  for (std::uint64_t made = 0; made < runs_max || Clock::now() < end; ++made)
    try_one(mutated(corpus, random));
  std::printf("%s: %llu inputs, no crash, %llu slow\n", name.c_str(),
              static_cast<unsigned long long>(runs), static_cast<unsigned long long>(slow));
  // Without taking statics down: an engine's own may be gone before the target's.
  std::fflush(stdout);
  std::_Exit(slow == 0 ? 0 : 1);
}
