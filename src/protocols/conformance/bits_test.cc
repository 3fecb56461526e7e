// Signs, AND, complement and conversion of bits.
#include "protocols/conformance/suite.h"

namespace sotto::protocols::conformance {
namespace {

class Bits : public Protocol {};
SOTTO_FOR_ALL_PROTOCOLS(Bits);

Operation sign_within(int window, Effort effort = Effort::kFewBytes) {
  return [=](Context& context, Shares in) -> Task<Shares> {
    co_return Shares{co_await sign(context, in[0], window, effort)};
  };
}

TEST_P(Bits, SignInEveryWindow) {
  for (Effort effort : {Effort::kFewBytes, Effort::kBalanced, Effort::kFewRounds})
    for (int window = 2; window <= 64; ++window) {
      Integers a = random_integers(300, window, static_cast<std::uint64_t>(window));
      a.push_back(of(-1) << (window - 1));  // the lowest number of the window
      const Outcome outcome =
          execute({{vector_shape(a.size()), a, Kind::kArithmetic, window}}, sign_within(window, effort),
                  {.operation = static_cast<std::uint16_t>(window)});
      for (std::size_t i = 0; i < a.size(); ++i)
        ASSERT_EQ(outcome.results[0][i], signed_of(a[i]) >= 0)
            << "window " << window << " of " << signed_of(a[i]);
    }
}

TEST_P(Bits, SignOfAllSizes) {
  for (std::size_t count : kSizes) {
    const Integers a = random_integers(count, 26, 51);
    const Outcome outcome = execute({{vector_shape(count), a, Kind::kArithmetic, 0}}, sign_within(26));
    for (std::size_t i = 0; i < count; ++i)
      ASSERT_EQ(outcome.results[0][i], signed_of(a[i]) >= 0) << count << " " << i;
  }
}

TEST_P(Bits, SignOfConstantsAndOfEveryOwner) {
  const Integers a = random_integers(100, 40, 52);
  for (int owner = kConstant; owner < table().parties(); ++owner) {
    const Outcome outcome = execute({{{100}, a, Kind::kArithmetic, owner}}, sign_within(40));
    for (std::size_t i = 0; i < a.size(); ++i) ASSERT_EQ(outcome.results[0][i], signed_of(a[i]) >= 0);
  }
}

TEST_P(Bits, AndOfTheLastAxis) {
  const auto operation = [](Context& context, Shares in) -> Task<Shares> {
    co_return Shares{co_await all_of_last_axis(context, in[0])};
  };
  for (std::int64_t extent = 1; extent <= 9; ++extent)
    for (std::int64_t count : {1, 63, 64, 65, 700, 12000}) {
      Integers bits = random_bits(static_cast<std::size_t>(count * extent), 61);
      // Every other group is all ones: random groups of nine hardly ever are.
      for (std::int64_t i = 0; i < count * extent; ++i)
        if (i / extent % 2 == 0) bits[static_cast<std::size_t>(i)] = 1;
      Integers expected(static_cast<std::size_t>(count), 1);
      for (std::int64_t i = 0; i < count * extent; ++i)
        expected[static_cast<std::size_t>(i / extent)] &= bits[static_cast<std::size_t>(i)];
      const Outcome outcome = execute({{{count, extent}, bits, Kind::kBoolean, 0}}, operation);
      ASSERT_EQ(outcome.results[0], expected) << extent << " of " << count;
    }
}

TEST_P(Bits, BitsBecomeNumbers) {
  for (std::size_t count : kSizes) {
    const Integers bits = random_bits(count, 62);
    for (std::uint64_t scale : {std::uint64_t{1}, of(-5), std::uint64_t{1} << 18, std::uint64_t{1} << 63}) {
      const auto operation = [scale](Context& context, Shares in) -> Task<Shares> {
        co_return Shares{co_await from_bits(context, in[0], scale)};
      };
      Integers expected = bits;
      for (auto& value : expected) value *= scale;
      const Outcome outcome = execute({{vector_shape(count), bits, Kind::kBoolean, 1}}, operation);
      ASSERT_EQ(outcome.results[0], expected) << count;
    }
  }
}

TEST_P(Bits, ComplementIsLocal) {
  const auto operation = [](Context& context, Shares in) -> Task<Shares> {
    const Share twice = complement(context, complement(context, in[0]));
    co_return Shares{complement(context, in[0]), twice,
                     co_await from_bits(context, complement(context, in[0]), 3)};
  };
  for (int owner = kConstant; owner < table().parties(); ++owner) {
    const Integers bits = random_bits(131, 63);
    const Outcome outcome = execute({{{131}, bits, Kind::kBoolean, owner}}, operation);
    for (std::size_t i = 0; i < bits.size(); ++i) {
      ASSERT_EQ(outcome.results[0][i], 1 - bits[i]);
      ASSERT_EQ(outcome.results[1][i], bits[i]);
      ASSERT_EQ(outcome.results[2][i], 3 * (1 - bits[i]));
    }
  }
}

TEST_P(Bits, OpensWhatWasGiven) {
  const auto nothing = [](Context&, Shares in) -> Task<Shares> { co_return in; };
  for (int owner = kConstant; owner < table().parties(); ++owner)
    for (std::size_t count : kSizes) {
      const Integers a = random_integers(count, 64, 64), bits = random_bits(count, 65);
      const Outcome outcome = execute({{vector_shape(count), a, Kind::kArithmetic, owner},
                                       {vector_shape(count), bits, Kind::kBoolean, owner}},
                                      nothing);
      EXPECT_EQ(outcome.results[0], a);
      EXPECT_EQ(outcome.results[1], bits);
      EXPECT_EQ(outcome.traffic.rounds, 0u);
      EXPECT_EQ(outcome.traffic.total_bytes(), 0u);
    }
}

}  // namespace
}  // namespace sotto::protocols::conformance
