#include "crypto/ot/hash.h"

#include <algorithm>

#include "base/error.h"

namespace sotto::ot {
namespace {

RoundKeys expanded(const Block& key) {
  RoundKeys keys;
  backend().expand_keys(&keys, &key, 1);
  return keys;
}

}  // namespace

Session::Session(const Block& seed) : seed_(seed), keys_(expanded(seed)) {}

RoundKeys Session::keys(Purpose purpose, std::uint64_t number) const {
  Block key{number, static_cast<std::uint64_t>(purpose)};
  backend().hash(&key, &key, 1, Block{}, keys_);
  return expanded(key);
}

void Session::hash(std::span<Block> out, std::span<const Block> in, const Block& offset, Purpose purpose,
                   std::uint64_t first, std::uint64_t stride) const {
  SOTTO_ASSERT(out.size() == in.size(), "a string for each block");
  for (std::size_t done = 0; done < in.size();) {
    const std::uint64_t instance = first + done * stride;
    const std::uint64_t left = kInstancesPerKey - instance % kInstancesPerKey;
    const std::size_t count = std::min<std::size_t>(in.size() - done, (left + stride - 1) / stride);
    backend().hash(out.data() + done, in.data() + done, count, offset,
                   keys(purpose, instance / kInstancesPerKey));
    done += count;
  }
}

}  // namespace sotto::ot
