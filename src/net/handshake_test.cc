#include "net/handshake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <random>

#include "net/test_support.h"

namespace sotto::net {
namespace {

using testing::AllOf;
using testing::HasSubstr;

Clock::time_point soon() { return Clock::now() + std::chrono::seconds(10); }

Hello hello_of(std::uint16_t party) { return {.party = party, .parties = 2, .software = "0.1.0"}; }

// What shake_hands() throws at alice (party 0) and at bob (party 1).
std::pair<std::string, std::string> errors_of(const Hello& alice_hello, const Hello& bob_hello,
                                              const std::string& objection = "") {
  const TemporaryDirectory directory;
  const Identity alice = Identity::create(directory.path / "alice", "alice");
  const Identity bob = Identity::create(directory.path / "bob", "bob");
  const TlsContext alice_context(alice), bob_context(bob);
  const Socket listener = listen_on({"127.0.0.1", 0});
  const auto shake = [](SecureSocket& socket, const Hello& hello, std::uint16_t peer, const std::string& name,
                        const std::string& objection) {
    return error_of(ErrorKind::kIdentity, [&] { shake_hands(socket, hello, peer, name, objection, soon()); });
  };
  auto bobs = std::async(std::launch::async, [&] {
    SecureSocket socket(connect_to({"127.0.0.1", local_port(listener)}, soon()), bob_context,
                        TlsRole::kClient, {alice.fingerprint()}, soon());
    return shake(socket, bob_hello, 0, "alice", "");
  });
  SecureSocket socket(accept_from(listener, soon()).value().socket, alice_context, TlsRole::kServer,
                      {bob.fingerprint()}, soon());
  const std::string alices = shake(socket, alice_hello, 1, "bob", objection);
  return {alices, bobs.get()};
}

TEST(Handshake, AnExample) {
  const auto [alice, bob] = errors_of(hello_of(0), hello_of(1));
  EXPECT_EQ(alice, "no error");
  EXPECT_EQ(bob, "no error");
}

TEST(Handshake, AnotherPlanIsNamedOnBothSides) {
  Hello bob_hello = hello_of(1);
  bob_hello.plan.fill(std::byte{0xab});
  const auto [alice, bob] = errors_of(hello_of(0), bob_hello);
  EXPECT_THAT(alice,
              HasSubstr("party bob has another plan: its plan digest is abababababababab…, the other side's "
                        "0000000000000000…"));
  EXPECT_THAT(bob, HasSubstr("party alice has another plan: its plan digest is 0000000000000000…"));
}

TEST(Handshake, AnotherJobVersionOrPartyIsNamedOnBothSides) {
  Hello other = hello_of(1);
  other.job.fill(std::byte{0xcd});
  auto [alice, bob] = errors_of(hello_of(0), other);
  EXPECT_THAT(alice, AllOf(HasSubstr("party bob"), HasSubstr("job digest is cdcd")));
  EXPECT_THAT(bob, AllOf(HasSubstr("party alice"), HasSubstr("job digest is 0000")));

  other = hello_of(1);
  other.protocol_version = 9;
  std::tie(alice, bob) = errors_of(hello_of(0), other);
  EXPECT_THAT(alice, HasSubstr("party bob speaks protocol version 9, the other side 1"));
  EXPECT_THAT(bob, HasSubstr("party alice speaks protocol version 1, the other side 9"));

  other = hello_of(1);
  other.software = "0.2.0";
  std::tie(alice, bob) = errors_of(hello_of(0), other);
  EXPECT_THAT(alice, HasSubstr("party bob runs software version 0.2.0, the other side 0.1.0"));
  EXPECT_THAT(bob, HasSubstr("party alice runs software version 0.1.0"));

  other = hello_of(1);
  other.parties = 3;
  std::tie(alice, bob) = errors_of(hello_of(0), other);
  EXPECT_THAT(alice, HasSubstr("party bob counts 3 parties"));
  EXPECT_THAT(bob, HasSubstr("party alice counts 2 parties"));

  std::tie(alice, bob) = errors_of(hello_of(0), hello_of(2));
  EXPECT_THAT(alice, HasSubstr("party bob says that it is party 2, and should be 1"));
  EXPECT_THAT(bob, AllOf(HasSubstr("party alice refuses"), HasSubstr("says that it is party 2")));
}

TEST(Handshake, AnObjectionReachesTheOtherSide) {
  const auto [alice, bob] = errors_of(hello_of(0), hello_of(1), "is connected already");
  EXPECT_THAT(alice, HasSubstr("party bob is connected already"));
  EXPECT_THAT(bob, HasSubstr("party alice refuses this party, which is connected already"));
}

TEST(Handshake, AReflectedHelloIsRefused) {
  Hello mine = hello_of(0), theirs = hello_of(1);
  mine.nonce = theirs.nonce = Digest{std::byte{5}};
  EXPECT_THAT(difference(mine, theirs, 1), HasSubstr("own nonce"));
}

TEST(Handshake, HellosSurviveArbitraryBytes) {
  const std::vector<std::byte> good = encode(hello_of(1));
  EXPECT_EQ(decode_hello(good), hello_of(1));
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    std::vector<std::byte> bad = good;
    bad.resize(random() % (good.size() + 20));
    for (std::size_t flips = random() % 4; flips != 0 && !bad.empty(); --flips) {
      bad[random() % bad.size()] = static_cast<std::byte>(random());
    }
    try {
      decode_hello(bad);
    } catch (const Error& error) {
      ASSERT_EQ(error.kind(), ErrorKind::kIdentity);
      ASSERT_THAT(error.what(), HasSubstr("malformed hello"));
    }
  }
}

}  // namespace
}  // namespace sotto::net
