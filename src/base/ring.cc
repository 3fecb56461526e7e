#include "base/ring.h"

#include <array>
#include <atomic>
#include <cstring>
#include <string>

#include "base/cpu.h"
#include "base/error.h"
#include "base/ring_table.h"

namespace sotto::ring {
namespace {

struct Choice {
  std::array<const Table*, 3> tables{};
  std::array<const char*, 3> names{};
  std::size_t count = 0;

  void offer(const Table& table) {
    tables[count] = &table;
    names[count++] = table.name;
  }
};

// What this processor can run, fastest first.
const Choice& choice() {
  static const Choice choices = [] {
    Choice found;
#if defined(__x86_64__)
    if (cpu().avx512) found.offer(kAvx512Table);
    if (cpu().avx2) found.offer(kAvx2Table);
#endif
    found.offer(kPortableTable);
    return found;
  }();
  return choices;
}

std::atomic<const Table*>& current() {
  static std::atomic<const Table*> table{choice().tables[0]};
  return table;
}

void check(bool same_size) { SOTTO_ASSERT(same_size, "ring arithmetic on arrays of different sizes"); }

void check_shift(int bits) { SOTTO_ASSERT(bits >= 0 && bits < 64, "a shift is by 0 to 63 bits"); }

}  // namespace

const Table& table() { return *current().load(std::memory_order_relaxed); }

void add(Out out, In a, In b) {
  check(out.size() == a.size() && out.size() == b.size());
  table().add(out.data(), a.data(), b.data(), out.size());
}

void subtract(Out out, In a, In b) {
  check(out.size() == a.size() && out.size() == b.size());
  table().subtract(out.data(), a.data(), b.data(), out.size());
}

void negate(Out out, In a) {
  check(out.size() == a.size());
  table().negate(out.data(), a.data(), out.size());
}

void multiply(Out out, In a, In b) {
  check(out.size() == a.size() && out.size() == b.size());
  table().multiply(out.data(), a.data(), b.data(), out.size());
}

void add_constant(Out out, In a, Element constant) {
  check(out.size() == a.size());
  table().add_constant(out.data(), a.data(), constant, out.size());
}

void scale(Out out, In a, Element constant) {
  check(out.size() == a.size());
  table().scale(out.data(), a.data(), constant, out.size());
}

void accumulate_scaled(Out out, In a, Element constant) {
  check(out.size() == a.size());
  table().accumulate_scaled(out.data(), a.data(), constant, out.size());
}

void accumulate_product(Out out, In a, In b) {
  check(out.size() == a.size() && out.size() == b.size());
  table().accumulate_product(out.data(), a.data(), b.data(), out.size());
}

void cross_product(Out out, In a0, In a1, In b0, In b1) {
  check(out.size() == a0.size() && out.size() == a1.size() && out.size() == b0.size() &&
        out.size() == b1.size());
  table().cross_product(out.data(), a0.data(), a1.data(), b0.data(), b1.data(), out.size());
}

void shift_right(Out out, In a, int bits) {
  check(out.size() == a.size());
  check_shift(bits);
  table().shift_right(out.data(), a.data(), bits, out.size());
}

void shift_right_up(Out out, In a, int bits) {
  check(out.size() == a.size());
  check_shift(bits);
  table().shift_right_up(out.data(), a.data(), bits, out.size());
}

void shift_right_signed(Out out, In a, int bits) {
  check(out.size() == a.size());
  check_shift(bits);
  table().shift_right_signed(out.data(), a.data(), bits, out.size());
}

void mask_low(Out out, In a, int bits) {
  check(out.size() == a.size());
  SOTTO_ASSERT(bits >= 1 && bits <= 64, "a mask keeps 1 to 64 bits");
  table().mask_low(out.data(), a.data(), bits, out.size());
}

void exclusive_or(Out out, In a, In b) {
  check(out.size() == a.size() && out.size() == b.size());
  table().exclusive_or(out.data(), a.data(), b.data(), out.size());
}

void bit_and(Out out, In a, In b) {
  check(out.size() == a.size() && out.size() == b.size());
  table().bit_and(out.data(), a.data(), b.data(), out.size());
}

const char* implementation_name() { return table().name; }

std::span<const char* const> available_implementations() { return {choice().names.data(), choice().count}; }

void use_implementation(const char* name) {
  for (std::size_t i = 0; i < choice().count; ++i) {
    if (std::strcmp(choice().names[i], name) == 0) {
      current().store(choice().tables[i], std::memory_order_relaxed);
      return;
    }
  }
  throw Error(ErrorKind::kUsage,
              "this processor has no ring implementation named '" + std::string(name) + "'",
              "use one of ring::available_implementations()");
}

}  // namespace sotto::ring
