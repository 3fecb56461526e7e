// The connections of one party to all others of a job: what a runtime uses.
//
// Of each pair, the party with the lower index listens and the other one connects. A mesh exists only if all
// parties have reached each other, agree on job, plan and version, and are who the job says they are; when
// one of them fails in this, the others learn why. Once complete, the unexpected death of one party ends the
// connections to all.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/identity.h"
#include "net/shaped.h"
#include "net/tcp.h"

namespace sotto::net {

struct MeshOptions {
  std::size_t self = 0;
  // One entry per party, in the order of the job.
  std::vector<std::string> names;
  std::vector<std::string> addresses;  // "host:port", as the others reach the party
  std::vector<Fingerprint> pins;
  // Where this party listens, if not at its own address (behind a forwarder, or on all interfaces).
  std::optional<std::string> listen_address;
  std::filesystem::path identity_directory;
  Digest job{}, plan{};
  std::string software;  // version text; all parties must run the same
  std::chrono::milliseconds connect_timeout = std::chrono::seconds(30);
  // Setting up one connection once TCP connects: who takes it and then says nothing has stopped.
  std::chrono::milliseconds greeting_timeout = std::chrono::seconds(7);
  TcpOptions tcp;
  std::optional<NetworkProfile> profile;
};

class Mesh {
 public:
  // Connects to everybody. `listener`: a socket that listens already, else one is made.
  // Throws kIdentity (own certificate, another party's, or a hello that does not match), kPeer (a party did
  // not come or gave up), kUsage, kSystem; the texts name the party.
  explicit Mesh(const MeshOptions& options, Socket listener = {});
  // Waits for the last bytes to leave.
  ~Mesh();
  Mesh(const Mesh&) = delete;
  Mesh& operator=(const Mesh&) = delete;

  std::size_t self() const { return self_; }
  std::size_t parties() const { return connections_.size(); }
  // Null at self(). Connections may outlive the mesh.
  const std::shared_ptr<Connection>& connection(std::size_t peer) const { return connections_[peer]; }
  // The links of a session to all parties, null at self(). The last session number,
  // options.tcp.connection.sessions
  // - 1, is the mesh's own.
  std::vector<std::unique_ptr<Link>> open_session(std::uint16_t session);
  // Tells all parties why this one gives up. Thread-safe.
  void abort(const std::string& reason) noexcept;

 private:
  std::size_t self_;
  std::shared_ptr<Shaper> shaper_;
  std::shared_ptr<NetThread> net_thread_;
  std::vector<std::shared_ptr<Connection>> connections_;
};

}  // namespace sotto::net
