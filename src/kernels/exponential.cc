// The exponential in integers, and its lookups: e^(base + low) = e^base * e^low, one product for any split.
#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.h"
#include "kernels/piecewise.h"

namespace sotto::kernels {
namespace {

using Wide = __int128;
constexpr int kUnit = 62;  // fraction bits of the polynomial
constexpr std::uint64_t kOne = std::uint64_t{1} << kUnit;
constexpr std::int64_t kLog2E = 6653256548922161246;  // log2(e) * 2^62
constexpr double kLog2EReal = 1.4426950408889634;

// ln(2)^k / k! at kUnit fraction bits: the Taylor series of 2^x, whose rest after these is below 2^-45 on [0,
// 1).
constexpr int kTerms = 15;
std::array<std::uint64_t, kTerms> taylor_coefficients() {
  std::array<std::uint64_t, kTerms> table;
  long double term = 1.0L;
  for (int k = 0; k < kTerms; ++k) {
    table[static_cast<std::size_t>(k)] = static_cast<std::uint64_t>(std::ldexp(term, kUnit));
    term *= 0.693147180559945309417232121458176568L / static_cast<long double>(k + 1);
  }
  return table;
}
const std::array<std::uint64_t, kTerms> kTaylor = taylor_coefficients();

// How the bits are divided between coefficient and basis.
struct Split {
  int piece_bits, window, coefficient_bits, basis_bits;
  double piece(int fraction_bits) const { return std::ldexp(1.0, window - piece_bits - fraction_bits); }
};

Split split_with(const Domain& domain, int piece_bits, int result_bits, int result_bound) {
  Split split{.piece_bits = piece_bits,
              .window = window_for(domain, piece_bits),
              .coefficient_bits = 0,
              .basis_bits = 0};
  const int total = 61 - std::max(result_bound, 0);
  const int growth =
      static_cast<int>(std::min(std::ceil(split.piece(domain.fraction_bits) * kLog2EReal), 1000.0));
  // Four bits beyond the result's for both summands of the error; where they do not fit, both are equal at x
  // = 0.
  const int coefficient = result_bits + 4 + growth, basis = result_bits + 4 + std::max(result_bound, 0);
  split.basis_bits = coefficient + basis <= total ? total - coefficient : std::max((total - growth) / 2, 1);
  split.coefficient_bits = total - split.basis_bits;
  return split;
}

ExponentialError error_of(const Split& split, const Domain& domain) {
  const double growth = std::exp(std::min(split.piece(domain.fraction_bits), 600.0));
  return {.absolute = std::ldexp(growth, -split.coefficient_bits - 1),
          .relative = std::ldexp(1.0, -split.basis_bits - 1)};
}

// At most 64 pieces: half a kilobyte.
constexpr int kMostPieceBits = 6;
// Units of the result that the error everywhere may be.
constexpr double kWorstUnits = 0.125;
// That a square must save: its product costs four.
constexpr int kWorthwhilePieces = 8;

double worst_of(const ExponentialError& error, int result_bound) {
  return error.absolute + std::ldexp(error.relative, std::max(result_bound, 0));
}
// At x = 0.
double usual_of(const ExponentialError& error) { return error.absolute + error.relative; }

// The fewest pieces with an error within 2^-3 units everywhere; else the least error at x = 0.
Split split_for(const Domain& domain, int result_bits, int result_bound) {
  Split best{};
  double least = 0;
  for (int piece_bits = 1; piece_bits <= kMostPieceBits; ++piece_bits) {
    const Split split = split_with(domain, piece_bits, result_bits, result_bound);
    const ExponentialError error = error_of(split, domain);
    if (std::ldexp(worst_of(error, result_bound), result_bits) <= kWorstUnits) return split;
    // Twice the bytes must halve the error at least.
    const double usual = usual_of(error);
    if (piece_bits == 1 || usual < least * 0.5) best = split, least = usual;
  }
  return best;
}

// 2^exponent, which has fraction_bits + kUnit fraction bits.
std::uint64_t power_of_two(Wide exponent, int fraction_bits, int result_bits) {
  const auto whole = static_cast<std::int64_t>(exponent >> (fraction_bits + kUnit));
  const std::uint64_t part = static_cast<std::uint64_t>(exponent >> fraction_bits) & (kOne - 1);
  std::uint64_t power = kTaylor[kTerms - 1];
  for (int k = kTerms - 2; k >= 0; --k)
    power = kTaylor[static_cast<std::size_t>(k)] +
            static_cast<std::uint64_t>((static_cast<unsigned __int128>(power) * part) >> kUnit);
  const std::int64_t shift = kUnit - result_bits - whole;
  const std::int64_t usable = std::min<std::int64_t>(std::max<std::int64_t>(shift, 1), 63);
  const std::uint64_t rounded = (power + (std::uint64_t{1} << (usable - 1))) >> usable;
  return rounded & -static_cast<std::uint64_t>(shift <= 63);
}

// The same series in 64-bit words, for powers of which 2^-27 is enough.
constexpr int kShortUnit = 30, kShortTerms = 11;  // the rest is below 2^-31
std::array<std::uint64_t, kShortTerms> short_coefficients() {
  std::array<std::uint64_t, kShortTerms> table;
  for (std::size_t k = 0; k < kShortTerms; ++k)
    table[k] = (kTaylor[k] + (std::uint64_t{1} << (kUnit - kShortUnit - 1))) >> (kUnit - kShortUnit);
  return table;
}
const std::array<std::uint64_t, kShortTerms> kShortTaylor = short_coefficients();

// e^x at result_bits fraction bits; exactly 0 in pieces all of whose values are below 2^-zero_bits.
PiecewiseFunction lookup_of(const Split& split, const Domain& domain, int result_bits, double zero_bits) {
  const int low_bits = split.window - split.piece_bits;
  PiecewiseFunction function;
  function.name = "exp";
  function.minimum = domain.minimum;
  function.window = split.window;
  function.piece_bits = split.piece_bits;
  function.terms = 1;
  function.truncate_bits = split.coefficient_bits + split.basis_bits - result_bits;
  const double zero_below = -zero_bits / kLog2EReal;
  const auto tail = static_cast<std::int64_t>(std::floor(std::ldexp(zero_below, domain.fraction_bits))) -
                    (std::int64_t{1} << low_bits);
  function.coefficients = [=, minimum = domain.minimum, fraction = domain.fraction_bits](
                              std::int64_t base, std::span<ring::Element> out) {
    const std::int64_t x = base + minimum;
    out[0] = fixed_exp(x, fraction, split.coefficient_bits) & -static_cast<std::uint64_t>(x >= tail);
  };
  function.basis = [=, fraction = domain.fraction_bits](std::uint64_t low, std::span<ring::Element> out) {
    out[0] = fixed_exp(static_cast<std::int64_t>(low), fraction, split.basis_bits);
  };
  return function;
}

// Of (y + d)^2, where d is the error of y and a truncation's unit: 2 y |d| + d^2, and 2 y <= 1 + y^2.
ExponentialError squared(const ExponentialError& root, double unit) {
  const double absolute = root.absolute + unit;
  return {.absolute = absolute + 2 * absolute * absolute,
          .relative = 2 * root.relative + absolute + 2 * root.relative * root.relative};
}

}  // namespace

int window_for(const Domain& domain, int piece_bits) {
  const Wide extent = static_cast<Wide>(domain.maximum) - domain.minimum;
  int window = piece_bits + 1;
  while ((Wide{1} << window) - (Wide{1} << (window - piece_bits)) <= extent) ++window;
  return window;
}

std::uint64_t fixed_exp(std::int64_t value, int fraction_bits, int result_bits) {
  return power_of_two(static_cast<Wide>(value) * kLog2E, fraction_bits, result_bits);
}

std::uint64_t fixed_exp2(std::int64_t value, int fraction_bits, int result_bits) {
  return power_of_two(static_cast<Wide>(value) << kUnit, fraction_bits, result_bits);
}

std::uint64_t short_exp2(std::int64_t value, int fraction_bits, int result_bits) {
  const std::int64_t whole = value >> fraction_bits;
  const auto place = static_cast<std::uint64_t>(value - (whole << fraction_bits));
  const std::uint64_t part = fraction_bits <= kShortUnit ? place << (kShortUnit - fraction_bits)
                                                         : place >> (fraction_bits - kShortUnit);
  std::uint64_t power = kShortTaylor[kShortTerms - 1];
  for (int k = kShortTerms - 2; k >= 0; --k)
    power = kShortTaylor[static_cast<std::size_t>(k)] + ((power * part) >> kShortUnit);
  const std::int64_t shift = kShortUnit - result_bits - whole;
  const std::int64_t up = std::min<std::int64_t>(std::max<std::int64_t>(-shift, 0), 31);
  const std::int64_t down = std::min<std::int64_t>(std::max<std::int64_t>(shift, 0), 62);
  return ((power << up) + ((std::uint64_t{1} << down) >> 1)) >> down;
}

PiecewiseFunction exponential(const Domain& domain, int result_bits, int result_bound) {
  return lookup_of(split_for(domain, result_bits, result_bound), domain, result_bits, result_bits + 1);
}

PiecewiseFunction untruncated_exponential(const Domain& domain, int low_bits, int piece_bits,
                                          int coefficient_bits, int basis_bits) {
  const Split split{.piece_bits = piece_bits,
                    .window = low_bits + piece_bits,
                    .coefficient_bits = coefficient_bits,
                    .basis_bits = basis_bits};
  const int result_bits = coefficient_bits + basis_bits;
  return lookup_of(split, domain, result_bits, result_bits + 1);
}

ExponentialError exponential_error(const Domain& domain, int result_bits, int result_bound) {
  return error_of(split_for(domain, result_bits, result_bound), domain);
}

std::optional<SquaredExponential> squared_exponential(const Domain& domain, int result_bits,
                                                      int result_bound) {
  const Split whole = split_for(domain, result_bits, result_bound);
  const ExponentialError allowed = error_of(whole, domain);
  const double worst = std::ldexp(kWorstUnits, -result_bits), usual = 2 * usual_of(allowed);
  const bool everywhere = worst_of(allowed, result_bound) <= worst;
  const Domain halves{domain.minimum, domain.maximum, domain.fraction_bits + 1};
  const int bound = std::max(result_bound, 0), root_bound = (bound + 1) / 2;
  for (int piece_bits = 1; (1 << piece_bits) + kWorthwhilePieces <= 1 << whole.piece_bits; ++piece_bits) {
    // An error d of the root makes one of 2 d e^(x/2).
    const Split split = split_with(halves, piece_bits, result_bits + root_bound + 1, root_bound);
    const int root_bits = std::min((61 - bound) / 2, split.coefficient_bits + split.basis_bits);
    const ExponentialError error = squared(error_of(split, halves), std::ldexp(1.0, -root_bits));
    if (everywhere ? worst_of(error, result_bound) > worst : usual_of(error) > usual) continue;
    return SquaredExponential{.root = lookup_of(split, halves, root_bits, 0.5 * (result_bits + 1)),
                              .truncate_bits = 2 * root_bits - result_bits,
                              .error = error};
  }
  return std::nullopt;
}

}  // namespace sotto::kernels
