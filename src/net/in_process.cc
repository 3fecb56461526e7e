#include "net/in_process.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstring>

#include "net/multiplexer.h"
#include "net/wire.h"

namespace sotto::net {
namespace {

class InProcessConnection final : public Multiplexer {
 public:
  InProcessConnection(std::string peer_name, std::shared_ptr<Node> node, const ConnectionOptions& options,
                      const Digest& secret)
      : Multiplexer(std::move(peer_name), std::move(node), options), secret_(secret) {}

  ~InProcessConnection() override {
    if (auto peer = peer_.lock()) peer->peer_left();
  }

  void join(const std::shared_ptr<InProcessConnection>& peer) { peer_ = peer; }

  PairwiseKey pairwise_key(std::string_view session_name, const Digest& job) override {
    std::vector<std::byte> input(8 + session_name.size() + job.size());
    store<std::uint64_t>(input.data(), session_name.size());
    std::memcpy(input.data() + 8, session_name.data(), session_name.size());
    std::memcpy(input.data() + 8 + session_name.size(), job.data(), job.size());
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac;
    unsigned int length = 0;
    const auto* done =
        HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()),
             reinterpret_cast<const unsigned char*>(input.data()), input.size(), mac.data(), &length);
    SOTTO_ASSERT(done != nullptr && length >= sizeof(PairwiseKey), "HMAC failed");
    PairwiseKey key;
    std::memcpy(key.data(), mac.data(), key.size());
    return key;
  }

 protected:
  void transmit(Frame& frame) override {
    auto peer = peer_.lock();
    if (!peer) throw peer_error("has left");
    if (frame.header.length >= kMovedBytes) {
      peer->deliver(Frame{.header = frame.header, .bytes = std::move(frame.bytes)});
    } else {
      peer->deliver(make_frame(frame.header, {frame.payload(), frame.header.length}));
    }
  }

  std::optional<Clock::duration> stall_timeout() const override { return options_.stall_timeout; }

 private:
  void peer_left() { fail(peer_error("has left"), false, false); }

  const Digest secret_;
  std::weak_ptr<InProcessConnection> peer_;
};

}  // namespace

ConnectionMatrix in_process_connections(const std::vector<std::string>& names,
                                        const ConnectionOptions& options,
                                        const std::optional<NetworkProfile>& profile) {
  const std::size_t parties = names.size();
  std::vector<std::shared_ptr<Node>> nodes(parties);
  for (auto& node : nodes) {
    node = std::make_shared<Node>(false, profile ? std::make_shared<Shaper>(*profile) : nullptr);
  }
  ConnectionMatrix connections(parties, std::vector<std::shared_ptr<Connection>>(parties));
  for (std::size_t i = 0; i < parties; ++i) {
    for (std::size_t j = i + 1; j < parties; ++j) {
      Digest secret;
      SOTTO_ASSERT(RAND_bytes(reinterpret_cast<unsigned char*>(secret.data()), sizeof(secret)) == 1,
                   "the operating system gives no randomness");
      auto here = std::make_shared<InProcessConnection>(names[j], nodes[i], options, secret);
      auto there = std::make_shared<InProcessConnection>(names[i], nodes[j], options, secret);
      here->join(there);
      there->join(here);
      nodes[i]->add(here);
      nodes[j]->add(there);
      connections[i][j] = std::move(here);
      connections[j][i] = std::move(there);
    }
  }
  return connections;
}

LinkMatrix in_process_links(const std::vector<std::string>& names, std::chrono::milliseconds stall_timeout,
                            const std::optional<NetworkProfile>& profile) {
  const auto connections = in_process_connections(names, {.stall_timeout = stall_timeout}, profile);
  LinkMatrix links(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (const auto& connection : connections[i]) {
      links[i].push_back(connection ? connection->open_session(0) : nullptr);
    }
  }
  return links;
}

}  // namespace sotto::net
