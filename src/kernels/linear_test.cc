// The local kernels: add, subtract, negate, scale, sum, constants and the moves.
#include "kernels/test_bench.h"

namespace sotto::kernels {
namespace {

class Local : public KernelTest {};
SOTTO_KERNEL_FOR_ALL_PROTOCOLS(Local);

TEST_P(Local, AddAndSubtractShiftUpToTheResult) {
  const Reals a = {1.5, -2.25, 3}, b = {0.125, 4, -5.5};
  const std::vector<Operand> operands = {{number({3}, 18, 4), a}, {number({3}, 10, 4), b, 1}};
  EXPECT_EQ(run_kernel(table(), "add", operands, {number({3}, 20, 5)})[0], (Reals{1.625, 1.75, -2.5}));
  EXPECT_EQ(run_kernel(table(), "subtract", operands, {number({3}, 20, 5)})[0], (Reals{1.375, -6.25, 8.5}));
}

TEST_P(Local, PublicOperandsMixWithShares) {
  const Reals a = {1.5, -2.25}, b = {0.5, 4};
  const std::vector<Operand> operands = {{number({2}, 18, 4, Kind::kPublic), a}, {number({2}, 18, 4), b, 1}};
  EXPECT_EQ(run_kernel(table(), "subtract", operands, {number({2}, 18, 5)})[0], (Reals{1.0, -6.25}));
  const std::vector<Operand> both = {{number({2}, 18, 4, Kind::kPublic), a},
                                     {number({2}, 18, 4, Kind::kPublic), b}};
  EXPECT_EQ(run_kernel(table(), "add", both, {number({2}, 18, 5, Kind::kPublic)})[0], (Reals{2.0, 1.75}));
}

TEST_P(Local, NegateAndScale) {
  const std::vector<Operand> operand = {{number({2}, 18, 4), {1.5, -2.25}}};
  EXPECT_EQ(run_kernel(table(), "negate", operand, {number({2}, 18, 4)})[0], (Reals{-1.5, 2.25}));
  // Factor -3, and a factor of 0.5 at two more fraction bits: 2.
  EXPECT_EQ(run_kernel(table(), "scale", operand, {number({2}, 18, 6)}, {{"factor", std::int64_t{-3}}})[0],
            (Reals{-4.5, 6.75}));
  EXPECT_EQ(run_kernel(table(), "scale", operand, {number({2}, 20, 4)}, {{"factor", std::int64_t{2}}})[0],
            (Reals{0.75, -1.125}));
}

TEST_P(Local, SumOverAnyAxes) {
  Reals x(24);
  for (std::size_t i = 0; i < 24; ++i) x[i] = static_cast<double>(i);
  for (const auto& [axes, shape] :
       std::vector<std::pair<std::vector<std::int64_t>, Shape>>{{{2}, {2, 3}},
                                                                {{0}, {3, 4}},
                                                                {{1}, {2, 4}},
                                                                {{0, 2}, {3}},
                                                                {{2, 0}, {3}},
                                                                {{0, 1, 2}, {}},
                                                                {{}, {2, 3, 4}}}) {
    Reals expected(static_cast<std::size_t>(element_count(shape)));
    for (std::int64_t i = 0; i < 24; ++i) {
      const std::int64_t place[] = {i / 12, i / 4 % 3, i % 4}, extents[] = {2, 3, 4};
      std::int64_t at = 0;
      for (std::int64_t axis = 0; axis < 3; ++axis)
        if (std::find(axes.begin(), axes.end(), axis) == axes.end()) at = at * extents[axis] + place[axis];
      expected[static_cast<std::size_t>(at)] += static_cast<double>(i);
    }
    EXPECT_EQ(run_kernel(table(), "sum", {{number({2, 3, 4}, 5, 5), x}}, {number(shape, 5, 9)},
                         {{"axes", axes}})[0],
              expected);
  }
}

TEST_P(Local, ConstantsAreRoundedToNearest) {
  EXPECT_EQ(run_kernel(table(), "constant", {}, {number({3}, 2, 4)}, {{"values", Reals{0.3, -0.4, 7}}})[0],
            (Reals{0.25, -0.5, 7}));
  EXPECT_EQ(run_kernel(table(), "constant", {}, {number({2, 2}, 18, 4, Kind::kPublic)},
                       {{"values", Reals{2.5}}})[0],
            Reals(4, 2.5));
}

// The moves work alike on numbers and on bits.
TEST_P(Local, Moves) {
  for (bool bits : {false, true}) {
    const auto type = [&](Shape shape) { return bits ? bit(shape) : number(shape, 3, 6); };
    Reals x(70 * 3);
    for (std::size_t i = 0; i < x.size(); ++i)
      x[i] = bits ? static_cast<double>(i * i / 3 % 2) : static_cast<double>(i % 50);
    const std::vector<Operand> operand = {{type({70, 3}), x}};
    EXPECT_EQ(run_kernel(table(), "reshape", operand, {type({7, 30})})[0], x);

    Reals expected;
    for (std::size_t j = 0; j < 3; ++j)
      for (std::size_t i = 0; i < 70; ++i) expected.push_back(x[i * 3 + j]);
    EXPECT_EQ(run_kernel(table(), "transpose", operand, {type({3, 70})},
                         {{"permutation", std::vector<std::int64_t>{1, 0}}})[0],
              expected);

    expected.clear();
    for (std::size_t i = 0; i < 70; ++i)
      for (std::size_t l = 0; l < 2; ++l)
        for (std::size_t j = 0; j < 3; ++j) expected.push_back(x[i * 3 + j]);
    EXPECT_EQ(run_kernel(table(), "broadcast", operand, {type({70, 2, 3})},
                         {{"dimensions", std::vector<std::int64_t>{0, 2}}})[0],
              expected);

    expected.clear();
    for (std::size_t i = 5; i < 66; i += 7)
      for (std::size_t j = 1; j < 3; ++j) expected.push_back(x[i * 3 + j]);
    EXPECT_EQ(run_kernel(table(), "slice", operand, {type({9, 2})},
                         {{"start", std::vector<std::int64_t>{5, 1}},
                          {"limit", std::vector<std::int64_t>{66, 3}},
                          {"stride", std::vector<std::int64_t>{7, 1}}})[0],
              expected);

    const std::vector<Operand> two = {{type({70, 1}), Reals(x.begin(), x.begin() + 70)},
                                      {type({70, 3}), x, 1}};
    expected.clear();
    for (std::size_t i = 0; i < 70; ++i) {
      expected.push_back(x[i]);
      for (std::size_t j = 0; j < 3; ++j) expected.push_back(x[i * 3 + j]);
    }
    EXPECT_EQ(run_kernel(table(), "concatenate", two, {type({70, 4})}, {{"axis", std::int64_t{1}}})[0],
              expected);
  }
}

TEST_P(Local, ReverseAndPad) {
  const auto list = [](std::vector<std::int64_t> values) { return values; };
  for (bool bits : {false, true}) {
    const auto type = [&](Shape shape) { return bits ? bit(shape) : number(shape, 3, 6); };
    // Rows 101, 001, 110, 011.
    const Reals x = {1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1};
    const std::vector<Operand> operand = {{type({4, 3}), x, 1}};
    EXPECT_EQ(run_kernel(table(), "reverse", operand, {type({4, 3})}, {{"axes", list({0})}})[0],
              (Reals{0, 1, 1, 1, 1, 0, 0, 0, 1, 1, 0, 1}));
    EXPECT_EQ(run_kernel(table(), "reverse", operand, {type({4, 3})}, {{"axes", list({1, 0})}})[0],
              (Reals{1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 0, 1}));
    // StableHLO's order: first spread, then pad or cut. The first row and the last column go.
    EXPECT_EQ(run_kernel(table(), "pad", operand, {type({7, 5})},
                         {{"low", list({-1, 1})}, {"high", list({1, -1})}, {"interior", list({1, 1})}})[0],
              (Reals{0, 0, 0, 0, 0,  //
                     0, 0, 0, 0, 0,  //
                     0, 0, 0, 0, 0,  //
                     0, 1, 0, 1, 0,  //
                     0, 0, 0, 0, 0,  //
                     0, 0, 0, 1, 0,  //
                     0, 0, 0, 0, 0}));
    EXPECT_EQ(run_kernel(table(), "pad", operand, {type({2, 3})},
                         {{"low", list({-2, 0})}, {"high", list({0, 0})}, {"interior", list({0, 0})}})[0],
              (Reals{1, 1, 0, 0, 1, 1}));
    EXPECT_EQ(run_kernel(table(), "pad", {{type({0}), {}}}, {type({3})},
                         {{"low", list({1})}, {"high", list({2})}, {"interior", list({4})}})[0],
              (Reals{0, 0, 0}));
  }
  EXPECT_EQ(run_kernel(table(), "pad", {{number({2}, 3, 6, Kind::kPublic), {1, 2}}},
                       {number({4}, 3, 6, Kind::kPublic)},
                       {{"low", list({0})}, {"high", list({1})}, {"interior", list({1})}})[0],
            (Reals{1, 0, 2, 0}));
}

// Against the definition: element i of an axis goes to low + i * (interior + 1), where that is within the
// result.
TEST_P(Local, PadsByAnyAmounts) {
  std::mt19937_64 random(3);
  const auto between = [&](std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(most - least + 1));
  };
  for (int trial = 0; trial < 60; ++trial) {
    Shape from, to;
    std::vector<std::int64_t> low, high, interior;
    for (int axis = 0; axis < 3; ++axis) {
      from.push_back(between(0, 4));
      low.push_back(between(-3, 3));
      interior.push_back(between(0, 2));
      const std::int64_t spread = from.back() + std::max<std::int64_t>(from.back() - 1, 0) * interior.back();
      high.push_back(between(std::max<std::int64_t>(-3, -low.back() - spread), 3 + std::abs(low.back())));
      to.push_back(low.back() + spread + high.back());
    }
    const Reals x = uniform(static_cast<std::size_t>(element_count(from)), -3, 3, 5, 7);
    Reals expected(static_cast<std::size_t>(element_count(to)));
    const auto strides = dense_strides(from), padded = dense_strides(to);
    for (std::int64_t i = 0; i < element_count(from); ++i) {
      std::int64_t at = 0;
      bool inside = true;
      for (std::size_t axis = 0; axis < 3; ++axis) {
        const std::int64_t place = low[axis] + i / strides[axis] % from[axis] * (interior[axis] + 1);
        inside = inside && place >= 0 && place < to[axis];
        at += place * padded[axis];
      }
      if (inside) expected[static_cast<std::size_t>(at)] = x[static_cast<std::size_t>(i)];
    }
    EXPECT_EQ(run_kernel(table(), "pad", {{number(from, 5, 5), x}}, {number(to, 5, 5)},
                         {{"low", low}, {"high", high}, {"interior", interior}})[0],
              expected)
        << trial;
  }
  // All that there was is cut off, by the largest amount there is.
  const std::int64_t most = std::int64_t{1} << 50;
  EXPECT_EQ(run_kernel(table(), "pad", {{number({2}, 5, 5), {1, 2}}}, {number({2}, 5, 5)},
                       {{"low", std::vector{-most}},
                        {"high", std::vector{most}},
                        {"interior", std::vector<std::int64_t>{0}}})[0],
            (Reals{0, 0}));
}

// Far more padding than any machine holds is refused, not computed.
TEST(PadCheck, SaysWhatIsWrong) {
  const auto refused = [](Shape from, Shape to, std::int64_t low, std::int64_t high, std::int64_t interior) {
    return plan_error([&] {
      kernel_named("pad").check(
          {.operands = {},
           .operand_types = {number(from, 3, 6)},
           .result_types = {number(to, 3, 6)},
           .attributes = {
               {"low", std::vector{low}}, {"high", std::vector{high}}, {"interior", std::vector{interior}}}});
    });
  };
  const std::int64_t most = std::numeric_limits<std::int64_t>::max(), least = -most - 1;
  EXPECT_NE(refused({4}, {4}, 0, 0, -1).find("not negative"), std::string::npos);
  EXPECT_NE(refused({4}, {4}, -3, -2, 0).find("more is cut off"), std::string::npos);
  EXPECT_NE(refused({4}, {4}, 1, 0, 0).find("shape (4,), not (5,)"), std::string::npos);
  EXPECT_NE(refused({4, 4}, {4, 4}, 1, 0, 0).find("one entry per axis"), std::string::npos);
  for (const std::int64_t value : {least, most}) {
    EXPECT_NE(refused({4}, {4}, value, 0, 0).find("2^50"), std::string::npos);
    EXPECT_NE(refused({4}, {4}, 0, value, 0).find("2^50"), std::string::npos);
  }
  EXPECT_NE(refused({4}, {4}, 0, 0, most).find("2^50"), std::string::npos);
}

TEST_P(Local, EmptyTensors) {
  EXPECT_EQ(run_kernel(table(), "add", {{number({0, 3}, 4, 4), {}}, {number({0, 3}, 4, 4), {}}},
                       {number({0, 3}, 4, 5)})[0],
            Reals{});
  EXPECT_EQ(run_kernel(table(), "sum", {{number({2, 0}, 4, 4), {}}}, {number({2}, 4, 5)},
                       {{"axes", std::vector<std::int64_t>{1}}})[0],
            (Reals{0, 0}));
}

}  // namespace
}  // namespace sotto::kernels
