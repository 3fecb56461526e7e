// Mutual TLS 1.3 as a pure state machine: ciphertext in, ciphertext out, no sockets and no system calls.
//
// Only certificates whose SHA-256 fingerprint is pinned are accepted; there are no authorities, names or
// older versions. There is no resumption, so each connection has fresh keys.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/byte_queue.h"
#include "net/connection.h"
#include "net/identity.h"
#include "net/openssl.h"

namespace sotto::net {

// Settings common to the connections of one identity. Immutable after construction, thread-safe.
class TlsContext {
 public:
  explicit TlsContext(const Identity& identity);
  SSL_CTX* get() const { return context_.get(); }

 private:
  SslContextPointer context_;
};

enum class TlsRole { kClient, kServer };

// Not thread-safe, except that input() may be filled while another thread writes.
class TlsEngine {
 public:
  // `pins`: the fingerprints accepted of the peer. The context outlives the engine.
  TlsEngine(const TlsContext& context, TlsRole role, std::vector<Fingerprint> pins);
  TlsEngine(const TlsEngine&) = delete;
  TlsEngine& operator=(const TlsEngine&) = delete;

  // Goes on with the handshake; true when it is complete. Throws kIdentity when the peer is not the pinned
  // one or refuses us, with a text that begins with a verb: "presented the certificate …".
  bool handshake();
  // Encrypts everything into output().
  void write(std::span<const std::byte> plaintext);
  // Decrypts into the span and returns how many bytes; 0 when more input is needed or the peer closed.
  // Throws kPeer on records that are not authentic, kIdentity when the peer refuses our certificate.
  std::size_t read(std::span<std::byte> into);
  // Tells the peer that nothing more comes, so that it can tell this from a cut connection.
  void close();
  bool peer_closed() const;

  ByteQueue& input() { return input_; }
  ByteQueue& output() { return output_; }
  const Fingerprint& peer_fingerprint() const { return peer_fingerprint_; }
  // RFC 8446, section 7.5; after the handshake.
  PairwiseKey export_key(std::string_view label, std::span<const std::byte> context);

 private:
  friend struct TlsCallbacks;

  const std::vector<Fingerprint> pins_;
  Fingerprint peer_fingerprint_{};
  std::optional<std::string> refusal_;  // why the peer's certificate was not accepted
  ByteQueue input_, output_;
  std::uint64_t written_since_update_ = 0;
  SslPointer ssl_;
};

}  // namespace sotto::net
