#include "cli/output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

namespace insights::cli {
namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Status;
using config::Format;
namespace fs = std::filesystem;

struct Extension {
  std::string_view name;
  Format format;
};

constexpr std::array extensions{
    Extension{".txt", Format::text},    Extension{".json", Format::json},
    Extension{".md", Format::markdown}, Extension{".markdown", Format::markdown},
    Extension{".html", Format::html},   Extension{".htm", Format::html}};

std::optional<Format> format_of_name(const std::string& file) {
  const auto extension = fs::path(file).extension().string();
  const auto found = std::ranges::find(extensions, extension, &Extension::name);
  return found == extensions.end() ? std::nullopt : std::optional(found->format);
}

std::unexpected<base::Error> cannot_write(const std::string& file, int error) {
  const auto hint = error == ENOSPC || error == EDQUOT
                        ? "Make room on that disk, or name a file on another."
                    : error == EACCES || error == EROFS || error == EPERM
                        ? "Name a file in a directory where you may write."
                        : "";
  return fail(ErrorKind::unavailable,
              fmt::format("cannot write {}: {}", file, std::generic_category().message(error)),
              hint);
}

// An open file; closed when it goes.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() { close(); }

  int number() const { return number_; }
  // 0, or the error that only closing brings to light (a full disk, over a network).
  int close() {
    const int closed = std::exchange(number_, -1);
    return closed >= 0 && ::close(closed) != 0 ? errno : 0;
  }

 private:
  int number_;
};

// 0, or the error.
int write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno != EINTR) return errno;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

// The ends of a new file's name; what makes it new stands between them.
struct Naming {
  std::string_view begin, end;
};

constexpr Naming draft_naming{".insights", ".part"};

fs::path directory_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

// What stands where a file is to be written.
struct Place {
  fs::path path;               // links followed
  bool special = false;        // a device or pipe: written to, never replaced
  std::optional<mode_t> mode;  // of the file that stands there
};

Result<Place> place_of(const std::string& file) {
  Place place{.path = file, .mode = {}};
  std::error_code error;
  if (fs::is_symlink(place.path, error)) place.path = fs::weakly_canonical(place.path, error);
  struct stat found{};
  if (::stat(place.path.c_str(), &found) != 0) {
    const int reason = errno;
    const auto directory = directory_of(place.path);
    if (fs::is_directory(directory, error)) return place;
    if (reason != ENOENT && reason != ENOTDIR) return cannot_write(file, reason);
    return fail(ErrorKind::not_found,
                fmt::format("cannot write {}: there is no directory {}", file, directory.string()),
                fmt::format("Make it: mkdir -p {}", directory.string()));
  }
  if (S_ISDIR(found.st_mode)) return cannot_write(file, EISDIR);
  if (::access(place.path.c_str(), W_OK) != 0) return cannot_write(file, errno);
  place.special = !S_ISREG(found.st_mode);
  place.mode = found.st_mode & 07777;
  return place;
}

// A new file in a directory; gone with this object unless it was moved into place.
class Draft {
 public:
  static Result<Draft> create(const std::string& meant_for, const fs::path& directory,
                              const Naming& naming, mode_t mode) {
    for (int attempt = 0; attempt < 1000; ++attempt) {
      auto path =
          directory / fmt::format("{}-{}-{}{}", naming.begin, ::getpid(), attempt, naming.end);
      const int number = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
      if (number >= 0) return Draft(std::move(path), Descriptor(number));
      if (errno != EEXIST) return cannot_write(meant_for, errno);
    }
    return cannot_write(meant_for, EEXIST);
  }
  Draft(Draft&& other) noexcept
      : path_(std::exchange(other.path_, {})), file_(std::move(other.file_)) {}
  Draft& operator=(Draft&&) = delete;
  ~Draft() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }

  // 0, or the error.
  int fill(std::string_view text) {
    if (const int error = write_all(file_.number(), text)) return error;
    if (::fsync(file_.number()) != 0) return errno;
    return file_.close();
  }
  void set_mode(mode_t mode) { ::fchmod(file_.number(), mode); }
  // 0, or the error.
  int move_to(const fs::path& target) {
    if (::rename(path_.c_str(), target.c_str()) != 0) return errno;
    path_.clear();
    const Descriptor directory(::open(directory_of(target).c_str(), O_RDONLY | O_CLOEXEC));
    if (directory.number() >= 0) ::fsync(directory.number());
    return 0;
  }
  std::string keep() { return std::exchange(path_, {}).string(); }

 private:
  Draft(fs::path path, Descriptor file) : path_(std::move(path)), file_(std::move(file)) {}

  fs::path path_;
  Descriptor file_;
};

Status write_special(const std::string& file, const fs::path& path, std::string_view text) {
  Descriptor device(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (device.number() < 0) return cannot_write(file, errno);
  if (const int error = write_all(device.number(), text)) return cannot_write(file, error);
  if (const int error = device.close()) return cannot_write(file, error);
  return {};
}

Result<Format> format_for(const config::Config& config, const std::string& file) {
  if (file == "-") return config.format;
  if (const auto format = format_of_name(file)) return *format;
  if (config.origins.contains("report.format")) return config.format;
  return fail(ErrorKind::invalid_input,
              fmt::format("--output {}: the name does not tell the format", file),
              "End it in .txt, .json, .md or .html, or give --format.");
}

}  // namespace

Result<std::vector<Target>> targets_of(const config::Config& config) {
  if (config.outputs.empty()) return std::vector{Target{"-", config.format}};
  std::vector<Target> targets;
  for (const auto& file : config.outputs) {
    if (std::ranges::count(targets, file, &Target::file) > 0) {
      return fail(ErrorKind::invalid_input, fmt::format("--output {} is given twice", file));
    }
    const auto format = TRY(format_for(config, file));
    targets.push_back({file, format});
  }
  const bool typed = config::origin_of(config, "report.format").kind == config::Origin::Kind::flag;
  if (typed && std::ranges::count(targets, config.format, &Target::format) == 0) {
    return fail(ErrorKind::invalid_input,
                "--format contradicts the extension of every --output file",
                "Leave --format out, or add --output - for standard output.");
  }
  return targets;
}

Status check_writable(const std::string& file) {
  const auto place = TRY(place_of(file));
  if (!place.special) TRY(Draft::create(file, directory_of(place.path), draft_naming, 0666));
  return {};
}

Status write_file(const std::string& file, std::string_view text) {
  const auto place = TRY(place_of(file));
  if (place.special) return write_special(file, place.path, text);
  auto draft = TRY(Draft::create(file, directory_of(place.path), draft_naming, 0666));
  if (place.mode) draft.set_mode(*place.mode);
  if (const int error = draft.fill(text)) return cannot_write(file, error);
  if (const int error = draft.move_to(place.path)) return cannot_write(file, error);
  return {};
}

Status write_standard_output(std::string_view text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (written && std::fflush(stdout) == 0) return {};
  return cannot_write("to standard output", errno);
}

Result<std::string> rescue(const std::string& file, std::string_view text) {
  std::error_code error;
  const auto directory = fs::temp_directory_path(error);
  if (error) return cannot_write(file, error.value());
  const auto extension = fs::path(file).extension().string();
  // Readable by its owner only: the directory is everyone's.
  auto draft = TRY(Draft::create(file, directory, {"insights-report", extension}, 0600));
  if (const int failure = draft.fill(text)) return cannot_write(file, failure);
  return draft.keep();
}

}  // namespace insights::cli
