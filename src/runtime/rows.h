// Rows of a shared tensor, taken by public index: local arithmetic on each part.
#pragma once

#include <cstdint>
#include <span>

#include "protocols/share.h"

namespace sotto::runtime {

// The share of the given rows (first axis) of an arithmetic or public share. Parts known to be zero stay so.
protocols::Share take_rows(const protocols::Share& share, std::span<const std::uint32_t> rows);

// The share with zeros in all rows but the first `rows`: nobody learns anything of the others when it is
// opened.
protocols::Share only_first_rows(const protocols::Share& share, std::uint64_t rows);

}  // namespace sotto::runtime
