#include "cli/output.h"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace insights;
using namespace insights::cli;
namespace fs = std::filesystem;

namespace {

struct ScratchDirectory {
  std::string path = [] {
    std::string name = (fs::temp_directory_path() / "insights_output_XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    return name;
  }();
  ~ScratchDirectory() { fs::remove_all(path); }
  std::string file(const std::string& name) const { return path + "/" + name; }
  std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(path), fs::directory_iterator()));
  }
};

std::string text_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

config::Config config_with(std::vector<std::string> outputs) {
  config::Config config;
  config.outputs = std::move(outputs);
  return config;
}

config::Config with_format(config::Config config, config::Format format,
                           config::Origin::Kind kind) {
  config.format = format;
  config.origins["report.format"] = {kind, "--format"};
  return config;
}

}  // namespace

TEST_CASE("without files the report goes to standard output") {
  CHECK(*targets_of(config_with({})) == std::vector{Target{"-", config::Format::text}});
}

TEST_CASE("a file's format is that of its extension") {
  const auto targets =
      targets_of(config_with({"-", "a.html", "b.json", "c.md", "d.txt", "x/e.htm"}));
  REQUIRE(targets.has_value());
  using enum config::Format;
  CHECK(*targets == std::vector<Target>{{"-", text},
                                        {"a.html", html},
                                        {"b.json", json},
                                        {"c.md", markdown},
                                        {"d.txt", text},
                                        {"x/e.htm", html}});
}

TEST_CASE("an extension that says nothing needs a format, which may come from the file") {
  CHECK(targets_of(config_with({"report"})).error().message ==
        "--output report: the name does not tell the format");
  const auto targets = targets_of(with_format(config_with({"report", "a.md"}), config::Format::json,
                                              config::Origin::Kind::file));
  REQUIRE(targets.has_value());
  CHECK(targets->front().format == config::Format::json);
  CHECK(targets->back().format == config::Format::markdown);
}

TEST_CASE("a --format that nothing uses is a mistake, and so is a file named twice") {
  const auto flag = config::Origin::Kind::flag;
  CHECK(!targets_of(with_format(config_with({"a.html"}), config::Format::json, flag)).has_value());
  CHECK(targets_of(with_format(config_with({"-", "a.html"}), config::Format::json, flag))
            .has_value());
  CHECK(targets_of(with_format(config_with({"a.json"}), config::Format::json, flag)).has_value());
  CHECK(!targets_of(config_with({"a.html", "a.html"})).has_value());
}

TEST_CASE("a file is written whole, and nothing else is left in its directory") {
  const ScratchDirectory scratch;
  const auto file = scratch.file("report.html");
  REQUIRE(write_file(file, "first").has_value());
  CHECK(text_of(file) == "first");
  REQUIRE(write_file(file, "second, and longer").has_value());
  CHECK(text_of(file) == "second, and longer");
  CHECK(scratch.files() == 1);
}

TEST_CASE("a file keeps its permissions, and a new one gets those of the umask") {
  const ScratchDirectory scratch;
  const auto before = umask(027);
  REQUIRE(write_file(scratch.file("new"), "x").has_value());
  umask(before);
  CHECK(fs::status(scratch.file("new")).permissions() == fs::perms(0640));
  fs::permissions(scratch.file("new"), fs::perms(0604));
  REQUIRE(write_file(scratch.file("new"), "y").has_value());
  CHECK(fs::status(scratch.file("new")).permissions() == fs::perms(0604));
}

TEST_CASE("a link is followed, not replaced") {
  const ScratchDirectory scratch;
  REQUIRE(write_file(scratch.file("target"), "x").has_value());
  fs::create_symlink("target", scratch.file("link"));
  REQUIRE(write_file(scratch.file("link"), "y").has_value());
  CHECK(fs::is_symlink(scratch.file("link")));
  CHECK(text_of(scratch.file("target")) == "y");
}

TEST_CASE("what cannot be written is an error that says why, before and after the work") {
  const ScratchDirectory scratch;
  const auto nowhere = scratch.file("no/such/report.html");
  CHECK(write_file(nowhere, "x").error().message ==
        "cannot write " + nowhere + ": there is no directory " + scratch.file("no/such"));
  CHECK(check_writable(nowhere).error().kind == base::ErrorKind::not_found);
  CHECK(write_file(scratch.path, "x").error().message ==
        "cannot write " + scratch.path + ": Is a directory");
  CHECK(check_writable(scratch.file("report.html")).has_value());
  CHECK(scratch.files() == 0);
}

TEST_CASE("a full disk is an error, and the old report stays as it was") {
  // /dev/full says "no space left" to every write.
  const auto status = write_file("/dev/full", "x");
  REQUIRE(!status.has_value());
  CHECK(status.error().message == "cannot write /dev/full: No space left on device");
  CHECK(status.error().hint == "Make room on that disk, or name a file on another.");
  CHECK(write_file("/dev/null", "x").has_value());
  CHECK(fs::is_character_file("/dev/null"));
}

TEST_CASE("a file or directory without permission is an error, and stays as it was") {
  if (geteuid() == 0) return;  // may write everywhere
  const ScratchDirectory scratch;
  const auto file = scratch.file("report.html");
  REQUIRE(write_file(file, "old").has_value());
  fs::permissions(file, fs::perms(0444));
  CHECK(write_file(file, "new").error().message == "cannot write " + file + ": Permission denied");
  CHECK(text_of(file) == "old");
  fs::permissions(scratch.path, fs::perms(0555));
  CHECK(!check_writable(scratch.file("other.html")).has_value());
  fs::permissions(scratch.path, fs::perms(0755));
}

TEST_CASE(
    "a report that has nowhere to go is put into the directory for temporary files, for its "
    "owner") {
  const auto file = rescue("/nowhere/report.html", "saved");
  REQUIRE(file.has_value());
  CHECK(text_of(*file) == "saved");
  CHECK(file->ends_with(".html"));
  CHECK(fs::status(*file).permissions() == fs::perms(0600));
  fs::remove(*file);
}
