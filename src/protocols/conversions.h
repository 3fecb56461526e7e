// Conversions between sharings (sharing.h), one row each. n elements, w bits of a Boolean (planes in whole
// words of 64), all parties' bytes together; what a path of several costs is their sum.
//
// | from -> to                | plain | rep3                      | duo |
// |---------------------------|-------|---------------------------|------------------------------------------|
// | public -> private         | local | local                     | local | | public -> arithmetic      |
// local | local                     | local                                    | | public -> Boolean | local
// | local                     | local                                    | | private -> public         |
// local | 1 round, 16 n             | 1 round, 8 n                             | | private -> private | - | 1
// round, 8 n              | 1 round, 8 n                             | | private -> arithmetic     | local |
// 1 round, 8 n              | local                                    | | private -> Boolean        | local
// | 1 round, w n / 8          | local                                    | | arithmetic -> public      |
// local | 1 round, 24 n             | 1 round, 16 n                            | | arithmetic -> private |
// local | 1 round, 8 n              | 1 round, 8 n                             | | Boolean -> public | local
// | 1 round, 3 w n / 8        | 1 round, w n / 4                         | | Boolean -> private        |
// local | 1 round, w n / 8          | 1 round, w n / 8                         | | arithmetic -> Boolean | |
// |                                          | |   few rounds              | local | 2 + l rounds, | 2 + l
// rounds, transfers both ways and    | |                           |       | (w + 3 P(w)) n / 8        | (4
// P(w) - 2 Q(w)) n / 8                  | |   few bytes               | local | w rounds, (4 w - 3) n / 8 | w
// rounds, transfers, (w - 1) n / 2       | | Boolean -> arithmetic     | local | 2 rounds, 24 w n          |
// 2 rounds, (w-1 + sum of 65-w..63) n / 8, | |                           |       | | transfers one way | |
// arithmetic -> encrypted   |       |                           | 1 round, 178,187 for each 8192           |
// | encrypted -> arithmetic   |       |                           | 1 round, what a reply takes |
//
// l = ceil(log2(w-1)); P and Q: products of bits in the sum of two numbers, and how many of them share an
// operand with another (bit_addition.h). duo's transfers are those of duo/supply.h, and many take a round
// more for them. Rounds are those of 2^16 numbers at once (2^14 for bits in few rounds between two parties);
// more follow each other where bits are converted.
//
// Leakage: none but what the target says: learners() are the parties that know a tensor afterwards and did
// not before. No path leads through a sharing that somebody knows who is to know neither end, so a secret
// is never opened on its way to another sharing of it.
//
// Each row is a coroutine; what it costs is counted by running it over links that only count, and what links
// carry is compared with that (conformance/conversions_test.cc). Arguments for their security: with the rows
// they are made of.
#pragma once

#include <string_view>
#include <vector>

#include "protocols/sharing.h"
#include "protocols/table.h"

namespace sotto::protocols {

// All parties together.
struct ConversionCost {
  std::uint32_t rounds = 0;
  std::uint64_t bytes = 0;

  bool operator==(const ConversionCost&) const = default;
  friend ConversionCost operator+(ConversionCost a, ConversionCost b) {
    return {a.rounds + b.rounds, a.bytes + b.bytes};
  }
};

struct Conversion {
  std::string_view name;
  Form from, to;
  Task<Shared> (*run)(Context& context, Shared value, Sharing to);
};

// The rows that every protocol has, made of its other operations; for Rows::conversions.
std::vector<const Conversion*> common_conversions();

// Parties that learn the numbers, a bit each.
inline unsigned learners(const Sharing& from, const Sharing& to, int parties) {
  return to.knowers(parties) & ~from.knowers(parties);
}

// All sharings that a protocol has, a Boolean of so many bits among them.
std::vector<Sharing> sharings_of(const Table& table, int bits = 64);

// What it costs by itself, between sharings of the row's forms.
ConversionCost cost_of(const Table& table, const Conversion& conversion, const Sharing& from,
                       const Sharing& to, const Shape& shape);

struct ConversionStep {
  const Conversion* conversion;
  Sharing to;
  ConversionCost cost;
};

// The way that takes least time on the network; the same at all parties. Empty where both are the same.
// Throws ErrorKind::kPlan where the protocol has none of these sharings.
std::vector<ConversionStep> conversion_path(const Table& table, const Sharing& from, const Sharing& to,
                                            const Shape& shape, const Contraction::Link& network = {});

// Along that path. Values that come from, or go through, a Boolean of w bits are signed numbers of w bits.
Task<Shared> convert(Context& context, Shared value, Sharing to, Contraction::Link network = {});

}  // namespace sotto::protocols
