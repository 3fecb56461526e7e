#include "cli/processes.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>

#include "base/error.h"
#include "cli/command.h"

namespace sotto::cli {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kMaximumOutput = std::size_t{64} << 20;
constexpr std::size_t kMaximumLine = 64 * 1024;

[[noreturn]] void system_error(const std::string& what) {
  throw Error(ErrorKind::kSystem, fmt::format("{}: {}", what, std::strerror(errno)));
}

struct Pipe {
  int read_end = -1, write_end = -1;
  Pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) system_error("cannot make a pipe");
    read_end = ends[0];
    write_end = ends[1];
  }
};

class Child {
 public:
  Child(const Launch& launch, const Watch& watch) : watch_(watch) {
    ended_.name = launch.name;
    const auto path = (program_directory() / launch.program).string();
    std::vector<std::string> words{path};
    words.insert(words.end(), launch.arguments.begin(), launch.arguments.end());
    std::vector<char*> raw;
    for (auto& word : words) raw.push_back(word.data());
    raw.push_back(nullptr);
    std::vector<std::string> variables = launch.environment;
    const Pipe output, error;
    const int parent = ::getpid();
    pid_ = ::fork();
    if (pid_ < 0) system_error("cannot start a process");
    if (pid_ == 0) exec_child(path, raw.data(), variables, output.write_end, error.write_end, parent);
    ::close(output.write_end);
    ::close(error.write_end);
    output_ = output.read_end;
    error_ = error.read_end;
  }
  ~Child() {
    if (!done_) {
      kill();
      ::waitpid(pid_, nullptr, 0);
    }
    for (int descriptor : {output_, error_})
      if (descriptor >= 0) ::close(descriptor);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  int pid() const { return pid_; }
  bool done() const { return done_; }
  const Ended& ended() const { return ended_; }
  void kill() {
    stopped_ = true;
    ::kill(pid_, SIGKILL);
  }

  void add_polls(std::vector<pollfd>& polls) const {
    for (int descriptor : {output_, error_})
      if (descriptor >= 0) polls.push_back({descriptor, POLLIN, 0});
  }

  // Takes what is there without blocking for more than one read; reaps at the end of both streams.
  void serve(const std::vector<pollfd>& polls) {
    for (const auto& poll : polls) {
      if (poll.revents == 0) continue;
      if (poll.fd == output_) serve_output();
      if (poll.fd == error_) serve_error();
    }
    if (output_ < 0 && error_ < 0 && !done_) reap();
  }

 private:
  [[noreturn]] static void exec_child(const std::string& path, char** arguments,
                                      std::vector<std::string>& variables, int output, int error,
                                      int parent) {
    // The child dies with its parent, also when the parent died before this call.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(error, STDERR_FILENO);
    for (auto& variable : variables) ::putenv(variable.data());
    ::execv(path.c_str(), arguments);
    const std::string message = fmt::format("cannot start {}: {}\n", path, std::strerror(errno));
    [[maybe_unused]] const auto ignored = ::write(STDERR_FILENO, message.data(), message.size());
    ::_exit(static_cast<int>(ErrorKind::kSystem));
  }

  // Empty at the end of the stream, which is then closed.
  static std::string read_some(int& descriptor) {
    std::string text(65536, '\0');
    const auto count = ::read(descriptor, text.data(), text.size());
    if (count <= 0) {
      ::close(descriptor);
      descriptor = -1;
    }
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    return text;
  }

  void serve_output() {
    ended_.output += read_some(output_);
    if (ended_.output.size() > kMaximumOutput) kill();
  }

  void serve_error() {
    line_ += read_some(error_);
    for (auto end = line_.find('\n'); end != std::string::npos; end = line_.find('\n')) {
      if (watch_.on_error_line) watch_.on_error_line(ended_.name, line_.substr(0, end));
      line_.erase(0, end + 1);
    }
    if ((error_ < 0 && !line_.empty()) || line_.size() > kMaximumLine) {
      if (watch_.on_error_line) watch_.on_error_line(ended_.name, line_);
      line_.clear();
    }
  }

  void reap() {
    int status = 0;
    if (::waitpid(pid_, &status, 0) < 0) system_error("cannot wait for a process");
    done_ = true;
    ended_.when = Clock::now();
    ended_.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (!WIFSIGNALED(status) || !watch_.on_error_line) return;
    watch_.on_error_line(ended_.name, stopped_ ? "stopped, because another process failed"
                                               : fmt::format("ended by signal {} ({})", WTERMSIG(status),
                                                             ::strsignal(WTERMSIG(status))));
  }

  const Watch& watch_;
  Ended ended_;
  int pid_ = -1, output_ = -1, error_ = -1;
  bool done_ = false, stopped_ = false;
  std::string line_;
};

}  // namespace

std::vector<Ended> run_processes(const std::vector<Launch>& launches, const Watch& watch) {
  std::vector<std::unique_ptr<Child>> children;
  for (const auto& launch : launches) children.push_back(std::make_unique<Child>(launch, watch));
  if (watch.on_started) {
    std::vector<int> pids;
    for (const auto& child : children) pids.push_back(child->pid());
    watch.on_started(pids);
  }
  std::optional<Clock::time_point> deadline;
  while (!std::ranges::all_of(children, &Child::done)) {
    std::vector<pollfd> polls;
    for (const auto& child : children) child->add_polls(polls);
    ::poll(polls.data(), polls.size(), 200);
    for (const auto& child : children) {
      child->serve(polls);
      if (child->done() && child->ended().exit_code != 0 && !deadline) deadline = Clock::now() + watch.grace;
    }
    if (deadline && Clock::now() > *deadline)
      for (const auto& child : children)
        if (!child->done()) child->kill();
  }
  std::vector<Ended> ended;
  for (const auto& child : children) ended.push_back(child->ended());
  return ended;
}

int combined_exit_code(const std::vector<Ended>& ended) {
  std::vector<const Ended*> failed;
  for (const auto& process : ended)
    if (process.exit_code != 0) failed.push_back(&process);
  std::ranges::sort(failed, {}, &Ended::when);
  constexpr int kPeer = static_cast<int>(ErrorKind::kPeer);
  for (const auto* process : failed)
    if (process->exit_code < 128 && process->exit_code != kPeer) return process->exit_code;
  return failed.empty() ? 0 : kPeer;
}

}  // namespace sotto::cli
