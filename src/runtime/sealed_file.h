// Files that only their owner can read, and nobody can change unnoticed (sealed_bytes.h). The mark says what
// kind of file it is; the key is 32 bytes in a file of mode 0600, made when missing.
#pragma once

#include <filesystem>
#include <span>
#include <string_view>

#include "base/bytes.h"

namespace sotto::runtime {

// Written beside, flushed to the disk and renamed: after a crash there is the old file or the new one, whole.
// Throws ErrorKind::kSystem with the reason; nothing of the new file is left then.
void write_sealed(const std::filesystem::path& file, const std::filesystem::path& key_file,
                  std::string_view mark, std::span<const std::byte> content);
// Throws kSystem when a file cannot be read, kData when it is of another kind, was changed, cut or sealed
// under another key. `kind` is what messages call it: "share store".
Bytes read_sealed(const std::filesystem::path& file, const std::filesystem::path& key_file,
                  std::string_view mark, std::string_view kind);

// Makes what has happened to a directory's entries (new names, removed ones) survive a power failure.
void flush_directory(const std::filesystem::path& directory);

// What write_sealed writes into before it renames; left over after a crash.
inline constexpr std::string_view kUnfinishedSuffix = ".new";

}  // namespace sotto::runtime
