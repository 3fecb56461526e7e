// Where data crosses between a party's files and shares: the operations `input` and `reveal` of plans
// (plan/README.md). The runtime performs them; the compiler counts them here.
#pragma once

#include <functional>

#include "kernels/cost.h"

namespace sotto::kernels {

// Large inputs are shared in chunks of this many elements, one after another, so that an owner holds the
// shares, the values of one chunk, and no more.
inline constexpr std::int64_t kInputChunkElements = std::int64_t{1} << 22;

// Writes the encoded elements [offset, offset + out.size()); called at the owner only, in increasing order.
using Fill = std::function<void(std::size_t offset, std::span<ring::Element> out)>;

Task<protocols::Share> share_input(protocols::Context& context, int owner, Shape shape, Fill fill);

Cost count_input(const protocols::Table& table, int owner, const Shape& shape, std::uint16_t operation);
Cost count_reveal(const protocols::Table& table, protocols::Kind kind, const Shape& shape, unsigned to_mask,
                  std::uint16_t operation);

}  // namespace sotto::kernels
