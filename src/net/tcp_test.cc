#include "net/tcp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <future>
#include <thread>

#include "net/handshake.h"
#include "net/test_support.h"

namespace sotto::net {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::HasSubstr;

Clock::time_point soon() { return Clock::now() + std::chrono::seconds(10); }

// Two parties of one process, joined by TCP and TLS on the loopback.
struct Pair {
  // Without alice's connection if `keep_raw`: her socket is in raw_alice.
  explicit Pair(const TcpOptions& of_alice = {}, const TcpOptions& of_bob = {}, bool keep_raw = false) {
    const Identity alice = Identity::create(directory.path / "alice", "alice");
    const Identity bob = Identity::create(directory.path / "bob", "bob");
    alice_context = std::make_shared<TlsContext>(alice);
    bob_context = std::make_shared<TlsContext>(bob);
    const Socket listener = listen_on({"127.0.0.1", 0});
    auto dialled = std::async(std::launch::async, [&] {
      Socket socket = connect_to({"127.0.0.1", local_port(listener)}, soon());
      return SecureSocket(std::move(socket), *bob_context, TlsRole::kClient, {alice.fingerprint()}, soon());
    });
    SecureSocket accepted(accept_from(listener, soon()).value().socket, *alice_context, TlsRole::kServer,
                          {bob.fingerprint()}, soon());
    raw_alice.emplace(std::move(accepted));
    if (!keep_raw) start_alice(of_alice);
    to_alice = TcpConnection::start(dialled.get(), "alice", std::make_shared<Node>(true),
                                    std::make_shared<NetThread>(), bob_context, of_bob);
  }

  void start_alice(const TcpOptions& options = {}) {
    to_bob = TcpConnection::start(std::move(*raw_alice), "bob", std::make_shared<Node>(true),
                                  std::make_shared<NetThread>(), alice_context, options);
  }

