#include "net/mesh.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <future>
#include <thread>

#include "net/handshake.h"
#include "net/test_support.h"

namespace sotto::net {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;

const std::vector<std::string> kNames = {"alice", "bob", "carol"};

Clock::time_point soon() { return Clock::now() + std::chrono::seconds(10); }

// Three parties on ephemeral ports; a test changes what it wants to break.
struct Job {
  Job() {
    for (const auto& name : kNames) {
      const auto path = directory.path / name;
      pins.push_back(Identity::create(path, name).fingerprint());
      listeners.push_back(listen_on({"127.0.0.1", 0}));
      addresses.push_back("127.0.0.1:" + std::to_string(local_port(listeners.back())));
    }
    for (std::size_t self = 0; self < kNames.size(); ++self) {
      options.push_back({.self = self,
                         .names = kNames,
                         .addresses = addresses,
                         .pins = pins,
                         .listen_address = {},
                         .identity_directory = directory.path / kNames[self],
                         .software = "0.1.0",
                         .connect_timeout = std::chrono::seconds(10),
                         .tcp = {},
                         .profile = {}});
    }
  }

  std::unique_ptr<Mesh> connect(std::size_t self) {
    return std::make_unique<Mesh>(options[self], std::move(listeners[self]));
  }

  // Runs the parties of the list, each in its thread, and returns what they threw.
  std::vector<std::string> run(
      const std::vector<std::size_t>& parties, ErrorKind kind,
      const std::function<void(Mesh&)>& body = [](Mesh&) {}) {
    std::vector<std::future<std::string>> results;
    for (const std::size_t self : parties) {
      results.push_back(std::async(std::launch::async, [this, self, kind, body] {
        return error_of(kind, [&] { body(*connect(self)); });
      }));
    }
    std::vector<std::string> errors;
    for (auto& result : results) errors.push_back(result.get());
    return errors;
  }

