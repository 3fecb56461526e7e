#include "runtime/rows.h"

#include <algorithm>
#include <cstring>
#include <ranges>

#include "base/error.h"
#include "base/threads.h"

namespace sotto::runtime {
namespace {

using protocols::Words;

Words take(const Words& part, std::size_t row_words, std::span<const std::uint32_t> rows) {
  if (part.size() == 0) return {};
  if (part.is_zero()) return Words::zeros(rows.size() * row_words);
  Words taken = Words::allocate(rows.size() * row_words);
  const auto* from = part.span().data();
  auto* to = taken.mutable_span().data();
  parallel_for(rows.size(), 1 + 65536 / row_words, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i)
      std::memcpy(to + i * row_words, from + rows[i] * row_words, row_words * sizeof(std::uint64_t));
  });
  return taken;
}

}  // namespace

protocols::Share take_rows(const protocols::Share& share, std::span<const std::uint32_t> rows) {
  SOTTO_ASSERT(share.kind != protocols::Kind::kBoolean && !share.shape.empty(), "rows of a tensor of words");
  const auto all = std::views::iota(std::uint32_t{0}, static_cast<std::uint32_t>(share.shape[0]));
  if (std::ranges::equal(rows, all)) return share;
  protocols::Share taken;
  taken.kind = share.kind;
  taken.shape = share.shape;
  taken.shape[0] = static_cast<std::int64_t>(rows.size());
  const auto row_words = share.elements() / static_cast<std::size_t>(share.shape[0]);
  for (std::size_t part = 0; part < share.parts.size(); ++part)
    taken.parts[part] = take(share.parts[part], row_words, rows);
  return taken;
}

protocols::Share only_first_rows(const protocols::Share& share, std::uint64_t rows) {
  SOTTO_ASSERT(!share.shape.empty() && rows <= static_cast<std::uint64_t>(share.shape[0]),
               "no more rows than there are");
  const auto kept = share.elements() / static_cast<std::size_t>(share.shape[0]) * rows;
  protocols::Share result{share.kind, share.shape, {}, nullptr};
  for (std::size_t part = 0; part < share.parts.size(); ++part) {
    const Words& from = share.parts[part];
    result.parts[part] = from;
    if (from.size() == 0 || from.is_zero()) continue;
    result.parts[part] = Words::copy_of(from.span());
    const auto to = result.parts[part].mutable_span();
    const bool bits = share.kind == protocols::Kind::kBoolean;
    const std::size_t whole = bits ? kept / 64 : kept;
    if (bits && kept % 64 != 0) to[whole] &= (std::uint64_t{1} << kept % 64) - 1;
    std::ranges::fill(to.subspan(whole + (bits && kept % 64 != 0)), 0);
  }
  return result;
}

}  // namespace sotto::runtime
