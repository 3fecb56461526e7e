#include "runtime/sealed_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/error.h"
#include "runtime/sealed_bytes.h"

namespace sotto::runtime {
namespace {

[[noreturn]] void system_error(const std::filesystem::path& file, const char* what, int reason = errno) {
  throw Error(ErrorKind::kSystem, fmt::format("{} {}: {}", what, file.string(), std::strerror(reason)),
              reason == ENOSPC || reason == EFBIG || reason == EDQUOT
                  ? "Make room on that disk."
                  : "Check the path and its permissions.");
}

// Writes a new file that only its owner can read; never follows or replaces what is there.
void write_private(const std::filesystem::path& file, std::span<const std::byte> bytes) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (descriptor < 0) system_error(file, "cannot create");
  std::size_t written = 0;
  while (written < bytes.size()) {
    const auto count = ::write(descriptor, bytes.data() + written, bytes.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    written += static_cast<std::size_t>(count);
  }
  const bool safe = written == bytes.size() && ::fsync(descriptor) == 0;
  const int reason = errno;
  if (::close(descriptor) == 0 && safe) return;
  ::unlink(file.c_str());
  system_error(file, "cannot write", safe ? errno : reason);
}

Bytes read_file(const std::filesystem::path& file) {
  std::error_code code;
  const auto size = std::filesystem::file_size(file, code);
  std::ifstream stream(file, std::ios::binary);
  if (code || !stream) system_error(file, "cannot read");
  Bytes bytes(size);
  if (!stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size)))
    system_error(file, "cannot read");
  return bytes;
}

SealKey load_key(const std::filesystem::path& file) {
  struct stat status{};
  if (::stat(file.c_str(), &status) != 0) system_error(file, "cannot read the store's key");
  if ((status.st_mode & 077) != 0)
    throw Error(ErrorKind::kSystem, fmt::format("the store's key {} can be read by others", file.string()),
                fmt::format("chmod 600 {}", file.string()));
  const auto bytes = read_file(file);
  if (bytes.size() != kSealKeyBytes)
    throw Error(ErrorKind::kData, fmt::format("the store's key {} has {} bytes, not {}", file.string(),
                                              bytes.size(), kSealKeyBytes));
  SealKey key;
  std::memcpy(key.data(), bytes.data(), kSealKeyBytes);
  return key;
}

SealKey load_or_make_key(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) {
    write_private(file, fresh_seal_key());
    flush_directory(file.parent_path());  // no sealed file may outlive its key
  }
  return load_key(file);
}

}  // namespace

void write_sealed(const std::filesystem::path& file, const std::filesystem::path& key_file,
                  std::string_view mark, std::span<const std::byte> content) {
  const auto key = load_or_make_key(key_file);
  const auto sealed = seal(key, mark, content);
  auto beside = file;
  beside += kUnfinishedSuffix;
  std::error_code code;
  std::filesystem::remove(beside, code);
  write_private(beside, sealed);
  std::filesystem::rename(beside, file, code);
  if (code) system_error(file, "cannot replace", code.value());
  flush_directory(file.parent_path());
}

Bytes read_sealed(const std::filesystem::path& file, const std::filesystem::path& key_file,
                  std::string_view mark, std::string_view kind) {
  const auto key = load_key(key_file);
  auto content = unseal(key, mark, read_file(file));
  if (!content)
    throw Error(ErrorKind::kData,
                fmt::format("{} is no {}, was changed, or has another key", file.string(), kind),
                "Give the file and the key of the same party and run.");
  return std::move(*content);
}

void flush_directory(const std::filesystem::path& directory) {
  const auto& path = directory.empty() ? std::filesystem::path(".") : directory;
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) system_error(path, "cannot open the directory");
  // Some file systems know no flushing of directories; they promise what they promise.
  const bool flushed = ::fsync(descriptor) == 0 || errno == EINVAL;
  const int reason = errno;
  ::close(descriptor);
  if (!flushed) system_error(path, "cannot write the directory", reason);
}

}  // namespace sotto::runtime
