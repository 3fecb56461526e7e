#include "crypto/lattice/unpack.h"

#include <gtest/gtest.h>

#include <set>

#include "crypto/lattice/pack.h"
#include "crypto/lattice/test_parties.h"

namespace sotto::lattice {
namespace {

struct Keys {
  Keys(Parties& parties, std::size_t count) {
    for (const std::uint32_t element : packing_elements(parties.context.degree(), count))
      keys.emplace_back(parties.context, parties.masks,
                        make_galois_key(parties.key, parties.encryptor, element));
    for (const GaloisKey& key : keys) pointers.push_back(&key);
  }
  std::vector<GaloisKey> keys;
  std::vector<const GaloisKey*> pointers;
};

class Unpacks : public testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(All, Unpacks, testing::Values("rotations-4096", "rotations-8192", "products-8192"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST_P(Unpacks, EveryCoefficientStandsAlone) {
  Parties parties(GetParam());
  const Context& context = parties.context;
  const std::size_t degree = context.degree(), primes = context.parameters().switching_primes;
  const MessageSpace space = MessageSpace::power_of_two(32);
  const Codec codec(context, space, primes);
  for (const std::size_t count : {1u, 2u, 32u}) {
    const Keys keys(parties, count);
    const Vector messages = messages_of(space, degree, count);
    std::set<std::size_t> seen;
    unpack(context, keys.pointers, parties.encrypt(codec, messages), count,
           [&](std::size_t i, Ciphertext result) {
             EXPECT_TRUE(seen.insert(i).second);
             Vector expected(degree);
             for (std::size_t j = 0; j < degree; j += count) expected[j] = messages[j + i];
             EXPECT_EQ(parties.read(space, result), expected) << i << " of " << count;
           });
    EXPECT_EQ(seen.size(), count);
    EXPECT_EQ(*seen.rbegin(), count - 1);
  }
}

TEST(Unpacking, IsTheReverseOfPacking) {
  Parties parties("rotations-4096");
  const MessageSpace space = MessageSpace::power_of_two(16);
  const Codec codec(parties.context, space, 2);
  const Keys keys(parties, 64);
  const Vector messages = messages_of(space, 4096, 7);
  std::vector<Ciphertext> parts(64);
  unpack(parties.context, keys.pointers, parties.encrypt(codec, messages), 64,
         [&](std::size_t i, Ciphertext part) { parts[i] = std::move(part); });
  EXPECT_EQ(parties.read(space, pack(parties.context, keys.pointers, std::move(parts))), messages);
}

}  // namespace
}  // namespace sotto::lattice
