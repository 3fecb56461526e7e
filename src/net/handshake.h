// The first words after TLS: both sides say what they are about to run, compare, and tell each other the
// verdict.
//
// A hello is at most kMaximumHelloBytes: magic, protocol version, party index, number of parties, nonce,
// digests of job and plan, software version. Then each side sends a verdict: empty, or why it refuses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "net/secure_socket.h"

namespace sotto::net {

inline constexpr std::uint16_t kProtocolVersion = 1;
inline constexpr std::size_t kMaximumHelloBytes = 512;

struct Hello {
  std::uint16_t protocol_version = kProtocolVersion;
  std::uint16_t party = 0;    // of the sender
  std::uint16_t parties = 0;  // of the job
  Digest nonce{};             // fresh in each hello: a reflected hello is refused
  Digest job{};
  Digest plan{};
  std::string software;  // version text, printable, at most 128 bytes

  bool operator==(const Hello&) const = default;
};

std::vector<std::byte> encode(const Hello& hello);
// Throws kIdentity with a text that begins with a verb: "sent a malformed hello: …". A hello of another
// protocol version is returned with that version alone.
Hello decode_hello(std::span<const std::byte> bytes);

// A hello alone, for who only looks (net/probe.h). Throw as SecureSocket does, and as decode_hello.
Hello read_hello(SecureSocket& socket, Clock::time_point deadline);
void write_hello(SecureSocket& socket, const Hello& hello, Clock::time_point deadline);

// What keeps the two from working together, as text, from the view of the first; empty when nothing does.
// `peer`: the index that the peer must have.
std::string difference(const Hello& mine, const Hello& theirs, std::uint16_t peer);

// Exchanges and compares hellos and verdicts; mine.nonce is drawn here. `objection`: why this side refuses
// the peer whatever it says (a second connection), else empty. Throws kIdentity on both sides when either
// refuses, naming the peer and the field; kPeer when the peer goes away.
void shake_hands(SecureSocket& socket, Hello mine, std::uint16_t peer, const std::string& peer_name,
                 const std::string& objection, Clock::time_point deadline);

}  // namespace sotto::net
