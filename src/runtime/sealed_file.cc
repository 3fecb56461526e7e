#include "runtime/sealed_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>

#include "base/bytes.h"
#include "base/error.h"

namespace sotto::runtime {
namespace {

constexpr std::size_t kNonceBytes = 12, kTagBytes = 16, kKeyBytes = 32;
using StoreKey = std::array<unsigned char, kKeyBytes>;

[[noreturn]] void system_error(const std::filesystem::path& file, const char* what, int reason = errno) {
  throw Error(ErrorKind::kSystem, fmt::format("{} {}: {}", what, file.string(), std::strerror(reason)),
              reason == ENOSPC || reason == EFBIG || reason == EDQUOT
                  ? "Make room on that disk."
                  : "Check the path and its permissions.");
}

unsigned char* raw(std::byte* bytes) { return reinterpret_cast<unsigned char*>(bytes); }
const unsigned char* raw(const std::byte* bytes) { return reinterpret_cast<const unsigned char*>(bytes); }

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

StoreKey load_key(const std::filesystem::path& file) {
  struct stat status{};
  if (::stat(file.c_str(), &status) != 0) system_error(file, "cannot read the store's key");
  if ((status.st_mode & 077) != 0)
    throw Error(ErrorKind::kSystem, fmt::format("the store's key {} can be read by others", file.string()),
                fmt::format("chmod 600 {}", file.string()));
  const auto bytes = read_file(file);
  if (bytes.size() != kKeyBytes)
    throw Error(ErrorKind::kData, fmt::format("the store's key {} has {} bytes, not {}", file.string(),
                                              bytes.size(), kKeyBytes));
  StoreKey key;
  std::memcpy(key.data(), bytes.data(), kKeyBytes);
  return key;
}

StoreKey load_or_make_key(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) {
    std::array<std::byte, kKeyBytes> fresh;
    if (RAND_bytes(raw(fresh.data()), kKeyBytes) != 1)
      throw Error(ErrorKind::kSystem, "the operating system gave no randomness for the store's key");
    write_private(file, fresh);
    flush_directory(file.parent_path());  // no sealed file may outlive its key
  }
  return load_key(file);
}

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

// One pass of AES-256-GCM in pieces that fit OpenSSL's int lengths; `encrypt` says which way.
bool transform(EVP_CIPHER_CTX* cipher, const StoreKey& key, std::string_view mark, const std::byte* nonce,
               std::span<const std::byte> in, std::byte* out, bool encrypt) {
  int done = 0;
  if (EVP_CipherInit_ex(cipher, EVP_aes_256_gcm(), nullptr, key.data(), raw(nonce), encrypt ? 1 : 0) != 1 ||
      EVP_CipherUpdate(cipher, nullptr, &done, reinterpret_cast<const unsigned char*>(mark.data()),
                       static_cast<int>(mark.size())) != 1)
    return false;
  constexpr std::size_t kPiece = std::size_t{1} << 28;
  for (std::size_t at = 0; at < in.size(); at += kPiece) {
    const auto count = std::min(kPiece, in.size() - at);
    if (EVP_CipherUpdate(cipher, raw(out + at), &done, raw(in.data() + at), static_cast<int>(count)) != 1)
      return false;
  }
  return true;
}

}  // namespace

void write_sealed(const std::filesystem::path& file, const std::filesystem::path& key_file,
                  std::string_view mark, std::span<const std::byte> content) {
  const auto key = load_or_make_key(key_file);
  Bytes sealed(mark.size() + kNonceBytes + content.size() + kTagBytes);
  std::memcpy(sealed.data(), mark.data(), mark.size());
  std::byte* nonce = sealed.data() + mark.size();
  std::byte* body = nonce + kNonceBytes;
  const Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int done = 0;
  if (!cipher || RAND_bytes(raw(nonce), kNonceBytes) != 1 ||
      !transform(cipher.get(), key, mark, nonce, content, body, true) ||
      EVP_CipherFinal_ex(cipher.get(), raw(body + content.size()), &done) != 1 ||
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, raw(body + content.size())) != 1)
    throw Error(ErrorKind::kSystem, fmt::format("OpenSSL could not encrypt {}", file.string()));
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
  const auto sealed = read_file(file);
  const auto damaged = [&] {
    throw Error(ErrorKind::kData,
                fmt::format("{} is no {}, was changed, or has another key", file.string(), kind),
                "Give the file and the key of the same party and run.");
  };
  const std::size_t around = mark.size() + kNonceBytes + kTagBytes;
  if (sealed.size() < around || std::memcmp(sealed.data(), mark.data(), mark.size()) != 0) damaged();
  const std::byte* nonce = sealed.data() + mark.size();
  Bytes plain(sealed.size() - around);
  const Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  Bytes tag(sealed.end() - kTagBytes, sealed.end());
  unsigned char none[kTagBytes];
  int done = 0;
  const bool good = cipher &&
                    transform(cipher.get(), key, mark, nonce, std::span(nonce + kNonceBytes, plain.size()),
                              plain.data(), false) &&
                    EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
                    EVP_CipherFinal_ex(cipher.get(), none, &done) == 1;
  if (!good) damaged();
  return plain;
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
