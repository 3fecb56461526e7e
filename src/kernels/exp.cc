// exp: e^a for |a| < 2^bound of the operand's type and e^a < 2^bound of the result's, by one lookup of one
// coefficient per piece.
//
// e^x = e^base * e^low for any split x = base + low, so the dealer's table holds e^base and the rest
// multiplies by e^low: no range reduction, no polynomial in shares. Very negative arguments give exactly 0.
//
// Implementations. One lookup of e^a, in up to 64 pieces. The lookup of e^(a/2) in a fraction of the pieces,
// and its square. Both also of max(a, -T), by a ReLU, where e^-T is next to nothing: operands may have any
// bound. Of those whose errors are alike few rounds takes the fewest rounds, few bytes the fewest bytes.
//
// Domain: at most 32 fraction bits. Error: less than 1 unit (truncation) + 2^-3 units where the result's
// fraction + bound <= 24; larger results share the bits there are: (e^x + 1) 2^-18 for results below 2^24 at
// 18 fraction bits, of a square twice that (docs/numerics.md).
// Rounds (rep3): 3; a square 2 more, a ReLU 5 more. Bytes: 8 * 2^piece_bits + 24 + 3/8 per bit of the
// truncation; a square 24 + 3/8 per bit of its own more. For |x| < 16, results below 2^24 at 18 fraction
// bits: 287, of a square 98. Idea: the table of 2^x around a random mask, as in Boyle et al. (EUROCRYPT 2021)
// and Grotto (CCS 2023), there with function secret sharing.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "kernels/all.h"
#include "kernels/check.h"
#include "kernels/clamp.h"
#include "kernels/piecewise.h"
#include "kernels/product.h"

