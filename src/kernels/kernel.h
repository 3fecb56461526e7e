// The kernel table: the operations a plan is made of, as fixed-point numerics over any protocol.
//
// clang-format off
// | kernel           | operands -> results                        | attributes
// |------------------|--------------------------------------------|-----------------------------------------------------
// | add, subtract    | a, b -> y                                  | (operands are shifted up to the result's fraction bits)
// | negate           | a -> y                                     |
// | scale            | a -> y                                     | factor (integer; y.fraction may exceed a.fraction)
// | sum              | a -> y                                     | axes (kept out of the result)
// | reshape          | a -> y                                     | (arithmetic or Boolean)
// | transpose        | a -> y                                     | permutation
// | broadcast        | a -> y                                     | dimensions (as StableHLO's broadcast_in_dim)
// | slice            | a -> y                                     | start, limit, stride
// | pad              | a -> y                                     | low, high (negative: cut off), interior, per axis; with zeros
// | reverse          | a -> y                                     | axes
// | concatenate      | a... -> y                                  | axis
// | constant         | -> y                                       | values (reals; one value is a splat)
// | contract         | [a, b,] addends..., [selector] -> y[, bit] | product none|elementwise|matmul|convolution; of a matmul
// |                  |                                            | transpose_a, transpose_b; of a convolution window_strides,
// |                  |                                            | padding, lhs_dilation, rhs_dilation, window_reversal,
// |                  |                                            | lhs_, rhs_, result_dimensions (kernels/convolution.h);
// |                  |                                            | product_scale, addend_scales, addend_rows (0/1 each),
// |                  |                                            | truncate, then none|relu|select, window,
// |                  |                                            | selector_origin (the operation of this block whose ReLU
// |                  |                                            | made the selector, where one did),
// |                  |                                            | probes (groups; not 0: one more result, as probe gives of the
// |                  |                                            | value before truncation),
// |                  |                                            | link_kbit, link_delay_us, link_duplex (0/1): the network by
// |                  |                                            | which a protocol chooses how to multiply
// | sign             | a -> bit (a >= 0)                          | window (default 64)
// | compare          | a, b -> bit                                | direction GE|GT|LE|LT|EQ|NE, window
// | not              | bit -> bit                                 |
// | from_bits        | bit -> y                                   | (1.0 at the result's fraction bits)
// | select           | bit, a[, b] -> y                           |
// | exp              | a -> y                                     | effort (domain from the operand's bound; y.fraction)
// | reciprocal       | a -> y                                     | minimum, maximum (reals; a in [minimum, maximum]), effort
// | divide           | a, b -> y                                  | minimum, maximum of b, effort
// | log              | a -> y                                     | minimum, maximum, effort
// | logistic, tanh   | a -> y                                     | effort (whether and how to clamp, where the bound needs it)
// | rsqrt, sqrt      | a -> y                                     | minimum, maximum, precision (bits, default 8)
// | max              | a -> y (last axis gone)                    | window
// | argmax_one_hot   | a -> bits (of a's shape)                   | window; the first of equals wins
// | softmax          | a -> y (last axis)                         | window, range (elements further below the maximum count as 0)
// | probe            | a -> t (groups, 48)                        | probes (groups): random projections, see protocols/probes.h
// | outside          | t -> y (a scalar)                          | limit: 0 exactly when all are in [-limit, limit) units
// clang-format on
//
// Kernels with a window also take effort: 0 few bytes, 1 balanced, 2 few rounds. Same results; those of
// functions differ within their errors.
// Local kernels take no rounds. Windows are in bits of the ring: |v| < 2^(window-1) in units of the
// last place.
#pragma once

#include <map>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "protocols/operations.h"

namespace sotto::kernels {

struct ValueType {
  protocols::Kind kind = protocols::Kind::kArithmetic;
  Shape shape;
  int fraction_bits = 0;
  int bound_bits = 0;          // |value| < 2^bound_bits as a real number
  int known_to = -1;           // the party that knows the values, or -1: see protocols::Share
  bool same_as_first = false;  // of an operand after the first: it is the same value
};

using Attribute =
    std::variant<std::int64_t, double, std::string, std::vector<std::int64_t>, std::vector<double>>;
using Attributes = std::map<std::string, Attribute, std::less<>>;

// The attribute, or an Error(kPlan) naming the kernel's missing or ill-typed attribute.
std::int64_t integer(const Attributes&, std::string_view name);
std::int64_t integer_or(const Attributes&, std::string_view name, std::int64_t otherwise);
double real(const Attributes&, std::string_view name);
const std::string& text(const Attributes&, std::string_view name);
std::string text_or(const Attributes&, std::string_view name, std::string otherwise);
std::vector<std::int64_t> integers(const Attributes&, std::string_view name);  // empty when absent
std::vector<double> reals(const Attributes&, std::string_view name);           // empty when absent

// What a share of that type says of itself.
void describe(protocols::Share& share, const ValueType& type);

struct Call {
  std::vector<protocols::Share> operands;
  std::vector<ValueType> operand_types, result_types;
  Attributes attributes;
};

struct Kernel {
  const char* name;
  // Throws Error(kPlan) saying what is wrong with the operands, results or attributes; run() may assume it
  // passed. Total: any types and attributes whatever, however hostile, either pass or give an error.
  void (*check)(const Call& types_only);
  Task<std::vector<protocols::Share>> (*run)(protocols::Context&, const Call&);
};

// Values of the attribute `effort`, from 0.
inline constexpr std::int64_t kEfforts = 3;
// What the attribute `effort` means, as plans name it: "few bytes", "balanced" or "few rounds"; "" without
// it.
std::string_view variant_of(const Attributes& attributes);

std::span<const Kernel> all_kernels();
// Throws Error(kPlan) with the name and the closest known names.
const Kernel& kernel_named(std::string_view name);

}  // namespace sotto::kernels
