#include "base/ring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/threads.h"

namespace sotto::ring {
namespace {

using Vector = std::vector<Element>;
using Wide = unsigned __int128;

// Random words among which the values at the edges of the ring are frequent.
Vector random_vector(std::size_t n, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  const Element edges[] = {0,          1,         2, ~Element{0}, Element{1} << 63, (Element{1} << 63) - 1,
                           0xFFFFFFFF, 1ull << 32};
  Vector values(n);
  for (Element& value : values) {
    const Element random = generator();
    value = random % 4 == 0 ? edges[random / 4 % 8] : generator();
  }
  return values;
}

Element low(Wide wide) { return static_cast<Element>(wide); }

// Runs each test on every implementation of this processor, and puts the best one back.
class Ring : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override { use_implementation(GetParam()); }
  void TearDown() override {
    use_implementation(available_implementations().front());
    set_threads(1);
  }
};

INSTANTIATE_TEST_SUITE_P(All, Ring,
                         testing::ValuesIn(available_implementations().begin(),
                                           available_implementations().end()),
                         [](const auto& info) { return std::string(info.param); });

// Example: the parties' shares of a product add up to the product.
TEST_P(Ring, SharesOfAProduct) {
  const Vector x{20, 3}, y{7, 5}, x0{100, 200}, y0{300, 400};
  Vector x1(2), y1(2), z(2), cross(2);
  subtract(x1, x, x0);
  subtract(y1, y, y0);
  cross_product(z, x0, x1, y0, y1);  // x0*y0 + x0*y1 + x1*y0
  multiply(cross, x1, y1);
  add(z, z, cross);
  EXPECT_THAT(z, testing::ElementsAre(140, 15));
}

TEST_P(Ring, ElementwiseAgreesWithWideArithmetic) {
  for (std::size_t n : {0, 1, 2, 7, 8, 9, 31, 64, 100, 1000}) {
    const Vector a = random_vector(n, 1), b = random_vector(n, 2), c = random_vector(n, 3),
                 d = random_vector(n, 4);
    const Element k = 0x9E3779B97F4A7C15;
    Vector out[13];
    for (Vector& vector : out) vector = c;
    add(out[0], a, b), subtract(out[1], a, b), negate(out[2], a), multiply(out[3], a, b);
    add_constant(out[4], a, k), scale(out[5], a, k), accumulate_scaled(out[6], a, k);
    accumulate_product(out[7], a, b), cross_product(out[8], a, b, c, d);
    exclusive_or(out[9], a, b), bit_and(out[10], a, b);
    for (std::size_t i = 0; i < n; ++i) {
      const Wide x = a[i], y = b[i];
      ASSERT_EQ(out[0][i], low(x + y));
      ASSERT_EQ(out[1][i], low(x - y));
      ASSERT_EQ(out[2][i], low(-x));
      ASSERT_EQ(out[3][i], low(x * y));
      ASSERT_EQ(out[4][i], low(x + k));
      ASSERT_EQ(out[5][i], low(x * k));
      ASSERT_EQ(out[6][i], low(c[i] + x * k));
      ASSERT_EQ(out[7][i], low(c[i] + x * y));
      ASSERT_EQ(out[8][i], low(x * (Wide{c[i]} + d[i]) + y * c[i]));
      ASSERT_EQ(out[9][i], a[i] ^ b[i]);
      ASSERT_EQ(out[10][i], a[i] & b[i]);
    }
  }
}

TEST_P(Ring, OutputMayBeAnInput) {
  const Vector a = random_vector(77, 1), b = random_vector(77, 2);
  Vector in_place = a, expected(77);
  multiply(expected, a, b);
  multiply(in_place, in_place, b);
  EXPECT_EQ(in_place, expected);
  in_place = a;
  cross_product(expected, a, b, b, a);
  cross_product(in_place, in_place, b, b, in_place);
  EXPECT_EQ(in_place, expected);
  in_place = a;
  subtract(in_place, in_place, in_place);
  EXPECT_EQ(in_place, Vector(77, 0));
}

TEST_P(Ring, ShiftsRoundAsDocumented) {
  const Vector a = random_vector(203, 5);
  Vector down(a.size()), up(a.size()), sign(a.size());
  for (int bits = 0; bits < 64; ++bits) {
    shift_right(down, a, bits);
    shift_right_up(up, a, bits);
    shift_right_signed(sign, a, bits);
    const Wide unit = Wide{1} << bits;
    for (std::size_t i = 0; i < a.size(); ++i) {
      ASSERT_EQ(down[i], low(a[i] / unit)) << bits;
      ASSERT_EQ(up[i], low((a[i] + unit - 1) / unit)) << bits;
      // The floor of a negative number is minus the ceiling of its opposite.
      const auto value = static_cast<__int128>(static_cast<std::int64_t>(a[i]));
      const __int128 floor =
          value >= 0 ? value / __int128(unit) : -((-value + __int128(unit) - 1) / __int128(unit));
      ASSERT_EQ(sign[i], static_cast<Element>(floor)) << bits;
    }
  }
}

TEST_P(Ring, MasksLowBits) {
  const Vector a = random_vector(50, 6);
  Vector out(a.size());
  for (int bits = 1; bits <= 64; ++bits) {
    mask_low(out, a, bits);
    for (std::size_t i = 0; i < a.size(); ++i) ASSERT_EQ(out[i], low(a[i] % (Wide{1} << bits)));
  }
}

Vector naive_matmul(Vector out, MatrixView a, MatrixView b, std::size_t m, std::size_t k, std::size_t n) {
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t j = 0; j < n; ++j)
      for (std::size_t p = 0; p < k; ++p)
        out[i * n + j] += a.data[static_cast<std::ptrdiff_t>(i) * a.row_stride +
                                 static_cast<std::ptrdiff_t>(p) * a.column_stride] *
                          b.data[static_cast<std::ptrdiff_t>(p) * b.row_stride +
                                 static_cast<std::ptrdiff_t>(j) * b.column_stride];
  return out;
}

