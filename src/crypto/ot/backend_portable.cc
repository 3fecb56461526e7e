// The arithmetic of extension on any processor, AES by OpenSSL; also the reference of the tests.
#include <openssl/evp.h>

#include <cstring>
#include <memory>

#include "base/error.h"
#include "crypto/ot/backend.h"

namespace sotto::ot {
namespace {

using Register = Block;
constexpr std::size_t kLanes = 1;
constexpr std::size_t kFoldTurn = kChunkBlocks;
constexpr std::size_t kFoldLeaves = 1;

void check(bool ok) {
  if (!ok) throw Error(ErrorKind::kSystem, "OpenSSL refused AES-128", "check the OpenSSL installation");
}

class LoadedKeys {
 public:
  explicit LoadedKeys(const RoundKeys& keys) : context_(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free) {
    check(context_ != nullptr);
    // The first round key is the key itself.
    check(EVP_EncryptInit_ex(context_.get(), EVP_aes_128_ecb(), nullptr, keys.bytes[0], nullptr) == 1);
    EVP_CIPHER_CTX_set_padding(context_.get(), 0);
  }
  void apply(Block* blocks, std::size_t count) const {
    auto* bytes = reinterpret_cast<unsigned char*>(blocks);
    int written = 0;
    check(EVP_EncryptUpdate(context_.get(), bytes, &written, bytes,
                            static_cast<int>(count * sizeof(Block))) == 1);
  }

 private:
  std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)> context_;
};

LoadedKeys load_keys(const RoundKeys& keys) { return LoadedKeys(keys); }

template <std::size_t count>
void encrypt(Register (&state)[count], const LoadedKeys& keys) {
  keys.apply(state, count);
}

template <std::size_t leaves, std::size_t count>
void encrypt_each(Register (&state)[leaves][count], const RoundKeys* keys) {
  for (std::size_t leaf = 0; leaf < leaves; ++leaf) encrypt(state[leaf], LoadedKeys(keys[leaf]));
}

Register load(const Block* from) { return *from; }
void store(Block* to, const Register& x) { *to = x; }
Register exclusive_or(const Register& a, const Register& b) { return a ^ b; }
Register zero() { return {}; }
Register broadcast(const Block& x) { return x; }
Register counters(std::uint64_t first) { return {first, 0}; }
Register sigma(const Register& x) { return {x.high, x.high ^ x.low}; }
void interleave(const Register& a, const Register& b, Register& low, Register& high) {
  low = a;
  high = b;
}

void expand_keys(RoundKeys* out, const Block* keys, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    prg::Key key;
    std::memcpy(key.data(), &keys[i], key.size());
    out[i] = prg::expand_key(key);
  }
}

}  // namespace
}  // namespace sotto::ot

#include "crypto/ot/backend_loops.h"

namespace sotto::ot {

const Backend kPortableBackend = {.name = "portable",
                                  .expand_keys = expand_keys,
                                  .hash = hash,
                                  .split = split,
                                  .fold = fold,
                                  .encode = encode};

}  // namespace sotto::ot
