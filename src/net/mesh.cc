#include "net/mesh.h"

#include <fmt/format.h>

#include "base/error.h"
#include "net/assembly.h"

namespace sotto::net {
namespace {

void check_usage(bool holds, const std::string& message, const std::string& hint = "") {
  if (!holds) throw Error(ErrorKind::kUsage, message, hint);
}

void check(const MeshOptions& options) {
  const std::size_t parties = options.names.size();
  check_usage(parties >= 2 && parties <= 64, fmt::format("{} parties, where 2 to 64 are possible", parties));
  check_usage(options.self < parties, "this party is not one of the job's");
  check_usage(options.addresses.size() == parties && options.pins.size() == parties,
              "each party needs one address and one fingerprint");
  for (std::size_t i = 0; i < parties; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      check_usage(options.names[i] != options.names[j],
                  fmt::format("two parties are named {}", options.names[i]));
      check_usage(
          options.pins[i] != options.pins[j],
          fmt::format("parties {} and {} have the same fingerprint", options.names[i], options.names[j]),
          "Each party makes its own with `sotto certs init DIRECTORY --name NAME`; put it into the job "
          "file.");
    }
  }
}

void check_own_identity(const Identity& identity, const MeshOptions& options) {
  if (identity.fingerprint() == options.pins[options.self]) return;
  throw Error(
      ErrorKind::kIdentity,
      fmt::format("this party's certificate is {}, but the job pins {} for {}", identity.text().fingerprint,
                  hex(options.pins[options.self]), options.names[options.self]),
      "Is this the right identity directory, and does the job have its current fingerprint?");
}

}  // namespace

Mesh::Mesh(const MeshOptions& options, Socket listener) : self_(options.self) {
  check(options);
  const Identity identity = Identity::load(options.identity_directory);
  check_own_identity(identity, options);
  if (options.profile) shaper_ = std::make_shared<Shaper>(*options.profile);
  const bool listens = self_ + 1 < options.names.size();
  if (listens && !listener) {
    listener = listen_on(parse_endpoint(options.listen_address.value_or(options.addresses[self_])));
  }
  Assembly assembly(options, identity, std::move(listener), shaper_);
  for (auto& connection : assembly.run()) connections_.push_back(std::move(connection));
  net_thread_ = assembly.net_thread();
}

Mesh::~Mesh() {
  connections_.clear();
  if (shaper_) shaper_->drain();
  // The net thread may be the one that ends a connection, and the process must not end before it has.
  net_thread_->stop();
}

std::vector<std::unique_ptr<Link>> Mesh::open_session(std::uint16_t session) {
  std::vector<std::unique_ptr<Link>> links;
  for (const auto& connection : connections_) {
    links.push_back(connection ? connection->open_session(session) : nullptr);
  }
  return links;
}

void Mesh::abort(const std::string& reason) noexcept {
  for (const auto& connection : connections_) {
    if (connection) connection->abort(reason);
  }
}

}  // namespace sotto::net
