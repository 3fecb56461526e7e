#include "crypto/lattice/sampler.h"

#include <array>

#include "base/error.h"
#include "base/vectorized.h"

namespace sotto::lattice {
namespace {

// Cuts words to a width; whether one of them is not below the prime.
SOTTO_VECTORIZED bool cut(Word* words, std::size_t n, Word mask, Word prime) {
  Word above = 0;
  for (std::size_t i = 0; i < n; ++i) {
    words[i] &= mask;
    above |= prime - 1 - words[i];  // negative where the word is not below
  }
  return above >> 63 != 0;
}

// Acceptable words from the shards after the first, in order.
class Replacements {
 public:
  Replacements(const prg::Prg& prg, const prg::Address& address, Word mask, Word prime)
      : prg_(prg), address_(address), mask_(mask), prime_(prime) {}

  Word next() {
    while (true) {
      if (position_ == words_.size()) refill();
      const Word word = words_[position_++] & mask_;
      if (word < prime_) return word;
    }
  }

 private:
  void refill() {
    // 255 shards of 64 words: primes lie above half their power of two, so this runs out with probability
    // far below 2^-128 for any degree in use.
    SOTTO_ASSERT(address_.shard != 255, "more words were refused than can be by chance");
    ++address_.shard;
    prg_.fill(words_, address_);
    position_ = 0;
  }

  const prg::Prg& prg_;
  prg::Address address_;
  Word mask_, prime_;
  std::array<Word, 64> words_{};
  std::size_t position_ = 64;
};

}  // namespace

void MaskSource::fill(std::span<Word> out, const Context& context, std::size_t prime,
                      std::uint32_t index) const {
  const Modulus& modulus = context.modulus(prime);
  const prg::Address address{.step = index, .chunk = static_cast<std::uint16_t>(prime)};
  const Word mask = (Word{1} << modulus.bits) - 1;
  prg_.fill(out, address);
  if (!cut(out.data(), out.size(), mask, modulus.value)) return;
  Replacements replacements(prg_, address, mask, modulus.value);
  for (Word& word : out)
    if (word >= modulus.value) word = replacements.next();
}

void NoiseSource::fill(std::span<Word> out) {
  if (calls_ >> 48 != 0) throw Error(ErrorKind::kSystem, "one source of noise was asked 2^48 times");
  prg_.fill(out, {.step = static_cast<std::uint32_t>(calls_),
                  .operation = static_cast<std::uint16_t>(calls_ >> 32)});
  ++calls_;
}

void NoiseSource::ternary(std::span<Word> out) {
  __extension__ typedef unsigned __int128 Wide;
  fill(out);
  for (Word& word : out) word = static_cast<Word>((static_cast<Wide>(word) * 3) >> 64);
}

SOTTO_VECTORIZED void ternary_residues(std::span<Word> out, std::span<const Word> trits,
                                       const Modulus& modulus) {
  const Word prime = modulus.value;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const Word signed_trit = trits[i] - 1;
    out[i] = signed_trit + (prime & (0 - (signed_trit >> 63)));
  }
}

}  // namespace sotto::lattice
