// What a party receives must not depend on what the others' secrets are, given all that the party knows
// itself.
//
// The observer's keys are the same in all runs, all other randomness is new in each: then every bit it
// receives must be one with the same frequency for two very different secrets. A mask that the observer can
// compute, or one used twice, leaves bits constant or equal and is caught. This finds mistakes; the argument
// is in SECURITY.md.
#include <cmath>

#include "protocols/conformance/cases.h"
#include "protocols/conformance/suite.h"

namespace sotto::protocols::conformance {
namespace {

class Independence : public Protocol {};
SOTTO_FOR_ALL_PROTOCOLS(Independence);

constexpr int kRuns = 100;
constexpr std::size_t kCount = 3;
constexpr std::int64_t kSecrets[2] = {3, -987654};

// How often each bit, and each value of each byte, was seen.
struct Frequencies {
  std::vector<int> bits;                           // [position * 8 + bit]
  std::vector<int> bytes = std::vector<int>(256);  // over all positions
  std::vector<int> adjacent;                       // XOR of neighbouring bytes, bit by bit: masks used twice
  void add(const std::vector<std::byte>& received);
};

void Frequencies::add(const std::vector<std::byte>& received) {
  bits.resize(received.size() * 8);
  adjacent.resize(received.size() * 8);
  for (std::size_t i = 0; i < received.size(); ++i) {
    const auto byte = std::to_integer<unsigned>(received[i]);
    const auto other = byte ^ std::to_integer<unsigned>(received[(i + 8) % received.size()]);
    for (unsigned bit = 0; bit < 8; ++bit) {
      bits[i * 8 + bit] += byte >> bit & 1;
      adjacent[i * 8 + bit] += other >> bit & 1;
    }
    ++bytes[byte];
  }
}

// The chi-square statistic of two counts out of as many trials each; one degree of freedom.
double chi_square(int first, int second, double trials) {
  const double ones = first + second, zeros = 2 * trials - ones;
  if (ones == 0 || zeros == 0) return 0;
  const double difference = first - second;
  return difference * difference * 2 * trials / (ones * zeros);
}

double largest_chi_square(const std::vector<int>& first, const std::vector<int>& second) {
  double largest = 0;
  for (std::size_t i = 0; i < first.size(); ++i)
    largest = std::max(largest, chi_square(first[i], second[i], kRuns));
  return largest;
}

// For 256 classes: the statistic minus its mean, in standard deviations.
double histogram_deviation(const std::vector<int>& first, const std::vector<int>& second) {
  double statistic = 0;
  int classes = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (first[i] + second[i] == 0) continue;
    const double difference = first[i] - second[i];
    statistic += difference * difference / (first[i] + second[i]);
    ++classes;
  }
  return classes < 2 ? 0 : (statistic - (classes - 1)) / std::sqrt(2.0 * (classes - 1));
}

// 45 has probability 2e-11 per bit; some 10^5 bits are looked at in all.
bool differ(const Frequencies& first, const Frequencies& second) {
  return largest_chi_square(first.bits, second.bits) > 45 ||
         largest_chi_square(first.adjacent, second.adjacent) > 45 ||
         histogram_deviation(first.bytes, second.bytes) > 12;
}

// What the observer sees in many runs on one secret; roles rotate with the operation's index.
Frequencies observed(const Table& table, const Case& row, int observer, std::uint16_t index, int secret) {
  Frequencies seen;
  for (int i = 0; i < kRuns; ++i) {
    const Options options{.seed = static_cast<std::uint64_t>(2 * i + secret + 1),
                          .operation = index,
                          .observer = observer,
                          .observer_seed = 99};
    // The secrets are those of the parties after the observer.
    const auto inputs = row.inputs(kCount, kSecrets[secret], observer + 1);
    seen.add(run(table, inputs, row.operation(kCount), options).received[static_cast<std::size_t>(observer)]);
  }
  return seen;
}

// A test for each observer: they are long, and run side by side.
void look(const Table& table, int observer) {
  if (kSanitized) GTEST_SKIP() << "numbers are the same in every build, and there are many";
  for (const Case& row : all_cases())
    for (std::uint16_t index = 0; index < table.parties(); ++index) {
      const Frequencies first = observed(table, row, observer, index, 0);
      const Frequencies second = observed(table, row, observer, index, 1);
      ASSERT_EQ(first.bits.size(), second.bits.size()) << row.name;
      EXPECT_FALSE(differ(first, second)) << row.name << " with roles " << index;
    }
}

TEST_P(Independence, OfWhatTheFirstPartyReceives) { look(table(), 0); }

TEST_P(Independence, OfWhatTheSecondPartyReceives) {
  if (table().parties() < 2) GTEST_SKIP() << "one party";
  look(table(), 1);
}

TEST_P(Independence, OfWhatTheThirdPartyReceives) {
  if (table().parties() < 3) GTEST_SKIP() << "fewer than three parties";
  look(table(), 2);
}

// ---- The test tested: a protocol of two parties in which the first sends its value under a mask
// ----------------

Task<Share> keep(Context& context, int owner, Words values, Shape shape) {
  Share share;
  share.shape = std::move(shape);
  share.parts[0] = context.self() == owner ? std::move(values) : Words::zeros(share.elements());
  co_return share;
}

Task<Words> open_nothing(Context&, Share share, unsigned) { co_return Words::zeros(share.elements()); }

Case sending_under(bool observers_key) {
  const auto operation = [observers_key](Context& context, Shares in) -> Task<Shares> {
    const Site site = context.begin();
    Words message = Words::allocate(in[0].elements());
    if (context.self() == 0) {
      const prg::Prg& key = observers_key ? context.key_with(1) : context.own_key();
      key.fill(message.mutable_span(), site.at(0, 0));
      ring::add(message.mutable_span(), message.span(), in[0].parts[0].span());
      context.rounds().send(1, message.span().data(), message.size() * sizeof(std::uint64_t));
    } else {
      context.rounds().receive(0, message.mutable_span().data(), message.size() * sizeof(std::uint64_t));
    }
    co_await context.next_round();
    co_return in;
  };
  return {"message under a mask",
          [](std::size_t count, std::int64_t value, int) -> std::vector<Input> {
            return {{vector_shape(count), Integers(count, of(value)), Kind::kArithmetic, 0}};
          },
          [operation](std::size_t) -> Operation { return operation; }};
}

TEST(IndependenceTest, CatchesAMaskThatTheObserverKnows) {
  Rows rows;
  rows.input = keep;
  rows.reveal = open_nothing;
  const Table table("masked", 2, Model::kSemiHonest, rows);
  for (bool observers_key : {false, true}) {
    const Case row = sending_under(observers_key);
    EXPECT_EQ(differ(observed(table, row, 1, 0, 0), observed(table, row, 1, 0, 1)), observers_key);
  }
}

}  // namespace
}  // namespace sotto::protocols::conformance
