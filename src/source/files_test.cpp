#include "source/files.h"

#include <sys/stat.h>

#include "source/look.h"
#include "source/scratch.h"
#include "source/transcode.h"

using namespace insights;
using namespace insights::source;
using namespace std::literals;
using base::ErrorKind;

namespace {

std::string names_of(const FoundFiles& found) {
  std::string names;
  for (const auto& file : found.files)
    names += (names.empty() ? "" : " ") + file.path.filename().string();
  return names;
}

std::string found_in(const std::vector<std::string>& locations) {
  const auto found = find_files(locations);
  INFO((found ? "" : found.error().message));
  REQUIRE(found);
  return names_of(*found);
}

ErrorKind error_in(const std::vector<std::string>& locations) {
  const auto found = find_files(locations);
  REQUIRE_FALSE(found);
  return found.error().kind;
}

base::Result<TextForm> look(const std::string& path) {
  const auto found = find_files({path});
  REQUIRE(found);
  return look_at(found->files.front());
}

std::string translated(const Scratch& scratch, std::string_view bytes,
                       TextForm::Encoding encoding) {
  const auto from = scratch.write("in.txt", bytes);
  const auto to = scratch / "out.txt";
  REQUIRE(transcode(from, to, encoding, {}));
  std::ifstream stream(to, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

TEST_CASE(
    "a directory means its own tables by name, and not what lies deeper, is hidden or of another "
    "kind") {
  const Scratch scratch;
  for (const auto* name :
       {"b.csv", "a.parquet", "C.JSON", "readme.md", ".hidden.csv", "deep/d.csv"})
    scratch.write(name, "x");
  const auto found = find_files({scratch.path().string()});
  REQUIRE(found);
  CHECK(names_of(*found) == "C.JSON a.parquet b.csv");
  REQUIRE(found->notes.size() == 1);
  CHECK(contains(found->notes.front(), "1 file of other kinds"));
}

TEST_CASE("a glob means what it matches, in the order of the names") {
  const Scratch scratch;
  for (const auto* name : {"s_2.csv", "s_10.csv", "s_1.csv", "t.csv"}) scratch.write(name, "x");
  CHECK(found_in({scratch / "s_*.csv"}) == "s_1.csv s_10.csv s_2.csv");
  CHECK(error_in({scratch / "u_*.csv"}) == ErrorKind::not_found);
}

TEST_CASE("a file whose own name looks like a glob is that file") {
  const Scratch scratch;
  scratch.write("a[1].csv", "x");
  scratch.write("a1.csv", "x");
  CHECK(found_in({scratch / "a[1].csv"}) == "a[1].csv");
}

TEST_CASE("a file that is named twice, or through a link, is read once") {
  const Scratch scratch;
  const auto path = scratch.write("a.csv", "x");
  std::filesystem::create_symlink(path, scratch / "link.csv");
  CHECK(found_in({path, path, scratch / "link.csv"}) == "a.csv");
  CHECK(found_in({scratch / "link.csv"}) == "link.csv");
}

TEST_CASE("the stem is the name without its endings") {
  const Scratch scratch;
  scratch.write("Sales 2024.csv.gz", "x");
  scratch.write("orders.v2.NDJSON", "x");
  const auto found = find_files({scratch / "Sales 2024.csv.gz", scratch / "orders.v2.NDJSON"});
  REQUIRE(found);
  CHECK(found->files.at(0).stem == "Sales 2024");
  CHECK(found->files.at(0).kind == FileKind::delimited);
  CHECK(found->files.at(1).stem == "orders.v2");
  CHECK(found->files.at(1).kind == FileKind::json);
}

TEST_CASE("what is not there, no file or of no known kind is an error that says so") {
  const Scratch scratch;
  CHECK(error_in({}) == ErrorKind::invalid_input);
  CHECK(error_in({scratch / "missing.csv"}) == ErrorKind::not_found);
  CHECK(error_in({scratch.write("report.docx", "x")}) == ErrorKind::invalid_input);
  CHECK(error_in({scratch.write("plain", "x") + "/deeper.csv"}) == ErrorKind::not_found);
  std::filesystem::create_directories(scratch / "empty");
  CHECK(error_in({scratch / "empty"}) == ErrorKind::invalid_input);
  REQUIRE(::mkfifo((scratch / "pipe.csv").c_str(), 0600) == 0);  // reading it would wait for ever
  CHECK(error_in({scratch / "pipe.csv"}) == ErrorKind::invalid_input);
  CHECK(error_in({"/dev/zero"}) == ErrorKind::invalid_input);
  const auto address = find_files({"https://example.org/a.csv"});
  REQUIRE_FALSE(address);
  CHECK(contains(address.error().hint, "download"));
}

TEST_CASE("text is told from what only bears its name, by a look at a few places") {
  const Scratch scratch;
  CHECK(look(scratch.write("a.csv", "a,b\n1,2\n")) == TextForm{});
  CHECK(look(scratch.write("odd.csv", "a,b\n1,x\0y\n"sv)) == TextForm{});
  CHECK(look(scratch.write("u16.csv",
                           "\xFF\xFE"
                           "a\0,\0b\0"sv))
            ->encoding == TextForm::Encoding::utf_16_little);
  CHECK(look(scratch.write("u16b.csv",
                           "\xFE\xFF"
                           "\0a\0,\0b"sv))
            ->encoding == TextForm::Encoding::utf_16_big);
  CHECK(look(scratch.write("u16n.csv", "a\0,\0b\0\n\0"sv))->encoding ==
        TextForm::Encoding::utf_16_little);
  CHECK(look(scratch.write("gz.csv", "\x1F\x8B\x08..."sv))->gzip);
  for (const auto& [name, bytes] : {std::pair{"empty.csv", ""sv},
                                    {"blank.csv", " \n\n\r\n"sv},
                                    {"book.csv", "PK\x03\x04..."sv},
                                    {"no.csv.gz", "a,b\n1,2\n"sv},
                                    {"lite.db", "SQLite format 3\0................"sv},
                                    {"no.parquet", "a,b\n1,2\n"sv},
                                    {"cut.parquet", "PAR1............"sv},
                                    {"no.duckdb", "a,b\n1,2\n"sv},
                                    {"doc.csv", "%PDF-1.4\n"sv},
                                    {"real.csv", "PAR1............PAR1"sv}}) {
    const auto form = look(scratch.write(name, bytes));
    INFO(name);
    REQUIRE_FALSE(form);
    CHECK(form.error().kind == ErrorKind::invalid_input);
    CHECK(contains(form.error().message, name));
  }
  std::string noise;
  for (unsigned number = 1; noise.size() < 100'000; number = number * 1103515245U + 12345U)
    noise += static_cast<char>(number >> 16U);
  CHECK_FALSE(look(scratch.write("noise.csv", noise)));
  CHECK_FALSE(look(scratch.write("noise.json", noise)));
}

TEST_CASE("a file of five gigabytes of nothing is refused without reading it") {
  const Scratch scratch;
  const auto path = scratch.write("sparse.csv", "");
  std::filesystem::resize_file(path, std::uintmax_t{5} << 30);
  const auto form = look(path);
  REQUIRE_FALSE(form);
  CHECK(contains(form.error().message, "binary"));
}

TEST_CASE("a file that may not be read is unavailable") {
  const Scratch scratch;
  const auto path = scratch.write("secret.csv", "a,b\n1,2\n");
  std::filesystem::permissions(path, std::filesystem::perms::none);
  if (std::ifstream(path)) {
    MESSAGE("SKIPPED: this user may read every file");
    return;
  }
  const auto form = look(path);
  REQUIRE_FALSE(form);
  CHECK(form.error().kind == ErrorKind::unavailable);
}

TEST_CASE("UTF-16 of both byte orders becomes UTF-8, with what is broken replaced") {
  const Scratch scratch;
  CHECK(translated(scratch,
                   "\xFF\xFE"
                   "Z\0\xFC\0\x3D\xD8\x00\xDE\xAC\x20"sv,
                   TextForm::Encoding::utf_16_little) == "Zü😀€");
  CHECK(translated(scratch, "\xFE\xFF\0Z\0\xFC\xD8\x3D\xDE\x00"sv,
                   TextForm::Encoding::utf_16_big) == "Zü😀");
  CHECK(translated(scratch,
                   "\x3D\xD8"
                   "a\0\x00\xDE"
                   "b"sv,
                   TextForm::Encoding::utf_16_little) == "\uFFFDa\uFFFD");
}

TEST_CASE("of what is said to be UTF-8 the valid part stays, the rest is Windows-1252") {
  const Scratch scratch;
  CHECK(translated(scratch, "\xEF\xBB\xBFZ\xFCrich kostet 5 \x80, Zürich \x81 😀",
                   TextForm::Encoding::utf_8) == "Zürich kostet 5 €, Zürich \uFFFD 😀");
  // Characters that the border between two blocks cuts in two.
  std::string text(1'048'575, 'x');
  text += "ü€";
  CHECK(translated(scratch, text, TextForm::Encoding::utf_8) == text);
}

TEST_CASE("translating ends when a stop is asked for") {
  const Scratch scratch;
  std::stop_source stop;
  stop.request_stop();
  const auto done = transcode(scratch.write("a.csv", "x"), scratch / "b.csv",
                              TextForm::Encoding::utf_8, stop.get_token());
  REQUIRE_FALSE(done);
  CHECK(done.error().kind == ErrorKind::cancelled);
}
