// Selection by a secret bit: y = beta * v, for v = (A + B) / 2^d in halves and beta = c ^ r, c known to the
// pair, r to the single.
//
// With sigma = 1 - 2c: beta = c + sigma r, and with h = ceil(A/2^d) - 2^(62-d) - a 2^(64-d) (known to the
// pair) and B' = floor(B/2^d), b its top bit (truncation.h):
//   y = c h + c B' + sigma (r h + r B') - 2^(64-d) (1-a) (c b + sigma r b).
// The single deals B', r, r B' as ring elements and b, r b modulo 2^d; everything else is local to the pair,
// which shares its two summands again. r may have been dealt before with the same bit (SelectorCache) and is
// then not sent again. Of a sum that is not truncated the pair has shares of B' = B already: its two
// components.
//
// Security (semi-honest, one corruption): messages to second and within the pair are masked by keys their
// receivers do not know, each used once; the single receives nothing. Perfect. Cost per element: dealt 24
// bytes (8 less with the cache, 8 less of a sum without truncation) + 2 d bits, reshared 16 bytes; rounds: 1
// to deal + 1.
#pragma once

#include "protocols/rep3/truncation.h"

namespace sotto::protocols {

// How the operation that made a Boolean share was cut, and the pair's shares of r as ring elements.
struct SelectorCache {
  std::vector<rep3::Chunk> chunks;
  Words bit_share;
};

}  // namespace sotto::protocols

namespace sotto::protocols::rep3 {

class Selection {
 public:
  // `component`: at the pair its own share of B where it has one, of a sum with bits = 0; `has_components`
  // says so at all parties.
  Selection(Dealing& dealing, std::size_t count, int bits, bool has_components = false, Words component = {})
      : dealing_(dealing),
        count_(count),
        bits_(bits),
        has_components_(has_components),
        high_(std::move(component)) {}

  // In the first round. At the single `b` holds B and `r` the plane of r; else empty. `cached` holds the
  // pair's earlier shares of r, or nothing to deal them now; `use_cache` must agree at all parties.
  void deal(const Words& b, const Words& r, bool use_cache, Words cached);
  // From the next round on; one round. `halves` and the plane `c` at the pair.
  Task<void> finish(TruncatedHalves halves, Words c, const Chunk& chunk, const Output& output);
  // The pair's shares of r as ring elements, to be cached.
  const Words& bit_share() const { return bit_; }

 private:
  void deal_at_single(const Words& b, const Words& r, bool use_cache);
  Words summand(const TruncatedHalves& halves, const Words& c, std::span<std::uint64_t> common) const;

  Dealing& dealing_;
  std::size_t count_;
  int bits_;
  bool has_components_;
  Words high_, bit_, high_bit_;
  Dealing::Narrow wrap_, wrap_bit_;
};

}  // namespace sotto::protocols::rep3
