#include "source/worker.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <new>

#include "source/answer.h"
#include "source/worker_messages.h"

namespace insights::source {

namespace {

constexpr int requests = STDIN_FILENO;

// Standard output is for answers alone: whatever a library prints goes nowhere.
int take_standard_output() {
  const int answers = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere >= 0) ::dup2(nowhere, STDOUT_FILENO);
  return answers;
}

void limit(const WorkerTask& task) {
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  if (task.address_space_max_bytes <= 0) return;
  const auto bytes = static_cast<rlim_t>(task.address_space_max_bytes);
  const rlimit space{bytes, bytes};
  ::setrlimit(RLIMIT_AS, &space);
}

bool answer(int answers, const engine::Database& database, const WorkerRequest& request) {
  if (!request.is_scan) {
    const auto rows = answer_query(database, request.text, request.limits, {});
    return write_message(answers, rows ? packed(*rows) : packed(rows.error()));
  }
  bool is_heard = true;
  const auto done =
      answer_scan(database, request.text, request.limits, {}, 1, [&](const Batch& batch) {
        is_heard = write_message(answers, packed(batch));
        return is_heard;
      });
  if (!is_heard) return false;
  return write_message(answers, done ? packed_word(WorkerWord::end) : packed(done.error()));
}

int serve(int answers) {
  const auto first = read_message(requests);
  if (!first) return 0;
  const auto task = unpacked_task(*first);
  if (!task) return 1;
  limit(*task);
  DuckDbContents contents;
  contents.parquet = task->parquet;
  contents.databases = task->databases;
  const auto database = open_shut(task->file, task->engine, contents);
  if (!database) {
    write_message(answers, packed(database.error()));
    return 1;
  }
  if (!write_message(answers, packed_word(WorkerWord::ready))) return 0;
  while (const auto bytes = read_message(requests)) {
    const auto request = unpacked_request(*bytes);
    if (!request || !answer(answers, *database, *request)) return 1;
  }
  return 0;
}

}  // namespace

int run_worker() {
  // Ctrl-C is for the parent to answer; without it this process has nothing to do.
  std::signal(SIGINT, SIG_IGN);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int answers = take_standard_output();
  if (answers < 0) return 1;
  try {
    return serve(answers);
  } catch (const std::bad_alloc&) {
    return 1;  // the parent says what that means
  }
}

}  // namespace insights::source
