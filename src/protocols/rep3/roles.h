// Who does what in one chunk of an operation, and how shares are laid out (replicated secret sharing, Araki
// et al., CCS 2016).
//
// x = c0 + c1 + c2 modulo 2^64 (or c0 ^ c1 ^ c2), component cj known to the two parties other than j. Party i
// stores parts[0] = c(i+1) and parts[1] = c(i+2), indices modulo 3.
//
// Most protocols here are asymmetric: one party, the `single`, knows B = c(s+1) + c(s+2); the two others, the
// pair `first` = s+1 and `second` = s+2, know A = c(s). The single deals randomness correlated with B; it
// never receives anything computed from A in the clear. Roles rotate with (operation, chunk), which balances
// traffic and work.
#pragma once

#include <cstdint>
#include <vector>

#include "protocols/context.h"

namespace sotto::protocols::rep3 {

struct Roles {
  int self, single;

  int first() const { return (single + 1) % 3; }
  int second() const { return (single + 2) % 3; }
  bool is_single() const { return self == single; }
  bool is_first() const { return self == first(); }
  bool is_second() const { return self == second(); }
  bool in_pair() const { return self != single; }
  // The other of the pair.
  int partner() const { return is_first() ? second() : first(); }

  // Index into parts of: the component only the pair knows; the one single and first know; single and second.
  int pair_part() const { return is_first() ? 1 : 0; }
  int first_part() const { return is_first() ? 0 : 1; }
  int second_part() const { return is_single() ? 0 : 1; }
};

// Elements [begin, end) of a flattened tensor, with their roles.
struct Chunk {
  std::size_t begin, end;
  int single;
  std::size_t index;
  std::size_t size() const { return end - begin; }
};

// In elements: tensors below `whole` are one chunk, and no chunk is larger than about `largest`.
struct ChunkSizes {
  std::size_t whole = 1536;
  std::size_t largest = 65536;  // keeps a chunk's arrays within the second-level cache
  bool at_words = true;         // packed bits split at words: granularities are multiples of 64
};

// Cuts `count` elements at multiples of `granularity`. Small tensors stay whole; larger ones are cut into a
// multiple of three chunks, so that every role falls equally on all.
std::vector<Chunk> cut(std::size_t count, std::size_t granularity, const Site& site,
                       const ChunkSizes& sizes = {});

// Where contractions of this shape may be cut: at examples, elements of the first axis, however they are
// shaped; where there are fewer than three, at rows of the last axis.
std::size_t granularity_of(const Shape& shape);

inline Roles roles_of(const Context& context, const Chunk& chunk) { return {context.self(), chunk.single}; }

// What the randomness of one chunk is for; one value per array.
enum Purpose : std::uint8_t {
  kZeroFirst,      // mask of first's summand, known to single
  kZeroSecond,     // mask of second's summand, known to single
  kDealtHigh,      // first's share of B'
  kDealtWrap,      // first's share of B's top bit
  kWrapMaskFirst,  // masks of the wrap's summands
  kWrapMaskSecond,
  kBitFirst,  // components of the bit r
  kBitSecond,
  kDealtBit,      // first's share of r as a ring element
  kDealtHighBit,  // first's share of B' * r
  kDealtWrapBit,  // first's share of b * r
  kReshareFirst,  // masks of a result that is shared again
  kReshareSecond,
  kThresholds,      // first's share of the threshold vectors
  kTopBit,          // first's share of the window's top bit
  kMergeMaskFirst,  // masks of the merging gates
  kMergeMaskSecond,
  kMergeProducts,      // first's share of products of masks
  kTable,              // first's share of a dealt table
  kSubsets,            // first's share of products of bits
  kInput,              // an owner's mask
  kFunctionSeedFirst,  // roots of dealt comparison functions
  kFunctionSeedSecond,
  kPublicCoin,    // shifts of halves that are not random by themselves
  kDigitVectors,  // first's share of the one-hot vectors of digits
  kDigitMaskFirst,
  kDigitMaskSecond,
  kDigitProducts,
  kPrefixMaskFirst,
  kPrefixMaskSecond,
  kPrefixProducts,
  kPositionFirst,  // masks of the bits of the leading digit's position
  kPositionSecond,
  kHalfDigits,      // first's share of the summand whose leading digits are selected
  kDigitSelection,  // first's share of what selects them
  kMantissaFirst,   // masks of the selected digits
  kMantissaSecond,
  kBinaryThresholds,  // first's share of the vectors that say how many of the mantissa's bits lead
  kBinaryFirst,       // masks of those bits
  kBinarySecond,
  kBinarySelection,  // first's share of what shifts the mantissa by them
  kNormalisedFirst,  // masks of the normalised mantissa
  kNormalisedSecond,
  kLogarithmTable,  // first's share of the pieces of its logarithm
  kLogarithmFirst,  // masks of the logarithm
  kLogarithmSecond,
  kWinsFirst,  // masks of the comparisons that a column wins
  kWinsSecond,
  kWinsProducts,
  kMaximumFirst,  // masks of the maximum
  kMaximumSecond,
  kConjunction,  // what hides a share of x y: each pair's key, at both of them
};

}  // namespace sotto::protocols::rep3
