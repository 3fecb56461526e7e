// Where the numbers of a bilinear map stand in polynomials, so that a product of an encrypted polynomial and
// one known in the clear has its results at known coefficients.
//
// Both operands are cut into blocks, a polynomial each: the encrypted one into rows() x inner(), the
// multiplier into inner() x columns(). Block (row, column) of the result is the sum over the inner blocks of
// their products.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace sotto::protocols::he {

class Layout {
 public:
  using Word = std::uint64_t;
  // Of a number of the result: its coefficient, and its place in the result as the caller orders it.
  struct Place {
    std::uint32_t coefficient;
    std::size_t result;
  };
  struct Blocks {
    std::size_t rows = 1, inner = 1, columns = 1;
  };

  virtual ~Layout() = default;

  virtual Blocks blocks() const = 0;
  virtual std::size_t results() const = 0;
  // A power of two of whose multiples all results' coefficients are; so many products can be packed into one.
  virtual std::size_t gap() const = 0;
  // No polynomial of the multiplier has more coefficients that are not zero.
  virtual std::size_t nonzero() const = 0;

  // Coefficients of a block; they come cleared. Each sees the whole operand, as the caller orders it.
  virtual void encode_operand(std::span<Word> coefficients, std::span<const Word> operand, std::size_t row,
                              std::size_t inner) const = 0;
  virtual void encode_multiplier(std::span<Word> coefficients, std::span<const Word> multiplier,
                                 std::size_t inner, std::size_t column) const = 0;
  virtual std::vector<Place> places(std::size_t row, std::size_t column) const = 0;
};

}  // namespace sotto::protocols::he
