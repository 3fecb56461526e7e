#include "crypto/lattice/batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/ring.h"
#include "base/threads.h"

namespace sotto::lattice {
namespace {

// How many inputs may be added up before sums reach 2^63; sums carry a residue from before.
std::size_t inputs_at_once(const Context& context, std::size_t primes, double largest) {
  double widest = 0;
  for (std::size_t i = 0; i < primes; ++i)
    widest = std::max(widest, static_cast<double>(context.modulus(i).value));
  const double allowed = std::floor(0x1p63 / (widest * std::max(largest, 1.0))) - 1;
  if (allowed < 1) {
    throw Error(ErrorKind::kUsage,
                fmt::format("weights up to {:.0f} times primes of {:.0f} bits overflow 64 bits", largest,
                            std::log2(widest)),
                "take smaller weights, or parameters with smaller primes");
  }
  return static_cast<std::size_t>(std::min(allowed, 0x1p31));
}

// Sums in two's complement to residues, in one block: at once where all columns have one prime.
void reduce_block(const Context& context, CiphertextMatrix& sums, std::size_t block) {
  const auto reduce = [&](Word* words, std::size_t count, std::size_t prime) {
    context.table().from_signed(words, words, count, context.modulus(prime));
  };
  const std::size_t columns = sums.block_columns(block), prime = sums.prime_at(block, 0);
  if (prime == sums.prime_at(block, columns - kGranule))
    return reduce(sums.block(block), sums.rows() * columns, prime);
  for (std::size_t row = 0; row < sums.rows(); ++row)
    for (std::size_t offset = 0; offset < columns; offset += kGranule)
      reduce(sums.block(block) + row * columns + offset, kGranule, sums.prime_at(block, offset));
}

}  // namespace

CiphertextMatrix::CiphertextMatrix(const Context& context, std::size_t rows, std::size_t primes, Form form)
    : degree_(context.degree()),
      rows_(rows),
      primes_(primes),
      form_(form),
      words_(take_words(rows * columns()), ReleaseWords{rows * columns()}) {}

void CiphertextMatrix::set(std::size_t row_index, const Ciphertext& ciphertext) {
  SOTTO_ASSERT(row_index < rows_ && ciphertext.primes() == primes_ && ciphertext.form == form_,
               "rows of one level and form");
  const std::size_t half = columns() / 2;
  for (std::size_t column = 0; column < half; column += kGranule) {
    std::copy_n(ciphertext.body.at(0) + column, kGranule, granule(row_index, column));
    std::copy_n(ciphertext.mask.at(0) + column, kGranule, granule(row_index, half + column));
  }
  noise_.deviation = std::max(noise_.deviation, ciphertext.noise.deviation);
  noise_.bound = std::max(noise_.bound, ciphertext.noise.bound);
}

Ciphertext CiphertextMatrix::get(std::size_t row_index) const {
  SOTTO_ASSERT(row_index < rows_, "a row of the matrix");
  Ciphertext result{.body = Polynomial(degree_, primes_),
                    .mask = Polynomial(degree_, primes_),
                    .form = form_,
                    .noise = noise_};
  const std::size_t half = columns() / 2;
  for (std::size_t column = 0; column < half; column += kGranule) {
    std::copy_n(granule(row_index, column), kGranule, result.body.at(0) + column);
    std::copy_n(granule(row_index, half + column), kGranule, result.mask.at(0) + column);
  }
  return result;
}

CiphertextMatrix weighted_sums(const Context& context, std::span<const std::int64_t> weights,
                               std::size_t outputs, double largest, const CiphertextMatrix& inputs) {
  const std::size_t count = inputs.rows();
  SOTTO_ASSERT(weights.size() == outputs * count, "a weight per output and input");
  CiphertextMatrix result(context, outputs, inputs.primes(), inputs.form());
  const std::size_t at_once = inputs_at_once(context, inputs.primes(), largest);
  const std::vector<Word> words(weights.begin(), weights.end());
  parallel_for(inputs.blocks(), 1, [&](std::size_t first, std::size_t last) {
    for (std::size_t block = first; block < last; ++block) {
      const auto columns = static_cast<std::ptrdiff_t>(inputs.block_columns(block));
      for (std::size_t begin = 0; begin < count; begin += at_once) {
        const Word* rows = inputs.block(block) + begin * inputs.block_columns(block);
        ring::matmul(result.block(block), {words.data() + begin, static_cast<std::ptrdiff_t>(count), 1},
                     {rows, columns, 1}, outputs, std::min(at_once, count - begin),
                     inputs.block_columns(block),
                     /*accumulate=*/begin != 0);
        reduce_block(context, result, block);
      }
    }
  });
  result.set_noise(inputs.noise().times(largest * static_cast<double>(count)));
  return result;
}

}  // namespace sotto::lattice
