// The two kernels behind the guard: outside against its definition, and both together as the check they make
// up.
#include <limits>

#include "kernels/test_bench.h"
#include "protocols/probes.h"

namespace sotto::kernels {
namespace {

class Probe : public KernelTest {};
SOTTO_KERNEL_FOR_ALL_PROTOCOLS(Probe);

// Ring elements, as harness inputs: reals cannot hold them all.
double outside(const Table& table, const std::vector<std::uint64_t>& values, std::int64_t limit) {
  const Shape shape = {static_cast<std::int64_t>(values.size())};
  Call call{.operands = {},
            .operand_types = {number(shape, 0, 62)},
            .result_types = {number({}, 0, 40)},
            .attributes = {{"limit", limit}}};
  const Kernel& kernel = kernel_named("outside");
  kernel.check(call);
  const auto operation = [&](protocols::Context& context, protocols::Shares in) -> Task<protocols::Shares> {
    Call here = call;
    here.operands = std::move(in);
    co_return co_await kernel.run(context, here);
  };
  const auto outcome =
      protocols::conformance::run(table, {{shape, values, Kind::kArithmetic, 0}}, operation, {});
  expect_predicted(table, kernel, call, outcome.traffic);
  return static_cast<double>(outcome.results[0][0]);
}

TEST_P(Probe, OutsideTellsEveryRingElementExactly) {
  for (std::int64_t limit : {std::int64_t{1}, std::int64_t{2}, std::int64_t{12345678901},
                             std::int64_t{1} << 60, std::int64_t{1} << 62}) {
    const auto word = static_cast<std::uint64_t>(limit);
    std::vector<std::uint64_t> values;
    for (std::uint64_t base : {std::uint64_t{0}, word, 0 - word, std::uint64_t{1} << 63,
                               std::uint64_t{1} << 62, std::uint64_t{3} << 62})
      for (int off = -2; off <= 2; ++off) values.push_back(base + static_cast<std::uint64_t>(off));
    std::vector<std::uint64_t> inside;
    for (std::uint64_t value : values) {
      const auto v = static_cast<__int128>(static_cast<std::int64_t>(value));
      const bool is_outside = v < -__int128{limit} || v >= __int128{limit};
      EXPECT_EQ(outside(table(), {value}, limit) > 0, is_outside) << limit << " " << value;
      if (!is_outside) inside.push_back(value);
    }
    EXPECT_EQ(outside(table(), inside, limit), 0) << limit;
    const auto out = static_cast<double>(values.size() - inside.size());
    const double counted = outside(table(), values, limit);
    EXPECT_GE(counted, out) << limit;
    EXPECT_LE(counted, 2 * out) << limit;
  }
}

// A tensor of ordinary values, then with one element at the bound that the probes stand for.
TEST_P(Probe, SeesOneLargeElementAndNoOther) {
  constexpr std::int64_t kElements = 3000, kGroups = 3;
  constexpr int kFraction = 18;
  constexpr std::int64_t kLimit = std::int64_t{1} << (kFraction + 9);  // 2^10 is seen
  Reals v = uniform(kElements, -3, 3, kFraction, 1);
  const auto count = [&](std::uint64_t seed) {
    const auto probes =
        run_kernel(table(), "probe", {{number({kElements}, kFraction, 12), v}},
                   {number({kGroups, protocols::kProbes}, kFraction, 12)}, {{"probes", kGroups}}, seed)[0];
    return run_kernel(table(), "outside", {{number({kGroups, protocols::kProbes}, kFraction, 12), probes}},
                      {number({}, 0, 20)}, {{"limit", kLimit}}, seed)[0][0];
  };
  EXPECT_EQ(count(1), 0);
  for (std::size_t at : {0, 999, 1000, 2999}) {
    const double usual = v[at];
    v[at] = 1024;
    EXPECT_GT(count(2), 0) << at;
    v[at] = -1024;
    EXPECT_GT(count(3), 0) << at;
    v[at] = usual;
  }
}

TEST(ProbeCheck, RefusesWhatItCannotDo) {
  const auto refused = [](const char* name, ValueType a, ValueType y, Attributes attributes) {
    return plan_error([&] {
      kernel_named(name).check(
          {.operands = {}, .operand_types = {a}, .result_types = {y}, .attributes = attributes});
    });
  };
  const Attributes none, two = {{"probes", std::int64_t{2}}}, many = {{"probes", std::int64_t{9}}};
  EXPECT_NE(refused("probe", number({8}, 18, 3), number({2, 48}, 18, 3), none).find("probes"),
            std::string::npos);
  EXPECT_NE(refused("probe", number({8}, 18, 3), number({9, 48}, 18, 3), many).find("probes"),
            std::string::npos);
  EXPECT_NE(refused("probe", number({8}, 18, 3), number({2, 47}, 18, 3), two).find("probes"),
            std::string::npos);
  EXPECT_NE(refused("probe", number({8}, 18, 3), number({2, 48}, 17, 3), two), "");
  EXPECT_NE(refused("outside", number({8}, 18, 3), number({}, 1, 3), none).find("whole"), std::string::npos);
  EXPECT_NE(refused("outside", number({8}, 18, 3), number({8}, 0, 3), none), "");
  EXPECT_NE(refused("outside", number({8}, 18, 3), number({}, 0, 3), none).find("limit"), std::string::npos);
}

}  // namespace
}  // namespace sotto::kernels
