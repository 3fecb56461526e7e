#include "crypto/lattice/modulus.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "base/error.h"

namespace sotto::lattice {
namespace {

__extension__ typedef unsigned __int128 Wide;

Word multiply_any(Word a, Word b, Word n) { return static_cast<Word>(static_cast<Wide>(a) * b % n); }

Word power_any(Word base, Word exponent, Word n) {
  Word result = 1 % n;
  for (base %= n; exponent != 0; exponent >>= 1) {
    if (exponent & 1) result = multiply_any(result, base, n);
    base = multiply_any(base, base, n);
  }
  return result;
}

// n - 1 = odd * 2^twos: whether base^odd is 1 or reaches -1 by squaring.
bool passes(Word n, Word base, Word odd, int twos) {
  Word x = power_any(base, odd, n);
  if (x == 1 || x == n - 1) return true;
  for (int i = 1; i < twos; ++i) {
    x = multiply_any(x, x, n);
    if (x == n - 1) return true;
  }
  return false;
}

// Newton: each step doubles the bits that are right; an odd number is its own inverse modulo 8.
Word inverse_of_odd(Word odd) {
  Word inverse = odd;
  for (int bits = 3; bits < kWordBits; bits *= 2) inverse *= 2 - odd * inverse;
  return inverse & kWordMask;
}

}  // namespace

Modulus::Modulus(Word prime) : value(prime), bits(std::bit_width(prime)), inverse(inverse_of_odd(prime)) {
  if (bits < kMinModulusBits || bits > kMaxModulusBits || !is_prime(prime)) {
    throw Error(ErrorKind::kUsage,
                fmt::format("{} is no prime of {} to {} bits", prime, kMinModulusBits, kMaxModulusBits));
  }
  const Word radix = (Word{1} << kWordBits) % value;
  radix_squared = multiply_any(radix, radix, value);
  wide_quotient = (Word{1} << 62) / value;
}

Word add(Word a, Word b, const Modulus& modulus) {
  const Word sum = a + b;
  return sum >= modulus.value ? sum - modulus.value : sum;
}

Word subtract(Word a, Word b, const Modulus& modulus) { return a >= b ? a - b : a + modulus.value - b; }

Word multiply(Word a, Word b, const Modulus& modulus) { return multiply_any(a, b, modulus.value); }

Word power(Word base, Word exponent, const Modulus& modulus) {
  return power_any(base, exponent, modulus.value);
}

Word invert(Word a, const Modulus& modulus) { return power(a, modulus.value - 2, modulus); }

Word quotient(Word w, const Modulus& modulus) {
  return static_cast<Word>((static_cast<Wide>(w) << kWordBits) / modulus.value);
}

Word to_montgomery(Word w, const Modulus& modulus) {
  return static_cast<Word>((static_cast<Wide>(w) << kWordBits) % modulus.value);
}

bool is_prime(Word n) {
  static constexpr Word kBases[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};
  if (n < 2) return false;
  for (const Word base : kBases)
    if (n % base == 0) return n == base;
  const int twos = std::countr_zero(n - 1);
  return std::ranges::all_of(kBases, [&](Word base) { return passes(n, base, (n - 1) >> twos, twos); });
}

std::vector<Word> transform_primes(int bits, std::size_t degree, std::size_t count,
                                   const std::vector<Word>& except) {
  std::vector<Word> primes;
  if (bits >= kMinModulusBits && bits <= kMaxModulusBits) {
    const Word step = 2 * degree, floor = Word{1} << (bits - 1);
    for (Word n = ((Word{1} << bits) - 2) / step * step + 1; n > floor && primes.size() < count; n -= step) {
      if (is_prime(n) && std::ranges::find(except, n) == except.end()) primes.push_back(n);
      if (n < step) break;
    }
  }
  if (primes.size() == count) return primes;
  throw Error(ErrorKind::kUsage,
              fmt::format("there are no {} primes of {} bits for degree {}", count, bits, degree),
              fmt::format("primes have at most {} bits and are 1 modulo twice the degree", kMaxModulusBits));
}

Word primitive_root(const Modulus& modulus, std::size_t degree) {
  const Word order = 2 * degree;
  if ((modulus.value - 1) % order != 0) {
    throw Error(ErrorKind::kUsage,
                fmt::format("the prime {} has no roots of order {}", modulus.value, order));
  }
  // x^((p-1)/order) has an order dividing `order`, a power of two; it is exact if its degree-th power is -1.
  Word root = 0;
  for (Word x = 2; root == 0; ++x) {
    const Word candidate = power(x, (modulus.value - 1) / order, modulus);
    if (power(candidate, degree, modulus) == modulus.value - 1) root = candidate;
  }
  // The others are its odd powers.
  const Word square = multiply(root, root, modulus);
  Word least = root;
  for (std::size_t i = 1; i < degree; ++i) {
    root = multiply(root, square, modulus);
    least = std::min(least, root);
  }
  return least;
}

}  // namespace sotto::lattice
