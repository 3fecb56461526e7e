// Checking of a kernel's types and attributes, which come from a plan and may be anything.
#pragma once

#include "kernels/kernel.h"

namespace sotto::kernels {

inline constexpr int kMaximumBits = 62;  // |value| < 2^62 in units of the last place
inline constexpr std::size_t kMaximumRank = 8;

// Throws Error(kPlan) beginning with the kernel's name. Construction checks what holds for all kernels:
// numbers of operands and results, sane shapes, fraction bits in 0..62, and that every value fits: fraction +
// bound <= 62.
class Check {
 public:
  Check(const char* kernel, const Call& call, std::size_t least_operands, std::size_t most_operands,
        std::size_t results = 1);

  [[noreturn]] void fail(const std::string& what) const;
  void require(bool condition, const char* what) const {
    if (!condition) fail(what);
  }

  const ValueType& operand(std::size_t i) const { return call_.operand_types[i]; }
  const ValueType& result(std::size_t i = 0) const { return call_.result_types[i]; }

  void numeric(const ValueType& type, const char* name) const;  // public or arithmetic
  void arithmetic(const ValueType& type, const char* name) const;
  void boolean(const ValueType& type, const char* name) const;
  void shape(const ValueType& type, const Shape& expected, const char* name) const;
  // The result is public exactly if all operands are.
  void linear_result() const;
  // Operands are shifted up to the result's fraction bits.
  void shifts_up(const ValueType& from, const ValueType& to) const;
  void same_fraction(const ValueType& from, const ValueType& to) const;

  // An integer attribute within [least, most].
  std::int64_t within(std::string_view name, std::int64_t otherwise, std::int64_t least,
                      std::int64_t most) const;
  // The window attribute, 2..64.
  int window() const { return static_cast<int>(within("window", 64, 2, 64)); }
  // 0 few bytes, 1 balanced, 2 few rounds.
  void effort() const { within("effort", 0, 0, kEfforts - 1); }
  // What comparing() reads.
  void comparison() const {
    window();
    effort();
  }
  // As 0 or 1.
  bool flag(std::string_view name) const { return within(name, 0, 0, 1) == 1; }
  // Finite and positive.
  double positive(std::string_view name) const;
  // A list of distinct axes of the shape.
  std::vector<std::int64_t> axes(std::string_view name, std::size_t rank) const;

 private:
  void common(const ValueType& type, const char* role) const;

  const char* kernel_;
  const Call& call_;
};

}  // namespace sotto::kernels
