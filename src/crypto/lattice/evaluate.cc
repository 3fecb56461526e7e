#include "crypto/lattice/evaluate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/error.h"

namespace sotto::lattice {
namespace {

void check_same(const Ciphertext& a, const Ciphertext& b) {
  SOTTO_ASSERT(a.form == b.form && a.primes() == b.primes(), "ciphertexts of another form or level");
}

using Pointers = std::vector<const Word*>;

// Words in a block, so that the blocks of all ciphertexts fit half a megabyte of the second-level cache; not
// smaller than need be, as every block is another page of every plaintext.
std::size_t block_words(std::size_t terms, std::size_t degree) {
  constexpr std::size_t kCachedWords = std::size_t{1} << 15;
  return std::min(degree, std::max(kGranule, kCachedWords / terms / kGranule * kGranule));
}

// At most kMaxTerms terms modulo one prime, for all rows.
void dots(const Context& context, std::vector<Ciphertext>& results,
          std::span<const Ciphertext* const> ciphertexts, const std::vector<PlaintextRow>& rows,
          std::size_t prime) {
  Pointers bodies, masks;
  std::vector<Pointers> factors(rows.size());
  for (const Ciphertext* ciphertext : ciphertexts) {
    bodies.push_back(ciphertext->body.at(prime));
    masks.push_back(ciphertext->mask.at(prime));
  }
  for (std::size_t row = 0; row < rows.size(); ++row)
    for (const Plaintext* plaintext : rows[row]) factors[row].push_back(plaintext->values.at(prime));
  const std::size_t degree = context.degree(), block = block_words(ciphertexts.size(), degree);
  for (std::size_t begin = 0; begin < degree; begin += block) {
    for (std::size_t row = 0; row < rows.size(); ++row) {
      context.table().dot(results[row].body.at(prime), results[row].mask.at(prime), bodies.data(),
                          masks.data(), factors[row].data(), bodies.size(), begin,
                          std::min(begin + block, degree), context.modulus(prime));
    }
  }
}

Noise noise_of_row(std::span<const Ciphertext* const> ciphertexts, PlaintextRow row) {
  Noise noise{.fresh = true};
  for (std::size_t i = 0; i < ciphertexts.size(); ++i)
    noise = noise + ciphertexts[i]->noise.convolved(row[i]->largest, row[i]->count);
  return noise;
}

}  // namespace

Plaintext make_plaintext(const Context& context, std::size_t primes,
                         std::span<const std::int64_t> coefficients, double largest, std::size_t count) {
  SOTTO_ASSERT(coefficients.size() == context.degree(), "one coefficient per power of X");
  Plaintext result{.values = Polynomial(context.degree(), primes),
                   .largest = largest,
                   .count = static_cast<double>(count)};
  AlignedVector<Word> words(coefficients.begin(), coefficients.end());
  for (std::size_t i = 0; i < primes; ++i) {
    const auto residues = result.values.residues(i);
    context.table().from_signed(residues.data(), words.data(), residues.size(), context.modulus(i));
    context.ntt(i).forward(residues);
    context.table().scale(residues.data(), residues.data(),
                          context.factor(to_montgomery(1, context.modulus(i)), i), residues.size(),
                          context.modulus(i));
  }
  return result;
}

std::vector<Ciphertext> product_sums(const Context& context, std::span<const Ciphertext* const> ciphertexts,
                                     std::span<const PlaintextRow> rows) {
  SOTTO_ASSERT(!ciphertexts.empty(), "at least one term");
  const std::size_t primes = ciphertexts[0]->primes(), here = std::min(ciphertexts.size(), kMaxTerms);
  std::vector<Ciphertext> results;
  std::vector<PlaintextRow> first, rest;
  for (const PlaintextRow& row : rows) {
    SOTTO_ASSERT(row.size() == ciphertexts.size(), "one plaintext per ciphertext");
    results.push_back({.body = Polynomial(context.degree(), primes),
                       .mask = Polynomial(context.degree(), primes),
                       .form = Form::kValues,
                       .noise = noise_of_row(ciphertexts.first(here), row.first(here))});
    for (std::size_t i = 0; i < row.size(); ++i) {
      check_same(results.back(), *ciphertexts[i]);
      SOTTO_ASSERT(row[i]->values.primes() >= primes, "a plaintext of a lower level");
    }
    first.push_back(row.first(here));
    rest.push_back(row.subspan(here));
  }
  for (std::size_t prime = 0; prime < primes; ++prime)
    dots(context, results, ciphertexts.first(here), first, prime);
  if (here == ciphertexts.size()) return results;
  const std::vector<Ciphertext> others = product_sums(context, ciphertexts.subspan(here), rest);
  for (std::size_t row = 0; row < rows.size(); ++row) add(context, results[row], others[row]);
  return results;
}

Ciphertext product_sum(const Context& context, std::span<const Ciphertext* const> ciphertexts,
                       PlaintextRow plaintexts) {
  return std::move(product_sums(context, ciphertexts, {&plaintexts, 1}).front());
}

void add(const Context& context, Ciphertext& sum, const Ciphertext& term) {
  check_same(sum, term);
  for (std::size_t i = 0; i < sum.primes(); ++i) {
    const Modulus& modulus = context.modulus(i);
    context.table().add(sum.body.at(i), sum.body.at(i), term.body.at(i), context.degree(), modulus);
    context.table().add(sum.mask.at(i), sum.mask.at(i), term.mask.at(i), context.degree(), modulus);
  }
  sum.noise = sum.noise + term.noise;
}

void subtract(const Context& context, Ciphertext& difference, const Ciphertext& term) {
  check_same(difference, term);
  for (std::size_t i = 0; i < difference.primes(); ++i) {
    const Modulus& modulus = context.modulus(i);
    Word *body = difference.body.at(i), *mask = difference.mask.at(i);
    context.table().subtract(body, body, term.body.at(i), context.degree(), modulus);
    context.table().subtract(mask, mask, term.mask.at(i), context.degree(), modulus);
  }
  difference.noise = difference.noise + term.noise;
}

void add_messages(const Codec& codec, Ciphertext& ciphertext, std::span<const Word> messages) {
  const Context& context = codec.context();
  SOTTO_ASSERT(codec.primes() == ciphertext.primes(), "a codec of another level");
  Polynomial scratch(context.degree(), 2);
  codec.remainders(scratch.residues(0), messages);
  for (std::size_t i = 0; i < ciphertext.primes(); ++i) {
    codec.encode(scratch.at(1), scratch.at(0), i);
    if (ciphertext.form == Form::kValues) context.ntt(i).forward(scratch.residues(1));
    context.table().add(ciphertext.body.at(i), ciphertext.body.at(i), scratch.at(1), context.degree(),
                        context.modulus(i));
  }
  ciphertext.noise.bound += 0.5;
}

void to_values(const Context& context, Ciphertext& ciphertext) {
  if (ciphertext.form == Form::kValues) return;
  context.forward(ciphertext.body);
  context.forward(ciphertext.mask);
  ciphertext.form = Form::kValues;
}

void to_coefficients(const Context& context, Ciphertext& ciphertext) {
  if (ciphertext.form == Form::kCoefficients) return;
  context.backward(ciphertext.body);
  context.backward(ciphertext.mask);
  ciphertext.form = Form::kCoefficients;
}

// With h = (p-1)/2 and v = (x + h) mod p, round(x / p) = (x - (v - h)) / p, and v - h is small.
void divide_by_last(const Context& context, Polynomial& x, std::size_t last, Form form) {
  const Table& table = context.table();
  const std::size_t degree = context.degree(), position = x.primes() - 1;
  const Modulus& divisor = context.modulus(last);
  const Word half = (divisor.value - 1) / 2;
  Word* v = x.at(position);
  table.shift(v, v, half, degree, divisor);
  Polynomial scratch(degree, 1);
  for (std::size_t i = 0; i < position; ++i) {
    const Modulus& modulus = context.modulus(i);
    const Factor inverse = context.factor(invert(divisor.value % modulus.value, modulus), i);
    // (x - v + h) / p, where v is brought to the form of x.
    table.scale(scratch.at(0), v, context.factor(modulus.value - 1, i), degree, modulus);
    table.shift(scratch.at(0), scratch.at(0), half % modulus.value, degree, modulus);
    if (form == Form::kValues) context.ntt(i).forward(scratch.residues(0));
    table.add(x.at(i), x.at(i), scratch.at(0), degree, modulus);
    table.scale(x.at(i), x.at(i), inverse, degree, modulus);
  }
  x.keep_first(position);
}

void switch_modulus(const Context& context, Ciphertext& ciphertext, std::size_t primes) {
  SOTTO_ASSERT(primes >= 1 && primes <= ciphertext.primes(), "moduli only shrink");
  for (std::size_t last = ciphertext.primes() - 1; last >= primes; --last) {
    for (Polynomial* part : {&ciphertext.body, &ciphertext.mask}) {
      if (ciphertext.form == Form::kValues) context.ntt(last).backward(part->residues(last));
      divide_by_last(context, *part, last, ciphertext.form);
    }
    ciphertext.noise = switched_noise(context, ciphertext.noise, last + 1, last);
  }
}

Noise switched_noise(const Context& context, Noise noise, std::size_t from, std::size_t primes) {
  for (std::size_t last = from - 1; last >= primes; --last) {
    noise = noise.times(1 / static_cast<double>(context.modulus(last).value)) +
            rounding_noise(static_cast<double>(context.degree()));
    noise.bound += 0.5;  // of round(Q m / t) itself
  }
  return noise;
}

void check_room(const Codec& codec, const Noise& noise) {
  if (noise.bits() < codec.room_bits()) return;
  throw Error(
      ErrorKind::kUsage,
      fmt::format("the noise of a ciphertext may reach {:.1f} bits, and messages of {} bits leave {:.1f}",
                  noise.bits(), codec.space().bits, codec.room_bits()),
      "take parameters with a larger modulus, or smaller multipliers");
}

void check_room(const Codec& codec, const Ciphertext& ciphertext) {
  SOTTO_ASSERT(codec.primes() == ciphertext.primes(), "a codec of another level");
  check_room(codec, ciphertext.noise);
}

}  // namespace sotto::lattice
