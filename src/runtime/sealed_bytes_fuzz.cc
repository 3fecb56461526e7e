// Any bytes as a sealed file: refused. And any content, sealed: comes back whole, and is refused when one
// byte of it is another, when it is cut, and under another key or mark.
#include <algorithm>
#include <cstdlib>

#include "runtime/sealed_bytes.h"

using namespace sotto::runtime;

namespace {

constexpr std::string_view kMark = "SOTTOFZ1";

void require(bool good) {
  if (!good) std::abort();
}

// The first three bytes say where and how the sealed bytes are damaged.
void damage(const SealKey& key, std::span<const std::byte> bytes) {
  const auto content = bytes.subspan(3);
  const auto sealed = seal(key, kMark, content);
  const auto read = unseal(key, kMark, sealed);
  require(read && std::ranges::equal(*read, content));
  const auto at = sotto::load_little_endian<std::uint16_t>(bytes.data()) % sealed.size();
  require(!unseal(key, kMark, std::span(sealed).first(at)));
  auto changed = sealed;
  changed[at] ^= bytes[2] == std::byte{0} ? std::byte{1} : bytes[2];
  require(!unseal(key, kMark, changed));
  auto other = key;
  other[at % other.size()] ^= std::byte{1};
  require(!unseal(other, kMark, sealed));
  require(!unseal(key, "SOTTOFZ2", sealed));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const SealKey key = fresh_seal_key();
  const auto bytes = std::as_bytes(std::span(data, size));
  require(!unseal(key, kMark, bytes));
  require(!unseal(key, "", bytes));
  if (size >= 3) damage(key, bytes);
  return 0;
}
