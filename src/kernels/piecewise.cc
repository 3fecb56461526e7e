#include "kernels/piecewise.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <memory>
#include <numbers>

#include "base/error.h"

namespace sotto::kernels {
namespace {

constexpr int kMostTerms = 10;
using Polynomial = std::array<double, kMostTerms + 1>;

// From values at the n Chebyshev points cos(pi (j + 1/2) / n) to Chebyshev coefficients.
struct Interpolation {
  int terms;
  std::array<double, kMostTerms> points{};
  std::array<Polynomial, kMostTerms> rows{};  // rows[k][j]

  explicit Interpolation(int n) : terms(n) {
    for (int j = 0; j < n; ++j)
      points[static_cast<std::size_t>(j)] = std::cos(std::numbers::pi * (j + 0.5) / n);
    for (int k = 0; k < n; ++k)
      for (int j = 0; j < n; ++j)
        rows[static_cast<std::size_t>(k)][static_cast<std::size_t>(j)] =
            (k == 0 ? 1.0 : 2.0) / n * std::cos(std::numbers::pi * k * (j + 0.5) / n);
  }
};

// sum of chebyshev[k] T_k(2 tau + beta) as a polynomial in tau: Clenshaw's recurrence on polynomials.
Polynomial expanded(const Polynomial& chebyshev, int terms, double beta) {
  Polynomial first{}, second{};
  const auto n = static_cast<std::size_t>(terms);
  for (std::size_t k = n; k-- > 0;) {
    // first' = c_k + (2 or, at the end, 1) * (2 tau + beta) * first - second
    const double factor = k == 0 ? 1.0 : 2.0;
    Polynomial next{};
    for (std::size_t i = 0; i < n; ++i) {
      next[i] += factor * beta * first[i] - second[i];
      next[i + 1] += factor * 2.0 * first[i];
    }
    next[0] += chebyshev[k];
    second = first;
    first = next;
  }
  return first;
}

// Bits that the monomial coefficients may exceed the function's values by, see fitted().
int growth_bits(const Fit& fit) {
  return static_cast<int>(std::ceil(std::max(0.0, fit.terms * std::log2(9.9 * fit.convergence))));
}

// rho and z of the piece at the domain's beginning, the widest relative to its place.
double convergence(const Domain& domain, int piece_bits) {
  const double half = std::ldexp(1.0, window_for(domain, piece_bits) - piece_bits - 1);
  const double rho = half / (static_cast<double>(domain.minimum) + half);
  return (1 - std::sqrt(1 - rho * rho)) / rho;
}

class Coefficients {
 public:
  Coefficients(const Fit& fit, int low_bits, int bits)
      : fit_(fit), interpolation_(fit.terms), low_bits_(low_bits), bits_(bits) {}

  // The fit's interval is [start, start + piece] with start = base, but within the domain: below it the
  // function may have a pole. tau = low / piece; the Chebyshev variable is 2 tau + beta.
  void operator()(std::int64_t base, std::span<ring::Element> out) const {
    const double piece = std::ldexp(1.0, low_bits_), unit = std::ldexp(1.0, -fit_.domain.fraction_bits);
    const double start = static_cast<double>(std::max<std::int64_t>(base, 0));
    const double beta = -1.0 - 2.0 * (start - static_cast<double>(base)) * std::ldexp(1.0, -low_bits_);
    Polynomial values{}, chebyshev{};
    const auto n = static_cast<std::size_t>(fit_.terms);
    for (std::size_t j = 0; j < n; ++j) {
      const double place = start + piece * 0.5 * (interpolation_.points[j] + 1.0);
      values[j] = fit_.function((place + static_cast<double>(fit_.domain.minimum)) * unit);
    }
    for (std::size_t k = 0; k < n; ++k)
      for (std::size_t j = 0; j < n; ++j) chebyshev[k] += interpolation_.rows[k][j] * values[j];
    const Polynomial polynomial = expanded(chebyshev, fit_.terms, beta);
    const double scale = std::ldexp(1.0, bits_);
    for (std::size_t i = 0; i < n; ++i)
      out[i] = static_cast<ring::Element>(std::llrint(polynomial[i] * scale));
  }

