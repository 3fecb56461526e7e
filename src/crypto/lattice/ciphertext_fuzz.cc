// Any bytes as a ciphertext or a key: either one that writes the same bytes again and can be worked with, or
// an Error of kind peer.
#include <cstdlib>

#include "base/error.h"
#include "crypto/lattice/ciphertext_bytes.h"

namespace sotto::lattice {
namespace {

// The smallest ring that keys can be switched in.
const Context& context() {
  static const Context kContext(
      {.name = "fuzz", .degree = 2048, .prime_bits = {14}, .special_bits = 16, .switching_primes = 1});
  return kContext;
}

void expect(bool condition) {
  if (!condition) std::abort();
}

template <class Read>
void attempt(std::span<const std::byte> bytes, Read read) {
  try {
    const Bytes again = to_bytes(context(), read(bytes));
    expect(std::ranges::equal(again, bytes));
  } catch (const Error& error) {
    expect(error.kind() == ErrorKind::kPeer);
  }
}

void attempt_reply(std::span<const std::byte> bytes) {
  const ReplyShape shape{.primes = 1, .body_bits = 5, .mask_bits = 0, .positions = {0, 5, 2047}};
  try {
    const Ciphertext reply = read_reply(context(), bytes, shape, {});
    for (const Word word : reply.mask.words()) expect(word < context().modulus(0).value);
  } catch (const Error& error) {
    expect(error.kind() == ErrorKind::kPeer);
  }
}

// As many bytes as a message of this many packed bits has, of our parameters: fuzzers find neither lengths
// nor digests.
Bytes lengthened(std::span<const std::byte> bytes, std::size_t header, std::size_t packed_bits) {
  Bytes result(bytes.begin(), bytes.end());
  result.resize(header + packed_bits / 8);
  store_little_endian(result.data() + 2, context().tag());
  return result;
}

void attempt_all(std::span<const std::byte> bytes) {
  attempt(bytes, [](auto input) { return read_seeded(context(), input); });
  attempt(bytes, [](auto input) { return read_ciphertext(context(), input, {}); });
  attempt(bytes, [](auto input) { return read_galois_key(context(), input); });
  attempt_reply(bytes);
}

}  // namespace
}  // namespace sotto::lattice

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sotto::lattice;
  const auto bytes = std::as_bytes(std::span(data, size));
  attempt_all(bytes);
  attempt_all(lengthened(bytes, 11, 2048 * 14));
  attempt_all(lengthened(bytes, 8, 2 * 2048 * 14));
  attempt_all(lengthened(bytes, 15, 2048 * (14 + 16)));
  attempt_all(lengthened(bytes, 7, 16 + 2048 * 14));
  return 0;
}
