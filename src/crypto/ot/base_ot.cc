#include "crypto/ot/base_ot.h"

#include <fmt/format.h>

#include <cstring>

#include "base/error.h"
#include "crypto/ot/sodium.h"

namespace sotto::ot {
namespace {

static_assert(kPointBytes == crypto_core_ristretto255_BYTES);
static_assert(kPointBytes == crypto_core_ristretto255_SCALARBYTES);

[[noreturn]] void refuse(const std::string& problem, const std::string& peer) {
  throw Error(ErrorKind::kPeer, fmt::format("base oblivious transfer with {}: {}", peer, problem),
              "The peer runs another version of Sotto or does not follow the protocol.", peer);
}

void check_length(std::span<const std::byte> message, std::size_t expected, const std::string& peer) {
  if (message.size() != expected)
    refuse(fmt::format("the message has {} bytes where {} are expected", message.size(), expected), peer);
}

Point point_at(std::span<const std::byte> message, std::size_t i) {
  Point point;
  std::memcpy(point.data(), message.data() + i * kPointBytes, kPointBytes);
  return point;
}

// The one encoding of a point other than the identity. libsodium before 1.0.19 does not look at the highest
// bit, which RFC 9496 wants clear: with it set, even the identity would pass a comparison with zeros.
bool is_point(const Point& point) {
  return (point.back() & 0x80) == 0 && sodium_is_zero(point.data(), point.size()) == 0 &&
         crypto_core_ristretto255_is_valid_point(point.data()) == 1;
}

// H(i, A, B, shared), 128 bits.
Block derive(std::uint64_t instance, const Point& first, const Point& second, const Point& shared) {
  static constexpr unsigned char kName[] = "Sotto base OT 1";
  unsigned char input[sizeof kName + sizeof instance + 3 * kPointBytes];
  unsigned char* at = input;
  const auto append = [&at](const void* from, std::size_t size) {
    std::memcpy(at, from, size);
    at += size;
  };
  append(kName, sizeof kName);
  append(&instance, sizeof instance);
  for (const Point* point : {&first, &second, &shared}) append(point->data(), point->size());
  Block key;
  crypto_generichash(reinterpret_cast<unsigned char*>(&key), sizeof key, input, sizeof input, nullptr, 0);
  sodium_memzero(input, sizeof input);
  return key;
}

// One instance of the receiver: the point it sends, and its string.
Block receive_one(std::uint64_t instance, std::uint8_t choice, const Point& first, Point& second) {
  Point secret, plain, moved, shared;
  crypto_core_ristretto255_scalar_random(secret.data());
  crypto_scalarmult_ristretto255_base(plain.data(), secret.data());
  crypto_core_ristretto255_add(moved.data(), plain.data(), first.data());
  const auto mask = static_cast<unsigned char>(mask_of(choice));
  for (std::size_t k = 0; k < kPointBytes; ++k)
    second[k] = static_cast<unsigned char>(plain[k] ^ (mask & (plain[k] ^ moved[k])));
  // Fails for b = 0 and A = 0 alone, which were excluded.
  SOTTO_ASSERT(crypto_scalarmult_ristretto255(shared.data(), secret.data(), first.data()) == 0,
               "a nonzero multiple of a point other than the identity exists");
  const Block key = derive(instance, first, second, shared);
  sodium_memzero(secret.data(), secret.size());
  sodium_memzero(shared.data(), shared.size());
  return key;
}

}  // namespace

BaseSender::BaseSender() {
  start_sodium();
  crypto_core_ristretto255_scalar_random(secret_.data());
  crypto_scalarmult_ristretto255_base(message_.data(), secret_.data());
  SOTTO_ASSERT(crypto_scalarmult_ristretto255(secret_message_.data(), secret_.data(), message_.data()) == 0,
               "a nonzero multiple of a point other than the identity exists");
}

BaseSender::~BaseSender() {
  sodium_memzero(secret_.data(), secret_.size());
  sodium_memzero(secret_message_.data(), secret_message_.size());
}

std::vector<Pair> BaseSender::finish(std::span<const std::byte> answer, std::size_t count,
                                     const std::string& peer) const {
  check_length(answer, count * kPointBytes, peer);
  std::vector<Pair> pairs(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Point point = point_at(answer, i);
    Point shared, moved;
    if (!is_point(point) || crypto_scalarmult_ristretto255(shared.data(), secret_.data(), point.data()) != 0)
      refuse(fmt::format("point {} of its answer is not one of ristretto255", i), peer);
    crypto_core_ristretto255_sub(moved.data(), shared.data(), secret_message_.data());
    pairs[i] = {derive(i, message_, point, shared), derive(i, message_, point, moved)};
  }
  return pairs;
}

BaseReceived receive_base(std::span<const std::uint8_t> choices, std::span<const std::byte> message,
                          const std::string& peer) {
  start_sodium();
  check_length(message, kPointBytes, peer);
  const Point first = point_at(message, 0);
  if (!is_point(first)) refuse("its first message is not a point of ristretto255", peer);
  BaseReceived received{std::vector<std::byte>(choices.size() * kPointBytes),
                        std::vector<Block>(choices.size())};
  for (std::size_t i = 0; i < choices.size(); ++i) {
    Point second;
    received.strings[i] = receive_one(i, choices[i], first, second);
    std::memcpy(received.answer.data() + i * kPointBytes, second.data(), kPointBytes);
  }
  return received;
}

}  // namespace sotto::ot
