#include "crypto/lattice/codec.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/error.h"
#include "base/vectorized.h"

namespace sotto::lattice {
namespace {

__extension__ typedef unsigned __int128 Wide;

// By long division, limb by limb.
Fraction fraction_of(Word p) {
  Fraction result{};
  Word rest = 1;
  for (int limb = 2; limb >= 0; --limb) {
    const Wide dividend = static_cast<Wide>(rest) << kWordBits;
    result.limbs[limb] = static_cast<Word>(dividend / p);
    rest = static_cast<Word>(dividend % p);
  }
  return result;
}

SOTTO_VECTORIZED void remainders_of_power(Word* r, const Word* messages, std::size_t n, Word scale, Word half,
                                          Word mask) {
  for (std::size_t i = 0; i < n; ++i) r[i] = (messages[i] * scale + half) & mask;
}

SOTTO_VECTORIZED void add_half(Word* r, std::size_t n, Word half, Word prime) {
  for (std::size_t i = 0; i < n; ++i) {
    const Word reduced = r[i] + half - prime;
    r[i] = reduced + (prime & (0 - (reduced >> 63)));
  }
}

}  // namespace

MessageSpace MessageSpace::power_of_two(int bits) {
  if (bits < 1 || bits > 64) {
    throw Error(ErrorKind::kUsage, fmt::format("messages modulo 2^{} do not fit words", bits));
  }
  return {.bits = bits, .modulus = 0};
}

MessageSpace MessageSpace::prime(Word value) {
  const Modulus modulus(value);
  return {.bits = modulus.bits, .modulus = value};
}

double MessageSpace::log2() const { return modulus == 0 ? bits : std::log2(static_cast<double>(modulus)); }

Codec::Codec(const Context& context, MessageSpace space, std::size_t primes)
    : context_(&context), space_(space) {
  SOTTO_ASSERT(primes >= 1 && primes <= context.primes(), "a level that the context does not have");
  const Word half = space.modulus == 0 ? Word{1} << (space.bits - 1) : space.modulus / 2;
  // 2^64 for the widest power of two, which is 0 as a word and taken modulo 2^64 all the same.
  scale_ = context.modulus_product(primes, primes, space.modulus);
  for (std::size_t i = 0; i < primes; ++i) {
    const Modulus& modulus = context.modulus(i);
    if (space.modulus == modulus.value)
      throw Error(ErrorKind::kUsage, fmt::format("{} is a prime of the ciphertexts", space.modulus));
    const Word t =
        space.modulus == 0 ? power(2, static_cast<Word>(space.bits), modulus) : space.modulus % modulus.value;
    const Word inverse = invert(t, modulus), minus_inverse = modulus.value - inverse;
    const Word rest = context.modulus_product(primes, i, modulus.value);
    fractions_.push_back(fraction_of(modulus.value));
    levels_.push_back({.offset = multiply(half % modulus.value, inverse, modulus),
                       .minus_inverse = context.factor(minus_inverse, i),
                       .minus_inverse_high = context.factor(to_montgomery(minus_inverse, modulus), i),
                       .recombine = context.factor(invert(rest, modulus), i)});
  }
  if (room_bits() < 6) {
    throw Error(ErrorKind::kUsage,
                fmt::format("messages of {} bits leave no room for noise in a modulus of {:.0f} bits",
                            space.bits, context.modulus_bits(primes)));
  }
}

double Codec::room_bits() const { return context_->modulus_bits(primes()) - 1 - space_.log2(); }

void Codec::remainders(std::span<Word> r, std::span<const Word> messages) const {
  SOTTO_ASSERT(r.size() == context_->degree() && messages.size() == r.size(), "one message per coefficient");
  if (space_.modulus == 0) {
    remainders_of_power(r.data(), messages.data(), r.size(), scale_, Word{1} << (space_.bits - 1),
                        ~Word{0} >> (64 - space_.bits));
    return;
  }
  const Modulus modulus(space_.modulus);
  std::ranges::copy(messages, r.begin());
  context_->table().scale(r.data(), r.data(), {scale_, quotient(scale_, modulus)}, r.size(), modulus);
  add_half(r.data(), r.size(), space_.modulus / 2, space_.modulus);
}

void Codec::add_messages(Word* out, const Word* r, std::size_t prime) const {
  const Level& level = levels_[prime];
  context_->table().scale_word_add(out, r, level.minus_inverse, level.minus_inverse_high, context_->degree(),
                                   context_->modulus(prime));
}

void Codec::encode_noisy(Word* out, const Word* r, const Word* random, std::size_t prime) const {
  context_->table().binomial(out, random, levels_[prime].offset, context_->degree(),
                             context_->modulus(prime));
  add_messages(out, r, prime);
}

void Codec::encode(Word* out, const Word* r, std::size_t prime) const {
  std::fill_n(out, context_->degree(), levels_[prime].offset);
  add_messages(out, r, prime);
}

void Codec::decode(std::span<Word> messages, Polynomial& x) const {
  SOTTO_ASSERT(x.primes() == primes() && messages.size() == x.degree(), "a polynomial of another level");
  for (std::size_t i = 0; i < primes(); ++i)
    context_->table().scale(x.at(i), x.at(i), levels_[i].recombine, x.degree(), context_->modulus(i));
  const Table& table = context_->table();
  // The words of the first prime are not needed any more once their sum is known: they take the result.
  Word* out = x.at(0);
  if (space_.modulus == 0)
    table.round_to_power(out, x.at(0), x.degree(), fractions_.data(), primes(), space_.bits, x.degree());
  else
    table.round_to_prime(out, x.at(0), x.degree(), fractions_.data(), primes(), space_.modulus, x.degree());
  std::copy_n(out, messages.size(), messages.begin());
}

}  // namespace sotto::lattice
