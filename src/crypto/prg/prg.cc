#include "crypto/prg/prg.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <mutex>
#include <set>

#include "base/error.h"
#include "crypto/prg/aes_backend.h"

namespace sotto::prg {
namespace {

constexpr std::size_t kMaxWords = std::size_t{1} << 33;

using Block = std::array<std::uint8_t, 16>;

// The AES input block of an address with block number 0, most significant byte first.
Block first_block(const Address& address) {
  Block block{};
  for (int i = 0; i < 4; ++i) block[i] = static_cast<std::uint8_t>(address.step >> (24 - 8 * i));
  block[4] = static_cast<std::uint8_t>(address.operation >> 8);
  block[5] = static_cast<std::uint8_t>(address.operation);
  block[6] = static_cast<std::uint8_t>(address.sub_operation >> 8);
  block[7] = static_cast<std::uint8_t>(address.sub_operation);
  block[8] = static_cast<std::uint8_t>(address.chunk >> 8);
  block[9] = static_cast<std::uint8_t>(address.chunk);
  block[10] = address.purpose;
  block[11] = address.shard;
  return block;
}

}  // namespace

struct Prg::Schedule {
  explicit Schedule(const Key& key) : keys(expand_key(key)), backend(*available_backends().front()) {}
  ~Schedule() { OPENSSL_cleanse(&keys, sizeof keys); }

  void generate(std::span<std::uint64_t> out, const Address& address, Combine combine) {
    SOTTO_ASSERT(out.size() <= kMaxWords, "one address gives at most 2^33 words");
    if (out.empty()) return;
    const Block block = first_block(address);
    note_use(block);
    backend.generate(out.data(), out.size(), keys, block.data(), combine);
  }

#ifdef NDEBUG
  void note_use(const Block&) {}
#else
  // Two arrays from one address would share their mask. Checked per object, because both owners of a pairwise
  // key rightly use the same addresses, and in tests they live in one process.
  void note_use(const Block& block) {
    const std::scoped_lock lock(mutex);
    SOTTO_ASSERT(used.insert(block).second, "a PRG address was used twice under one key");
  }
  std::mutex mutex;
  std::set<Block> used;
#endif

  RoundKeys keys;
  const Backend& backend;
};

Prg::Prg(const Key& key) : schedule_(std::make_unique<Schedule>(key)) {}
Prg::~Prg() = default;
Prg::Prg(Prg&&) noexcept = default;
Prg& Prg::operator=(Prg&&) noexcept = default;

void Prg::fill(std::span<std::uint64_t> out, const Address& address) const {
  schedule_->generate(out, address, Combine::kStore);
}

void Prg::add(std::span<std::uint64_t> out, const Address& address) const {
  schedule_->generate(out, address, Combine::kAdd);
}

void Prg::subtract(std::span<std::uint64_t> out, const Address& address) const {
  schedule_->generate(out, address, Combine::kSubtract);
}

void Prg::exclusive_or(std::span<std::uint64_t> out, const Address& address) const {
  schedule_->generate(out, address, Combine::kXor);
}

Key random_key() {
  Key key;
  if (RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(key.size())) != 1) {
    throw Error(ErrorKind::kSystem, "the operating system's random generator failed");
  }
  return key;
}

}  // namespace sotto::prg
