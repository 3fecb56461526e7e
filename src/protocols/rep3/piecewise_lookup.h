// One chunk of a piecewise function (lookup.h says how), from the two summands of its argument; also for
// arguments that come into being within an operation, under a mask the single draws before.
#pragma once

#include <optional>

#include "protocols/rep3/truncation.h"
#include "protocols/table.h"

namespace sotto::protocols::rep3 {

// The base of the piece that the pair calls by this number, for a single whose summand is `half`: in
// (-2^low_bits, 2^window - 2^low_bits]. Constant time.
std::int64_t piece_base(const PiecewiseFunction& function, std::uint64_t half, std::size_t piece);

class PiecewiseLookup {
 public:
  PiecewiseLookup(Dealing& dealing, const PiecewiseFunction& function, const Chunk& chunk)
      : dealing_(dealing), function_(function), chunk_(chunk) {}

  // In the first round at all parties; `half` holds the single's summand, modulo 2^window, else empty.
  void deal(const Words& half);
  // At the single, from deal() on: its parts of the output of a function that truncates, which finish() fills
  // otherwise.
  void fill_at_single(const Output& output) { truncation_->fill_at_single(chunk_, output); }
  // From the next round on, `half` at the pair: 1 round, and one more if the function truncates.
  Task<void> finish(Words half, const Output& output);

 private:
  std::size_t pieces() const { return std::size_t{1} << function_.piece_bits; }
  std::size_t terms() const { return static_cast<std::size_t>(function_.terms); }
  int low_bits() const { return function_.window - function_.piece_bits; }
  void fill_table(const Words& half, std::span<std::uint64_t> table) const;
  void evaluate(const Words& half, const Words& summand) const;

  Dealing& dealing_;
  const PiecewiseFunction& function_;
  const Chunk& chunk_;
  Words table_, summand_;
  std::optional<Truncation> truncation_;  // where there is something to truncate
};

}  // namespace sotto::protocols::rep3
