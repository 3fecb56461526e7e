#include "protocols/he/keys.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "crypto/lattice/ciphertext_bytes.h"
#include "crypto/lattice/pack.h"

namespace sotto::protocols::he {

struct Published {
  prg::Key masks;
  lattice::SeededCiphertext zero;
  std::vector<lattice::SeededGaloisKey> keys;
};

namespace {

using lattice::GaloisKey;

std::vector<std::uint32_t> elements() { return lattice::packing_elements(context().degree(), kMostPacked); }

Published read(std::span<const std::byte> bytes) {
  ByteReader reader(bytes, "a published lattice key", ErrorKind::kPeer);
  Published result;
  std::ranges::copy(reader.raw(result.masks.size()), result.masks.begin());
  const std::size_t primes = context().primes();
  result.zero = lattice::read_seeded(context(), reader.raw(lattice::seeded_bytes(context(), primes)));
  if (result.zero.body.primes() != primes)
    throw Error(ErrorKind::kPeer, "a published lattice key has too few primes");
  for (const std::uint32_t element : elements()) {
    result.keys.push_back(
        lattice::read_galois_key(context(), reader.raw(lattice::galois_key_bytes(context()))));
    if (result.keys.back().element != element)
      throw Error(ErrorKind::kPeer, "a published lattice key is for another automorphism");
  }
  reader.expect_end();
  return result;
}

}  // namespace

const lattice::Context& context() {
  static const lattice::Context instance(lattice::parameters_named("shares-8192"));
  return instance;
}

KeyEnd::Seeds KeyEnd::Seeds::random() {
  return {.secret = prg::random_key(), .masks = prg::random_key(), .noise = prg::random_key()};
}

KeyEnd::KeyEnd(const Seeds& seeds)
    : source_(seeds.secret), key_(context(), source_), encryptor_(key_, seeds.masks, seeds.noise) {}

std::size_t KeyEnd::published_bytes() {
  return sizeof(prg::Key) + lattice::seeded_bytes(context(), context().primes()) +
         elements().size() * lattice::galois_key_bytes(context());
}

Bytes KeyEnd::publish() {
  ByteWriter writer;
  writer.raw(encryptor_.mask_key());
  writer.raw(lattice::to_bytes(context(), encryptor_.zero()));
  for (const std::uint32_t element : elements())
    writer.raw(lattice::to_bytes(context(), lattice::make_galois_key(key_, encryptor_, element)));
  return writer.take();
}

EvaluationEnd::Seeds EvaluationEnd::Seeds::random() {
  return {.noise = prg::random_key(), .flood = prg::random_key()};
}

EvaluationEnd::EvaluationEnd(std::span<const std::byte> published, const Seeds& seeds)
    : EvaluationEnd(read(published), seeds) {}

EvaluationEnd::EvaluationEnd(Published published, const Seeds& seeds)
    : masks_(published.masks),
      public_key_(lattice::expand_public_key(context(), masks_, std::move(published.zero))),
      hider_(context(), public_key_, seeds.noise, seeds.flood) {
  expect_later(published.zero.index);
  for (const lattice::SeededGaloisKey& key : published.keys)
    for (const auto& digit : key.digits) expect_later(digit.index);
  for (lattice::SeededGaloisKey& key : published.keys) keys_.emplace_back(context(), masks_, std::move(key));
  for (const GaloisKey& key : keys_) key_pointers_.push_back(&key);
}

void EvaluationEnd::expect_later(std::uint32_t mask_index) {
  if (mask_index < next_mask_) {
    throw Error(
        ErrorKind::kPeer,
        fmt::format("a ciphertext came under mask {} after others up to {}", mask_index, next_mask_ - 1),
        "Each may be used once: the peer's program is not this one.");
  }
  next_mask_ = std::uint64_t{mask_index} + 1;
}

std::span<const GaloisKey* const> EvaluationEnd::packing_keys(std::size_t count) const {
  const std::size_t steps = lattice::packing_elements(context().degree(), count).size();
  SOTTO_ASSERT(steps <= key_pointers_.size(), "there are keys for packing 1024 ciphertexts");
  return std::span(key_pointers_).last(steps);
}

void EvaluationEnd::hide(const lattice::Codec& codec, lattice::Ciphertext& ciphertext, std::size_t numbers) {
  returned_ += static_cast<double>(numbers);
  if (returned_ > kReturnedNumbers) {
    throw Error(ErrorKind::kPlan,
                "a session has returned more than 2^48 encrypted numbers, for which its noise is flooded",
                "Continue in a new session: checkpoints can be resumed.");
  }
  hider_.hide(codec, ciphertext, kReturnedNumbers);
}

Task<Ends> exchange_keys(net::Rounds& rounds) {
  const int peer = 1 - rounds.self();
  Ends ends;
  Bytes mine, theirs;
  if (!rounds.is_counting()) {
    ends.own = std::make_unique<KeyEnd>(KeyEnd::Seeds::random());
    mine = ends.own->publish();
    theirs.resize(KeyEnd::published_bytes());
  }
  rounds.send(peer, mine.data(), KeyEnd::published_bytes());
  rounds.receive(peer, theirs.data(), KeyEnd::published_bytes());
  co_await rounds.next();
  if (!rounds.is_counting())
    ends.other = std::make_unique<EvaluationEnd>(theirs, EvaluationEnd::Seeds::random());
  co_return ends;
}

}  // namespace sotto::protocols::he
