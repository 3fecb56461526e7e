// A session's name: 128 random bits to which every party contributes. It is no secret. What parties save in
// one session carries it, since shares of different sharings must never be put together.
#pragma once

#include <array>
#include <cstddef>

namespace sotto::runtime {

using SessionId = std::array<std::byte, 16>;

}  // namespace sotto::runtime
