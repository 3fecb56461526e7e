// What happens to a contraction's sum before it is shared again: ReLU and selection.
#include "protocols/conformance/suite.h"

namespace sotto::protocols::conformance {
namespace {

class Selection : public Protocol {};
SOTTO_FOR_ALL_PROTOCOLS(Selection);

Contraction sum_of(const Share& share, int truncate_bits = 0) {
  Contraction c;
  c.addends = {{.share = share}};
  c.shape = share.shape;
  c.truncate_bits = truncate_bits;
  return c;
}

Task<Shares> select(Context& context, Share value, Share selector) {
  Contraction c = sum_of(value);
  c.then = Then::kSelect;
  c.selector = std::move(selector);
  co_return co_await contract(context, std::move(c));
}

Integers selected(const Integers& bits, const Integers& values) {
  Integers expected(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) expected[i] = bits[i] * values[i];
  return expected;
}

Operation relu(int truncate_bits, int window) {
  return [=](Context& context, Shares in) -> Task<Shares> {
    Contraction c = sum_of(in[0], truncate_bits);
    c.then = Then::kRelu;
    c.window = window;
    co_return co_await contract(context, std::move(c));
  };
}

// The bit says on which side the truncated value fell, and the result is that value or zero.
void expect_relu(const Outcome& outcome, const Integers& value, int bits) {
  const Integers &result = outcome.results[0], &sign = outcome.results[1];
  Integers kept_result, kept_value;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (sign[i] == 1) {
      EXPECT_GE(signed_of(result[i]), 0);
      kept_result.push_back(result[i]);
      kept_value.push_back(value[i]);
    } else {
      EXPECT_EQ(result[i], 0u);
      EXPECT_LT(signed_of(value[i]), 0) << i;
    }
  }
  expect_truncated(kept_result, kept_value, bits);
}

TEST_P(Selection, ReluInAllWindows) {
  for (int window : {2, 3, 5, 8, 9, 16, 17, 21, 32, 33, 40, 48, 63, 64}) {
    const Integers a = random_integers(700, window, static_cast<std::uint64_t>(window));
    const Outcome outcome = execute({{{700}, a, Kind::kArithmetic, window}}, relu(0, window));
    expect_relu(outcome, a, 0);
  }
}

TEST_P(Selection, ReluAfterTruncation) {
  for (auto [bits, window] : {std::pair{18, 24}, {18, 32}, {18, 45}, {1, 62}, {40, 10}, {13, 50}, {36, 27}}) {
    const Integers a = random_integers(2000, bits + window - 1, 77);
    const Outcome outcome = execute({{{2000}, a, Kind::kArithmetic, window}}, relu(bits, window));
    expect_relu(outcome, a, bits);
  }
}

TEST_P(Selection, ReluOfProductsOfAllSizes) {
  for (std::size_t count : kSizes) {
    const Integers a = random_integers(count, 23, 21), b = random_integers(count, 23, 22);
    const Shape shape = vector_shape(count);
    const auto operation = [&](Context& context, Shares in) -> Task<Shares> {
      Contraction c;
      c.product = Contraction::Product::kElementwise;
      c.a = in[0];
      c.b = in[1];
      c.shape = shape;
      c.truncate_bits = 18;
      c.then = Then::kRelu;
      c.window = 28;
      co_return co_await contract(context, std::move(c));
    };
    Integers value(count);
    for (std::size_t i = 0; i < count; ++i) value[i] = a[i] * b[i];
    expect_relu(execute({{shape, a, Kind::kArithmetic, 0}, {shape, b, Kind::kArithmetic, 1}}, operation),
                value, 18);
  }
}

TEST_P(Selection, SelectsByBits) {
  const auto operation = [](Context& context, Shares in) -> Task<Shares> {
    co_return co_await select(context, in[0], in[1]);
  };
  for (std::size_t count : kSizes) {
    const Integers a = random_integers(count, 64, 31), bits = random_bits(count, 32);
    const Shape shape = vector_shape(count);
    const Outcome outcome =
        execute({{shape, a, Kind::kArithmetic, 2}, {shape, bits, Kind::kBoolean, 1}}, operation);
    EXPECT_EQ(outcome.results[0], selected(bits, a)) << count;
  }
}

TEST_P(Selection, SelectsByPublicBits) {
  const auto operation = [](Context& context, Shares in) -> Task<Shares> {
    co_return co_await select(context, in[0], in[1]);
  };
  const Integers a = random_integers(200, 64, 33), bits = random_bits(200, 34);
  for (int owner = kConstant; owner < table().parties(); ++owner) {
    const Outcome outcome =
        execute({{{200}, a, Kind::kArithmetic, owner}, {{200}, bits, Kind::kBoolean, kConstant}}, operation);
    EXPECT_EQ(outcome.results[0], selected(bits, a));
  }
}

TEST_P(Selection, SelectsTruncatedProducts) {
  const Integers a = random_integers(900, 30, 35), b = random_integers(900, 30, 36),
                 bits = random_bits(900, 37);
  const auto operation = [](Context& context, Shares in) -> Task<Shares> {
    Contraction c;
    c.product = Contraction::Product::kElementwise;
    c.a = in[0];
    c.b = in[1];
    c.shape = {900};
    c.truncate_bits = 18;
    c.then = Then::kSelect;
    c.selector = in[2];
    co_return co_await contract(context, std::move(c));
  };
  const Outcome outcome = execute(
      {{{900}, a, Kind::kArithmetic, 0}, {{900}, b, Kind::kArithmetic, 1}, {{900}, bits, Kind::kBoolean, 2}},
      operation);
  Integers value(900);
  for (std::size_t i = 0; i < 900; ++i) value[i] = bits[i] * a[i] * b[i];
  expect_truncated(outcome.results[0], value, 18);
}

// As the backward pass does: the forward comparison's bit selects other values, more than once, also at the
// same time.
TEST_P(Selection, ReusesASelector) {
  const Integers a = random_integers(5000, 30, 41), gradient = random_integers(5000, 60, 42);
  const auto operation = [](Context& context, Shares in) -> Task<Shares> {
    Contraction forward = sum_of(in[0]);
    forward.then = Then::kRelu;
    forward.window = 30;
    const Shares activated = co_await contract(context, std::move(forward));
    std::vector<Task<Shares>> selections;
    selections.push_back(select(context, in[1], activated[1]));
    selections.push_back(select(context, in[0], activated[1]));
    const std::vector<Shares> selected = co_await when_all(std::move(selections));
    Shares third = co_await select(context, in[1], complement(context, activated[1]));
    co_return Shares{selected[0][0], selected[1][0], third[0]};
  };
  const Outcome outcome =
      execute({{{5000}, a, Kind::kArithmetic, 0}, {{5000}, gradient, Kind::kArithmetic, 1}}, operation);
  for (std::size_t i = 0; i < a.size(); ++i) {
    const bool positive = signed_of(a[i]) >= 0;
    ASSERT_EQ(outcome.results[0][i], positive ? gradient[i] : 0) << i;
    ASSERT_EQ(outcome.results[1][i], positive ? a[i] : 0) << i;
    ASSERT_EQ(outcome.results[2][i], positive ? 0 : gradient[i]) << i;
  }
}

}  // namespace
}  // namespace sotto::protocols::conformance
