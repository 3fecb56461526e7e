// Piecewise functions for the protocols' lookup row: the exponential by one product, and polynomial fits.
//
// Two rules hold for all functions here. The basis is computed in integers, since several parties must
// compute exactly the same. Neither basis nor coefficients branch on, index by, or divide by what they are
// given: a coefficient's base is a secret mask of its dealer.
#pragma once

#include <optional>

#include "protocols/table.h"

namespace sotto::kernels {

using protocols::PiecewiseFunction;

// Arguments x with minimum <= x <= maximum, in units of 2^-fraction_bits.
struct Domain {
  std::int64_t minimum = 0, maximum = 0;
  int fraction_bits = 0;
};

// The smallest window whose pieces cover the domain, wherever they begin: 2^w - 2^(w-piece_bits) > maximum -
// minimum.
int window_for(const Domain& domain, int piece_bits);

// round(e^(value / 2^fraction_bits) * 2^result_bits), at most one unit off; 0 where that is below half a
// unit. Constant time. Results must be below 2^62; larger ones saturate there.
std::uint64_t fixed_exp(std::int64_t value, int fraction_bits, int result_bits);

// The same of 2^(value / 2^fraction_bits).
std::uint64_t fixed_exp2(std::int64_t value, int fraction_bits, int result_bits);

// The same within a relative 2^-27 and half a unit, in a third of the time: where a logarithm is not exact,
// its power need not be. fraction_bits up to 62; results below 2^61.
std::uint64_t short_exp2(std::int64_t value, int fraction_bits, int result_bits);

// e^x at `result_bits` fraction bits, results below 2^result_bound, as a product of a coefficient with p and
// a basis with q fraction bits; pieces whose largest value is below half a unit give exactly 0. The number of
// pieces, p and q are chosen so that the error before truncation is 2^-3 units, or else, where results are
// large, the least possible.
PiecewiseFunction exponential(const Domain& domain, int result_bits, int result_bound);
// That error is at most absolute + e^x * relative.
struct ExponentialError {
  double absolute, relative;
};
ExponentialError exponential_error(const Domain& domain, int result_bits, int result_bound);

// e^x = (e^(x/2))^2: the lookup of half the range takes far fewer pieces, and a product follows. An error d
// of the root is one of 2 d e^(x/2) <= d (1 + e^x). As exact as the exponential above where that is exact to
// 2^-3 units, else at x = 0 at most twice its error; nothing where that saves fewer than eight pieces.
struct SquaredExponential {
  PiecewiseFunction root;
  int truncate_bits;       // of the square
  ExponentialError error;  // before that
};
std::optional<SquaredExponential> squared_exponential(const Domain& domain, int result_bits,
                                                      int result_bound);

// e^x without truncation, in 2^piece_bits pieces of 2^low_bits units from domain.minimum on: coefficients
// carry `coefficient_bits` and the basis `basis_bits` fraction bits, the result both.
PiecewiseFunction untruncated_exponential(const Domain& domain, int low_bits, int piece_bits,
                                          int coefficient_bits, int basis_bits);

// A smooth function by near-minimax polynomials: interpolation at Chebyshev points of each piece.
struct Fit {
  double (*function)(double x) = nullptr;  // constant time
  Domain domain;
  int terms = 1, piece_bits = 1;
  int result_bits = 0, result_bound = 0;  // |f(x)| < 2^result_bound
  // Interpolation's error falls by this factor with every term (less than 1); set by the functions that
  // choose.
  double convergence = 0;
};
PiecewiseFunction fitted(std::string name, const Fit& fit);

// For 1/x and log x: terms and piece_bits with the fewest coefficients in all such that the interpolation's
// error is at most `error`. With rho = half a piece / the piece's middle and z = (1 - sqrt(1 - rho^2)) / rho,
// it is 2 z^n of 1/x (relative) and below that of log x.
void choose_pieces(Fit& fit, double error);

// The same for a function whose only poles have the distance `pole` from the real axis and residue 1, as the
// logistic function: the error is at most 4/pi z^n with z = piece / (4 pole). Absolute.
void choose_pieces_before_poles(Fit& fit, double pole, double error);

// 1 / (1 + e^-x) for any x, absolute error below 2^-44; multiplications only.
double constant_time_logistic(double x);

// 1/x and log x for 2^-200 < x < 2^200, relative and absolute error below 2^-44; multiplications only.
double constant_time_reciprocal(double x);
double constant_time_log(double x);

}  // namespace sotto::kernels
