#include "protocols/composed/logarithm.h"

#include <bit>
#include <cmath>

#include "protocols/composed/linear.h"
#include "protocols/secret_logarithm.h"

namespace sotto::protocols::composed {
namespace {

constexpr ring::Element kMinus = ~ring::Element{0};

ring::Element power_of_two(int exponent) { return ring::Element{1} << exponent; }

// 1 / x for 0.9 < x < 2.2, by Newton's iteration: no division sees a secret.
double inverse_of(double x) {
  double inverse = 1.43 - 0.45 * x;
  for (int i = 0; i < 5; ++i) inverse *= 2.0 - x * inverse;
  return inverse;
}

ring::Element scaled(double value, int bits) {
  return static_cast<ring::Element>(std::llrint(std::ldexp(value, bits)));
}

// log2 of x / 2^fraction for x in [2^fraction, 2^(fraction+1)], give or take a unit, with as many fraction
// bits as `logarithm` has. Around the middle c of a piece, with x = c + t:
//   log2 x = log2 c + t / (c ln 2) - t^2 / (2 c^2 ln 2),
// off by (t/c)^3 / (3 ln 2): 2^-23 with pieces of 2^-6. Low precision does with fewer terms and pieces.
PiecewiseFunction mantissa(const Logarithm& logarithm, int fraction) {
  PiecewiseFunction function;
  function.name = "logarithm of a mantissa";
  function.minimum = (std::int64_t{1} << fraction) - 2;
  function.window = fraction + 1;
  function.piece_bits = logarithm.precision <= 8 ? 5 : 7;
  function.terms = logarithm.precision <= 12 ? 2 : 3;
  const int low_bits = function.window - function.piece_bits;
  function.truncate_bits = 2 * low_bits;
  const std::int64_t half = std::int64_t{1} << (low_bits - 1);
  const int bits = logarithm.fraction_bits() + function.truncate_bits;
  function.coefficients = [=, minimum = function.minimum](std::int64_t base,
                                                          std::span<ring::Element> coefficients) {
    const double c = std::ldexp(static_cast<double>(base + minimum + half), -fraction);
    const double inverse = inverse_of(c), slope = inverse * std::numbers::log2e;
    coefficients[0] = scaled(log2_of(c), bits);
    coefficients[1] = scaled(slope, bits - fraction);
    if (coefficients.size() > 2) coefficients[2] = scaled(-0.5 * slope * inverse, bits - 2 * fraction);
  };
  function.basis = [half](std::uint64_t low, std::span<ring::Element> basis) {
    const ring::Element t = low - static_cast<ring::Element>(half);
    basis[0] = 1;
    basis[1] = t;
    if (basis.size() > 2) basis[2] = t * t;
  };
  return function;
}

// v, not below 2^lowest.
Task<Share> raised(Context& context, const Share& value, const Logarithm& logarithm) {
  const Share least = filled(context, value.shape, power_of_two(logarithm.lowest));
  Contraction c;
  c.shape = value.shape;
  c.addends = {{.share = value}, {.share = least, .scale = kMinus}};
  c.then = Then::kRelu;
  c.window = logarithm.highest + 1;
  const Shares excess = co_await contract(context, std::move(c));
  co_return co_await sum_of(context, {{.share = excess[0]}, {.share = least}});
}

// v times 2^e in [2^(highest-1), 2^highest), and e in units of 2^-fraction_bits.
struct Normalised {
  Share value, exponent;
};

Task<Normalised> normalised(Context& context, Share value, const Logarithm& logarithm) {
  Normalised result{value, filled(context, value.shape, 0)};
  const int span = logarithm.highest - 1 - logarithm.lowest;
  for (int step = std::bit_width(static_cast<unsigned>(span)) - 1; step >= 0; --step) {
    const int s = 1 << step;
    const Share limit = filled(context, value.shape, power_of_two(logarithm.highest - s) - 1);
    const Share below =
        co_await sum_of(context, {{.share = limit}, {.share = result.value, .scale = kMinus}});
    const Share bit = co_await sign(context, below, logarithm.highest + 1, Effort::kFewBytes);
    std::vector<Task<Share>> both;
    both.push_back(selected(context, bit, {{.share = result.value, .scale = power_of_two(s) - 1}}));
    both.push_back(from_bits(context, bit, power_of_two(step + logarithm.fraction_bits())));
    const std::vector<Share> made = co_await when_all(std::move(both));
    result.value = co_await sum_of(context, {{.share = result.value}, {.share = made[0]}});
    result.exponent = co_await sum_of(context, {{.share = result.exponent}, {.share = made[1]}});
  }
  co_return result;
}

// value * 2^shift, for shifts of either sign.
Task<Share> shifted(Context& context, const Share& value, int shift) {
  Contraction c;
  c.shape = value.shape;
  c.addends.push_back({.share = value, .scale = power_of_two(std::max(shift, 0))});
  c.truncate_bits = std::max(-shift, 0);
  Shares results = co_await contract(context, std::move(c));
  co_return std::move(results[0]);
}

}  // namespace

Task<Share> lookup_of_logarithm(Context& context, Share value, const Logarithm& logarithm,
                                const PiecewiseFunction& function) {
  SOTTO_ASSERT(logarithm.fits(), "a logarithm within its limits");
  const int fraction = logarithm.precision + 4;
  const Share least = co_await raised(context, value, logarithm);
  const Normalised normal = co_await normalised(context, least, logarithm);
  const Share cut = co_await shifted(context, normal.value, fraction - (logarithm.highest - 1));
  const PiecewiseFunction of_mantissa = mantissa(logarithm, fraction);
  const Share mantissas = co_await lookup(context, cut, of_mantissa);
  const auto whole = static_cast<ring::Element>(logarithm.highest - 1 - logarithm.lowest)
                     << logarithm.fraction_bits();
  const Share result = co_await sum_of(context, {{.share = mantissas},
                                                 {.share = normal.exponent, .scale = kMinus},
                                                 {.share = filled(context, value.shape, whole)}});
  co_return co_await lookup(context, result, function);
}

}  // namespace sotto::protocols::composed