namespace sotto::kernels {
namespace {

using protocols::Effort;

constexpr double kMostError = 0x1p-8;                 // at x = 0
constexpr int kMostBits = 38, kMostFraction = 32;     // of an argument in units, of its last place
constexpr int kWordsOfClamp = 8, kWordsOfSquare = 4;  // what they cost beside pieces

double usual(const ExponentialError& error) { return error.absolute + error.relative; }

std::int64_t units_of(double x, int fraction_bits) {
  return static_cast<std::int64_t>(std::ceil(std::ldexp(x, fraction_bits)));
}

// Units of the argument that a piece covers.
std::int64_t piece_of(const PiecewiseFunction& function) {
  return std::int64_t{1} << (function.window - function.piece_bits);
}

// Arguments between the operand's bound and where results reach theirs.
Domain whole_domain(const ValueType& a, const ValueType& y) {
  const std::int64_t most = std::int64_t{1} << std::max(a.fraction_bits + a.bound_bits, 0);
  const std::int64_t largest = units_of(y.bound_bits * std::numbers::ln2, a.fraction_bits);
  return {.minimum = -most, .maximum = std::clamp(largest, -most, most), .fraction_bits = a.fraction_bits};
}

// One of the implementations.
struct Way {
  Domain domain;
  bool is_clamped = false;
  std::optional<SquaredExponential> square;  // or one lookup
  ExponentialError error{};
  int words = 0;
};

std::vector<Way> ways_over(const Domain& domain, bool is_clamped, const ValueType& y) {
  const PiecewiseFunction function = exponential(domain, y.fraction_bits, y.bound_bits);
  const int clamp = is_clamped ? kWordsOfClamp : 0;
  std::vector<Way> ways{{.domain = domain,
                         .is_clamped = is_clamped,
                         .square = std::nullopt,
                         .error = exponential_error(domain, y.fraction_bits, y.bound_bits),
                         .words = (1 << function.piece_bits) + clamp}};
  if (auto square = squared_exponential(domain, y.fraction_bits, y.bound_bits)) {
    const int words = (1 << square->root.piece_bits) + kWordsOfSquare + clamp;
    ways.push_back({domain, is_clamped, square, square->error, words});
  }
  return ways;
}

// Clamped where e^x is less than half a unit, and a piece further: arguments of that piece give 0.
std::vector<Way> clamped_ways(const Domain& whole, const ValueType& y) {
  std::vector<Way> ways;
  for (int margin = 4; margin <= 64; margin *= 2) {
    Domain domain = whole;
    domain.minimum = units_of(-(y.fraction_bits + 1) * std::numbers::ln2 - margin, whole.fraction_bits) - 2;
    if (domain.minimum <= whole.minimum || domain.minimum > whole.maximum) break;
    for (Way& way : ways_over(domain, true, y)) {
      const PiecewiseFunction function =
          way.square ? way.square->root : exponential(domain, y.fraction_bits, y.bound_bits);
      if (piece_of(function) <= std::int64_t{margin} << whole.fraction_bits) ways.push_back(std::move(way));
    }
    if (!ways.empty()) break;
  }
  return ways;
}

double worst(const ExponentialError& error, const ValueType& y) {
  return error.absolute + std::ldexp(error.relative, std::max(y.bound_bits, 0));
}

// The implementation for this effort; none: no precision is left. Errors are within 2^-3 units everywhere, if
// any implementation's are; else, at x = 0, within twice the least there is, or 2^-3 units.
std::optional<Way> way_for(const Call& call) {
  const ValueType &a = call.operand_types[0], &y = call.result_types[0];
  const Domain whole = whole_domain(a, y);
  std::vector<Way> ways = clamped_ways(whole, y);
  if (a.fraction_bits + a.bound_bits < kMostBits)
    for (Way& way : ways_over(whole, false, y)) ways.push_back(std::move(way));
  double least = kMostError / 2;
  for (const Way& way : ways) least = std::min(least, usual(way.error));
  const double small = std::ldexp(0.125, -y.fraction_bits);
  const double allowed = std::max(2 * least, small);
  if (std::ranges::any_of(ways, [&](const Way& way) { return worst(way.error, y) <= small; }))
    std::erase_if(ways, [&](const Way& way) { return worst(way.error, y) > small; });
  std::optional<Way> best;
  const bool few_rounds = effort_of(call.attributes) == Effort::kFewRounds;
  // By rounds, or by bytes and then rounds.
  const auto rank = [&](const Way& way) {
    const int rounds = (way.is_clamped ? 2 : 0) + (way.square ? 1 : 0);
    return few_rounds ? std::pair{rounds, way.words} : std::pair{way.words, rounds};
  };
  for (Way& way : ways)
    if (usual(way.error) <= allowed && (!best || rank(way) < rank(*best))) best = std::move(way);
  return best;
}

void check_exp(const Call& call) {
  const Check check("exp", call, 1, 1);
  const ValueType &a = check.operand(0), &y = check.result();
  check.numeric(a, "the operand");
  check.arithmetic(y, "the result");
  check.shape(y, a.shape, "the result");
  check.effort();
  check.require(a.fraction_bits <= kMostFraction, "the operand has more than 32 fraction bits");
  check.require(y.fraction_bits + std::max(y.bound_bits, 0) <= 52,
                "the result has too many bits: narrow its bound, or use fewer fraction bits");
  check.require(way_for(call).has_value(), "no precision is left for such large results");
}

Task<Shares> run_exp(Context& context, const Call& call) {
  const ValueType &a = call.operand_types[0], &y = call.result_types[0];
  const std::optional<Way> way = way_for(call);
  Share x = secret(context, call.operands[0]);
  if (way->is_clamped)
    x = co_await at_least(context, x, way->domain.minimum, a.fraction_bits + a.bound_bits,
                          effort_of(call.attributes));
  if (way->square) {
    const Share root = co_await protocols::lookup(context, x, way->square->root);
    co_return Shares{co_await squared(context, root, way->square->truncate_bits)};
  }
  const PiecewiseFunction function = exponential(way->domain, y.fraction_bits, y.bound_bits);
  co_return Shares{co_await protocols::lookup(context, x, function)};
}

}  // namespace

const Kernel kExp{"exp", check_exp, run_exp};

}  // namespace sotto::kernels