 private:
  Fit fit_;
  Interpolation interpolation_;
  int low_bits_, bits_;
};

// Powers of low / 2^low_bits at `bits` fraction bits.
void powers(std::uint64_t low, int low_bits, int bits, std::span<ring::Element> out) {
  const std::uint64_t tau = low_bits <= bits ? low << (bits - low_bits) : low >> (low_bits - bits);
  out[0] = std::uint64_t{1} << bits;
  for (std::size_t i = 1; i < out.size(); ++i)
    out[i] = static_cast<std::uint64_t>((static_cast<unsigned __int128>(out[i - 1]) * tau) >> bits);
}

}  // namespace

void choose_pieces(Fit& fit, double error) {
  // Coefficients that grow much, and small values beside large ones, both lose bits of those there are.
  const double ratio = static_cast<double>(fit.domain.maximum) / static_cast<double>(fit.domain.minimum);
  const int most_growth = 18 - 2 * static_cast<int>(std::ceil(std::log2(ratio)));
  std::int64_t fewest = std::int64_t{1} << 40;
  for (int piece_bits = 1; piece_bits <= 8; ++piece_bits) {
    const double z = convergence(fit.domain, piece_bits);
    int terms = 1;
    while (terms < kMostTerms && 2 * std::pow(z, terms) > error) ++terms;
    const std::int64_t words = static_cast<std::int64_t>(terms) << piece_bits;
    Fit candidate = fit;
    candidate.terms = terms;
    candidate.convergence = z;
    if (2 * std::pow(z, terms) > error || growth_bits(candidate) > most_growth || words >= fewest) continue;
    fewest = words;
    fit = candidate;
    fit.piece_bits = piece_bits;
  }
  SOTTO_ASSERT(fewest < std::int64_t{1} << 40, "some division into pieces reaches the error");
}

void choose_pieces_before_poles(Fit& fit, double pole, double error) {
  constexpr int kMostPieceBits = 6, kMostGrowth = 8;
  std::int64_t fewest = std::int64_t{1} << 40;
  const Fit given = fit;
  for (int piece_bits = 1; piece_bits <= kMostPieceBits; ++piece_bits) {
    Fit candidate = given;
    candidate.piece_bits = piece_bits;
    const double piece =
        std::ldexp(1.0, window_for(fit.domain, piece_bits) - piece_bits - fit.domain.fraction_bits);
    candidate.convergence = piece / (4 * pole);
    const auto error_of = [&] {
      return 4 / std::numbers::pi * std::pow(candidate.convergence, candidate.terms);
    };
    while (candidate.terms < kMostTerms && error_of() > error) ++candidate.terms;
    const std::int64_t words = static_cast<std::int64_t>(candidate.terms) << piece_bits;
    if (error_of() > error || growth_bits(candidate) > kMostGrowth || words >= fewest) continue;
    fewest = words;
    fit = candidate;
  }
  SOTTO_ASSERT(fewest < std::int64_t{1} << 40, "some division into pieces reaches the error");
}

PiecewiseFunction fitted(std::string name, const Fit& fit) {
  PiecewiseFunction function;
  function.name = std::move(name);
  function.minimum = fit.domain.minimum;
  function.window = window_for(fit.domain, fit.piece_bits);
  function.piece_bits = fit.piece_bits;
  function.terms = fit.terms;
  // Of the bits there are, the basis gets more by as much as the coefficients exceed the values they sum to.
  const int total = std::min(61 - fit.result_bound, 61 + fit.result_bits);
  const int low_bits = function.window - fit.piece_bits;
  const int growth = growth_bits(fit);
  const int basis_bits = (total + growth) / 2, coefficient_bits = total - basis_bits;
  function.truncate_bits = total - fit.result_bits;
  function.basis_bits = basis_bits + 1;
  function.coefficients = [coefficients = std::make_shared<Coefficients>(fit, low_bits, coefficient_bits)](
                              std::int64_t base, std::span<ring::Element> out) {
    (*coefficients)(base, out);
  };
  function.basis = [=](std::uint64_t low, std::span<ring::Element> out) {
    powers(low, low_bits, basis_bits, out);
  };
  return function;
}

// Newton's iteration from the bits of the exponent: the first guess is within 13 %, each step squares the
// error.
double constant_time_reciprocal(double x) {
  double y = std::bit_cast<double>(0x7FDE623822FC16E6u - std::bit_cast<std::uint64_t>(x));
  for (int i = 0; i < 4; ++i) y *= 2.0 - x * y;
  return y;
}

// e^-|x| as 2^(whole + part), the part by its Taylor series; then 1 / (1 + e), or e / (1 + e) for negative x.
double constant_time_logistic(double x) {
  const double exponent = std::max(-std::abs(x) * std::numbers::log2e, -60.0);
  const double rounder = 0x1.8p52, whole = (exponent + rounder) - rounder;
  const double part = (exponent - whole) * std::numbers::ln2;
  double power = 1;
  for (int k = 13; k >= 1; --k) power = 1 + power * part * (1.0 / k);
  const auto bits = static_cast<std::uint64_t>(static_cast<std::int64_t>(whole) + 1023) << 52;
  const double e = power * std::bit_cast<double>(bits);
  const double positive = constant_time_reciprocal(1 + e);
  const double negative = static_cast<double>(std::bit_cast<std::uint64_t>(x) >> 63);
  return positive * (1 + negative * (e - 1));
}

// x = m 2^e with m in [1/sqrt 2, sqrt 2); log m = 2 artanh((m - 1) / (m + 1)) by its series.
double constant_time_log(double x) {
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
  const std::uint64_t offset = bits - 0x3FE6A09E667F3BCDu;  // of 1/sqrt 2
  const auto exponent = static_cast<std::int64_t>(offset) >> 52;
  const double m = std::bit_cast<double>(bits - (static_cast<std::uint64_t>(exponent) << 52));
  const double s = (m - 1.0) * constant_time_reciprocal(m + 1.0), square = s * s;
  double series = 0;
  for (int k = 10; k >= 0; --k) series = series * square + 1.0 / (2 * k + 1);
  return 2.0 * s * series + static_cast<double>(exponent) * std::numbers::ln2;
}

}  // namespace sotto::kernels
