#include "base/fixed_point.h"

#include <fmt/format.h>

#include <cmath>

#include "base/cpu.h"
#include "base/error.h"

namespace sotto {
namespace {

// The loops are compiled per kind of processor, for without its instructions rounding is a call per element.
#if defined(__x86_64__)
#define SOTTO_FOR_AVX512 __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl")))
#define SOTTO_FOR_AVX2 __attribute__((target("avx2")))
#endif
#define SOTTO_LOOP [[gnu::always_inline]] inline

// Returns whether every element is within the bound. NaN fails every comparison.
template <class Real>
SOTTO_LOOP bool encode_loop(std::uint64_t* out, const Real* in, std::size_t n, double scale, double bound) {
  std::uint64_t outside = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double x = static_cast<double>(in[i]);
    const bool inside = __builtin_fabs(x) <= bound;
    outside |= inside ? 0 : 1;
    // Multiplying by a power of two is exact, and so is the conversion within the bound; outside it is
    // undefined.
    out[i] =
        static_cast<std::uint64_t>(static_cast<std::int64_t>(__builtin_roundeven(inside ? x * scale : 0.0)));
  }
  return outside == 0;
}

template <class Real>
SOTTO_LOOP void decode_loop(Real* out, const std::uint64_t* in, std::size_t n, double scale) {
  for (std::size_t i = 0; i < n; ++i)
    out[i] = static_cast<Real>(static_cast<double>(static_cast<std::int64_t>(in[i])) * scale);
}

#if defined(__x86_64__)
template <class Real>
SOTTO_FOR_AVX512 bool encode_avx512(std::uint64_t* out, const Real* in, std::size_t n, double scale,
                                    double bound) {
  return encode_loop(out, in, n, scale, bound);
}

template <class Real>
SOTTO_FOR_AVX2 bool encode_avx2(std::uint64_t* out, const Real* in, std::size_t n, double scale,
                                double bound) {
  return encode_loop(out, in, n, scale, bound);
}

template <class Real>
SOTTO_FOR_AVX512 void decode_avx512(Real* out, const std::uint64_t* in, std::size_t n, double scale) {
  decode_loop(out, in, n, scale);
}
#endif

template <class Real>
bool encode_best(std::uint64_t* out, const Real* in, std::size_t n, double scale, double bound) {
#if defined(__x86_64__)
  if (cpu().avx512) return encode_avx512(out, in, n, scale, bound);
  if (cpu().avx2) return encode_avx2(out, in, n, scale, bound);
#endif
  return encode_loop(out, in, n, scale, bound);
}

template <class Real>
void decode_best(Real* out, const std::uint64_t* in, std::size_t n, double scale) {
#if defined(__x86_64__)
  if (cpu().avx512) return decode_avx512(out, in, n, scale);
#endif
  decode_loop(out, in, n, scale);
}

void check_fraction_bits(int fraction_bits) {
  if (fraction_bits < 0 || fraction_bits > kMaxFractionBits) {
    throw Error(ErrorKind::kUsage, fmt::format("{} fraction bits were asked for", fraction_bits),
                fmt::format("choose between 0 and {}", kMaxFractionBits));
  }
}

void check_bound(double bound, int fraction_bits) {
  const double limit = std::ldexp(1.0, 63 - fraction_bits);
  if (!(bound > 0 && bound < limit)) {
    throw Error(
        ErrorKind::kUsage,
        fmt::format("the bound {} does not fit 64 bits of which {} are fraction bits", bound, fraction_bits),
        fmt::format("declare a bound above 0 and below {}, or use fewer fraction bits", limit));
  }
}

template <class Real>
[[noreturn]] void refuse_first_outside(std::span<const Real> in, double bound, std::string_view what) {
  std::size_t index = 0;
  while (std::abs(static_cast<double>(in[index])) <= bound) ++index;
  // Whether it is NaN is said, since it tells missing data from large data; the value itself is not.
  const char* problem = std::isnan(in[index]) ? "is not a number" : "is outside the declared range";
  throw Error(ErrorKind::kData,
              fmt::format("element {} of {} {}: permitted is -{} to {}", index, what, problem, bound, bound),
              "scale or clip the data, fill missing entries, or declare a larger bound");
}

template <class Real>
void encode_any(std::span<std::uint64_t> out, std::span<const Real> in, int fraction_bits, double bound,
                std::string_view what) {
  SOTTO_ASSERT(out.size() == in.size(), "encoding into an array of another size");
  check_fraction_bits(fraction_bits);
  check_bound(bound, fraction_bits);
  const double scale = std::ldexp(1.0, fraction_bits);
  if (!encode_best(out.data(), in.data(), in.size(), scale, bound)) refuse_first_outside(in, bound, what);
}

template <class Real>
void decode_any(std::span<Real> out, std::span<const std::uint64_t> in, int fraction_bits) {
  SOTTO_ASSERT(out.size() == in.size(), "decoding into an array of another size");
  check_fraction_bits(fraction_bits);
  decode_best(out.data(), in.data(), in.size(), std::ldexp(1.0, -fraction_bits));
}

}  // namespace

void encode(std::span<std::uint64_t> out, std::span<const double> in, int fraction_bits, double bound,
            std::string_view what) {
  encode_any(out, in, fraction_bits, bound, what);
}

void encode(std::span<std::uint64_t> out, std::span<const float> in, int fraction_bits, double bound,
            std::string_view what) {
  encode_any(out, in, fraction_bits, bound, what);
}

void decode(std::span<double> out, std::span<const std::uint64_t> in, int fraction_bits) {
  decode_any(out, in, fraction_bits);
}

void decode(std::span<float> out, std::span<const std::uint64_t> in, int fraction_bits) {
  decode_any(out, in, fraction_bits);
}

}  // namespace sotto
