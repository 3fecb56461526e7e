#include "runtime/store.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "runtime/sealed_file.h"
#include "runtime/share_bytes.h"

namespace sotto::runtime {
namespace {

constexpr std::string_view kMark = "SOTTOST2";
constexpr std::size_t kMaximumText = 4096;  // as in job files

// With the limits that plans have (plan/verify_tables.cc): whoever scales the share relies on them.
StoredShare read_stored(ByteReader& reader, const std::string& what) {
  StoredShare stored;
  stored.name = reader.text(kMaximumText);
  stored.fraction_bits = reader.number<std::int32_t>();
  stored.bound_bits = reader.number<std::int32_t>();
  if (stored.fraction_bits < 0 || stored.fraction_bits > 62 || stored.bound_bits < -64 ||
      stored.bound_bits > 63)
    throw Error(ErrorKind::kData,
                fmt::format("{}: \"{}\" has {} fraction bits and is bounded by 2^{}: no share of "
                            "this program's",
                            what, stored.name, stored.fraction_bits, stored.bound_bits));
  stored.share = read_share(reader);
  return stored;
}

}  // namespace

Bytes to_bytes(const Bundle& bundle) {
  ByteWriter writer;
  for (const auto* text : {&bundle.protocol, &bundle.party, &bundle.job, &bundle.plan_digest})
    writer.text(*text);
  writer.number(static_cast<std::uint32_t>(bundle.party_index));
  writer.raw(bundle.sharing);
  writer.number(static_cast<std::uint32_t>(bundle.shares.size()));
  for (const auto& stored : bundle.shares) {
    writer.text(stored.name);
    writer.number(static_cast<std::int32_t>(stored.fraction_bits));
    writer.number(static_cast<std::int32_t>(stored.bound_bits));
    write_share(writer, stored.share);
  }
  return writer.take();
}

Bundle bundle_from(std::span<const std::byte> bytes, const std::string& what) {
  ByteReader reader(bytes, what);
  Bundle bundle;
  for (auto* text : {&bundle.protocol, &bundle.party, &bundle.job, &bundle.plan_digest})
    *text = reader.text(kMaximumText);
  bundle.party_index = static_cast<int>(reader.number<std::uint32_t>());
  std::ranges::copy(reader.raw(bundle.sharing.size()), bundle.sharing.begin());
  const auto count = reader.number<std::uint32_t>();
  for (std::uint32_t i = 0; i < count; ++i) bundle.shares.push_back(read_stored(reader, what));
  reader.expect_end();
  return bundle;
}

void save_bundle(const std::filesystem::path& file, const std::filesystem::path& key_file,
                 const Bundle& bundle) {
  write_sealed(file, key_file, kMark, to_bytes(bundle));
}

Bundle load_bundle(const std::filesystem::path& file, const std::filesystem::path& key_file) {
  return bundle_from(read_sealed(file, key_file, kMark, "share store"), file.string());
}

}  // namespace sotto::runtime
