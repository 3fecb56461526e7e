#include <algorithm>

#include "kernels/test_bench.h"

namespace sotto::kernels {
namespace {

class Maximum : public KernelTest {};
SOTTO_KERNEL_FOR_ALL_PROTOCOLS(Maximum);

// Few different values, so that there are many ties.
Reals table_of(std::int64_t rows, std::int64_t columns) {
  std::mt19937_64 random(static_cast<std::uint64_t>(columns));
  Reals values(static_cast<std::size_t>(rows * columns));
  for (double& value : values) value = static_cast<double>(random() % 7) / 2 - 1.5;
  return values;
}

TEST_P(Maximum, OfEveryNumberOfColumns) {
  for (std::int64_t columns : {1, 2, 3, 4, 5, 9, 10, 11, 12, 20, 21, 37, 100}) {
    const std::int64_t rows = 33;
    const Reals x = table_of(rows, columns);
    const Operand operand{number({rows, columns}, 18, 3), x};
    const Attributes window{{"window", std::int64_t{24}}};
    const Reals largest = run_kernel(table(), "max", {operand}, {number({rows}, 18, 3)}, window)[0];
    const Reals one_hot = run_kernel(table(), "argmax_one_hot", {operand}, {bit({rows, columns})}, window)[0];
    for (std::int64_t row = 0; row < rows; ++row) {
      const auto begin = x.begin() + row * columns, end = begin + columns;
      const auto first = std::max_element(begin, end);  // the first of equals
      ASSERT_EQ(largest[static_cast<std::size_t>(row)], *first) << columns;
      for (std::int64_t column = 0; column < columns; ++column)
        ASSERT_EQ(one_hot[static_cast<std::size_t>(row * columns + column)], column == first - begin)
            << columns << " columns, row " << row << " column " << column;
    }
  }
}

TEST_P(Maximum, OfHigherRanksAndExtremes) {
  const double edge = 32 - 0x1p-10;
  const Reals x = {edge, -edge, 0, -edge, -edge, -edge, -0x1p-10, 0, 0x1p-10, 1, edge, edge};
  const Reals y = run_kernel(table(), "max", {{number({2, 2, 3}, 10, 5), x}}, {number({2, 2}, 10, 5)},
                             {{"window", std::int64_t{17}}})[0];
  EXPECT_EQ(y, (Reals{edge, -edge, 0x1p-10, edge}));
}

}  // namespace
}  // namespace sotto::kernels
