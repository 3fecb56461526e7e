#include "runtime/store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <memory>

#include "base/bytes.h"
#include "base/error.h"

namespace sotto::runtime {
namespace {

constexpr std::string_view kMark = "SOTTOST1";
constexpr std::size_t kNonceBytes = 12, kTagBytes = 16, kKeyBytes = 32;
using StoreKey = std::array<unsigned char, kKeyBytes>;

[[noreturn]] void system_error(const std::filesystem::path& file, const char* what) {
  throw Error(ErrorKind::kSystem, fmt::format("{} {}", what, file.string()),
              "Check the path and its permissions.");
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
    if (count <= 0) break;
    written += static_cast<std::size_t>(count);
  }
  const bool safe = written == bytes.size() && ::fsync(descriptor) == 0;
  ::close(descriptor);
  if (!safe) system_error(file, "cannot write");
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
  }
  return load_key(file);
}

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

// One pass of AES-256-GCM in pieces that fit OpenSSL's int lengths; `encrypt` says which way.
bool transform(EVP_CIPHER_CTX* cipher, const StoreKey& key, const std::byte* nonce,
               std::span<const std::byte> in, std::byte* out, bool encrypt) {
  int done = 0;
  if (EVP_CipherInit_ex(cipher, EVP_aes_256_gcm(), nullptr, key.data(), raw(nonce), encrypt ? 1 : 0) != 1 ||
      EVP_CipherUpdate(cipher, nullptr, &done, reinterpret_cast<const unsigned char*>(kMark.data()),
                       static_cast<int>(kMark.size())) != 1)
    return false;
  constexpr std::size_t kPiece = std::size_t{1} << 28;
  for (std::size_t at = 0; at < in.size(); at += kPiece) {
    const auto count = std::min(kPiece, in.size() - at);
    if (EVP_CipherUpdate(cipher, raw(out + at), &done, raw(in.data() + at), static_cast<int>(count)) != 1)
      return false;
  }
  return true;
}

Bytes serialize(const Bundle& bundle) {
  ByteWriter writer;
  for (const auto* text : {&bundle.protocol, &bundle.party, &bundle.job, &bundle.plan_digest})
    writer.text(*text);
  writer.number(static_cast<std::uint32_t>(bundle.party_index));
  writer.number(static_cast<std::uint32_t>(bundle.shares.size()));
  for (const auto& stored : bundle.shares) {
    writer.text(stored.name);
    writer.number(static_cast<std::int32_t>(stored.fraction_bits));
    writer.number(static_cast<std::uint8_t>(stored.share.kind));
    writer.number(static_cast<std::uint32_t>(stored.share.shape.size()));
    for (auto extent : stored.share.shape) writer.number(extent);
    for (const auto& part : stored.share.parts) {
      const auto words = part.materialised();
      writer.number(static_cast<std::uint64_t>(words.size()));
      writer.raw(std::as_bytes(words.span()));
    }
  }
  return writer.take();
}

StoredShare read_share(ByteReader& reader) {
  StoredShare stored;
  stored.name = reader.text(1000);
  stored.fraction_bits = reader.number<std::int32_t>();
  stored.share.kind = static_cast<protocols::Kind>(reader.number<std::uint8_t>());
  const auto rank = reader.number<std::uint32_t>();
  for (std::uint32_t i = 0; i < rank; ++i) stored.share.shape.push_back(reader.number<std::int64_t>());
  for (auto& part : stored.share.parts) {
    const auto count = reader.number<std::uint64_t>();
    if (count > reader.remaining() / sizeof(std::uint64_t)) reader.raw(reader.remaining() + 1);
    if (count == 0) continue;
    part = protocols::Words::allocate(count);
    std::memcpy(part.mutable_span().data(), reader.raw(count * sizeof(std::uint64_t)).data(),
                count * sizeof(std::uint64_t));
  }
  return stored;
}

Bundle parse(std::span<const std::byte> bytes, const std::string& what) {
  ByteReader reader(bytes, what);
  Bundle bundle;
  for (auto* text : {&bundle.protocol, &bundle.party, &bundle.job, &bundle.plan_digest})
    *text = reader.text(1000);
  bundle.party_index = static_cast<int>(reader.number<std::uint32_t>());
  const auto count = reader.number<std::uint32_t>();
  for (std::uint32_t i = 0; i < count; ++i) bundle.shares.push_back(read_share(reader));
  reader.expect_end();
  return bundle;
}

}  // namespace

void save_bundle(const std::filesystem::path& file, const std::filesystem::path& key_file,
                 const Bundle& bundle) {
  const auto key = load_or_make_key(key_file);
  const auto plain = serialize(bundle);
  Bytes sealed(kMark.size() + kNonceBytes + plain.size() + kTagBytes);
  std::memcpy(sealed.data(), kMark.data(), kMark.size());
  std::byte* nonce = sealed.data() + kMark.size();
  std::byte* body = nonce + kNonceBytes;
  const Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int done = 0;
  if (!cipher || RAND_bytes(raw(nonce), kNonceBytes) != 1 ||
      !transform(cipher.get(), key, nonce, plain, body, true) ||
      EVP_CipherFinal_ex(cipher.get(), raw(body + plain.size()), &done) != 1 ||
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, raw(body + plain.size())) != 1)
    throw Error(ErrorKind::kSystem, "OpenSSL could not encrypt the share store");
  auto beside = file;
  beside += ".new";
  std::error_code ignored;
  std::filesystem::remove(beside, ignored);
  write_private(beside, sealed);
  std::error_code code;
  std::filesystem::rename(beside, file, code);
  if (code) system_error(file, "cannot replace");
}

Bundle load_bundle(const std::filesystem::path& file, const std::filesystem::path& key_file) {
  const auto key = load_key(key_file);
  const auto sealed = read_file(file);
  const auto damaged = [&] {
    throw Error(ErrorKind::kData,
                fmt::format("{} is no share store, was changed, or has another key", file.string()),
                "Give the store and the key of the same run.");
  };
  constexpr std::size_t kAround = kMark.size() + kNonceBytes + kTagBytes;
  if (sealed.size() < kAround || std::memcmp(sealed.data(), kMark.data(), kMark.size()) != 0) damaged();
  const std::byte* nonce = sealed.data() + kMark.size();
  Bytes plain(sealed.size() - kAround);
  const Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  Bytes tag(sealed.end() - kTagBytes, sealed.end());
  unsigned char none[kTagBytes];
  int done = 0;
  const bool good = cipher &&
                    transform(cipher.get(), key, nonce, std::span(nonce + kNonceBytes, plain.size()),
                              plain.data(), false) &&
                    EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
                    EVP_CipherFinal_ex(cipher.get(), none, &done) == 1;
  if (!good) damaged();
  return parse(plain, file.string());
}

}  // namespace sotto::runtime
