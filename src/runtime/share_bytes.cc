#include "runtime/share_bytes.h"

#include <algorithm>

#include "base/bits.h"

namespace sotto::runtime {
namespace {

constexpr std::uint32_t kMaximumRank = 16;
constexpr std::int64_t kMaximumElements = std::int64_t{1} << 40;

[[noreturn]] void malformed() { throw Error(ErrorKind::kData, "a saved share is malformed"); }

Shape read_shape(ByteReader& reader) {
  Shape shape(std::min(reader.number<std::uint32_t>(), kMaximumRank + 1));
  if (shape.size() > kMaximumRank) malformed();
  std::int64_t elements = 1;
  for (auto& extent : shape) {
    extent = reader.number<std::int64_t>();
    if (extent < 1 || extent > kMaximumElements / elements) malformed();
    elements *= extent;
  }
  return shape;
}

}  // namespace

void write_share(ByteWriter& writer, const protocols::Share& share) {
  writer.number(static_cast<std::uint8_t>(share.kind));
  writer.number(static_cast<std::uint32_t>(share.shape.size()));
  for (auto extent : share.shape) writer.number(extent);
  for (const auto& part : share.parts) {
    const auto words = part.materialised();
    writer.number(static_cast<std::uint64_t>(words.size()));
    writer.raw(std::as_bytes(words.span()));
  }
}

protocols::Share read_share(ByteReader& reader) {
  protocols::Share share;
  const auto kind = reader.number<std::uint8_t>();
  if (kind > static_cast<std::uint8_t>(protocols::Kind::kBoolean)) malformed();
  share.kind = static_cast<protocols::Kind>(kind);
  share.shape = read_shape(reader);
  const auto words =
      share.kind == protocols::Kind::kBoolean ? bits::words_for(share.elements()) : share.elements();
  for (auto& part : share.parts) {
    const auto count = reader.number<std::uint64_t>();
    if (count == 0) continue;
    if (count != words) malformed();
    if (count > reader.remaining() / sizeof(std::uint64_t)) reader.raw(reader.remaining() + 1);
    part = protocols::Words::allocate(count);
    std::memcpy(part.mutable_span().data(), reader.raw(count * sizeof(std::uint64_t)).data(),
                count * sizeof(std::uint64_t));
  }
  return share;
}

}  // namespace sotto::runtime
