#include "runtime/sealed_bytes.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "base/error.h"

namespace sotto::runtime {
namespace {

constexpr std::size_t kNonceBytes = 12, kTagBytes = 16;

unsigned char* raw(std::byte* bytes) { return reinterpret_cast<unsigned char*>(bytes); }
const unsigned char* raw(const std::byte* bytes) { return reinterpret_cast<const unsigned char*>(bytes); }

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

// One pass of AES-256-GCM in pieces that fit OpenSSL's int lengths; `encrypt` says which way.
bool transform(EVP_CIPHER_CTX* cipher, const SealKey& key, std::string_view mark, const std::byte* nonce,
               std::span<const std::byte> in, std::byte* out, bool encrypt) {
  int done = 0;
  if (EVP_CipherInit_ex(cipher, EVP_aes_256_gcm(), nullptr, raw(key.data()), raw(nonce), encrypt ? 1 : 0) !=
          1 ||
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

SealKey fresh_seal_key() {
  SealKey key;
  if (RAND_bytes(raw(key.data()), static_cast<int>(key.size())) != 1)
    throw Error(ErrorKind::kSystem, "the operating system gave no randomness for a key");
  return key;
}

Bytes seal(const SealKey& key, std::string_view mark, std::span<const std::byte> content) {
  Bytes sealed(mark.size() + kNonceBytes + content.size() + kTagBytes);
  std::memcpy(sealed.data(), mark.data(), mark.size());
  std::byte* nonce = sealed.data() + mark.size();
  std::byte* body = nonce + kNonceBytes;
  std::byte* tag = body + content.size();
  const Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int done = 0;
  if (!cipher || RAND_bytes(raw(nonce), kNonceBytes) != 1 ||
      !transform(cipher.get(), key, mark, nonce, content, body, true) ||
      EVP_CipherFinal_ex(cipher.get(), raw(tag), &done) != 1 ||
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, tag) != 1)
    throw Error(ErrorKind::kSystem, "OpenSSL could not encrypt");
  return sealed;
}

std::optional<Bytes> unseal(const SealKey& key, std::string_view mark, std::span<const std::byte> sealed) {
  const std::size_t around = mark.size() + kNonceBytes + kTagBytes;
  if (sealed.size() < around || std::memcmp(sealed.data(), mark.data(), mark.size()) != 0)
    return std::nullopt;
  const std::byte* nonce = sealed.data() + mark.size();
  Bytes plain(sealed.size() - around);
  Bytes tag(sealed.end() - kTagBytes, sealed.end());
  const Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  unsigned char none[kTagBytes];
  int done = 0;
  const bool good = cipher &&
                    transform(cipher.get(), key, mark, nonce, std::span(nonce + kNonceBytes, plain.size()),
                              plain.data(), false) &&
                    EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
                    EVP_CipherFinal_ex(cipher.get(), none, &done) == 1;
  return good ? std::optional(std::move(plain)) : std::nullopt;
}

}  // namespace sotto::runtime
