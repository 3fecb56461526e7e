#include "protocols/he/matrix_layout.h"

#include <algorithm>

namespace sotto::protocols::he {
namespace {

std::size_t blocks_of(std::size_t count, std::size_t block) { return (count + block - 1) / block; }

}  // namespace

MatrixLayout::MatrixLayout(const MatrixShape& shape, bool encrypts_right, const MatrixPart& part,
                           const Geometry& geometry)
    : part_(part), geometry_(geometry), columns_(encrypts_right ? shape.m : shape.n) {
  const Strides x = shape.x_transposed ? Strides{1, shape.m} : Strides{shape.k, 1},
                y = shape.y_transposed ? Strides{1, shape.k} : Strides{shape.n, 1}, result{shape.n, 1};
  const auto transposed = [](Strides strides) { return Strides{strides.column, strides.row}; };
  operand_ = encrypts_right ? transposed(y) : x;
  multiplier_ = encrypts_right ? transposed(x) : y;
  result_ = encrypts_right ? transposed(result) : result;
}

Layout::Blocks MatrixLayout::blocks() const {
  return {.rows = blocks_of(part_.rows, geometry_.row_block),
          .inner = blocks_of(part_.inner, geometry_.gap),
          .columns = blocks_of(columns_, geometry_.column_block)};
}

void MatrixLayout::encode_operand(std::span<Word> coefficients, std::span<const Word> operand,
                                  std::size_t row, std::size_t inner) const {
  const std::size_t first_row = row * geometry_.row_block, first = inner * geometry_.gap;
  const std::size_t rows = std::min(geometry_.row_block, part_.rows - first_row),
                    length = std::min(geometry_.gap, part_.inner - first);
  for (std::size_t i = 0; i < rows; ++i) {
    const Word* from = operand.data() + (part_.first_row + first_row + i) * operand_.row +
                       (part_.first_inner + first) * operand_.column;
    Word* to = coefficients.data() + i * geometry_.column_block * geometry_.gap;
    for (std::size_t l = 0; l < length; ++l) to[l] = from[l * operand_.column];
  }
}

// X^(-l) is -X^(N-l). Where columns of the multiplier are neighbours in memory, they are read together.
void MatrixLayout::encode_multiplier(std::span<Word> coefficients, std::span<const Word> multiplier,
                                     std::size_t inner, std::size_t column) const {
  const std::size_t first_column = column * geometry_.column_block, first = inner * geometry_.gap;
  const std::size_t columns = std::min(geometry_.column_block, columns_ - first_column),
                    length = std::min(geometry_.gap, part_.inner - first);
  const Word* from =
      multiplier.data() + (part_.first_inner + first) * multiplier_.row + first_column * multiplier_.column;
  const auto put = [&](std::size_t l, std::size_t j) {
    const Word value = from[l * multiplier_.row + j * multiplier_.column];
    const std::size_t place = j * geometry_.gap;
    if (l <= place)
      coefficients[place - l] = value;
    else
      coefficients[coefficients.size() + place - l] = 0 - value;
  };
  if (multiplier_.column == 1) {
    for (std::size_t l = 0; l < length; ++l)
      for (std::size_t j = 0; j < columns; ++j) put(l, j);
  } else {
    for (std::size_t j = 0; j < columns; ++j)
      for (std::size_t l = 0; l < length; ++l) put(l, j);
  }
}

std::vector<Layout::Place> MatrixLayout::places(std::size_t row, std::size_t column) const {
  const std::size_t first_row = row * geometry_.row_block, first_column = column * geometry_.column_block;
  std::vector<Place> found;
  for (std::size_t i = 0; i < geometry_.row_block && first_row + i < part_.rows; ++i)
    for (std::size_t j = 0; j < geometry_.column_block && first_column + j < columns_; ++j)
      found.push_back(
          {static_cast<std::uint32_t>((i * geometry_.column_block + j) * geometry_.gap),
           (part_.first_row + first_row + i) * result_.row + (first_column + j) * result_.column});
  return found;
}

}  // namespace sotto::protocols::he
