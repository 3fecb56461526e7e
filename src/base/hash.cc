#include "base/hash.h"

#include <openssl/evp.h>

#include "base/error.h"

namespace sotto {
namespace {

void check(bool ok) {
  if (!ok) throw Error(ErrorKind::kSystem, "OpenSSL refused SHA-256", "check the OpenSSL installation");
}

using ContextPointer = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

ContextPointer new_context() {
  ContextPointer context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  check(context != nullptr);
  return context;
}

}  // namespace

struct Sha256::Context {
  ContextPointer evp = new_context();
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  check(EVP_DigestInit_ex(context_->evp.get(), EVP_sha256(), nullptr) == 1);
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::span<const std::byte> bytes) {
  check(EVP_DigestUpdate(context_->evp.get(), bytes.data(), bytes.size()) == 1);
}

Digest Sha256::digest() const {
  const ContextPointer copy = new_context();
  check(EVP_MD_CTX_copy_ex(copy.get(), context_->evp.get()) == 1);
  Digest digest;
  check(EVP_DigestFinal_ex(copy.get(), reinterpret_cast<unsigned char*>(digest.data()), nullptr) == 1);
  return digest;
}

Digest sha256(std::span<const std::byte> bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.digest();
}

Digest sha256(std::string_view text) { return sha256(std::as_bytes(std::span(text.data(), text.size()))); }

std::string to_hex(std::span<const std::byte> bytes) {
  std::string hex;
  hex.reserve(2 * bytes.size());
  for (const std::byte byte : bytes) {
    hex += "0123456789abcdef"[std::to_integer<int>(byte >> 4)];
    hex += "0123456789abcdef"[std::to_integer<int>(byte & std::byte{15})];
  }
  return hex;
}

}  // namespace sotto
