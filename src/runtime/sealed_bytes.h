// Bytes that only who has the key can read, and nobody can change unnoticed:
//
//   mark | 12 bytes nonce | AES-256-GCM(content) | 16 bytes tag
//
// with the mark, which says what kind of content it is, as additional data. One key may seal many contents
// (nonces are random: at most 2^32 of them). Source: NIST SP 800-38D.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "base/bytes.h"

namespace sotto::runtime {

inline constexpr std::size_t kSealKeyBytes = 32;
using SealKey = std::array<std::byte, kSealKeyBytes>;

// From the operating system's generator. Throws kSystem when it gives nothing.
SealKey fresh_seal_key();

// Throws kSystem when the operating system gives no randomness, or OpenSSL fails.
Bytes seal(const SealKey& key, std::string_view mark, std::span<const std::byte> content);
// The content; nothing when the bytes are of another mark, were changed, cut or sealed under another key.
// Total on arbitrary bytes.
std::optional<Bytes> unseal(const SealKey& key, std::string_view mark, std::span<const std::byte> sealed);

}  // namespace sotto::runtime
