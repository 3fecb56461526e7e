// Exact truncation of v = A + B by d bits, |v| < 2^62.
//
// The pair adds 2^62 to A, so that 0 <= A + B - wrap * 2^64 < 2^63. Then
//   v / 2^d  ~  ceil(A / 2^d) + floor(B / 2^d) - wrap * 2^(64-d) - 2^(62-d),    wrap = a OR b = a + b (1 -
//   a),
// with a, b the top bits of A, B: since the sum's top bit is zero, the sum wraps exactly if one top bit is
// set. Rounding one half up and the other down leaves an error strictly less than one unit with zero mean.
// The single deals floor(B/2^d) and, modulo 2^d (what the factor 2^(64-d) leaves), b; the pair forms the
// wrap's summands locally and opens them to each other under masks known to the single.
//
// Security: as in Santos et al. (eprint 2024/1127), against a functionality that tells a corrupted party the
// random summand (A or B) which determines the rounding; Li et al. (2023) show that this is needed. Every
// message is masked by a key its receiver does not know. Perfect but for that; no failure probability. Cost
// per element: 8 bytes + 3 d bits (the exchange of a product's summands not included), 2 rounds.
#pragma once

#include "protocols/rep3/dealing.h"

namespace sotto::protocols::rep3 {

// After the first round, for a value whose halves are known: what further steps need.
struct TruncatedHalves {
  // Pair: ceil(A/2^d) - 2^(62-d) - a * 2^(64-d). Single: floor(B/2^d).
  Words high;
  // Pair, d > 0: all ones where a is zero, else zero, cut to d bits: (1 - a) as a mask.
  Words no_wrap;
};

// Pair: `a` holds A without the offset. d = 0 leaves A as it is and needs no wrap.
TruncatedHalves truncate_pair_half(const Context& context, const Words& a, int bits);
// Single: floor(B / 2^d), and b = top bit of B (empty for d = 0).
struct SingleHalf {
  Words high, top_bit;
};
SingleHalf truncate_single_half(const Context& context, const Words& b, int bits);

// Where a chunk's result goes: spans of the output's parts.
struct Output {
  Words part[2];
  std::span<std::uint64_t> at(int part_index, const Chunk& chunk) const {
    return part[part_index].mutable_span().subspan(chunk.begin, chunk.size());
  }
};

// Shares v / 2^d of halves again. Call deal() in the first round; finish() from the next on takes one more
// round (none for d = 0) and fills the output.
class Truncation {
 public:
  Truncation(Dealing& dealing, std::size_t count, int bits) : dealing_(dealing), count_(count), bits_(bits) {}
  // `b` holds B at the single, else empty.
  void deal(const Words& b);
  // At the single, from deal() on: its parts of the output, which finish() fills if they are not there.
  void fill_at_single(const Chunk& chunk, const Output& output);
  // `a` holds A at the pair, else empty.
  Task<void> finish(Words a, const Chunk& chunk, const Output& output);

 private:
  Task<void> finish_at_pair(Words a, const Chunk& chunk, const Output& output);

  Dealing& dealing_;
  std::size_t count_;
  int bits_;
  Words high_share_, first_share_;
  Dealing::Narrow wrap_;
  bool filled_ = false;
};

}  // namespace sotto::protocols::rep3
