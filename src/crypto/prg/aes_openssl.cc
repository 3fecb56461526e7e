// AES-CTR by OpenSSL: for processors without AES instructions, and the reference in tests.
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

#include "base/error.h"
#include "crypto/prg/aes_backend.h"

namespace sotto::prg {
namespace {

constexpr std::size_t kChunkWords = 512;

void combine_words(std::uint64_t* out, const std::uint64_t* words, std::size_t n, Combine combine) {
  switch (combine) {
    case Combine::kStore:
      std::copy_n(words, n, out);
      return;
    case Combine::kAdd:
      for (std::size_t i = 0; i < n; ++i) out[i] += words[i];
      return;
    case Combine::kSubtract:
      for (std::size_t i = 0; i < n; ++i) out[i] -= words[i];
      return;
    case Combine::kXor:
      for (std::size_t i = 0; i < n; ++i) out[i] ^= words[i];
      return;
  }
}

void check(bool ok) {
  if (!ok) throw Error(ErrorKind::kSystem, "OpenSSL refused AES-128-CTR", "check the OpenSSL installation");
}

void generate(std::uint64_t* out, std::size_t n, const RoundKeys& keys, const std::uint8_t first[16],
              Combine combine) {
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                                &EVP_CIPHER_CTX_free);
  check(context != nullptr);
  // The first round key is the key itself.
  check(EVP_EncryptInit_ex(context.get(), EVP_aes_128_ctr(), nullptr, keys.bytes[0], first) == 1);
  static constexpr std::array<std::uint64_t, kChunkWords> kZeros{};
  std::array<std::uint64_t, kChunkWords> words;
  for (std::size_t done = 0; done < n;) {
    const std::size_t count = std::min(kChunkWords, n - done);
    int written = 0;
    check(EVP_EncryptUpdate(context.get(), reinterpret_cast<std::uint8_t*>(words.data()), &written,
                            reinterpret_cast<const std::uint8_t*>(kZeros.data()),
                            static_cast<int>(count * sizeof(std::uint64_t))) == 1);
    combine_words(out + done, words.data(), count, combine);
    done += count;
  }
}

}  // namespace

const Backend kOpenSslBackend = {.name = "openssl", .generate = generate};

}  // namespace sotto::prg
