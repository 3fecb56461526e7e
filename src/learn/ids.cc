#include "learn/ids.h"

#include <array>

#include "base/bytes.h"

namespace sotto::learn {

Digest digest_of_ids(std::span<const std::byte> key, const std::vector<std::string>& ids) {
  // RFC 2104: two hashes, of the key beside each of two constants; keys here are no longer than a block.
  constexpr std::size_t kBlock = 64;
  SOTTO_ASSERT(key.size() <= kBlock, "keys of sessions are short");
  std::array<std::byte, kBlock> inner, outer;
  inner.fill(std::byte{0x36});
  outer.fill(std::byte{0x5c});
  for (std::size_t i = 0; i < key.size(); ++i) {
    inner[i] ^= key[i];
    outer[i] ^= key[i];
  }
  Sha256 message;
  message.update(inner);
  for (const auto& id : ids) {
    ByteWriter writer;
    writer.text(id);
    message.update(writer.bytes());
  }
  const auto first = message.digest();
  Sha256 result;
  result.update(outer);
  result.update(first);
  return result.digest();
}

}  // namespace sotto::learn
