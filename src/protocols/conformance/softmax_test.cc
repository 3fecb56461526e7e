// The softmax row by its definition, with functions that count: which columns are taken off, which vanish,
// how many are left.
#include <algorithm>

#include "protocols/conformance/cases.h"
#include "protocols/conformance/suite.h"

namespace sotto::protocols::conformance {
namespace {

class SoftmaxRow : public Protocol {};
SOTTO_FOR_ALL_PROTOCOLS(SoftmaxRow);

constexpr std::int64_t kMinimum = 1 << 20, kPiece = 1 << 18;

// Rows whose columns are either near their maximum, by less than 2^15, or below where P vanishes for certain:
// the maximum that is taken off may be 2^(dropped+1) less than the greatest.
Integers rows_of(std::size_t rows, std::size_t columns, int window, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const std::int64_t half = std::int64_t{1} << (window - 2);  // differences stay below 2^(window-1)
  Integers values;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::int64_t top = half - 1 - static_cast<std::int64_t>(random() % 1000);
    const std::size_t winner = random() % columns;
    for (std::size_t i = 0; i < columns; ++i) {
      const bool near = i == winner || random() % 3 == 0;
      const auto depth = static_cast<std::int64_t>(random() % (1 << 15));
      const std::int64_t lowest = -half + 1;
      const std::int64_t far =
          std::max(lowest, top - kMinimum - kPiece - (1 << 15) - depth * (row % 2 == 0 ? 1 : 100));
      values.push_back(of(i == winner ? top : near ? top - depth * static_cast<std::int64_t>(row % 2) : far));
    }
  }
  return values;
}

void expect_counts(const Integers& x, const Integers& y, std::size_t columns) {
  for (std::size_t row = 0; row < x.size(); row += columns) {
    std::int64_t top = signed_of(x[row]), count = 0;
    for (std::size_t i = row; i < row + columns; ++i) top = std::max(top, signed_of(x[i]));
    for (std::size_t i = row; i < row + columns; ++i) count += signed_of(x[i]) > top - (1 << 16);
    for (std::size_t i = row; i < row + columns; ++i) {
      const bool near = signed_of(x[i]) > top - (1 << 16);
      const std::int64_t expected = near ? 5 * count * (1 << 20) + (1 << 10) : 0;
      ASSERT_LE(std::abs(signed_of(y[i]) - expected), near ? (4 << 14) / 3 : 1)
          << "column " << i - row << " of row " << row / columns << ", " << columns << " columns";
    }
  }
}

Operation taken(const Softmax& function) {
  return [&function](Context& context, Shares in) -> Task<Shares> {
    co_return Shares{co_await softmax(context, in[0], function)};
  };
}

TEST_P(SoftmaxRow, CountsInEveryWindow) {
  for (const Effort effort : {Effort::kFewBytes, Effort::kBalanced, Effort::kFewRounds})
    for (const int window : {24, 26, 33, 44, 60})
      for (const int dropped : {0, 8, 14}) {
        Softmax function = counting_softmax(effort);
        function.window = window;
        function.dropped_bits = dropped;
        const Integers values = rows_of(200, 10, window, static_cast<std::uint64_t>(window + dropped));
        for (const int owner : {0, 2, kConstant}) {
          const Outcome outcome = execute({{{200, 10}, values, Kind::kArithmetic, owner}}, taken(function));
          expect_counts(values, outcome.results[0], 10);
        }
      }
}

TEST_P(SoftmaxRow, AnyNumberOfColumnsAndRows) {
  const Softmax function = counting_softmax(Effort::kFewBytes);
  for (std::int64_t columns = 2; columns <= 10; ++columns)
    for (const std::int64_t rows : {1, 2, 7, 64, 129, 3000}) {
      const Integers values =
          rows_of(static_cast<std::size_t>(rows), static_cast<std::size_t>(columns), function.window, 7);
      const Outcome outcome = execute({{{rows, columns}, values, Kind::kArithmetic, 1}}, taken(function));
      expect_counts(values, outcome.results[0], static_cast<std::size_t>(columns));
    }
}

// Columns that are equal, or closer than what they are compared by: one of them is taken off, whichever.
TEST_P(SoftmaxRow, Ties) {
  Softmax function = counting_softmax(Effort::kFewBytes);
  function.dropped_bits = 12;
  std::mt19937_64 random(3);
  Integers values(3000 * 10);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = of(5000 - static_cast<std::int64_t>(random() % 3) * 2047);
  for (std::size_t i = 0; i < 1000; ++i) values[i] = of(-77);
  const Outcome outcome = execute({{{3000, 10}, values, Kind::kArithmetic, 2}}, taken(function));
  expect_counts(values, outcome.results[0], 10);
}

}  // namespace
}  // namespace sotto::protocols::conformance
