// Rows chosen against softmax at once: ties, columns closer than what they are compared by, arguments where
// powers begin to vanish, differences as large as the window allows; in any window, with any fraction and any
// number of columns, wherever the roles fall.
#include <algorithm>

#include "kernels/test_bench.h"

namespace sotto::kernels {
namespace {

class SoftmaxAdversarial : public KernelTest {};
SOTTO_KERNEL_FOR_ALL_PROTOCOLS(SoftmaxAdversarial);

using protocols::conformance::Integers;
using Whole = std::int64_t;

struct Form {
  int columns, fraction, result_fraction, window;
  Whole effort;
};

// Below the row's maximum, in units; at most `most`.
Whole depth(int kind, const Form& form, Whole most, std::mt19937_64& random) {
  const auto below = [&](Whole bound) {
    return static_cast<Whole>(random() % static_cast<std::uint64_t>(bound));
  };
  const Whole one = Whole{1} << form.fraction;
  const int dropped = std::clamp(form.window - 12, 0, form.fraction - 3);
  const Whole units = below(7) - 3;
  Whole value = 0;
  switch (kind) {
    case 0:
      break;  // equal
    case 1:
      value = below((Whole{4} << dropped) + 1);
      break;
    case 2:
      value = (below(3) << dropped) + units;
      break;
    case 3:
      value = 27 * one / 2 + units;
      break;  // where powers may vanish
    case 4:
      value = 31 * one / 2 + units;
      break;  // and have vanished
    case 5:
      value = 27 * one / 2 + below(2 * one + 1);
      break;  // between
    case 6:
      value = 2 * below(9) * one + one / 2 * below(4) + units;
      break;  // at pieces
    case 7:
      value = most - below(3);
      break;
    case 8:
      value = below(17 * one);
      break;
    case 9:
      value = most >> below(std::max(form.window - 1, 1));
      break;
    default:
      value = below(most) + 1;
      break;
  }
  return std::clamp<Whole>(value, 0, most);
}

Integers rows_against(const Form& form, std::size_t rows, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const Whole most = (Whole{1} << (form.window - 1)) - 1;
  Integers x;
  for (std::size_t row = 0; row < rows; ++row) {
    const int kind = static_cast<int>(random() % 12),
              winner = static_cast<int>(random() % static_cast<unsigned>(form.columns));
    const Whole largest = Whole{1} << 59;
    const Whole top = static_cast<Whole>(random()) >> (random() % 3 == 0 ? 4 : 40);
    const Whole placed = std::clamp(top, most - largest, largest);
    for (int column = 0; column < form.columns; ++column) {
      const int of_column = kind == 11 ? static_cast<int>(random() % 11) : kind;
      const Whole down = column == winner ? 0 : depth(of_column, form, most, random);
      x.push_back(static_cast<std::uint64_t>(placed - down));
    }
  }
  return x;
}

void compare(const Form& form, const Integers& x, const Integers& y) {
  const auto columns = static_cast<std::size_t>(form.columns);
  for (std::size_t row = 0; row < x.size(); row += columns) {
    Whole largest = static_cast<Whole>(x[row]);
    for (std::size_t i = row; i < row + columns; ++i) largest = std::max(largest, static_cast<Whole>(x[i]));
    std::vector<long double> exact(columns);
    long double sum = 0;
    for (std::size_t i = 0; i < columns; ++i)
      sum += exact[i] = std::exp(
          std::ldexp(static_cast<long double>(static_cast<Whole>(x[row + i]) - largest), -form.fraction));
    for (std::size_t i = 0; i < columns; ++i) {
      const auto p = static_cast<double>(exact[i] / sum);
      const double error = std::abs(decoded(y[row + i], form.result_fraction) - p);
      ASSERT_LE(error, std::ldexp(2.0, -form.result_fraction) + p * 0x1p-14)
          << form.columns << " columns, fraction " << form.fraction << " to " << form.result_fraction
          << ", window " << form.window << ", effort " << form.effort << ", row " << row / columns
          << ", column " << i << ", p " << p;
    }
  }
}

void attack(const Table& table, const Form& form, std::size_t rows, std::uint64_t seed) {
  const Kernel& kernel = kernel_named("softmax");
  const Shape shape = {static_cast<Whole>(rows), form.columns};
  Call types{.operands = {},
             .operand_types = {number(shape, form.fraction, 60 - form.fraction)},
             .result_types = {number(shape, form.result_fraction, 1)},
             .attributes = {{"range", 30.0}, {"window", Whole{form.window}}, {"effort", form.effort}}};
  kernel.check(types);
  const Integers x = rows_against(form, rows, seed);
  const auto operation = [&](protocols::Context& context, protocols::Shares in) -> Task<protocols::Shares> {
    Call call = types;
    call.operands = std::move(in);
    co_return co_await kernel.run(context, call);
  };
  const int owner = static_cast<int>(seed % 4) - 1;
  const auto outcome =
      protocols::conformance::run(table, {{shape, x, Kind::kArithmetic, owner}}, operation,
                                  {.seed = seed, .operation = static_cast<std::uint16_t>(seed)});
  EXPECT_EQ(count(table, kernel, types, 0).rounds, outcome.traffic.rounds);
  compare(form, x, outcome.results[0]);
}

TEST_P(SoftmaxAdversarial, AnyForm) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 400 && !HasFailure(); ++round) {
    const Form form{.columns = 2 + static_cast<int>(random() % 9),
                    .fraction = 4 + static_cast<int>(random() % 23),
                    .result_fraction = random() % 2 ? 18 : 4 + static_cast<int>(random() % 15),
                    .window = 2 + static_cast<int>(random() % 59),
                    .effort = static_cast<Whole>(random() % 8 == 0 ? 2 : random() % 2)};
    attack(table(), form, form.effort == 2 ? 40 : 120, random() % 60000);
  }
}

TEST_P(SoftmaxAdversarial, RoundsByWindow) {
  if (table().name() != "rep3") GTEST_SKIP() << "rounds are a protocol's own";
  for (const auto [window, rounds] :
       {std::pair{24, 11u}, {25, 12u}, {47, 12u}, {48, 13u}, {52, 13u}, {53, 14u}, {60, 14u}}) {
    const Call call{.operands = {},
                    .operand_types = {number({5, 10}, 18, 42)},
                    .result_types = {number({5, 10}, 18, 1)},
                    .attributes = {{"range", 30.0}, {"window", Whole{window}}}};
    EXPECT_EQ(count(table(), kernel_named("softmax"), call, 0).rounds, rounds) << window;
  }
}

}  // namespace
}  // namespace sotto::kernels