// One matrix in several layouts: row-major, transposed, padded, with rows in reverse order.
std::vector<MatrixView> layouts(const Vector& data, std::size_t rows, std::size_t columns) {
  const auto r = static_cast<std::ptrdiff_t>(rows), c = static_cast<std::ptrdiff_t>(columns);
  const Element* last_row = data.data() + (rows == 0 ? 0 : (rows - 1) * columns);
  return {{data.data(), c, 1},
          {data.data(), 1, r},
          {data.data(), c + 3, 1},
          {data.data(), 2, 2 * r},
          {last_row, -c, 1}};
}

void expect_product(MatrixView a, MatrixView b, std::size_t m, std::size_t k, std::size_t n) {
  // One word more than the product: nothing may be written beyond it.
  const Vector before = random_vector(m * n + 1, 9);
  Vector out = before, zero = before;
  std::fill(zero.begin(), zero.end() - 1, 0);
  matmul(out.data(), a, b, m, k, n);
  ASSERT_EQ(out, naive_matmul(zero, a, b, m, k, n)) << m << "x" << k << "x" << n;
  out = before;
  matmul(out.data(), a, b, m, k, n, /*accumulate=*/true);
  ASSERT_EQ(out, naive_matmul(before, a, b, m, k, n)) << m << "x" << k << "x" << n << " accumulated";
}

// In every layout of both matrices.
void expect_matmul(std::size_t m, std::size_t k, std::size_t n) {
  const Vector a_data = random_vector(2 * m * k + 3 * m + 8, m + k);
  const Vector b_data = random_vector(2 * k * n + 3 * k + 8, k * n);
  for (const MatrixView& a : layouts(a_data, m, k))
    for (const MatrixView& b : layouts(b_data, k, n)) expect_product(a, b, m, k, n);
}

TEST_P(Ring, MatmulAgreesWithTheDefinitionAtEveryEdge) {
  for (std::size_t m : {0, 1, 2, 7, 8, 9, 17})
    for (std::size_t k : {0, 1, 2, 9})
      for (std::size_t n : {0, 1, 5, 7, 8, 9, 10, 16, 23, 24, 25, 33, 49}) expect_matmul(m, k, n);
}

TEST_P(Ring, MatmulAcrossCacheBlocks) {
  expect_matmul(3, 255, 2);
  expect_matmul(9, 257, 26);
  expect_matmul(5, 1025, 10);
  expect_matmul(50, 3, 270);
  expect_matmul(130, 20, 10);
}

TEST_P(Ring, MatmulByThreadsGivesTheSame) {
  set_threads(3);
  for (const auto& [m, k, n] : {std::array<std::size_t, 3>{257, 330, 51}, {33, 1000, 130}}) {
    const Vector a = random_vector(m * k, 1), b = random_vector(k * n, 2);
    expect_product(layouts(a, m, k)[0], layouts(b, k, n)[0], m, k, n);
    expect_product(layouts(a, m, k)[1], layouts(b, k, n)[1], m, k, n);
  }
}

TEST(RingMisuse, SaysWhatIsWrong) {
  Vector two(2), three(3);
  const auto message_of = [](auto&& call) -> std::string {
    try {
      call();
    } catch (const Error& error) {
      return error.message();
    }
    return "accepted";
  };
  EXPECT_THAT(message_of([&] { add(two, two, three); }),
              testing::HasSubstr("ring arithmetic on arrays of different sizes"));
  EXPECT_THAT(message_of([&] { shift_right(two, two, 64); }),
              testing::HasSubstr("a shift is by 0 to 63 bits"));
  EXPECT_THAT(message_of([&] { mask_low(two, two, 0); }), testing::HasSubstr("a mask keeps 1 to 64 bits"));
  EXPECT_THAT(message_of([&] { use_implementation("abacus"); }),
              testing::HasSubstr("no ring implementation named 'abacus'"));
}

}  // namespace
}  // namespace sotto::ring
