// Weighted sums of ciphertexts as one integer matrix product over their words.
//
// With one sample per coefficient (or slot), a linear layer multiplies whole ciphertexts by scalars: out = W
// in, where the rows of `in` are ciphertexts (CryptoNets, Dowlin et al. 2016, and MP2ML keep the batch
// there). Words are products of 64-bit integers, added up modulo 2^64 without any reduction while the sums
// stay below 2^63 in magnitude, that is, for largest weight times inputs times prime below 2^63; then once
// per so many inputs. 36-bit primes take 16-bit weights and 4096 inputs at once. Cost: that of the ring
// product of base/ring.h.
#pragma once

#include <algorithm>
#include <span>

#include "crypto/lattice/evaluate.h"

namespace sotto::lattice {

// Ciphertexts of one level and form in one array. A row is the body's residues, then the mask's; columns are
// cut into blocks, and a block of all rows is contiguous, so that products run over few pages. Rows are not
// initialised.
class CiphertextMatrix {
 public:
  CiphertextMatrix(const Context& context, std::size_t rows, std::size_t primes, Form form);

  std::size_t rows() const { return rows_; }
  std::size_t primes() const { return primes_; }
  std::size_t columns() const { return 2 * primes_ * degree_; }
  Form form() const { return form_; }
  // Of the noisiest row.
  const Noise& noise() const { return noise_; }
  void set_noise(const Noise& noise) { noise_ = noise; }

  void set(std::size_t row, const Ciphertext& ciphertext);
  Ciphertext get(std::size_t row) const;

  // Rows of block `block`, each block_columns(block) words.
  std::size_t blocks() const { return (columns() + kBlock - 1) / kBlock; }
  std::size_t block_columns(std::size_t block) const { return std::min(kBlock, columns() - block * kBlock); }
  Word* block(std::size_t block) { return words_.get() + block * kBlock * rows_; }
  const Word* block(std::size_t block) const { return words_.get() + block * kBlock * rows_; }
  // The prime of the columns from block * kBlock + offset on, for at least kGranule of them.
  std::size_t prime_at(std::size_t block, std::size_t offset) const {
    return (block * kBlock + offset) / degree_ % primes_;
  }

  static constexpr std::size_t kBlock = 3 * kGranule;  // eight tiles of the AVX-512 product

 private:
  Word* granule(std::size_t row, std::size_t column) {
    const std::size_t at = column / kBlock;
    return block(at) + row * block_columns(at) + column % kBlock;
  }
  const Word* granule(std::size_t row, std::size_t column) const {
    return const_cast<CiphertextMatrix*>(this)->granule(row, column);
  }

  std::size_t degree_, rows_, primes_;
  Form form_;
  Noise noise_;
  WordArray words_;
};

// Row o of the result is the sum over i of weights[o * inputs.rows() + i] times row i. No weight is larger in
// magnitude than `largest`, at most 2^12 at 50-bit primes, 2^26 at 36-bit ones.
CiphertextMatrix weighted_sums(const Context& context, std::span<const std::int64_t> weights,
                               std::size_t outputs, double largest, const CiphertextMatrix& inputs);

}  // namespace sotto::lattice
