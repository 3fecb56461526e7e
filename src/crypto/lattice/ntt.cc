#include "crypto/lattice/ntt.h"

#include <fmt/format.h>

#include <bit>

#include "base/error.h"

namespace sotto::lattice {
namespace {

constexpr std::size_t kMinDegree = 128, kMaxDegree = 65536;

Word checked_root(const Modulus& modulus, std::size_t degree, Word root) {
  if (!std::has_single_bit(degree) || degree < kMinDegree || degree > kMaxDegree) {
    throw Error(ErrorKind::kUsage, fmt::format("{} is no degree of a ring of ours", degree),
                fmt::format("powers of two from {} to {} are", kMinDegree, kMaxDegree));
  }
  if (root == 0) return primitive_root(modulus, degree);
  if (root >= modulus.value || power(root, degree, modulus) != modulus.value - 1) {
    throw Error(ErrorKind::kUsage,
                fmt::format("{} has not the order {} modulo {}", root, 2 * degree, modulus.value));
  }
  return root;
}

}  // namespace

std::size_t reversed(std::size_t i, int bits) {
  std::size_t result = 0;
  for (int bit = 0; bit < bits; ++bit) result |= ((i >> bit) & 1) << (bits - 1 - bit);
  return result;
}

Ntt::Ntt(Word prime, std::size_t degree, Word root, const Table& table)
    : modulus_(prime),
      degree_(degree),
      root_(checked_root(modulus_, degree, root)),
      table_(table),
      forward_(roots_for(root_)),
      backward_(roots_for(invert(root_, modulus_))) {
  const auto factor = [&](Word w) { return Factor{w, quotient(w, modulus_)}; };
  scale_ = factor(invert(degree % prime, modulus_));
  scaled_root_ = factor(multiply(scale_.value, backward_.roots[1], modulus_));
}

// The last stages run on transposed squares of lanes^2 words: there, register l holds word l of each of its
// rows of `lanes` consecutive words, and lane r is row r. The stage with 2^s blocks per row needs for its
// block i the register of roots of all rows.
Ntt::Roots Ntt::roots_for(Word root) const {
  Roots result;
  const int log_degree = std::countr_zero(degree_);
  result.roots.resize(degree_);
  Word exponent_power = 1;
  for (std::size_t exponent = 0; exponent < degree_; ++exponent) {
    result.roots[reversed(exponent, log_degree)] = exponent_power;
    exponent_power = multiply(exponent_power, root, modulus_);
  }
  const std::size_t lanes = std::size_t{1} << table_.log_lanes, rows = degree_ / lanes;
  for (std::size_t square = 0; square < rows / lanes; ++square)
    for (std::size_t blocks = 1; blocks < lanes; blocks *= 2)
      for (std::size_t i = 0; i < blocks; ++i)
        for (std::size_t row = square * lanes; row < (square + 1) * lanes; ++row)
          result.tail_roots.push_back(result.roots[(rows + row) * blocks + i]);
  for (const Word w : result.roots) result.quotients.push_back(quotient(w, modulus_));
  for (const Word w : result.tail_roots) result.tail_quotients.push_back(quotient(w, modulus_));
  return result;
}

TransformTables Ntt::tables() const {
  return {.degree = degree_,
          .log_degree = std::countr_zero(degree_),
          .forward = forward_.view(),
          .backward = backward_.view(),
          .scale = scale_,
          .scaled_root = scaled_root_};
}

void Ntt::forward(std::span<Word> x) const {
  SOTTO_ASSERT(x.size() == degree_, "a transform of another length");
  table_.forward(x.data(), tables(), modulus_);
}

void Ntt::backward(std::span<Word> x) const {
  SOTTO_ASSERT(x.size() == degree_, "a transform of another length");
  table_.backward(x.data(), tables(), modulus_);
}

}  // namespace sotto::lattice
