#include "runtime/checkpoint_directory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/error.h"
#include "runtime/sealed_file.h"

namespace sotto::runtime {
namespace {

constexpr std::string_view kMark = "SOTTOCP1";
constexpr std::string_view kPending = ".pending", kCommitted = ".checkpoint", kLock = "lock";

[[noreturn]] void system_error(const std::filesystem::path& path, const char* what) {
  throw Error(ErrorKind::kSystem, fmt::format("{} {}: {}", what, path.string(), std::strerror(errno)),
              "The checkpoint directory must be this party's own, and writable.");
}

// The number in a file's name; 0 when it has none.
std::uint64_t runs_of(const std::filesystem::path& file) {
  constexpr std::string_view kPrefix = "run-";
  const auto name = file.filename().string();
  std::uint64_t runs = 0;
  if (name.starts_with(kPrefix))
    std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), runs);
  return runs;
}

}  // namespace

CheckpointDirectory::CheckpointDirectory(std::filesystem::path path, std::filesystem::path key_file,
                                         CheckpointOwner owner)
    : path_(std::move(path)), key_file_(std::move(key_file)), owner_(std::move(owner)) {
  if (::mkdir(path_.c_str(), 0700) != 0 && errno != EEXIST) system_error(path_, "cannot make the directory");
  lock();
  for (const auto& entry : std::filesystem::directory_iterator(path_))
    if (entry.path().extension() == kUnfinishedSuffix) std::filesystem::remove(entry.path());
}

CheckpointDirectory::~CheckpointDirectory() {
  if (lock_ >= 0) ::close(lock_);
}

// The kernel gives the lock back when the process ends, however it ends.
void CheckpointDirectory::lock() {
  const auto file = path_ / kLock;
  lock_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (lock_ < 0) system_error(file, "cannot open");
  if (::flock(lock_, LOCK_EX | LOCK_NB) == 0) return;
  const bool taken = errno == EWOULDBLOCK;
  ::close(std::exchange(lock_, -1));
  if (!taken) system_error(file, "cannot lock");
  throw Error(ErrorKind::kSystem, fmt::format("another process uses the checkpoints in {}", path_.string()),
              "Is this party running already? Stop that process first, or wait until it has ended.");
}

std::vector<std::filesystem::path> CheckpointDirectory::files() const {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(path_))
    if (entry.path().extension() == kPending || entry.path().extension() == kCommitted)
      files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

std::filesystem::path CheckpointDirectory::file(const CheckpointMark& mark, std::string_view suffix) const {
  return path_ / fmt::format("run-{}-{}{}", mark.runs, to_hex(std::span(mark.session).first(8)), suffix);
}

std::filesystem::path CheckpointDirectory::existing(const CheckpointMark& mark) const {
  const auto committed = file(mark, kCommitted);
  return std::filesystem::exists(committed) ? committed : file(mark, kPending);
}

Checkpoint CheckpointDirectory::read(const std::filesystem::path& file) const {
  auto checkpoint = checkpoint_from(read_sealed(file, key_file_, kMark, "checkpoint"), file.string());
  const auto other = difference(owner_, checkpoint.owner);
  if (!other.empty()) throw Error(ErrorKind::kData, fmt::format("{} {}", file.string(), other));
  return checkpoint;
}

std::vector<CheckpointMark> CheckpointDirectory::usable(std::vector<std::string>& complaints) const {
  std::vector<CheckpointMark> marks;
  for (const auto& file : files()) {
    try {
      marks.push_back(read(file).mark);
    } catch (const Error& error) {
      complaints.push_back(error.message());
    }
  }
  std::ranges::sort(marks, std::greater<>());
  const auto repeated = std::ranges::unique(marks);
  marks.erase(repeated.begin(), repeated.end());
  return marks;
}

Checkpoint CheckpointDirectory::load(const CheckpointMark& mark) const {
  auto checkpoint = read(existing(mark));
  if (checkpoint.mark != mark)
    throw Error(ErrorKind::kData, fmt::format("{} was exchanged for another", existing(mark).string()));
  return checkpoint;
}

void CheckpointDirectory::write_pending(const CheckpointMark& mark, double seconds,
                                        const std::map<std::string, Digest>& inputs, Snapshot snapshot) {
  write_sealed(file(mark, kPending), key_file_, kMark,
               to_bytes({owner_, mark, seconds, inputs, std::move(snapshot)}));
}

void CheckpointDirectory::commit(const CheckpointMark& mark) {
  const auto committed = file(mark, kCommitted);
  if (!std::filesystem::exists(committed)) std::filesystem::rename(file(mark, kPending), committed);
  flush_directory(path_);
  std::vector<std::filesystem::path> others;
  for (const auto& other : files())
    if (other != committed) others.push_back(other);
  const auto newest = std::ranges::max_element(others, {}, [&](const auto& other) {
    const auto runs = runs_of(other);
    return other.extension() == kCommitted && runs < mark.runs ? runs + 1 : 0;
  });
  for (auto other = others.begin(); other != others.end(); ++other)
    if (other != newest || other->extension() != kCommitted || runs_of(*other) >= mark.runs)
      std::filesystem::remove(*other);
}

void CheckpointDirectory::remove(const CheckpointMark& mark) {
  for (const auto suffix : {kPending, kCommitted}) std::filesystem::remove(file(mark, suffix));
}

void CheckpointDirectory::begin(const std::optional<CheckpointMark>& from) {
  if (from && !std::filesystem::exists(file(*from, kCommitted)))
    std::filesystem::rename(file(*from, kPending), file(*from, kCommitted));
  for (const auto& other : files())
    if (!from || (runs_of(other) >= from->runs && other != file(*from, kCommitted)))
      std::filesystem::remove(other);
  flush_directory(path_);
}

}  // namespace sotto::runtime
