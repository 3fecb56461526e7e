#include "kernels/piecewise.h"
#include "kernels/test_bench.h"

namespace sotto::kernels {
namespace {

class Logistic : public KernelTest {};
SOTTO_KERNEL_FOR_ALL_PROTOCOLS(Logistic);

double logistic(double x) { return static_cast<double>(1 / (1 + std::exp(-static_cast<long double>(x)))); }
double hyperbolic(double x) { return static_cast<double>(std::tanh(static_cast<long double>(x))); }

TEST(ConstantTime, LogisticIsAccurate) {
  for (double x = -80; x < 80; x += 0.00731)
    ASSERT_NEAR(constant_time_logistic(x), logistic(x), 0x1p-44) << x;
  EXPECT_NEAR(constant_time_logistic(0), 0.5, 0x1p-44);
  EXPECT_NEAR(constant_time_logistic(-1e30), 0, 0x1p-50);
}

// The whole domain, its ends, zero and the limits of the clamp among it.
Reals across(int bound, int fraction) {
  const double most = std::ldexp(1.0, bound) - std::ldexp(1.0, -fraction);
  Reals values = uniform(1200, -most, most, fraction, 11);
  const Reals middle = uniform(800, -std::min(most, 20.0), std::min(most, 20.0), fraction, 12);
  values.insert(values.end(), middle.begin(), middle.end());
  for (double x : {0.0, most, -most, 7.0, -7.0, 7.375, -7.375, 8.0, -8.0, 13.875, -13.875, 14.5, -14.5})
    if (std::abs(x) <= most)
      for (double off : {-1.0, 0.0, 1.0})
        if (std::abs(x + std::ldexp(off, -fraction)) <= most)
          values.push_back(x + std::ldexp(off, -fraction));
  return values;
}

TEST_P(Logistic, OverTheWholeDomain) {
  struct Types {
    int fraction, bound, result;
    std::int64_t effort = 0;
  };
  for (const Types& types : {Types{18, 1, 18},
                             {18, 3, 18},
                             {18, 3, 18, 2},
                             {18, 4, 18},
                             {18, 4, 18, 2},
                             {18, 10, 18},
                             {18, 10, 18, 2},
                             {12, 6, 16},
                             {24, 5, 24, 2},
                             {18, 4, 20, 2},
                             {24, 20, 24},
                             {16, 0, 12}}) {
    const Reals x = across(types.bound, types.fraction);
    const auto run = [&](const char* kernel) {
      return run_kernel(table(), kernel, {{number(shape_of(x), types.fraction, types.bound), x}},
                        {number(shape_of(x), types.result, 1)}, {{"effort", types.effort}})[0];
    };
    const Reals sigmoid = run("logistic"), tangent = run("tanh");
    double worst = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double unit = std::ldexp(1.0, -types.result);
      ASSERT_NEAR(sigmoid[i], logistic(x[i]), 1.25 * unit) << x[i] << " bound " << types.bound;
      ASSERT_NEAR(tangent[i], hyperbolic(x[i]), 1.25 * unit) << x[i] << " bound " << types.bound;
      worst = std::max({worst, std::abs(sigmoid[i] - logistic(x[i])) / unit,
                        std::abs(tangent[i] - hyperbolic(x[i])) / unit});
    }
    std::printf("%s: bound %d, %d bits: at most %.2f units\n", table().name().c_str(), types.bound,
                types.result, worst);
  }
}

TEST(LogisticCheck, RefusesWhatItCannotCompute) {
  const auto check = [](int fraction, int bound, int result) {
    return plan_error([&] {
      kernel_named("tanh").check({.operands = {},
                                  .operand_types = {number({2}, fraction, bound)},
                                  .result_types = {number({2}, result, 1)},
                                  .attributes = {}});
    });
  };
  EXPECT_NE(check(18, 4, 30).find("24"), std::string::npos);
  EXPECT_NE(check(2, 4, 18).find("fraction bits"), std::string::npos);
  EXPECT_NE(check(32, 29, 18).find("room"), std::string::npos);
}

}  // namespace
}  // namespace sotto::kernels
