#include "cli/progress.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <memory>

using namespace insights;
using namespace insights::cli;

namespace {

// A stream into memory.
struct Screen {
  std::array<char, 1 << 16> text{};
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{fmemopen(text.data(), text.size(), "w"),
                                                       &std::fclose};
  std::string shown() {
    std::fflush(file.get());
    return text.data();
  }
};

void tell_a_run(Progress& progress) {
  findings::Finding finding;
  finding.title = "A title\nin two lines";
  progress.doing("opening x.csv");
  progress.on(explore::Started{"run-1"});
  progress.on(explore::TableLoaded{"sales", 541909});
  progress.on(explore::CatalogRead{1, 20});
  progress.on(explore::QueryRun{"SELECT 1\n  FROM  sales", 1, 12, ""});
  progress.on(explore::QueryRun{"SELECT x", 0, 3, "no column x"});
  progress.on(explore::HypothesesTested{"trend", 312, 4});
  progress.on(explore::FindingProven{&finding});
  progress.on(explore::Finished{true, "the time was used up"});
}

}  // namespace

TEST_CASE("plain progress is one line a step") {
  Screen screen;
  Progress progress(ProgressStyle::plain, screen.file.get());
  tell_a_run(progress);
  progress.remark("wrote x.html");
  progress.close();
  CHECK(screen.shown() ==
        "opening x.csv\n"
        "run run-1\n"
        "read sales: 541,909 rows\n"
        "understood 1 table, 20 columns\n"
        "query 1, 12 ms, 1 row: SELECT 1 FROM sales\n"
        "query 2, 3 ms, failed: no column x: SELECT x\n"
        "tested 312 of trend, accepted 4\n"
        "proven: A title in two lines\n"
        "ended early: the time was used up\n"
        "wrote x.html\n");
}

TEST_CASE(
    "quiet progress shows nothing, not even remarks; without a terminal only remarks are shown") {
  Screen silent;
  {
    Progress progress(ProgressStyle::quiet, silent.file.get());
    tell_a_run(progress);
    progress.remark("wrote x.html");
  }
  CHECK(silent.shown().empty());

  Screen screen;
  {
    Progress progress(ProgressStyle::remarks, screen.file.get());
    tell_a_run(progress);
    progress.remark("wrote x.html");
  }
  CHECK(screen.shown() == "wrote x.html\n");
}

TEST_CASE("the progress line is rewritten in place and leaves nothing behind") {
  Screen screen;
  {
    Progress progress(ProgressStyle::line, screen.file.get());
    tell_a_run(progress);
    std::this_thread::sleep_for(std::chrono::milliseconds(600));
    progress.remark("wrote x.html");
  }
  const auto shown = screen.shown();
  CHECK(shown.starts_with("\r0 s · opening x.csv\x1b[K"));
  CHECK(shown.find("2 queries · 312 tested · 1 proven · ended early") != std::string::npos);
  CHECK(shown.find("\r\x1b[Kwrote x.html\n") != std::string::npos);
  // No line break but the remark's: the line never scrolls.
  CHECK(std::count(shown.begin(), shown.end(), '\n') == 1);
}

TEST_CASE("a closed progress draws nothing more") {
  Screen screen;
  Progress progress(ProgressStyle::line, screen.file.get());
  progress.doing("a");
  progress.close();
  const auto shown = screen.shown();
  CHECK(shown.ends_with("\r\x1b[K"));
  progress.doing("b");
  std::this_thread::sleep_for(std::chrono::milliseconds(400));
  CHECK(screen.shown() == shown);
}

TEST_CASE("texts from data become one harmless line of limited length") {
  CHECK(one_line("a\n\t b\r\nc", 80) == "a b c");
  CHECK(one_line("x\x1b[31my\x07", 80) == "x?[31my?");
  CHECK(one_line("abcdef", 6) == "abcdef");
  CHECK(one_line("abcdefg", 6) == "abcde…");
  CHECK(one_line("äöüß", 3) == "äö…");
  CHECK(one_line("", 3).empty());
}

TEST_CASE("digits are grouped in threes") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1000) == "1,000");
  CHECK(grouped(541909) == "541,909");
  CHECK(grouped(-1234567) == "-1,234,567");
}
