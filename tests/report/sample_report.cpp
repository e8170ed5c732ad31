// Writes the sample run in every format into a folder: for looking at, and for browser_check.mjs.
#include <filesystem>
#include <fstream>
#include <iostream>

#include "report/html.h"
#include "report/json.h"
#include "report/markdown.h"
#include "report/sample_run.h"
#include "report/text.h"

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: sample_report FOLDER\n";
    return 2;
  }
  const std::filesystem::path folder = arguments[1];
  std::filesystem::create_directories(folder);
  const auto write = [&](const char* name, const std::string& text) {
    std::ofstream(folder / name, std::ios::binary) << text;
  };
  using namespace insights::report;
  const auto run = sample_run();
  write("report.json", to_json(run));
  write("report.md", to_markdown(run));
  write("report.html", to_html(run));
  write("report.txt", to_text(run, {}));
  write("report_color.txt", to_text(run, {.color = true}));
  write("report_ascii.txt", to_text(run, {.verbose = true, .unicode = false}));
  write("ledger.jsonl", ledger_json_lines(run.ledger));
  const auto empty = sample_run_without_findings();
  write("empty.txt", to_text(empty, {}));
  write("empty.html", to_html(empty));
  write("empty.md", to_markdown(empty));
  return 0;
}
