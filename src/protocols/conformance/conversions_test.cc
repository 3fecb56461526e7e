// Between any two sharings of any protocol and back, exactly, at the cost that is declared.
#include "protocols/conversions.h"

#include <gmock/gmock.h>

#include <bit>

#include "base/bits.h"
#include "base/error.h"
#include "protocols/conformance/suite.h"
#include "protocols/he/share.h"

namespace sotto::protocols::conformance {
namespace {

class Conversions : public Protocol {};
SOTTO_FOR_ALL_PROTOCOLS(Conversions);

// All sharings, in two widths of bits.
std::vector<Sharing> all_sharings(const Table& table) {
  std::vector<Sharing> all = sharings_of(table);
  all.push_back(Sharing::boolean(20));
  return all;
}

// Numbers that any of them can hold: |v| < 2^19.
Integers numbers(std::size_t count) { return random_integers(count, 20, 71); }

Shared arithmetic(Share share) {
  Shape shape = share.shape;
  return {.sharing = Sharing::arithmetic(),
          .shape = std::move(shape),
          .words = {},
          .share = std::move(share),
          .encrypted = nullptr};
}

// Along these sharings, and to arithmetic at the end.
Operation along(std::vector<Sharing> sharings, Contraction::Link network = {}) {
  return [sharings, network](Context& context, Shares in) -> Task<Shares> {
    Shared value = arithmetic(in[0]);
    for (const Sharing& next : sharings) value = co_await convert(context, std::move(value), next, network);
    value = co_await convert(context, std::move(value), Sharing::arithmetic(), network);
    co_return Shares{value.share};
  };
}

ConversionCost declared(const Table& table, std::vector<Sharing> sharings, const Shape& shape,
                        const Contraction::Link& network = {}) {
  ConversionCost cost;
  Sharing from = Sharing::arithmetic();
  sharings.push_back(from);
  for (const Sharing& to : sharings) {
    for (const ConversionStep& step : conversion_path(table, from, to, shape, network))
      cost = cost + step.cost;
    from = to;
  }
  return cost;
}

TEST_P(Conversions, ThereAndBackIsExactAtTheDeclaredCost) {
  const std::vector<Sharing> all = all_sharings(table());
  for (const std::size_t count : {1, 65, 700})
    for (const Sharing& from : all)
      for (const Sharing& to : all) {
        if (count > 1 && (from == to || (count == 700 && from.form == Form::kPrivate))) continue;
        const std::vector<Input> inputs = {{vector_shape(count), numbers(count), Kind::kArithmetic, 1}};
        const Operation operation = along({from, to, from});
        const Outcome outcome = execute(inputs, operation);
        const std::string name = to_string(from) + " <-> " + to_string(to) + " of " + std::to_string(count);
        ASSERT_EQ(outcome.results[0], inputs[0].values) << name;
        EXPECT_EQ(outcome.traffic, predict(table(), inputs, operation)) << name;
        const ConversionCost cost = declared(table(), {from, to, from}, inputs[0].shape);
        EXPECT_EQ(outcome.traffic.rounds, cost.rounds) << name;
        EXPECT_EQ(outcome.traffic.total_bytes(), cost.bytes) << name;
      }
}

// Those of 64 bits hold every number.
TEST_P(Conversions, ExtremeNumbers) {
  constexpr std::uint64_t kLowest = std::uint64_t{1} << 63;
  Integers values = random_integers(300, 64, 72);
  for (const std::uint64_t value : {kLowest, kLowest - 1, kLowest + 1, ~std::uint64_t{0}})
    values.push_back(value);
  for (const int window : {1, 2, 3, 33})  // whose ends Booleans of other widths hold
    for (const Sharing& to : sharings_of(table(), window)) {
      Integers these = values;
      if (to.form == Form::kBoolean)
        for (auto& value : these) value = of(signed_of(value) >> (64 - window));
      ASSERT_EQ(execute({{vector_shape(these.size()), these, Kind::kArithmetic, 0}}, along({to})).results[0],
                these)
          << to_string(to);
    }
  for (const Contraction::Link network :
       {Contraction::Link{1'000, 0}, Contraction::Link{100'000'000, 1'000'000}})  // dear bytes, dear rounds
    EXPECT_EQ(execute({{vector_shape(values.size()), values, Kind::kArithmetic, 0}},
                      along({Sharing::boolean()}, network))
                  .results[0],
              values);
}

// The planes of a Boolean are the numbers' bits, whoever made them.
TEST_P(Conversions, BooleansAreBits) {
  const Integers values = random_integers(130, 64, 73);
  for (const Sharing& through : sharings_of(table()))
    for (const int bits : {64, 7}) {
      const auto operation = [=](Context& context, Shares in) -> Task<Shares> {
        const Shared value = co_await convert(context, arithmetic(in[0]), through);
        const Shared made = co_await convert(context, value, Sharing::boolean(bits));
        co_return Shares{made.share};
      };
      const Outcome outcome = execute({{{130}, values, Kind::kArithmetic, 0}}, operation);
      ASSERT_EQ(outcome.results[0].size(), static_cast<std::size_t>(bits) * 192);
      for (std::size_t bit = 0; bit < static_cast<std::size_t>(bits); ++bit)
        for (std::size_t i = 0; i < 192; ++i)
          ASSERT_EQ(outcome.results[0][bit * 192 + i], i < 130 ? values[i] >> bit & 1 : 0)
              << to_string(through) << ", bit " << bit << " of " << i;
    }
}

// Whoever is to know the numbers has them, nobody else; ciphertexts are at the holder alone.
TEST_P(Conversions, OnlyThoseWhoAreToKnowKnow) {
  const Integers values = random_integers(70, 20, 74);
  for (const Sharing& to : all_sharings(table())) {
    const auto operation = [&](Context& context, Shares in) -> Task<Shares> {
      const Shared value = co_await convert(context, arithmetic(in[0]), to);
      const bool knows = (to.knowers(table().parties()) >> context.self() & 1) != 0;
      EXPECT_EQ(value.sharing, to);
      if (!context.counting() && knows) {
        const Words words = value.words.materialised();
        EXPECT_TRUE(std::ranges::equal(words.span(), values)) << to_string(to);
      }
      if (!knows) EXPECT_EQ(value.words.size(), 0u) << to_string(to);
      if (!context.counting() && to.form == Form::kEncrypted)
        EXPECT_EQ(value.encrypted->ciphertexts.empty(), context.self() == to.party);
      co_return in;
    };
    execute({{{70}, values, Kind::kArithmetic, 1}}, operation);
  }
}

// No way leads through a sharing that tells somebody who is to know neither end.
TEST_P(Conversions, NothingIsOpenedOnTheWay) {
  const int parties = table().parties();
  for (const Contraction::Link network : {Contraction::Link{1'000, 0}, Contraction::Link{100'000, 20'000},
                                          Contraction::Link{100'000'000, 1'000'000}})
    for (const Sharing& from : all_sharings(table()))
      for (const Sharing& to : all_sharings(table())) {
        const auto steps = conversion_path(table(), from, to, {1000}, network);
        EXPECT_EQ(steps.empty(), from == to);
        for (const ConversionStep& step : steps) {
          const unsigned known = step.to.knowers(parties);
          EXPECT_EQ(known & ~(from.knowers(parties) | to.knowers(parties)), 0u)
              << to_string(from) << " to " << to_string(to) << " by " << step.conversion->name;
        }
      }
}

// The formulas at the head of conversions.h, for 6400 numbers.
TEST_P(Conversions, CostsAreThoseOfTheTable) {
  constexpr std::uint64_t n = 6400;
  const bool three = table().name() == "rep3", two = table().name() == "duo";
  const auto one_step = [&](const Sharing& from, const Sharing& to, const Contraction::Link& network = {}) {
    const auto steps = conversion_path(table(), from, to, {n}, network);
    EXPECT_EQ(steps.size(), 1u) << to_string(from) << " to " << to_string(to);
    return steps.at(0).cost;
  };
  const auto expect = [&](const ConversionCost& cost, ConversionCost rep3, ConversionCost duo) {
    const ConversionCost expected = three ? rep3 : two ? duo : ConversionCost{};
    EXPECT_EQ(cost.rounds, expected.rounds);
    EXPECT_EQ(cost.bytes, expected.bytes);
  };
  const Sharing all = Sharing::known_to_all(), first = Sharing::known_to(0), shared = Sharing::arithmetic();
  const Contraction::Link dear_bytes{1'000, 0}, dear_rounds{100'000'000, 1'000'000};
  for (const Sharing& to : {first, shared, Sharing::boolean()}) expect(one_step(all, to), {}, {});
  expect(one_step(first, all), {1, 16 * n}, {1, 8 * n});
  expect(one_step(first, shared), {1, 8 * n}, {});
  expect(one_step(shared, all), {1, 24 * n}, {1, 16 * n});
  expect(one_step(shared, first), {1, 8 * n}, {1, 8 * n});
  struct Width {
    std::uint64_t bits, levels, products, common;
  };
  for (const Width w : {Width{64, 6, 373, 124}, Width{20, 5, 75, 19}}) {
    const Sharing bits = Sharing::boolean(static_cast<int>(w.bits));
    expect(one_step(first, bits), {1, w.bits * n / 8}, {});
    expect(one_step(bits, all), {1, 3 * w.bits * n / 8}, {1, w.bits * n / 4});
    expect(one_step(bits, first), {1, w.bits * n / 8}, {1, w.bits * n / 8});
    // Silent transfers: 3,328 bytes for every 122,880 in each direction, a round for them.
    const auto transfers = [](std::uint64_t count) { return 2 * 3328 * ((count + 122'879) / 122'880); };
    expect(one_step(shared, bits, dear_rounds),
           {static_cast<std::uint32_t>(2 + w.levels), (w.bits + 3 * w.products) * n / 8},
           {static_cast<std::uint32_t>(2 + w.levels),
            (4 * w.products - 2 * w.common) * n / 8 + transfers((w.products - w.common) * n)});
    expect(one_step(shared, bits, dear_bytes), {static_cast<std::uint32_t>(w.bits), (4 * w.bits - 3) * n / 8},
           {static_cast<std::uint32_t>(w.bits), (w.bits - 1) * n / 2 + transfers((w.bits - 1) * n)});
    // Each bit but the 64th has n transfers of 3.875 bytes: fewer than make a portion.
    const std::uint64_t last = w.bits == 64 ? 1 : 0;
    const std::uint64_t weights = w.bits * 64 - w.bits * (w.bits - 1) / 2 - last;
    expect(one_step(bits, shared), {2, 24 * w.bits * n}, {2, weights * n / 8 + (w.bits - last) * n * 31 / 8});
  }
  // Four primes of 44, 44, 43 and 43 bits for each of 8192 coefficients and 11 bytes more; what returns has
  // two of them, of the mask for all coefficients, of the rest for numbers, and 7 bytes more.
  if (two) {
    const Sharing encrypted = Sharing::encrypted_for(1);
    expect(one_step(shared, encrypted), {}, {1, 1024 * (44 + 44 + 43 + 43) + 11});
    expect(one_step(encrypted, shared), {}, {1, (8192 + n) * 88 / 8 + 7});
  }
}

TEST_P(Conversions, WhatAProtocolHasNotIsRefused) {
  const auto message_of = [&](const Sharing& to) -> std::string {
    try {
      conversion_path(table(), Sharing::arithmetic(), to, {3});
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kPlan);
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(message_of(Sharing::known_to(7)), testing::HasSubstr("has no sharing private(7)"));
  EXPECT_THAT(message_of(Sharing::boolean(65)), testing::HasSubstr("Booleans of 1 to 64 bits"));
  EXPECT_THAT(message_of(Sharing::boolean(0)), testing::HasSubstr("has no sharing Boolean(0)"));
  if (table().name() != "duo")
    EXPECT_THAT(message_of(Sharing::encrypted_for(0)), testing::HasSubstr("has no sharing encrypted(0)"));
}

}  // namespace
}  // namespace sotto::protocols::conformance