  TemporaryDirectory directory;
  std::shared_ptr<TlsContext> alice_context, bob_context;
  std::optional<SecureSocket> raw_alice;
  std::shared_ptr<TcpConnection> to_bob, to_alice;
};

TEST(Tcp, AnExample) {
  Pair pair;
  auto alice = pair.to_bob->open_session(0), bob = pair.to_alice->open_session(0);
  alice->send(bytes_of("hello, bob"));
  alice->end_round(1, 42);
  EXPECT_EQ(receive_text(*bob, 10), "hello, bob");
  EXPECT_EQ(bob->receive_end(1), 42u);
  bob->send(bytes_of("hello, alice"));
  bob->end_round(1, 43);
  EXPECT_EQ(receive_text(*alice, 12), "hello, alice");
  EXPECT_EQ(alice->receive_end(1), 43u);
}

TEST(Tcp, KeysAreShared) {
  Pair pair, other;
  const Digest job{};
  EXPECT_EQ(pair.to_bob->pairwise_key("training", job), pair.to_alice->pairwise_key("training", job));
  EXPECT_NE(pair.to_bob->pairwise_key("training", job), pair.to_alice->pairwise_key("serving", job));
  EXPECT_NE(pair.to_bob->pairwise_key("training", job), other.to_bob->pairwise_key("training", job));
}

TEST(Tcp, BulkInBothDirectionsDoesNotDeadlock) {
  Pair pair;
  constexpr std::size_t kSize = 40 << 20;
  const auto party = [](std::shared_ptr<TcpConnection> connection) {
    auto link = connection->open_session(3);
    std::vector<std::byte> sent(kSize), received(kSize);
    for (std::size_t i = 0; i < kSize; ++i) sent[i] = static_cast<std::byte>(i * 131 >> 7);
    link->send(sent);
    link->end_round(1, 5);
    link->receive(received);
    EXPECT_EQ(link->receive_end(1), 5u);
    EXPECT_TRUE(sent == received);
  };
  std::thread alice(party, pair.to_bob);
  party(pair.to_alice);
  alice.join();
}

TEST(Tcp, SessionsShareAConnection) {
  Pair pair;
  constexpr int kSessions = 4, kRounds = 200;
  const auto party = [](std::shared_ptr<TcpConnection> connection, std::uint16_t session) {
    auto link = connection->open_session(session);
    for (std::uint32_t round = 0; round < kRounds; ++round) {
      std::vector<std::byte> sent(round * 37, static_cast<std::byte>(session)), received(sent.size());
      link->send(sent);
      link->end_round(round, round ^ session);
      link->receive(received);
      ASSERT_EQ(link->receive_end(round), round ^ session);
      ASSERT_EQ(sent, received);
    }
  };
  std::vector<std::thread> threads;
  for (std::uint16_t session = 0; session < kSessions; ++session) {
    threads.emplace_back(party, pair.to_bob, session);
    threads.emplace_back(party, pair.to_alice, session);
  }
  for (auto& thread : threads) thread.join();
}

TEST(Tcp, LongComputingIsNotAStall) {
  const TcpOptions impatient{.heartbeat_interval = milliseconds(20), .stall_timeout = milliseconds(150)};
  Pair pair(impatient, impatient);
  auto alice = pair.to_bob->open_session(0), bob = pair.to_alice->open_session(0);
  std::this_thread::sleep_for(milliseconds(500));
  alice->send(bytes_of("late"));
  alice->end_round(1, 0);
  EXPECT_EQ(receive_text(*bob, 4), "late");
}

TEST(Tcp, ASilentPeerIsAStall) {
  Pair pair({.heartbeat_interval = std::chrono::hours(1)}, {.stall_timeout = milliseconds(100)});
  auto bob = pair.to_alice->open_session(0);
  const auto before = Clock::now();
  EXPECT_THAT(error_of(ErrorKind::kPeer, [&] { receive_text(*bob, 1); }),
              AllOf(HasSubstr("party alice stalled"), HasSubstr("not a byte")));
  EXPECT_LT(Clock::now() - before, std::chrono::seconds(3));
}

TEST(Tcp, ADeadPeerEndsBlockedCalls) {
  Pair pair;
  auto bob = pair.to_alice->open_session(0);
  std::thread killer([&] {
    std::this_thread::sleep_for(milliseconds(50));
    ::shutdown(static_cast<Attended&>(*pair.to_bob).descriptor(), SHUT_RDWR);
  });
  EXPECT_THAT(error_of(ErrorKind::kPeer, [&] { receive_text(*bob, 1); }),
              AllOf(HasSubstr("party alice is gone"), HasSubstr("connection broke")));
  EXPECT_THAT(error_of(ErrorKind::kPeer, [&] { bob->end_round(1, 0); }), HasSubstr("party alice is gone"));
  killer.join();
}

TEST(Tcp, ADeadPeerEndsABlockedSend) {
  Pair pair;
  auto bob = pair.to_alice->open_session(0);
  std::thread killer([&] {
    std::this_thread::sleep_for(milliseconds(50));
    ::shutdown(static_cast<Attended&>(*pair.to_bob).descriptor(), SHUT_RDWR);
  });
  const std::vector<std::byte> bulk(64 << 20);
  EXPECT_THAT(error_of(ErrorKind::kPeer, [&] { bob->send(bulk); }), HasSubstr("party alice"));
  killer.join();
}

TEST(Tcp, AbortNamesThePartyAndTheReason) {
  Pair pair;
  auto alice = pair.to_bob->open_session(0), bob = pair.to_alice->open_session(0);
  std::thread aborter([&] {
    std::this_thread::sleep_for(milliseconds(20));
    alice->abort("the disk\nis full" + std::string(5000, 'x'));
  });
  const std::string text = error_of(ErrorKind::kPeer, [&] { receive_text(*bob, 1); });
  EXPECT_THAT(text, AllOf(HasSubstr("party alice aborted"), HasSubstr("the disk?is full")));
  EXPECT_LT(text.size(), 1200u);
  aborter.join();
}

// The last bytes of the setting up and the first frames may arrive in one piece.
TEST(Tcp, WhatArrivedBeforeTheConnectionStartedIsDelivered) {
  Pair pair({}, {}, true);
  pair.to_alice->abort("no certificate of carol's");
  EXPECT_EQ(wait_for(pair.raw_alice->descriptor(), POLLIN, soon()), POLLIN);
  ASSERT_EQ(pair.raw_alice->fill(), SecureSocket::Input::kSome);
  pair.start_alice();
  auto alice = pair.to_bob->open_session(0);
  EXPECT_THAT(error_of(ErrorKind::kPeer, [&] { receive_text(*alice, 1); }),
              HasSubstr("party bob aborted: no certificate of carol's"));
}

// Who aborts and leaves is heard, even behind much that is still under way and while the other goes on
// sending.
TEST(Tcp, AReasonOutlivesItsConnection) {
  Pair pair({}, {}, true);
  SecureSocket& alice = *pair.raw_alice;
  auto bob = pair.to_alice->open_session(0);
  bob->send(std::vector<std::byte>(8 << 20));
  bob.reset();
  auto leaving = std::async(std::launch::async, [&] {
    pair.to_alice->abort("the disk is full");
    pair.to_alice.reset();
  });
  std::array<std::byte, kFrameHeaderBytes> heartbeat;
  encode({.kind = FrameKind::kHeartbeat}, heartbeat);
  std::string tail;
  std::vector<std::byte> piece(1 << 16);
  for (auto input = SecureSocket::Input::kSome; input != SecureSocket::Input::kEnd; input = alice.fill()) {
    alice.tls().write(heartbeat);
    alice.flush();
    while (const std::size_t length = alice.tls().read(piece)) {
      tail.append(reinterpret_cast<const char*>(piece.data()), length);
      tail.erase(0, tail.size() - std::min<std::size_t>(tail.size(), 100));
    }
    std::this_thread::sleep_for(milliseconds(2));
  }
  EXPECT_THAT(tail, HasSubstr("the disk is full"));
  leaving.get();
}

TEST(Tcp, ForgedBytesEndTheConnection) {
  Pair pair;
  auto bob = pair.to_alice->open_session(0);
  const std::string forged = "\x17\x03\x03" + std::string(300, '\x01');
  ::send(static_cast<Attended&>(*pair.to_bob).descriptor(), forged.data(), forged.size(), MSG_NOSIGNAL);
  EXPECT_THAT(error_of(ErrorKind::kPeer, [&] { receive_text(*bob, 1); }),
              AllOf(HasSubstr("party alice broke the protocol"), HasSubstr("not TLS of this connection")));
  EXPECT_THAT(error_of(ErrorKind::kPeer, [&] { bob->end_round(0, 0); }), HasSubstr("party alice"));
}

TEST(Tcp, LeavingLetsThePeerConsumeWhatWasSent) {
  Pair pair;
  const std::vector<std::byte> bulk(3 << 20, std::byte{7});
  {
    auto alice = pair.to_bob->open_session(0);
    alice->send(bulk);
    alice->end_round(1, 9);
  }
  pair.to_bob.reset();
  auto bob = pair.to_alice->open_session(0);
  std::vector<std::byte> received(bulk.size());
  bob->receive(received);
  EXPECT_EQ(received, bulk);
  EXPECT_EQ(bob->receive_end(1), 9u);
  EXPECT_THAT(error_of(ErrorKind::kPeer, [&] { receive_text(*bob, 1); }), HasSubstr("party alice"));
}

TEST(Tcp, AnUnpinnedCertificateIsRefused) {
  const TemporaryDirectory directory;
  const Identity alice = Identity::create(directory.path / "alice", "alice");
  const Identity mallory = Identity::create(directory.path / "mallory", "mallory");
  const TlsContext alice_context(alice), mallory_context(mallory);
  const Socket listener = listen_on({"127.0.0.1", 0});
  std::thread dialler([&] {
    // Its own check passes; the refusal arrives as an alert.
    EXPECT_THAT(error_of(ErrorKind::kIdentity,
                         [&] {
                           SecureSocket socket(connect_to({"127.0.0.1", local_port(listener)}, soon()),
                                               mallory_context, TlsRole::kClient, {alice.fingerprint()},
                                               soon());
                           std::byte byte;
                           socket.read({&byte, 1}, soon());
                         }),
                HasSubstr("refuses this party's certificate"));
  });
  EXPECT_THAT(error_of(ErrorKind::kIdentity,
                       [&] {
                         SecureSocket(accept_from(listener, soon()).value().socket, alice_context,
                                      TlsRole::kServer, {alice.fingerprint()}, soon());
                       }),
              AllOf(HasSubstr(hex(mallory.fingerprint())), HasSubstr(hex(alice.fingerprint()))));
  dialler.join();
}

}  // namespace
}  // namespace sotto::net
