#include "kernels/product.h"
#include "kernels/test_bench.h"

namespace sotto::kernels {
namespace {

class ContractKernel : public KernelTest {};
SOTTO_KERNEL_FOR_ALL_PROTOCOLS(ContractKernel);

constexpr double kUnit = 0x1p-18;

// A dense layer: relu(x w^T + b), the bias at twice the fraction bits by its scale.
TEST_P(ContractKernel, DenseLayerWithRelu) {
  const Reals x = uniform(20 * 7, -3, 3, 18, 1), w = uniform(5 * 7, -1, 1, 18, 2),
              b = uniform(5, -1, 1, 18, 3);
  const auto results =
      run_kernel(table(), "contract",
                 {{number({20, 7}, 18, 2), x}, {number({5, 7}, 18, 0), w, 1}, {number({5}, 18, 0), b, 2}},
                 {number({20, 5}, 18, 5), bit({20, 5})},
                 {{"product", "matmul"},
                  {"transpose_b", std::int64_t{1}},
                  {"truncate", std::int64_t{18}},
                  {"addend_scales", std::vector<std::int64_t>{1 << 18}},
                  {"addend_rows", std::vector<std::int64_t>{1}},
                  {"then", "relu"},
                  {"window", std::int64_t{24}}});
  for (std::size_t i = 0; i < 20; ++i)
    for (std::size_t j = 0; j < 5; ++j) {
      double exact = b[j];
      for (std::size_t l = 0; l < 7; ++l) exact += x[i * 7 + l] * w[j * 7 + l];
      ASSERT_NEAR(results[0][i * 5 + j], std::max(exact, 0.0), kUnit);
      if (std::abs(exact) > kUnit) ASSERT_EQ(results[1][i * 5 + j], exact > 0);
    }
}

// An update: w - 0.1 g, the step folded into the product's scale.
TEST_P(ContractKernel, SumWithScalesAndSelection) {
  const Reals w = uniform(100, -3, 3, 18, 4), g = uniform(100, -3, 3, 18, 5);
  Reals bits(100);
  for (std::size_t i = 0; i < 100; ++i) bits[i] = static_cast<double>(i % 3 == 0);
  const auto y = run_kernel(table(), "contract",
                            {{number({100}, 18, 2), w}, {number({100}, 18, 2), g, 1}, {bit({100}), bits, 2}},
                            {number({100}, 18, 3)},
                            {{"addend_scales", std::vector<std::int64_t>{1 << 10, -102}},
                             {"truncate", std::int64_t{10}},
                             {"then", "select"}})[0];
  for (std::size_t i = 0; i < 100; ++i) ASSERT_NEAR(y[i], bits[i] * (w[i] - 102.0 / 1024 * g[i]), kUnit);
}

TEST_P(ContractKernel, ElementwiseWithAPublicOperand) {
  const Reals a = uniform(50, -3, 3, 18, 6), b = uniform(50, -3, 3, 18, 7);
  const auto y = run_kernel(
      table(), "contract", {{number({50}, 18, 2), a}, {number({50}, 18, 2, Kind::kPublic), b}},
      {number({50}, 18, 4)},
      {{"product", "elementwise"}, {"truncate", std::int64_t{18}}, {"product_scale", std::int64_t{1}}})[0];
  for (std::size_t i = 0; i < 50; ++i) ASSERT_NEAR(y[i], a[i] * b[i], kUnit);
}

// What the plan says of operands and network reaches the protocol.
TEST(ContractProduct, IsWhatTheCallSays) {
  Call call{.operands = {},
            .operand_types = {number({4, 6}, 18, 4), number({4, 6}, 18, 4)},
            .result_types = {number({4, 4}, 36, 12)},
            .attributes = {{"product", "matmul"},
                           {"transpose_b", std::int64_t{1}},
                           {"link_kbit", std::int64_t{500}},
                           {"link_delay_us", std::int64_t{7}},
                           {"link_duplex", std::int64_t{0}}}};
  call.operand_types[0].known_to = 1;
  call.operand_types[1].same_as_first = true;
  const Kernel& kernel = kernel_named("contract");
  kernel.check(call);
  const auto product = product_of(kernel, call);
  ASSERT_TRUE(product);
  EXPECT_EQ(product->product, protocols::Contraction::Product::kMatmul);
  EXPECT_FALSE(product->transpose_a);
  EXPECT_TRUE(product->transpose_b);
  EXPECT_TRUE(product->same_operand);
  EXPECT_EQ(product->a.shape, (Shape{4, 6}));
  EXPECT_EQ(product->a.known_to, 1);
  EXPECT_EQ(product->a.known_bits, 18 + 4 + 1);
  EXPECT_EQ(product->b.known_to, -1);
  EXPECT_EQ(product->link.kilobit_per_second, 500);
  EXPECT_EQ(product->link.one_way_microseconds, 7);
  EXPECT_FALSE(product->link.duplex);
  call.attributes["product"] = "none";
  EXPECT_FALSE(product_of(kernel, call));
  EXPECT_FALSE(product_of(kernel_named("add"), call));
}

std::string refused(std::vector<ValueType> operands, std::vector<ValueType> results, Attributes attributes) {
  return plan_error([&] {
    kernel_named("contract")
        .check(
            {.operands = {}, .operand_types = operands, .result_types = results, .attributes = attributes});
  });
}

TEST(ContractCheck, SaysWhatIsWrong) {
  const ValueType m = number({4, 4}, 18, 4), v = number({4}, 18, 4);
  EXPECT_NE(refused({m, v}, {m}, {{"product", "matmul"}}).find("two matrices"), std::string::npos);
  EXPECT_NE(refused({m, number({3, 4}, 18, 4)}, {m}, {{"product", "matmul"}}).find("inner extents"),
            std::string::npos);
  EXPECT_NE(refused({m, v}, {m}, {{"product", "elementwise"}}).find("shape"), std::string::npos);
  EXPECT_NE(refused({m}, {m}, {{"product", "matmul"}}).find("missing"), std::string::npos);
  EXPECT_NE(refused({m, m}, {m}, {{"product", "outer"}}).find("'outer'"), std::string::npos);
  EXPECT_NE(
      refused({m, m}, {m}, {{"product", "elementwise"}, {"link_kbit", std::int64_t{9}}}).find("link_kbit"),
      std::string::npos);
  EXPECT_NE(refused({m, m}, {m}, {{"product", "elementwise"}, {"link_duplex", std::int64_t{2}}})
                .find("link_duplex"),
            std::string::npos);
  EXPECT_NE(refused({m, m}, {m}, {{"product", "matmul"}, {"truncate", std::int64_t{62}}}).find("truncate"),
            std::string::npos);
  EXPECT_NE(refused({m, m}, {number({4, 4}, 30, 20)}, {{"product", "matmul"}, {"truncate", std::int64_t{18}}})
                .find("overflows"),
            std::string::npos);
  EXPECT_NE(
      refused({m}, {m, bit({4, 4})}, {{"then", "relu"}, {"window", std::int64_t{20}}}).find("too narrow"),
      std::string::npos);
  EXPECT_NE(refused({m}, {m}, {{"then", "relu"}}).find("2 results"), std::string::npos);
  EXPECT_NE(refused({m}, {m}, {{"then", "select"}}).find("nothing to sum"), std::string::npos);
  EXPECT_NE(refused({m, m}, {m}, {{"then", "select"}}).find("Boolean"), std::string::npos);
  EXPECT_NE(refused({m, v}, {m}, {{"addend_rows", std::vector<std::int64_t>{0, 7}}}).find("0 or 1"),
            std::string::npos);
  EXPECT_NE(
      refused({m, v}, {m}, {{"addend_scales", std::vector<std::int64_t>{1}}}).find("one entry per addend"),
      std::string::npos);
}

}  // namespace
}  // namespace sotto::kernels
