// compare, sign, not, from_bits, select.
#include "kernels/test_bench.h"

namespace sotto::kernels {
namespace {

class Comparisons : public KernelTest {};
SOTTO_KERNEL_FOR_ALL_PROTOCOLS(Comparisons);

TEST_P(Comparisons, AllDirections) {
  // Around equality in steps of one unit of the finer operand, and at the window's ends.
  Reals a = {0, 0, 0, 1, -1, 7.75, -7.75, 3.5, 3.5, 3.5},
        b = {0, 0x1p-10, -0x1p-10, 1, -1, -8, 7.75, 3.5, 3.5, 3.25};
  a[8] += 0x1p-4;
  const std::vector<Operand> operands = {{number(shape_of(a), 4, 3), a}, {number(shape_of(b), 10, 3), b, 1}};
  for (const char* direction : {"GE", "GT", "LE", "LT", "EQ", "NE"}) {
    const std::string d = direction;
    const Reals bits = run_kernel(table(), "compare", operands, {bit(shape_of(a))},
                                  {{"direction", d}, {"window", std::int64_t{15}}})[0];
    for (std::size_t i = 0; i < a.size(); ++i) {
      const bool expected = d == "GE"   ? a[i] >= b[i]
                            : d == "GT" ? a[i] > b[i]
                            : d == "LE" ? a[i] <= b[i]
                            : d == "LT" ? a[i] < b[i]
                            : d == "EQ" ? a[i] == b[i]
                                        : a[i] != b[i];
      ASSERT_EQ(bits[i], expected) << a[i] << " " << d << " " << b[i];
    }
  }
}

TEST_P(Comparisons, SignNotAndNumbers) {
  const Reals a = {-1, 0, 1, -0x1p-18, 0x1p-18};
  EXPECT_EQ(
      run_kernel(table(), "sign", {{number({5}, 18, 1), a}}, {bit({5})}, {{"window", std::int64_t{20}}})[0],
      (Reals{0, 1, 1, 0, 1}));
  EXPECT_EQ(run_kernel(table(), "not", {{bit({3}), {1, 0, 1}}}, {bit({3})})[0], (Reals{0, 1, 0}));
  EXPECT_EQ(run_kernel(table(), "from_bits", {{bit({3}), {1, 0, 1}}}, {number({3}, 18, 1)})[0],
            (Reals{1, 0, 1}));
}

TEST_P(Comparisons, Select) {
  const Operand bits{bit({4}), {1, 0, 1, 0}}, a{number({4}, 18, 4), {1, 2, 3, -4.5}, 1},
      b{number({4}, 16, 4), {-1, -2, -3, 8.25}, 2};
  EXPECT_EQ(run_kernel(table(), "select", {bits, a}, {number({4}, 18, 4)})[0], (Reals{1, 0, 3, 0}));
  EXPECT_EQ(run_kernel(table(), "select", {bits, a, b}, {number({4}, 20, 4)})[0], (Reals{1, -2, 3, 8.25}));
}

}  // namespace
}  // namespace sotto::kernels
