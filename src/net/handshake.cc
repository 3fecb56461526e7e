#include "net/handshake.h"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/error.h"
#include "net/wire.h"

namespace sotto::net {
namespace {

constexpr std::array<std::byte, 8> kMagic = {std::byte{'S'}, std::byte{'O'}, std::byte{'T'}, std::byte{'T'},
                                             std::byte{'O'}, std::byte{'h'}, std::byte{'i'}, std::byte{0}};
constexpr std::size_t kMaximumSoftwareBytes = 128;
constexpr std::size_t kVersionEnd = kMagic.size() + 2;
constexpr std::size_t kFixedBytes = kVersionEnd + 2 + 2 + 3 * 32 + 2;

std::string prefix(const Digest& digest) { return hex(std::span(digest).first(8)) + "…"; }

[[noreturn]] void throw_malformed(const std::string& how) {
  throw Error(ErrorKind::kIdentity, "sent a malformed hello: " + how,
              "The peer does not speak this protocol; is the address that of a Sotto party?");
}

// A bounded message: length:u16, then the bytes.
void write_message(SecureSocket& socket, std::span<const std::byte> message, Clock::time_point deadline) {
  std::vector<std::byte> framed(2 + message.size());
  store<std::uint16_t>(framed.data(), static_cast<std::uint16_t>(message.size()));
  std::copy(message.begin(), message.end(), framed.begin() + 2);
  socket.write(framed, deadline);
}

std::vector<std::byte> read_message(SecureSocket& socket, std::size_t longest, Clock::time_point deadline) {
  std::array<std::byte, 2> length;
  socket.read(length, deadline);
  const std::size_t size = load<std::uint16_t>(length.data());
  if (size > longest) throw_malformed(fmt::format("{} bytes, where {} are allowed", size, longest));
  std::vector<std::byte> message(size);
  socket.read(message, deadline);
  return message;
}

}  // namespace

Hello read_hello(SecureSocket& socket, Clock::time_point deadline) {
  return decode_hello(read_message(socket, kMaximumHelloBytes, deadline));
}

void write_hello(SecureSocket& socket, const Hello& hello, Clock::time_point deadline) {
  write_message(socket, encode(hello), deadline);
}

namespace {

// What this side says about the peer's hello: empty, or why not, beginning with a verb.
std::string judge(std::span<const std::byte> theirs, const Hello& mine, std::uint16_t peer) {
  try {
    return difference(mine, decode_hello(theirs), peer);
  } catch (const Error& malformed) {
    return malformed.message();
  }
}

// Closing a socket with unread bytes may discard what is under way to the peer: our verdict.
void hear_out(SecureSocket& socket, Clock::time_point deadline) {
  try {
    read_message(socket, kMaximumReasonBytes, std::min(deadline, Clock::now() + std::chrono::seconds(1)));
  } catch (const Error&) {
    // It has nothing more to say.
  }
}

void exchange(SecureSocket& socket, const Hello& mine, std::uint16_t peer, const std::string& peer_name,
              const std::string& objection, Clock::time_point deadline) {
  write_message(socket, encode(mine), deadline);
  std::string verdict = judge(read_message(socket, kMaximumHelloBytes, deadline), mine, peer);
  if (verdict.empty()) verdict = objection;
  verdict.resize(std::min(verdict.size(), kMaximumReasonBytes));
  write_message(socket, std::as_bytes(std::span(verdict)), deadline);
  if (!verdict.empty()) {
    hear_out(socket, deadline);
    throw Error(ErrorKind::kIdentity, fmt::format("party {} {}", peer_name, verdict),
                "All parties must run the same job, plan and version.", peer_name);
  }
  const std::string theirs = sanitised(read_message(socket, kMaximumReasonBytes, deadline));
  if (!theirs.empty()) {
    throw Error(ErrorKind::kIdentity, fmt::format("party {} refuses this party, which {}", peer_name, theirs),
                "", peer_name);
  }
}

}  // namespace

std::vector<std::byte> encode(const Hello& hello) {
  SOTTO_ASSERT(hello.software.size() <= kMaximumSoftwareBytes, "the version text is too long");
  std::vector<std::byte> bytes(kFixedBytes + hello.software.size());
  std::byte* at = std::copy(kMagic.begin(), kMagic.end(), bytes.data());
  for (const std::uint16_t number : {hello.protocol_version, hello.party, hello.parties}) {
    store<std::uint16_t>(at, number);
    at += 2;
  }
  for (const Digest* digest : {&hello.nonce, &hello.job, &hello.plan}) {
    at = std::copy(digest->begin(), digest->end(), at);
  }
  store<std::uint16_t>(at, static_cast<std::uint16_t>(hello.software.size()));
  if (!hello.software.empty()) std::memcpy(at + 2, hello.software.data(), hello.software.size());
  return bytes;
}

Hello decode_hello(std::span<const std::byte> bytes) {
  if (bytes.size() > kMaximumHelloBytes) throw_malformed(fmt::format("{} bytes", bytes.size()));
  if (bytes.size() < kVersionEnd || !std::equal(kMagic.begin(), kMagic.end(), bytes.begin())) {
    throw_malformed("it does not begin as one");
  }
  const std::byte* at = bytes.data() + kMagic.size();
  Hello hello;
  hello.protocol_version = load<std::uint16_t>(at);
  if (hello.protocol_version != kProtocolVersion) return hello;
  if (bytes.size() < kFixedBytes) throw_malformed(fmt::format("it has only {} bytes", bytes.size()));
  hello.party = load<std::uint16_t>(at + 2);
  hello.parties = load<std::uint16_t>(at + 4);
  at += 6;
  for (Digest* digest : {&hello.nonce, &hello.job, &hello.plan}) {
    std::copy_n(at, digest->size(), digest->begin());
    at += digest->size();
  }
  const std::size_t length = load<std::uint16_t>(at);
  const auto software = bytes.subspan(kFixedBytes);
  if (length > kMaximumSoftwareBytes || length != software.size()) {
    throw_malformed(fmt::format("its version text has {} bytes, and {} follow", length, software.size()));
  }
  hello.software.assign(reinterpret_cast<const char*>(software.data()), software.size());
  return hello;
}

std::string difference(const Hello& mine, const Hello& theirs, std::uint16_t peer) {
  if (theirs.protocol_version != mine.protocol_version) {
    return fmt::format("speaks protocol version {}, the other side {}", theirs.protocol_version,
                       mine.protocol_version);
  }
  if (theirs.software != mine.software) {
    return fmt::format("runs software version {}, the other side {}", sanitised(theirs.software),
                       mine.software);
  }
  if (theirs.job != mine.job) {
    return fmt::format("has another job: its job digest is {}, the other side's {}", prefix(theirs.job),
                       prefix(mine.job));
  }
  if (theirs.parties != mine.parties) {
    return fmt::format("counts {} parties, the other side {}", theirs.parties, mine.parties);
  }
  if (theirs.party != peer)
    return fmt::format("says that it is party {}, and should be {}", theirs.party, peer);
  if (theirs.plan != mine.plan) {
    return fmt::format("has another plan: its plan digest is {}, the other side's {}", prefix(theirs.plan),
                       prefix(mine.plan));
  }
  if (theirs.nonce == mine.nonce) return "sent the other side's own nonce back";
  return "";
}

void shake_hands(SecureSocket& socket, Hello mine, std::uint16_t peer, const std::string& peer_name,
                 const std::string& objection, Clock::time_point deadline) {
  SOTTO_ASSERT(RAND_bytes(reinterpret_cast<unsigned char*>(mine.nonce.data()), sizeof(mine.nonce)) == 1,
               "the operating system gives no randomness");
  try {
    exchange(socket, mine, peer, peer_name, objection, deadline);
  } catch (const Error& error) {
    if (!error.party().empty()) throw;
    throw Error(error.kind(), fmt::format("party {} {}", peer_name, error.message()), error.hint(),
                peer_name);
  }
}

}  // namespace sotto::net
