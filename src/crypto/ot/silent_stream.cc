#include "crypto/ot/silent_stream.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/threads.h"
#include "crypto/ot/forms.h"
#include "crypto/ot/single_point.h"
#include "crypto/ot/sodium.h"

namespace sotto::ot {
namespace {

constexpr std::size_t kLeaves = std::size_t{1} << kStream.segment_bits;
constexpr std::size_t kLevels = static_cast<std::size_t>(kStream.segment_bits);
constexpr std::size_t kGroups = kStream.segments / kGroupSegments;
static_assert(kStream.used() == kGroups * kLeaves, "a turn leaves to the next what it uses");

// Keys of trees and code that silent.h, which makes the first blocks in the same session, does not use.
constexpr std::uint64_t kFirstTree = std::uint64_t{1} << 32, kCode = 1;

void forget(const LargeArray<Block>& blocks) {
  if (!blocks.span().empty()) sodium_memzero(blocks.span().data(), blocks.span().size_bytes());
}

std::size_t groups_in(std::size_t transfers) {
  SOTTO_ASSERT(transfers % kGroupGiven == 0, "transfers come in whole groups");
  return transfers / kGroupGiven;
}

}  // namespace

SilentStream::SilentStream(const Session& session, std::span<const Block> first)
    : session_(session), blocks_(kStream.used()), next_(kStream.used()) {
  SOTTO_ASSERT(first.size() == kStream.used(), "a turn uses its number of transfers");
  std::ranges::copy(first, blocks_.span().begin());
}

SilentStream::~SilentStream() {
  forget(blocks_);
  forget(next_);
}

template <class Noise>
void SilentStream::extend_groups(std::span<Block> out, const Noise& noise) {
  const std::size_t groups = groups_in(out.size());
  const RoundKeys code = session_.keys(Session::Purpose::kCode, kCode);
  for (std::size_t done = 0; done < groups;) {
    const std::size_t here = std::min(groups - done, kGroups - group_);
    parallel_for(here * kGroupSegments, 4, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const std::size_t group = i / kGroupSegments, place = i % kGroupSegments,
                          segment = group_ * kGroupSegments + i;
        const auto leaves = place + 1 < kGroupSegments
                                ? out.subspan((done + group) * kGroupGiven + place * kLeaves, kLeaves)
                                : next_.span().subspan((group_ + group) * kLeaves, kLeaves);
        const std::uint64_t tree = turn_ * kStream.segments + segment;
        noise(done * kGroupSegments + i, tree, leaves,
              blocks_.span().subspan(kStream.dimension + segment * kLevels, kLevels),
              session_.keys(Session::Purpose::kPoints, kFirstTree + tree));
        backend().encode(leaves.data(), kLeaves, blocks_.span().data(), kStream.dimension, segment * kLeaves,
                         code);
      }
    });
    done += here;
    group_ += here;
    if (group_ < kGroups) continue;
    std::swap(blocks_, next_);
    group_ = 0;
    ++turn_;
  }
  given_ += out.size();
}

SilentStreamSender::SilentStreamSender(const Session& session, const Block& delta,
                                       std::span<const Block> first, const Block& seed)
    : SilentStream(session, first), delta_(delta) {
  backend().expand_keys(&seed_, &seed, 1);
}

SilentStreamSender::~SilentStreamSender() {
  sodium_memzero(&delta_, sizeof delta_);
  sodium_memzero(&seed_, sizeof seed_);
}

void SilentStreamSender::extend(std::span<Block> out, std::span<std::byte> message) {
  SOTTO_ASSERT(message.size() == groups_in(out.size()) * kGroupBytes, "the message has its size");
  std::vector<Block> sums(message.size() / sizeof(Block));
  extend_groups(out, [&](std::size_t part, std::uint64_t tree, std::span<Block> leaves,
                         std::span<const Block> base, const RoundKeys& key) {
    Block start{tree, 0};
    backend().hash(&start, &start, 1, Block{}, seed_);
    grow_point(leaves, std::span(sums).subspan(part * kLevels, kLevels), start, delta_, base, key);
  });
  if (!message.empty()) std::memcpy(message.data(), sums.data(), message.size());
}

void SilentStreamReceiver::extend(std::span<Block> out, std::span<const std::byte> message) {
  check_length(message, groups_in(out.size()) * kGroupBytes, "silent transfers' sums", peer_);
  std::vector<Block> sums(message.size() / sizeof(Block));
  if (!message.empty()) std::memcpy(sums.data(), message.data(), message.size());
  extend_groups(out, [&](std::size_t part, std::uint64_t, std::span<Block> leaves,
                         std::span<const Block> base, const RoundKeys& key) {
    regrow_point(leaves, std::span<const Block>(sums).subspan(part * kLevels, kLevels), base, key);
  });
}

}  // namespace sotto::ot
