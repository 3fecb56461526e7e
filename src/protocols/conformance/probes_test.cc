// Probes: projections with coefficients 1, -1 and 0, seen through tensors with one element that is not zero.
#include "protocols/probes.h"

#include "protocols/conformance/suite.h"

namespace sotto::protocols::conformance {
namespace {

class Probes : public Protocol {};
SOTTO_FOR_ALL_PROTOCOLS(Probes);

using Adjust = std::function<void(Contraction&, const Shares&)>;

Operation probed(Shape shape, std::size_t groups, Adjust adjust) {
  return [=](Context& context, Shares in) -> Task<Shares> {
    Contraction c;
    c.shape = shape;
    c.probe_groups = groups;
    adjust(c, in);
    co_return co_await contract(context, std::move(c));
  };
}

void sum(Contraction& c, const Shares& in) { c.addends.push_back({.share = in[0]}); }
void truncated_sum(Contraction& c, const Shares& in) {
  sum(c, in);
  c.truncate_bits = 4;
}
void truncated_product(Contraction& c, const Shares& in) {
  c.product = Contraction::Product::kElementwise;
  c.a = in[0];
  c.b = in[1];
  c.truncate_bits = 4;
}
void product_with_relu(Contraction& c, const Shares& in) {
  truncated_product(c, in);
  c.then = Then::kRelu;
  c.window = 40;
}

struct Counts {
  int plus = 0, minus = 0, zero = 0, others = 0;
};

Counts counts_of(const Integers& probes, std::size_t group, std::uint64_t value) {
  Counts counts;
  for (std::size_t k = 0; k < static_cast<std::size_t>(kProbes); ++k) {
    const std::uint64_t t = probes[group * kProbes + k];
    ++(t == 0 ? counts.zero : t == value ? counts.plus : t == 0 - value ? counts.minus : counts.others);
  }
  return counts;
}

// One element `at` of `count` is `value` and is multiplied by 3 where there is a product.
void expect_projected(const Outcome& outcome, std::size_t count, std::size_t groups, std::size_t at,
                      std::uint64_t value) {
  const Integers& probes = outcome.results.back();
  ASSERT_EQ(probes.size(), groups * kProbes);
  const std::size_t own = at / ((count + groups - 1) / groups);
  for (std::size_t group = 0; group < groups; ++group) {
    const Counts counts = counts_of(probes, group, value);
    EXPECT_EQ(counts.others, 0);
    if (group != own) {
      EXPECT_EQ(counts.zero, kProbes);
      continue;
    }
    // 24, 12 and 12 expected; these limits are more than four standard deviations away.
    EXPECT_NEAR(counts.zero, 24, 15);
    EXPECT_NEAR(counts.plus, 12, 11);
    EXPECT_NEAR(counts.minus, 12, 11);
  }
}

TEST_P(Probes, AreSignedSubsetSumsOfTheirGroup) {
  const std::vector<std::pair<const char*, Adjust>> forms = {{"sum", sum},
                                                             {"truncated sum", truncated_sum},
                                                             {"truncated product", truncated_product},
                                                             {"product with relu", product_with_relu}};
  for (std::size_t count : kSizes)
    for (std::size_t groups : {std::size_t{1}, std::min<std::size_t>(count, 7)})
      for (const auto& [name, adjust] : forms) {
        SCOPED_TRACE(std::string(name) + " of " + std::to_string(count) + " in " + std::to_string(groups));
        const std::size_t at = count * 2 / 3;
        const std::uint64_t value = of(-123456789);
        Integers a(count, 0);
        a[at] = value;
        const bool product = std::string(name).find("product") != std::string::npos;
        const Outcome outcome = execute({{vector_shape(count), a, Kind::kArithmetic, 0},
                                         {vector_shape(count), Integers(count, 3), Kind::kArithmetic, 1}},
                                        probed(vector_shape(count), groups, adjust));
        expect_projected(outcome, count, groups, at, product ? 3 * value : value);
      }
}

// Every element has a coefficient of its own: the probes of two single elements differ somewhere.
TEST_P(Probes, DistinguishElements) {
  constexpr std::size_t kCount = 5000;
  std::vector<Integers> seen;
  for (std::size_t at : {std::size_t{0}, std::size_t{1}, std::size_t{4095}, std::size_t{4096}, kCount - 1}) {
    Integers a(kCount, 0);
    a[at] = 1;
    seen.push_back(
        execute({{vector_shape(kCount), a, Kind::kArithmetic, 0}}, probed(vector_shape(kCount), 1, sum))
            .results.back());
  }
  for (std::size_t i = 0; i < seen.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(seen[i], seen[j]);
}

// A product's probes cost one small product more, and no round.
TEST_P(Probes, CostNothingBesideTheirOwnSharing) {
  const std::vector<Input> inputs = {{vector_shape(1000), Integers(1000, 2), Kind::kArithmetic, 0},
                                     {vector_shape(1000), Integers(1000, 3), Kind::kArithmetic, 1}};
  const auto without = execute(inputs, probed(vector_shape(1000), 0, truncated_product)).traffic;
  const auto with = execute(inputs, probed(vector_shape(1000), 2, truncated_product)).traffic;
  EXPECT_EQ(with.rounds, without.rounds);
  const std::uint64_t words = table().parties() == 3 ? 3 * 2 * kProbes : 0;
  EXPECT_EQ(with.total_bytes(), without.total_bytes() + 8 * words);
}

}  // namespace
}  // namespace sotto::protocols::conformance
