#include "net/probe.h"

#include <gmock/gmock.h>

#include <future>

#include "net/mesh.h"
#include "net/probe_measure.h"
#include "net/test_support.h"

namespace sotto::net {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

const std::vector<std::string> kNames = {"alice", "bob", "carol"};

struct Site {
  Site() {
    for (const auto& name : kNames) {
      identities.push_back(Identity::create(directory.path / name, name));
      listeners.push_back(listen_on({"127.0.0.1", 0}));
    }
    for (std::size_t self = 0; self < kNames.size(); ++self) {
      ProbeOptions probe;
      probe.self = self;
      probe.names = kNames;
      for (std::size_t i = 0; i < kNames.size(); ++i) {
        probe.addresses.push_back("127.0.0.1:" + std::to_string(local_port(listeners[i])));
        probe.pins.push_back(identities[i].fingerprint());
      }
      probe.hello.party = static_cast<std::uint16_t>(self);
      probe.hello.parties = 3;
      probe.hello.software = "0.1.0";
      probe.wait = milliseconds(4000);
      options.push_back(probe);
    }
  }

  std::future<Probed> probe(std::size_t self) {
    return std::async(std::launch::async, [this, self] {
      return probe_peers(options[self], identities[self],
                         self + 1 < kNames.size() ? std::move(listeners[self]) : Socket());
    });
  }

  std::future<std::unique_ptr<Mesh>> mesh(std::size_t self) {
    MeshOptions mesh{.self = self,
                     .names = kNames,
                     .addresses = options[self].addresses,
                     .pins = options[self].pins,
                     .listen_address = {},
                     .identity_directory = directory.path / kNames[self],
                     .software = "0.1.0",
                     .connect_timeout = std::chrono::seconds(20),
                     .tcp = {},
                     .profile = {}};
    return std::async(std::launch::async, [this, self, mesh] {
      return std::make_unique<Mesh>(mesh, std::move(listeners[self]));
    });
  }

  TemporaryDirectory directory;
  std::vector<Identity> identities;
  std::vector<Socket> listeners;
  std::vector<ProbeOptions> options;
};

TEST(Probe, ThreeMeetAndMeasure) {
  Site site;
  std::vector<std::future<Probed>> probes;
  for (std::size_t self : {2u, 0u, 1u}) probes.push_back(site.probe(self));
  for (auto& probe : probes)
    for (const auto& peer : probe.get().peers) {
      EXPECT_EQ(peer.resolved, "127.0.0.1");
      EXPECT_TRUE(peer.authenticated) << peer.party << peer.identity_error << peer.measure_error;
      EXPECT_EQ(peer.difference, "");
      EXPECT_EQ(peer.hello->software, "0.1.0");
      ASSERT_TRUE(peer.round_trip_seconds && peer.sent_per_second && peer.received_per_second)
          << peer.measure_error;
      EXPECT_GT(*peer.round_trip_seconds, 0);
      EXPECT_LT(*peer.round_trip_seconds, 1);
      EXPECT_GT(*peer.sent_per_second, 1e6);
      EXPECT_GT(*peer.received_per_second, 1e6);
    }
}

TEST(Probe, AnAbsentPeerIsToldApart) {
  Site site;
  site.options[1].wait = milliseconds(600);
  site.listeners[0] = Socket();  // nobody listens at alice's
  const auto probed = site.probe(1).get();
  EXPECT_FALSE(probed.peers[0].reached);
  EXPECT_THAT(probed.peers[0].reach_error, HasSubstr("refused"));
  EXPECT_TRUE(probed.peers[0].refused);
  EXPECT_FALSE(probed.peers[1].reached);
  EXPECT_EQ(probed.peers[1].resolved, "127.0.0.1");
}

TEST(Probe, AnotherCertificateIsAnIdentityError) {
  Site site;
  const auto other = Identity::create(site.directory.path / "mallory", "mallory");
  for (auto& options : site.options) options.wait = milliseconds(1500);
  site.options[1].pins[0] = other.fingerprint();
  auto bob = site.probe(1);
  const auto alice = site.probe(0).get();
  EXPECT_THAT(bob.get().peers[0].identity_error, HasSubstr("certificate"));
  EXPECT_FALSE(alice.peers[0].authenticated);
}

TEST(Probe, AStrangerIsListed) {
  Site site;
  for (auto& options : site.options) options.wait = milliseconds(1500);
  site.identities[2] = Identity::create(site.directory.path / "mallory", "carol");
  auto carol = site.probe(2);
  const auto alice = site.probe(0).get();
  carol.get();
  ASSERT_FALSE(alice.strangers.empty());
  EXPECT_THAT(alice.strangers[0], HasSubstr("certificate"));
}

TEST(Probe, AnotherJobIsADifference) {
  Site site;
  for (auto& options : site.options) options.wait = milliseconds(1500);
  site.options[1].hello.job[0] = std::byte{1};
  auto bob = site.probe(1);
  EXPECT_THAT(site.probe(0).get().peers[0].difference, HasSubstr("another job"));
  EXPECT_THAT(bob.get().peers[0].difference, HasSubstr("another job"));
}

// Alice and carol wait for the job while bob looks around, and then run it: nobody was disturbed.
TEST(Probe, LeavesAWaitingRunAlone) {
  Site site;
  site.options[1].wait = milliseconds(2000);
  auto alice = site.mesh(0), carol = site.mesh(2);
  const auto endpoint = parse_endpoint(site.options[1].addresses[1]);
  const auto probed = site.probe(1).get();
  for (const auto& peer : probed.peers) {
    EXPECT_TRUE(peer.running) << peer.party << ": " << peer.measure_error;
    EXPECT_EQ(peer.difference, "");
  }
  site.listeners[1] = listen_on(endpoint);
  auto bob = site.mesh(1);
  for (auto* mesh : {&alice, &bob, &carol}) EXPECT_NO_THROW(mesh->get()->parties());
}

TEST(Probe, ItsHelloIsNoRuns) {
  Hello hello;
  hello.software = "0.1.0";
  EXPECT_FALSE(from_probe(hello));
  EXPECT_NE(difference(hello, as_probe(hello), 0), "");
  EXPECT_EQ(from_probe(as_probe(hello)), hello);
}

}  // namespace
}  // namespace sotto::net
