// What the verifier's files share: how a check fails, and the limits. Private to plan/.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "plan/plan.h"

namespace sotto::plan::checks {

inline constexpr int kMaximumNameBytes = 200;
inline constexpr int kMaximumSourceBytes = 1000;
inline constexpr int kMaximumOperations =
    65535;  // an operation's index is 16 bits of the address of randomness
inline constexpr std::uint32_t kMaximumRounds = 1u << 24;
inline constexpr std::uint64_t kMaximumBytes = std::uint64_t{1} << 44;
inline constexpr std::int64_t kMaximumExtent = std::int64_t{1} << 32;
inline constexpr std::int64_t kMaximumElements = std::int64_t{1} << 36;
inline constexpr int kMaximumRank = 8;
inline constexpr int kMaximumParties = 16;

[[noreturn]] inline void fail(std::string message, std::string hint = "") {
  if (hint.empty())
    hint = "The plan was damaged or made by another version; compile it again with `sotto compile`.";
  throw Error(ErrorKind::kPlan, std::move(message), std::move(hint));
}

inline bool is_printable(std::string_view text, int maximum) {
  if (text.size() > static_cast<std::size_t>(maximum)) return false;
  for (char c : text)
    if (c < 0x20 || c > 0x7e) return false;
  return true;
}

inline void require_name(std::string_view text, std::string_view of) {
  if (text.empty() || !is_printable(text, kMaximumNameBytes))
    fail(fmt::format("{}: the name is empty, longer than {} or not printable ASCII", of, kMaximumNameBytes));
}

inline void require_count(int count, int maximum, std::string_view of) {
  if (count > maximum) fail(fmt::format("the plan has {} {}, more than {}", count, of, maximum));
}

inline bool in_range(std::uint32_t index, int size) { return index < static_cast<std::uint32_t>(size); }

// What an operation may use: who defines each value.
struct Definitions {
  // For each value: the index of its input or -1; the same for states; the operation kinds that open it.
  std::vector<int> input, state, reveal;
  bool outlives_blocks(std::uint32_t value) const { return input[value] >= 0; }
};

// Checks everything that is not inside a block and returns who defines what.
Definitions check_tables(const Plan& plan);
// `defined_by_operation[v]` is set for values that an operation of an earlier block defines, and updated.
void check_block(const Plan& plan, const Definitions& definitions, int block,
                 std::vector<bool>& defined_by_operation);
// The control list: batches fit, inputs are shared once and before use, what is listed as revealed is opened.
void check_control(const Plan& plan, const Definitions& definitions);
// Nothing is revealed before the guard of what ran until then. REQUIRES: all of the above passed.
void check_guards(const Plan& plan, const Definitions& definitions);

// "block 1 "step", operation 3 (contract)".
std::string place(const Plan& plan, int block, int operation);

}  // namespace sotto::plan::checks
