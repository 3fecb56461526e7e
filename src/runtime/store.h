// The share store: what a party keeps of a model after a run, encrypted at rest (sealed_file.h). One file per
// party and run. A share alone says nothing; the encryption keeps a thief of one disk from adding to what he
// has elsewhere.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "protocols/share.h"
#include "runtime/session_id.h"

namespace sotto::runtime {

struct StoredShare {
  std::string name;
  int fraction_bits = 0, bound_bits = 0;  // |value| < 2^bound_bits
  protocols::Share share;
};

struct Bundle {
  std::string protocol, party, job, plan_digest;
  int party_index = 0;
  // Names the sharing: bundles of several parties belong together only if they agree in this.
  SessionId sharing{};
  std::vector<StoredShare> shares;
};

Bytes to_bytes(const Bundle& bundle);
// Throws kData naming `what` when the bytes are no bundle. Total on arbitrary bytes.
Bundle bundle_from(std::span<const std::byte> bytes, const std::string& what);

// Written beside and renamed, so that a crash leaves the old file or the new one. Throws ErrorKind::kSystem.
void save_bundle(const std::filesystem::path& file, const std::filesystem::path& key_file,
                 const Bundle& bundle);
// Throws kSystem when a file cannot be read, kData when it was changed, cut or encrypted under another key.
Bundle load_bundle(const std::filesystem::path& file, const std::filesystem::path& key_file);

}  // namespace sotto::runtime
