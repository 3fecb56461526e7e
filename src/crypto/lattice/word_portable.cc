// Lattice arithmetic with the compiler's 128-bit products: for any processor.
#include <bit>

#include "crypto/lattice/modulus.h"

namespace sotto::lattice {
namespace {

__extension__ typedef unsigned __int128 Wide;

using Register = Word;
constexpr int kLogLanes = 0;
constexpr int kColumns = 1;

Register load(const Word* from) { return *from; }
void store(Word* to, Register x) { *to = x; }
Register broadcast(Word x) { return x; }
Register add_lanes(Register a, Register b) { return a + b; }
Register subtract_lanes(Register a, Register b) { return a - b; }
Register and_lanes(Register a, Register b) { return a & b; }
template <int count>
Register shift_right(Register x) {
  return x >> count;
}
template <int count>
Register shift_left(Register x) {
  return x << count;
}
Register shift_right_by(Register x, int count) { return x >> count; }
Register count_bits(Register x) { return static_cast<Word>(std::popcount(x)); }
Wide product(Register a, Register b) { return static_cast<Wide>(a & kWordMask) * (b & kWordMask); }
Register product_low(Register sum, Register a, Register b) {
  return sum + (static_cast<Word>(product(a, b)) & kWordMask);
}
Register product_high(Register sum, Register a, Register b) {
  return sum + static_cast<Word>(product(a, b) >> kWordBits);
}
Register wrap(Register difference, Register m) { return difference + (m & (0 - (difference >> 63))); }
[[maybe_unused]] void transpose(Register (&)[1]) {}

}  // namespace
}  // namespace sotto::lattice

#include "crypto/lattice/word_loops.h"

namespace sotto::lattice {

const Table kPortableTable = make_table("portable");

}  // namespace sotto::lattice
