// Latency and throughput of TLS connections over the loopback, each party in its own process.
//   bench_net [repetitions [profile]]
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <vector>

#include "net/tcp.h"

namespace sotto::net {
namespace {

Clock::time_point soon() { return Clock::now() + std::chrono::seconds(10); }
double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::optional<NetworkProfile> profile;  // to emulate

// Connects, lets the user work on the link, and waits until everything has left.
void work(SecureSocket socket, std::shared_ptr<TlsContext> context, void (*user)(Link&)) {
  auto shaper = profile ? std::make_shared<Shaper>(*profile) : nullptr;
  auto connection = TcpConnection::start(std::move(socket), "peer", std::make_shared<Node>(true, shaper),
                                         std::make_shared<NetThread>(), std::move(context), {});
  user(*connection->open_session(0));
  connection.reset();
  if (shaper) shaper->drain();
}

void answer(Link& link, std::size_t size, std::uint32_t rounds) {
  std::vector<std::byte> buffer(size);
  for (std::uint32_t round = 0; round < rounds; ++round) {
    link.receive(buffer);
    link.receive_end(round);
    link.send(buffer);
    link.end_round(round, 0);
  }
}

void ping(Link& link, std::size_t size, std::uint32_t rounds) {
  std::vector<std::byte> buffer(size);
  const auto start = Clock::now();
  for (std::uint32_t round = 0; round < rounds; ++round) {
    link.send(buffer);
    link.end_round(round, 0);
    link.receive(buffer);
    link.receive_end(round);
  }
  fmt::print("ping-pong of {:>9} bytes: {:8.1f} us one way\n", size, seconds_since(start) / rounds / 2 * 1e6);
}

constexpr std::size_t kBulk = 64 << 20;
constexpr int kBulks = 16;
constexpr std::array<std::pair<std::size_t, std::uint32_t>, 4> kPings = {
    {{16, 20000}, {1024, 20000}, {65536, 4000}, {1 << 20, 400}}};

void stream(Link& link, bool sending, bool both) {
  std::vector<std::byte> buffer(kBulk);
  for (std::uint32_t round = 0; round < kBulks; ++round) {
    if (sending || both) {
      link.send(buffer);
      link.end_round(round, 0);
    }
    if (!sending || both) {
      link.receive(buffer);
      link.receive_end(round);
    }
  }
}

void alice(Link& link) {
  for (const auto& [size, rounds] : kPings) ping(link, size, rounds);
  for (const bool both : {false, true}) {
    const auto start = Clock::now();
    stream(link, true, both);
    std::byte done;
    link.receive({&done, 1});
    link.receive_end(0);
    const double rate = kBulks * static_cast<double>(kBulk) / seconds_since(start) / 1e9;
    fmt::print("throughput, {}: {:.2f} GB/s{}\n", both ? "both directions" : "one direction", rate,
               both ? " each way" : "");
  }
}

void bob(Link& link) {
  for (const auto& [size, rounds] : kPings) answer(link, size, rounds);
  for (const bool both : {false, true}) {
    stream(link, false, both);
    const std::byte done{};
    link.send({&done, 1});
    link.end_round(0, 0);
  }
}

void run_pair(const std::filesystem::path& directory) {
  const Identity alice_identity = Identity::create(directory / "alice", "alice");
  const Identity bob_identity = Identity::create(directory / "bob", "bob");
  const Socket listener = listen_on({"127.0.0.1", 0});
  const pid_t child = ::fork();
  if (child == 0) {
    auto context = std::make_shared<TlsContext>(bob_identity);
    SecureSocket socket(connect_to({"127.0.0.1", local_port(listener)}, soon()), *context, TlsRole::kClient,
                        {alice_identity.fingerprint()}, soon());
    work(std::move(socket), context, bob);
    ::_exit(0);
  }
  auto context = std::make_shared<TlsContext>(alice_identity);
  SecureSocket socket(accept_from(listener, soon()).value().socket, *context, TlsRole::kServer,
                      {bob_identity.fingerprint()}, soon());
  work(std::move(socket), context, alice);
  ::waitpid(child, nullptr, 0);
}

}  // namespace
}  // namespace sotto::net

int main(int count, char** arguments) {
  std::string pattern = (std::filesystem::temp_directory_path() / "sotto_bench_XXXXXX").string();
  if (count > 2) sotto::net::profile = sotto::net::parse_profile(arguments[2]);
  const std::filesystem::path directory = ::mkdtemp(pattern.data());
  for (int i = 0; i < (count > 1 ? std::atoi(arguments[1]) : 1); ++i) {
    sotto::net::run_pair(directory / std::to_string(i));
  }
  std::filesystem::remove_all(directory);
}
