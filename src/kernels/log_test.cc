#include "kernels/test_bench.h"

namespace sotto::kernels {
namespace {

class Log : public KernelTest {};
SOTTO_KERNEL_FOR_ALL_PROTOCOLS(Log);

TEST_P(Log, WholeRanges) {
  for (auto [minimum, maximum] : {std::pair{1.0, 1.99},
                                  {1.0, 10.0},
                                  {0x1p-8, 0x1p8},
                                  {0x1p-12, 1.0},
                                  {0.3, 4000.0},
                                  {0x1p-17, 0x1p17}}) {
    Reals x;
    for (int i = 0; i < 3000; ++i) {
      const double value = rounded(minimum * std::pow(maximum / minimum, i / 2999.0), 18);
      x.push_back(std::min(std::max(value, rounded(minimum, 18)), rounded(maximum, 18)));
    }
    // The powers of two themselves are the boundaries.
    for (int k = std::ilogb(minimum) + 1; k <= std::ilogb(maximum); ++k) {
      x.push_back(std::ldexp(1.0, k));
      x.push_back(std::ldexp(1.0, k) - 0x1p-18);
    }
    for (std::int64_t effort : {0, 2}) {
      const Reals y =
          run_kernel(table(), "log", {{number(shape_of(x), 18, 18), x}}, {number(shape_of(x), 18, 5)},
                     {{"minimum", minimum}, {"maximum", maximum}, {"effort", effort}})[0];
      for (std::size_t i = 0; i < x.size(); ++i)
        ASSERT_NEAR(y[i], std::log(x[i]), 1.001 * 0x1p-18 + 0x1p-17) << x[i] << " effort " << effort;
    }
  }
}

}  // namespace
}  // namespace sotto::kernels