  TemporaryDirectory directory;
  std::vector<Fingerprint> pins;
  std::vector<Socket> listeners;
  std::vector<std::string> addresses;
  std::vector<MeshOptions> options;
};

TEST(Mesh, AnExample) {
  Job job;
  const auto errors = job.run({0, 1, 2}, ErrorKind::kPeer, [](Mesh& mesh) {
    auto links = mesh.open_session(0);
    for (auto& link : links) {
      if (!link) continue;
      link->send(bytes_of(kNames[mesh.self()]));
      link->end_round(1, 7);
    }
    for (std::size_t peer = 0; peer < links.size(); ++peer) {
      if (!links[peer]) continue;
      EXPECT_EQ(links[peer]->peer_name(), kNames[peer]);
      EXPECT_EQ(receive_text(*links[peer], kNames[peer].size()), kNames[peer]);
      EXPECT_EQ(links[peer]->receive_end(1), 7u);
    }
  });
  EXPECT_THAT(errors, testing::Each("no error"));
}

TEST(Mesh, APartyThatComesLateIsWaitedFor) {
  Job job;
  const Endpoint endpoint = parse_endpoint(job.addresses[0]);
  job.listeners[0] = Socket();  // nobody listens there yet
  std::thread alice([&] {
    std::this_thread::sleep_for(milliseconds(300));
    job.listeners[0] = listen_on(endpoint);
    job.connect(0);
  });
  EXPECT_THAT(job.run({1, 2}, ErrorKind::kPeer), testing::Each("no error"));
  alice.join();
}

TEST(Mesh, AnAbsentPartyIsNamedToAll) {
  Job job;
  for (auto& options : job.options) options.connect_timeout = milliseconds(400);
  job.options[1].connect_timeout = std::chrono::seconds(10);  // bob would wait: alice tells him
  const auto before = Clock::now();
  const auto errors = job.run({0, 1}, ErrorKind::kPeer);
  EXPECT_LT(Clock::now() - before, std::chrono::seconds(5));
  EXPECT_THAT(errors[0], HasSubstr("party carol did not connect within 0.4 s"));
  EXPECT_THAT(errors[1], HasSubstr("party alice aborted: party carol did not connect within 0.4 s"));
}

TEST(Mesh, AnUnreachablePartyIsNamed) {
  Job job;
  job.listeners[0] = Socket();
  for (auto& options : job.options) options.connect_timeout = milliseconds(400);
  const auto errors = job.run({1, 2}, ErrorKind::kPeer);
  EXPECT_THAT(errors, testing::Each(AllOf(HasSubstr("party alice could not be reached within 0.4 s"),
                                          HasSubstr("Connection refused"))));
}

TEST(Mesh, AnotherPlanIsAnErrorEverywhere) {
  Job job;
  job.options[1].plan.fill(std::byte{0xab});
  const auto before = Clock::now();
  std::vector<std::string> errors(3);
  std::vector<std::thread> threads;
  for (std::size_t self = 0; self < 3; ++self) {
    threads.emplace_back([&, self] {
      try {
        job.connect(self);
      } catch (const Error& error) {
        errors[self] = error.what();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  // Each meets another itself or is told by one who did.
  EXPECT_THAT(errors, testing::Each(AllOf(HasSubstr("has another plan"), HasSubstr("abababababababab"))));
  EXPECT_THAT(errors[1], AnyOf(HasSubstr("party alice"), HasSubstr("party carol")));
  EXPECT_LT(Clock::now() - before, std::chrono::seconds(6));
}

TEST(Mesh, AWrongCertificateIsNamedOnBothSides) {
  Job job;
  for (auto& options : job.options) options.connect_timeout = milliseconds(600);
  job.options[0].pins[2].fill(std::byte{0x11});  // alice pins another certificate for carol
  const auto errors = job.run({0, 2}, ErrorKind::kIdentity);
  EXPECT_THAT(errors[0], AllOf(HasSubstr("party carol did not connect"), HasSubstr(hex(job.pins[2]))));
  EXPECT_THAT(errors[1], AllOf(HasSubstr("party alice"), HasSubstr("refuses this party's certificate")));
}

// carol pins another certificate for alice than the one that she meets at alice's address.
TEST(Mesh, AnImpostorAtAnAddressIsNamed) {
  Job job;
  for (auto& options : job.options) options.connect_timeout = milliseconds(600);
  job.options[2].pins[0].fill(std::byte{0x22});
  const auto errors = job.run({0, 2}, ErrorKind::kIdentity);
  EXPECT_THAT(errors[0], HasSubstr("party carol did not connect"));
  EXPECT_THAT(errors[1], AllOf(HasSubstr("party alice at 127.0.0.1"), HasSubstr(hex(job.pins[0])),
                               HasSubstr("2222222222222222")));
}

// Whoever refuses and whoever is refused: nobody waits for the whole time to connect.
TEST(Mesh, AWrongCertificateEndsAllSoon) {
  for (const auto& [pinned_by, pinned] : {std::pair{0u, 2u}, std::pair{2u, 0u}}) {
    Job job;
    job.options[pinned_by].pins[pinned].fill(std::byte{0x44});
    const auto before = Clock::now();
    std::vector<std::string> errors(3);
    std::vector<std::thread> threads;
    for (std::size_t self = 0; self < 3; ++self)
      threads.emplace_back([&, self] {
        try {
          job.connect(self);
        } catch (const Error& error) {
          errors[self] = error.message();
        }
      });
    for (auto& thread : threads) thread.join();
    EXPECT_LT(Clock::now() - before, std::chrono::seconds(10));
    EXPECT_THAT(errors, testing::Each(AnyOf(HasSubstr("party alice"), HasSubstr("party carol"))));
  }
}

TEST(Mesh, TheOwnIdentityMustBeThePinnedOne) {
  Job job;
  job.options[0].pins[0].fill(std::byte{0x33});
  EXPECT_THAT(job.run({0}, ErrorKind::kIdentity)[0],
              AllOf(HasSubstr("this party's certificate"), HasSubstr("alice"), HasSubstr("3333")));
}

TEST(Mesh, ASecondConnectionOfAPartyIsRefused) {
  Job job;
  auto alice = std::async(std::launch::async, [&] { return job.run({0}, ErrorKind::kPeer)[0]; });
  const Identity bob = Identity::load(job.directory.path / "bob");
  const TlsContext context(bob);
  const auto dial = [&] {
    return SecureSocket(connect_to(parse_endpoint(job.addresses[0]), soon()), context, TlsRole::kClient,
                        {job.pins[0]}, soon());
  };
  const Hello hello{.party = 1, .parties = 3, .software = "0.1.0"};
  {
    SecureSocket first = dial(), second = dial();
    shake_hands(first, hello, 0, "alice", "", soon());
    // Until alice has noted the first one down, she takes others as well, and drops them.
    std::string refusal = "no error";
    for (const auto by = soon(); refusal == "no error" && Clock::now() < by;) {
      refusal = error_of(ErrorKind::kIdentity, [&] {
        SecureSocket another = dial();
        shake_hands(another, hello, 0, "alice", "", soon());
      });
    }
    EXPECT_THAT(refusal, AllOf(HasSubstr("party alice refuses"), HasSubstr("is connected already")));
  }
  EXPECT_THAT(alice.get(), HasSubstr("party bob"));  // his first connection was the one that counted
}

TEST(Mesh, StrangersDoNotDisturb) {
  Job job;
  const Endpoint endpoint = parse_endpoint(job.addresses[0]);
  const Socket silent = connect_to(endpoint, soon());
  const Socket noisy = connect_to(endpoint, soon());
  const std::string noise(1000, 'x');
  ::send(noisy.get(), noise.data(), noise.size(), MSG_NOSIGNAL);
  const auto before = Clock::now();
  EXPECT_THAT(job.run({0, 1, 2}, ErrorKind::kPeer), testing::Each("no error"));
  EXPECT_LT(Clock::now() - before, std::chrono::seconds(5));
}

// A stopped process: its kernel takes the connection, and then not a word comes.
TEST(Mesh, APartyThatStopsAtTheDoorEndsAllSoon) {
  Job job;
  for (auto& options : job.options) options.greeting_timeout = milliseconds(600);
  const auto before = Clock::now();
  const auto errors = job.run({1, 2}, ErrorKind::kPeer);  // alice listens, and that is all
  EXPECT_LT(Clock::now() - before, std::chrono::seconds(5));
  EXPECT_THAT(errors, testing::Each(HasSubstr("party alice stopped while the connection was being set up")));
}

// One who dials and stops in the middle of its first words: it has not said who it is, but where it comes
// from.
TEST(Mesh, ADialerThatStopsAtTheDoorEndsAllSoon) {
  Job job;
  for (auto& options : job.options) options.greeting_timeout = milliseconds(600);
  const Socket carol = connect_to(parse_endpoint(job.addresses[0]), soon());
  const std::string first_words("\x16\x03\x01\x02\x00\x01", 6);
  ::send(carol.get(), first_words.data(), first_words.size(), MSG_NOSIGNAL);
  const auto before = Clock::now();
  const auto errors = job.run({0, 1}, ErrorKind::kPeer);
  EXPECT_LT(Clock::now() - before, std::chrono::seconds(5));
  EXPECT_THAT(errors, testing::Each(HasSubstr("party carol stopped while the connection was being set up")));
}

// After TLS, before its hello.
TEST(Mesh, ADialerThatStopsAfterTlsEndsAllSoon) {
  Job job;
  for (auto& options : job.options) options.greeting_timeout = milliseconds(600);
  const Identity identity = Identity::load(job.directory.path / "carol");
  const TlsContext context(identity);
  auto others = std::async(std::launch::async, [&] { return job.run({0, 1}, ErrorKind::kPeer); });
  const SecureSocket carol(connect_to(parse_endpoint(job.addresses[0]), soon()), context, TlsRole::kClient,
                           {job.pins[0]}, soon());
  const auto before = Clock::now();
  EXPECT_THAT(others.get(),
              testing::Each(HasSubstr("party carol stopped while the connection was being set up")));
  EXPECT_LT(Clock::now() - before, std::chrono::seconds(5));
}

TEST(Mesh, APartyThatDiesAtTheDoorIsNotAwaited) {
  Job job;
  for (auto& options : job.options) options.connect_timeout = std::chrono::seconds(25);
  const auto before = Clock::now();
  auto others = std::async(std::launch::async, [&] { return job.run({1, 2}, ErrorKind::kPeer); });
  auto first = accept_from(job.listeners[0], soon());
  ASSERT_TRUE(first);
  job.listeners[0] = Socket();  // from here on, connections are refused
  first.reset();
  EXPECT_THAT(others.get(), testing::Each(HasSubstr("party alice")));
  EXPECT_LT(Clock::now() - before, std::chrono::seconds(10));
}

// A prober that comes and goes for as long as the last party is waited for.
TEST(Mesh, ManyStrangersDoNotUseTheDoorUp) {
  Job job;
  auto others = std::async(std::launch::async, [&] { return job.run({0, 1}, ErrorKind::kPeer); });
  for (int i = 0; i < 300; ++i) {
    connect_to(parse_endpoint(job.addresses[0]), soon());
    if (i % 20 == 0) std::this_thread::sleep_for(milliseconds(5));
  }
  EXPECT_THAT(job.run({2}, ErrorKind::kPeer), testing::Each("no error"));
  EXPECT_THAT(others.get(), testing::Each("no error"));
}

TEST(Mesh, TheDeathOfAProcessEndsAllWithItsName) {
  Job job;
  const pid_t carol = ::fork();
  if (carol == 0) {
    const auto mesh = job.connect(2);
    std::this_thread::sleep_for(milliseconds(100));
    ::_exit(0);  // without a word
  }
  const auto before = Clock::now();
  const auto errors = job.run({0, 1}, ErrorKind::kPeer, [](Mesh& mesh) {
    auto links = mesh.open_session(0);
    receive_text(*links[1 - mesh.self()], 1);  // alice and bob wait for each other
  });
  EXPECT_THAT(errors, testing::Each(HasSubstr("party carol is gone")));
  EXPECT_LT(Clock::now() - before, std::chrono::seconds(5));
  ::waitpid(carol, nullptr, 0);
}

TEST(Mesh, AbortTellsAll) {
  Job job;
  const auto errors = job.run({0, 1, 2}, ErrorKind::kPeer, [](Mesh& mesh) {
    auto links = mesh.open_session(0);
    if (mesh.self() == 1) {
      mesh.abort("the data of bob are malformed");
    }
    receive_text(*links[mesh.self() == 0 ? 2 : 0], 1);
  });
  // Who hears of it first leaves, too, and the other may notice that before the abort itself; one of them
  // heard it.
  const auto heard = HasSubstr("party bob aborted: the data of bob are malformed");
  EXPECT_THAT(errors[0], testing::AnyOf(heard, HasSubstr("party carol")));
  EXPECT_THAT(errors[2], testing::AnyOf(heard, HasSubstr("party alice")));
  EXPECT_THAT(errors, testing::Contains(heard));
  EXPECT_THAT(errors[1], HasSubstr("this party aborted: the data"));
}

TEST(Mesh, LeavingEarlyDisturbsNobody) {
  Job job;
  const auto errors = job.run({0, 1, 2}, ErrorKind::kPeer, [](Mesh& mesh) {
    auto links = mesh.open_session(0);
    if (mesh.self() == 2) return;  // carol has nothing to do
    std::this_thread::sleep_for(milliseconds(200));
    Link& other = *links[1 - mesh.self()];
    other.send(bytes_of("still here"));
    other.end_round(0, 0);
    EXPECT_EQ(receive_text(other, 10), "still here");
  });
  EXPECT_THAT(errors, testing::Each("no error"));
}

TEST(Mesh, AnEmulatedNetworkShapesTlsConnections) {
  Job job;
  for (auto& options : job.options) options.profile = NetworkProfile{100, 20};
  double latency = 0, bulk = 0;
  const auto errors = job.run({0, 1, 2}, ErrorKind::kPeer, [&](Mesh& mesh) {
    auto links = mesh.open_session(0);
    if (mesh.self() == 2) return;
    Link& other = *links[1 - mesh.self()];
    const auto exchange = [&](std::size_t size, std::uint32_t round) {
      const auto start = Clock::now();
      std::vector<std::byte> buffer(size);
      if (mesh.self() == 0) {
        other.send(buffer);
        other.end_round(round, 0);
      }
      other.receive(std::span(buffer).first(mesh.self() == 0 ? 1 : size));
      other.receive_end(round);
      if (mesh.self() == 1) {
        other.send(std::span(buffer).first(1));
        other.end_round(round, 0);
      }
      return std::chrono::duration<double>(Clock::now() - start).count();
    };
    const double ping = exchange(1, 0), long_one = exchange(1'000'000, 1);
    if (mesh.self() == 0) latency = ping, bulk = long_one;
  });
  EXPECT_THAT(errors, testing::Each("no error"));
  EXPECT_GT(latency, 0.040);
  EXPECT_LT(latency, 0.060);
  EXPECT_GT(bulk, 0.120);  // 1 MB at 100 Mbit/s and the way there and back
  EXPECT_LT(bulk, 0.180);
}

}  // namespace
}  // namespace sotto::net
