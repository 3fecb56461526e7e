// Costs as documented, in numbers worked out by hand from the formulas at the heads of the protocol's files;
// that they are also what the links measure is asserted for every kernel in its own test.
#include "kernels/cost.h"

#include "kernels/test_bench.h"

namespace sotto::kernels {
namespace {

using Integer = std::int64_t;

// With 64 elements there is one chunk and no rounding up of packed bits.
constexpr Integer kCount = 64;

ValueType y(int fraction_bits, int bound_bits) { return number({kCount}, fraction_bits, bound_bits); }

struct Documented {
  const char* kernel;
  std::vector<ValueType> operands, results;
  Attributes attributes;
  std::uint32_t rounds;
  double bytes;  // per element of 64, all parties; 0: not worked out by hand
};

std::vector<Documented> documented_costs() {
  const ValueType bits = bit({kCount});
  const ValueType rows = number({kCount, 10}, 18, 4), many = number({kCount, 40}, 18, 4);
  const Attributes window{{"window", Integer{24}}};
  const auto range = [](double minimum, double maximum) {
    return Attributes{{"minimum", minimum}, {"maximum", maximum}};
  };
  const auto few_rounds = [](double minimum, double maximum) {
    return Attributes{{"minimum", minimum}, {"maximum", maximum}, {"effort", Integer{2}}};
  };
  return {
      {"add", {y(18, 4), y(18, 4)}, {y(18, 5)}, {}, 0, 0},
      // A product: 3 x 8. Truncated: 2 x 8 + 8 + 3 x 18 / 8.
      {"contract", {y(18, 4), y(18, 4)}, {y(36, 8)}, {{"product", "elementwise"}}, 1, 24},
      {"contract",
       {y(18, 4), y(18, 4)},
       {y(18, 8)},
       {{"product", "elementwise"}, {"truncate", Integer{18}}},
       2,
       30.75},
      // Of 2 x 4 x 4 x 2 elements, as of any 64.
      {"contract",
       {number({2, 5, 5, 3}, 18, 2), number({2, 2, 3, 2}, 18, 2)},
       {number({2, 4, 4, 2}, 18, 8)},
       {{"product", "convolution"}, {"truncate", Integer{18}}},
       2,
       30.75},
      {"contract", {y(18, 4)}, {y(18, 4), bits}, {{"then", "relu"}, {"window", Integer{24}}}, 5, 0},
      {"sign", {y(18, 4)}, {bits}, window, 4, 0},
      {"probe", {y(18, 4)}, {number({1, 48}, 18, 4)}, {{"probes", Integer{1}}}, 0, 0},
      {"outside", {y(18, 4)}, {number({}, 0, 20)}, {{"limit", Integer{1} << 20}}, 6, 0},
      {"compare", {y(18, 4), y(18, 4)}, {bits}, {{"direction", "LT"}, {"window", Integer{24}}}, 4, 0},
      {"compare", {y(18, 4), y(18, 4)}, {bits}, {{"direction", "EQ"}, {"window", Integer{24}}}, 6, 0},
      {"not", {bits}, {bits}, {}, 0, 0},
      {"from_bits", {bits}, {y(18, 1)}, {}, 2, 24},
      // Of a sum: 8 for r, 8 for r B, and 16 to share again.
      {"select", {bits, y(18, 4), y(18, 4)}, {y(18, 4)}, {}, 2, 32},
      // 8 pieces of one word, 16 + 8, and 3 x 37 / 8 for the truncation of 55 bits to 18.
      {"exp", {y(18, 2)}, {y(18, 6)}, {}, 3, 8 * 8 + 24 + 13.875},
      // 32 pieces, truncated by 37 - 18 bits; or 4, by 49 - 18, and the product of two roots, by 36 - 18.
      {"exp", {y(18, 4)}, {y(18, 24)}, {{"effort", Integer{2}}}, 3, 8 * 32 + 24 + 7.125},
      {"exp", {y(18, 4)}, {y(18, 24)}, {}, 5, 8 * 4 + 24 + 11.625 + 24 + 6.75},
      {"exp", {y(18, 10)}, {y(18, 4)}, {}, 8, 0},
      {"exp", {y(18, 10)}, {y(18, 4)}, {{"effort", Integer{2}}}, 6, 0},
      // 32 pieces of six words, 16 + 8, and 3 x 42 / 8 for the truncation of 60 bits to 18.
      {"reciprocal", {y(18, 5)}, {y(18, 1)}, few_rounds(1, 16), 3, 8 * 32 * 6 + 24 + 15.75},
      {"reciprocal", {y(18, 5)}, {y(18, 1)}, range(1, 16), 9, 0},
      // Five digits: 80 + 54 bits and 10 for their positions; 41 + 9 x 25 + 50 for the mantissa; 128 + 8 + 8
      // x 25 + 42 to normalise it; 40 x 45 + 52 for its logarithm: 2690 bits. Four words of the power and 16
      // bytes, truncated from 48 bits.
      {"reciprocal", {y(18, 9)}, {y(18, 9)}, range(0x1p-8, 0x1p8), 10, 336.25 + 32 + 16 + 8 + 11.25},
      {"divide", {y(18, 4), y(18, 5)}, {y(18, 4)}, few_rounds(1, 16), 5, 0},
      {"divide", {y(18, 4), y(18, 5)}, {y(18, 4)}, range(1, 16), 11, 0},
      {"log", {y(18, 5)}, {y(18, 3)}, few_rounds(1, 16), 3, 0},
      {"log", {y(18, 5)}, {y(18, 3)}, range(1, 16), 8, 0},
      // Eight words, since a quotient's inverse has 26 fraction bits; truncated from 53; and a product,
      // by 26.
      {"divide",
       {y(18, 4), y(18, 9)},
       {y(18, 13)},
       range(0x1p-8, 0x1p8),
       12,
       336.25 + 64 + 16 + 8 + 10.125 + 24 + 9.75},
      // Four pieces of two words.
      {"log", {y(18, 9)}, {y(18, 3)}, range(0x1p-8, 0x1p8), 9, 336.25 + 64 + 16},
      // Ten digits: 160 + 104 + 68 bits and 20 for their positions; 50 + 19 x 14 + 28 for the mantissa; 128 +
      // 8 + 8 x 14 + 20 to normalise it; 16 x 20 + 32 for its logarithm; four words of the power, and 16
      // bytes. Truncated by 8 bits more.
      {"rsqrt", {y(40, 2)}, {y(28, 18)}, range(0x1p-34, 4), 9, 212.5},
      {"rsqrt", {y(40, 2)}, {y(20, 18)}, range(0x1p-34, 4), 10, 212.5 + 8 + 3},
      // 16 pieces of nine words, and 32; 16 + 8, and 3 x 42 / 8 for the truncation of 60 bits to 18.
      {"logistic", {y(18, 3)}, {y(18, 1)}, {}, 3, 8 * 16 * 9 + 24 + 15.75},
      {"tanh", {y(18, 2)}, {y(18, 1)}, {}, 3, 8 * 16 * 9 + 24 + 15.75},
      // Clamped, by two ReLUs of 22 bits; or over the whole domain.
      {"tanh", {y(18, 3)}, {y(18, 1)}, {}, 8, 0},
      {"tanh", {y(18, 3)}, {y(18, 1)}, {{"effort", Integer{2}}}, 3, 8 * 32 * 9 + 24 + 15.75},
      {"logistic", {y(18, 4)}, {y(18, 1)}, {{"effort", Integer{2}}}, 3, 8 * 32 * 9 + 24 + 15.75},
      {"logistic", {y(18, 10)}, {y(18, 1)}, {}, 8, 0},
      {"tanh", {y(18, 10)}, {y(18, 1)}, {}, 8, 0},
      {"sqrt", {y(40, 2)}, {y(20, 2)}, range(0x1p-34, 4), 10, 0},
      {"max", {rows}, {y(18, 4)}, window, 8, 0},
      {"max", {many}, {y(18, 4)}, window, 18, 0},
      {"argmax_one_hot", {rows}, {bit({kCount, 10})}, window, 6, 0},
      {"argmax_one_hot", {many}, {bit({kCount, 40})}, window, 18, 0},
      {"softmax", {rows}, {number({kCount, 10}, 18, 1)}, {{"window", Integer{24}}, {"range", 27.0}}, 11, 0},
  };
}

TEST(Costs, Rep3AsDocumented) {
  for (const Documented& row : documented_costs()) {
    const Call call{.operands = {},
                    .operand_types = row.operands,
                    .result_types = row.results,
                    .attributes = row.attributes};
    const Cost cost = count(protocols::table_named("rep3"), kernel_named(row.kernel), call, 0);
    EXPECT_EQ(cost.rounds, row.rounds) << row.kernel;
    if (row.bytes != 0) {
      EXPECT_EQ(static_cast<double>(cost.total_bytes()), row.bytes * kCount) << row.kernel;
    }
    std::printf("%-16s %2u rounds %10.2f bytes per element or row\n", row.kernel, cost.rounds,
                static_cast<double>(cost.total_bytes()) / kCount);
  }
}

TEST(Costs, PlainCostsNothing) {
  for (const Documented& row : documented_costs()) {
    const Call call{.operands = {},
                    .operand_types = row.operands,
                    .result_types = row.results,
                    .attributes = row.attributes};
    const Cost cost = count(protocols::table_named("plain"), kernel_named(row.kernel), call, 0);
    EXPECT_EQ(cost.rounds, 0u);
    EXPECT_EQ(cost.total_bytes(), 0u);
  }
}

}  // namespace
}  // namespace sotto::kernels
