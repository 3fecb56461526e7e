#include <algorithm>

#include "kernels/test_bench.h"

namespace sotto::kernels {
namespace {

class Softmax : public KernelTest {};
SOTTO_KERNEL_FOR_ALL_PROTOCOLS(Softmax);

Reals reference(const Reals& x, std::size_t columns) {
  Reals y(x.size());
  for (std::size_t row = 0; row < x.size(); row += columns) {
    const double largest = *std::max_element(&x[row], &x[row] + columns);
    double sum = 0;
    for (std::size_t i = row; i < row + columns; ++i) sum += y[i] = std::exp(x[i] - largest);
    for (std::size_t i = row; i < row + columns; ++i) y[i] /= sum;
  }
  return y;
}

void expect_softmax(const Table& table, const Reals& x, std::int64_t columns, double range, int window) {
  const Shape shape = {static_cast<std::int64_t>(x.size()) / columns, columns};
  const Reals y = run_kernel(table, "softmax", {{number(shape, 18, 7), x}}, {number(shape, 18, 1)},
                             {{"range", range}, {"window", static_cast<std::int64_t>(window)}})[0];
  const Reals exact = reference(x, static_cast<std::size_t>(columns));
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    ASSERT_NEAR(y[i], exact[i], 2 * 0x1p-18 + exact[i] * 0x1p-17) << columns << " columns, element " << i;
    worst = std::max(worst, std::abs(y[i] - exact[i]));
  }
  std::printf("softmax of %lld columns on %s: error at most %.2f units of 2^-18\n",
              static_cast<long long>(columns), table.name().c_str(), std::ldexp(worst, 18));
}

TEST_P(Softmax, TenClasses) {
  expect_softmax(table(), uniform(10 * 600, -14.9, 14.9, 18, 7), 10, 30, 25);
  expect_softmax(table(), uniform(10 * 600, -1, 1, 18, 8), 10, 30, 25);
}

TEST_P(Softmax, OtherNumbersOfColumns) {
  for (std::int64_t columns : {1, 2, 3, 16, 31, 40, 100})
    expect_softmax(table(), uniform(static_cast<std::size_t>(columns) * 50, -5, 5, 18, 9), columns, 10, 25);
}

TEST_P(Softmax, EqualsAndExtremes) {
  Reals x(100, 3.25);                                                                // all equal
  for (int i = 0; i < 10; ++i) x[static_cast<std::size_t>(i)] = i == 4 ? 15 : -15;   // one wins
  for (int i = 10; i < 20; ++i) x[static_cast<std::size_t>(i)] = i < 12 ? 15 : -15;  // two share
  expect_softmax(table(), x, 10, 30, 25);
}

// Columns that are the maximum but for less than what they are compared by, in narrow and wide windows.
TEST_P(Softmax, NearlyEqualInAnyWindow) {
  Reals x = uniform(10 * 600, -0.2, 0.2, 18, 21);
  for (std::size_t i = 0; i < 1000; i += 3) x[i] -= 13;
  for (const int window : {23, 25, 30, 33, 36, 60}) expect_softmax(table(), x, 10, 63, window);
}

// At any fraction of logits and results; a result's last place is then the unit.
TEST_P(Softmax, OtherFractions) {
  for (const int of_logits : {4, 8, 12, 20, 26})
    for (const int of_results : {6, 12, 18, 22}) {
      const Reals x = uniform(10 * 100, -9, 9, of_logits, 5);
      const Reals y = run_kernel(table(), "softmax", {{number({100, 10}, of_logits, 5), x}},
                                 {number({100, 10}, of_results, 1)},
                                 {{"range", 30.0}, {"window", static_cast<std::int64_t>(of_logits + 7)}})[0];
      const Reals exact = reference(x, 10);
      for (std::size_t i = 0; i < x.size(); ++i)
        ASSERT_NEAR(y[i], exact[i], std::ldexp(2, -of_results) + 0x1p-18 + exact[i] * 0x1p-14)
            << of_logits << " and " << of_results << " fraction bits";
    }
}

TEST_P(Softmax, WideRangeOfLogits) {
  expect_softmax(table(), uniform(10 * 300, -60, 60, 18, 10), 10, 128, 27);
}

// Elements far below the maximum lie outside of the exponential's table: they are nothing, not garbage.
TEST_P(Softmax, RowsWiderThanTheRange) {
  expect_softmax(table(), uniform(10 * 300, -120, 120, 18, 11), 10, 16, 28);
  Reals x;
  for (double low : {-16.0, -16.5, -17.0, -33.0, -64.0, -120.0})
    x.insert(x.end(), {0, low, low, low, low, low, low, low, low, low});
  expect_softmax(table(), x, 10, 16, 28);
}

}  // namespace
}  // namespace sotto::kernels
