// Which fixed-point scales a contraction uses.
//
// A contraction computes in the raw fraction F: its product of fa + fb fraction bits is multiplied by an
// integer close to c * 2^(F - fa - fb), an addend of f bits by one close to c * 2^(F - f), and the sum is
// truncated by F - result bits. A small F makes truncation cheap (24 + 3d/8 bytes an element for d bits); a
// large one makes the integers exact.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace sotto::passes {

struct Scaled {
  int fraction_bits;  // of the unscaled part
  double factor;      // that the part is multiplied by
  bool product;
  bool scheduled = false;  // `factor` is the smallest of several, one for each step
};

struct RawFormat {
  std::vector<std::int64_t> scales;  // one for each part
  int truncate_bits;
};

// Scales that follow a schedule are at least this, so that each is off by less than 2^-8.
inline constexpr double kLeastScheduledScale = 0x1p7;

// The relative error allowed in the integer that stands for a factor. A product's factor is a learning rate
// or the like. An addend's below one is a momentum m: its memory, 1 / (1 - m) steps, is kept within half a
// percent. A small one is a weight decay, a mild force whose exact strength matters as little as its digits
// are many.
double allowed_error(const Scaled& part);

// A raw value stays below 2^62: exact truncation wants it.
inline constexpr int kRawBits = 62;

// The smallest F that keeps the errors, with |result| * 2^F < 2^kRawBits. Empty when there is none.
std::optional<RawFormat> choose_format(std::span<const Scaled> parts, int result_fraction_bits,
                                       int result_bound_bits);

// A window for comparisons: |v| < 2^(window - 1) in units of the last place.
int window_for(int bound_bits, int fraction_bits);

}  // namespace sotto::passes
