// Rows of a shared tensor, taken by public index: local arithmetic on each part.
#pragma once

#include <cstdint>
#include <span>

#include "protocols/share.h"

namespace sotto::runtime {

// The share of the given rows (first axis) of an arithmetic or public share. Parts known to be zero stay so.
protocols::Share take_rows(const protocols::Share& share, std::span<const std::uint32_t> rows);

}  // namespace sotto::runtime
