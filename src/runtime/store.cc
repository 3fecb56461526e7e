#include "runtime/store.h"

#include "runtime/sealed_file.h"
#include "runtime/share_bytes.h"

namespace sotto::runtime {
namespace {

constexpr std::string_view kMark = "SOTTOST2";

Bytes serialize(const Bundle& bundle) {
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

StoredShare read_stored(ByteReader& reader) {
  StoredShare stored;
  stored.name = reader.text(1000);
  stored.fraction_bits = reader.number<std::int32_t>();
  stored.bound_bits = reader.number<std::int32_t>();
  stored.share = read_share(reader);
  return stored;
}

Bundle parse(std::span<const std::byte> bytes, const std::string& what) {
  ByteReader reader(bytes, what);
  Bundle bundle;
  for (auto* text : {&bundle.protocol, &bundle.party, &bundle.job, &bundle.plan_digest})
    *text = reader.text(1000);
  bundle.party_index = static_cast<int>(reader.number<std::uint32_t>());
  std::ranges::copy(reader.raw(bundle.sharing.size()), bundle.sharing.begin());
  const auto count = reader.number<std::uint32_t>();
  for (std::uint32_t i = 0; i < count; ++i) bundle.shares.push_back(read_stored(reader));
  reader.expect_end();
  return bundle;
}

}  // namespace

void save_bundle(const std::filesystem::path& file, const std::filesystem::path& key_file,
                 const Bundle& bundle) {
  write_sealed(file, key_file, kMark, serialize(bundle));
}

Bundle load_bundle(const std::filesystem::path& file, const std::filesystem::path& key_file) {
  return parse(read_sealed(file, key_file, kMark, "share store"), file.string());
}

}  // namespace sotto::runtime
