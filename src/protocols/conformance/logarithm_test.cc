// Functions of a logarithm: the logarithm itself, over whole ranges, at powers of two and next to them, and
// below.
#include <cmath>

#include "protocols/conformance/suite.h"

namespace sotto::protocols::conformance {
namespace {

class LogarithmRow : public Protocol {};
SOTTO_FOR_ALL_PROTOCOLS(LogarithmRow);

// The logarithm as it comes.
PiecewiseFunction identity(const Logarithm& logarithm) {
  PiecewiseFunction function;
  function.name = "identity";
  function.minimum = logarithm.minimum();
  function.window = logarithm.window();
  function.piece_bits = logarithm.piece_bits;
  function.terms = 2;
  function.coefficients = [minimum = function.minimum](std::int64_t base, std::span<ring::Element> c) {
    c[0] = of(base + minimum);
    c[1] = 1;
  };
  function.basis = [](std::uint64_t low, std::span<ring::Element> b) {
    b[0] = 1;
    b[1] = low;
  };
  return function;
}

Operation taken(const Logarithm& logarithm) {
  return [&logarithm](Context& context, Shares in) -> Task<Shares> {
    co_return Shares{co_await lookup_of_logarithm(context, in[0], logarithm, identity(logarithm))};
  };
}

// Powers of two and their neighbours, then values spread evenly over the logarithms.
Integers across(const Logarithm& logarithm, std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const double least = std::ldexp(1.0, logarithm.lowest),
               most = std::ldexp(1.0, logarithm.highest) - std::ldexp(1.0, logarithm.lowest - 5) - 1;
  Integers values;
  for (int k = logarithm.lowest; k <= logarithm.highest; ++k)
    for (int off : {-1, 0, 1}) values.push_back((std::uint64_t{1} << k) + of(off));
  while (values.size() < count) {
    const double place = std::uniform_real_distribution<double>(logarithm.lowest, logarithm.highest)(random);
    values.push_back(static_cast<std::uint64_t>(std::exp2(place)));
  }
  for (std::uint64_t& value : values)
    value = static_cast<std::uint64_t>(
        std::min(std::max(static_cast<double>(value), std::ceil(least)), std::floor(most)));
  return values;
}

double decoded(std::uint64_t result, const Logarithm& logarithm) {
  return std::ldexp(static_cast<double>(signed_of(result)), -logarithm.fraction_bits());
}

TEST_P(LogarithmRow, WithinItsPrecisionOverItsRange) {
  for (const Logarithm logarithm : {Logarithm{4, 40, 8},
                                    {0, 38, 8},
                                    {10, 14, 8},
                                    {20, 21, 8},
                                    {7, 45, 6},
                                    {2, 30, 12},
                                    {0, 36, 16},
                                    {3, 25, 18},
                                    {0, 38, 19},
                                    {18, 37, 19},
                                    {9, 21, 19, 3},
                                    {9, 30, 8, 6},
                                    {1, 50, 7}}) {
    const Integers values = across(logarithm, 30000, 5);
    const Shape shape = vector_shape(values.size());
    double worst = 0, squares = 0;
    for (int owner : {0, kConstant}) {
      const Outcome outcome = execute({{shape, values, Kind::kArithmetic, owner}}, taken(logarithm));
      for (std::size_t i = 0; i < values.size(); ++i) {
        const double exact = std::log2(static_cast<double>(values[i])) - logarithm.lowest;
        const double error = decoded(outcome.results[0][i], logarithm) - exact;
        ASSERT_LE(std::abs(error), 1.4427 * std::ldexp(1.0, 2 - logarithm.precision))
            << values[i] << " of [2^" << logarithm.lowest << ", 2^" << logarithm.highest << "], precision "
            << logarithm.precision;
        worst = std::max(worst, std::abs(error)), squares += error * error;
      }
    }
    std::printf("%s: [2^%d, 2^%d], precision %d: relative error 2^%.2f at most, 2^%.2f in the mean square\n",
                table().name().c_str(), logarithm.lowest, logarithm.highest, logarithm.precision,
                std::log2(worst / 1.4427),
                std::log2(std::sqrt(squares / (2.0 * static_cast<double>(values.size()))) / 1.4427));
  }
}

TEST_P(LogarithmRow, SmallValuesCountAsAboutTheLeast) {
  const Logarithm logarithm{8, 40, 8};
  Integers values;
  for (std::int64_t v = -8; v < 256; ++v) values.push_back(of(v));
  for (int repeat = 0; repeat < 4; ++repeat) values.insert(values.end(), values.begin(), values.end());
  const Outcome outcome =
      execute({{vector_shape(values.size()), values, Kind::kArithmetic, 1}}, taken(logarithm));
  for (std::size_t i = 0; i < values.size(); ++i) {
    ASSERT_GE(decoded(outcome.results[0][i], logarithm), std::log2(0.45)) << signed_of(values[i]);
    ASSERT_LE(decoded(outcome.results[0][i], logarithm), std::log2(1.6)) << signed_of(values[i]);
  }
}

TEST_P(LogarithmRow, OfAllSizes) {
  const Logarithm logarithm{5, 41, 8};
  for (std::size_t count : kSizes) {
    const Integers values = across(logarithm, std::max<std::size_t>(count, 111), 6);
    const Integers some(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count));
    const Outcome outcome = execute({{vector_shape(count), some, Kind::kArithmetic, 2}}, taken(logarithm));
    for (std::size_t i = 0; i < count; ++i)
      ASSERT_NEAR(decoded(outcome.results[0][i], logarithm), std::log2(static_cast<double>(some[i])) - 5,
                  0.0225)
          << count << " " << i;
  }
}

}  // namespace
}  // namespace sotto::protocols::conformance
