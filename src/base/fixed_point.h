// Real numbers as elements of Z_2^64: x is round(x * 2^fraction_bits), negative numbers in two's complement.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace sotto {

inline constexpr int kMaxFractionBits = 62;

// Rounds x * 2^fraction_bits to the nearest integer, ties to even, exactly; 0 <= fraction_bits <= 62.
// `bound` is the declared range |x| <= bound, with 0 < bound < 2^(63 - fraction_bits); else
// ErrorKind::kUsage. An element outside it, or NaN, throws ErrorKind::kData naming `what`, the index of the
// first such element and the permitted range, but never the value; `out` is then unspecified. Sizes must be
// equal.
void encode(std::span<std::uint64_t> out, std::span<const double> in, int fraction_bits, double bound,
            std::string_view what = "the data");
void encode(std::span<std::uint64_t> out, std::span<const float> in, int fraction_bits, double bound,
            std::string_view what = "the data");

// The signed value divided by 2^fraction_bits, rounded to the nearest double (float: by way of it).
void decode(std::span<double> out, std::span<const std::uint64_t> in, int fraction_bits);
void decode(std::span<float> out, std::span<const std::uint64_t> in, int fraction_bits);

}  // namespace sotto
