#include "crypto/ot/correlated_vectors.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/error.h"

namespace sotto::ot {
namespace {

using bits::Word;

// Transfers handled at a time: their numbers fill whole bytes, whatever length and width.
constexpr std::size_t kGroup = 64;
// Blocks of one pad's stretch have numbers of their own.
constexpr int kNumberBits = 12;
static_assert(kMaxVectorLength <= std::size_t{2} << kNumberBits);

// Pads stretched to `length` words each.
class Stretch {
 public:
  explicit Stretch(std::size_t length) : length_(length), blocks_((length + 1) / 2) {}

  void fill(std::span<Word> words, const Block& pad, const Session& session, std::uint64_t transfer) {
    for (std::size_t i = 0; i < blocks_.size(); ++i) blocks_[i] = pad ^ Block { i, 0 };
    session.hash(blocks_, blocks_, Block{}, Session::Purpose::kVectors, transfer << kNumberBits);
    for (std::size_t t = 0; t < length_; ++t)
      words[t] = t % 2 == 0 ? blocks_[t / 2].low : blocks_[t / 2].high;
  }

 private:
  std::size_t length_;
  std::vector<Block> blocks_;
};

void check(std::size_t length, int width) {
  SOTTO_ASSERT(length >= 1 && length <= kMaxVectorLength, "a vector has 1 to 8192 numbers");
  SOTTO_ASSERT(width >= 1 && width <= 64, "numbers have 1 to 64 bits");
}

}  // namespace

void send_correlated_vectors(std::span<std::byte> message, std::span<Word> sums,
                             std::span<const Word> differences, std::size_t length, int width,
                             std::span<const std::byte> flips, const SentBlocks& transfers) {
  check(length, width);
  if (length == 1) return send_correlated(message, sums, differences, width, flips, transfers);
  const std::size_t all = transfers.blocks.size();
  check_length(flips, flips_bytes(all), "choices", transfers.peer);
  SOTTO_ASSERT(message.size() == correlated_vectors_bytes(all, length, width), "the message has its size");
  const Word mask = ~Word{0} >> (64 - width);
  Block pad[2][kGroup];
  Stretch stretch(length);
  std::vector<Word> words[2] = {std::vector<Word>(length), std::vector<Word>(length)},
                    masked(kGroup * length);
  for (std::size_t begin = 0; begin < all; begin += kGroup) {
    const std::size_t count = std::min(kGroup, all - begin);
    pads({pad[0], count}, {pad[1], count},
         {transfers.blocks.subspan(begin, count), transfers.delta, transfers.session, transfers.first + begin,
          transfers.peer});
    for (std::size_t i = 0; i < count; ++i) {
      const Word flip = std::to_integer<Word>(flips[(begin + i) / 8]) >> (begin + i) % 8;
      stretch.fill(words[0], choose(flip, pad[1][i], pad[0][i]), transfers.session,
                   transfers.first + begin + i);
      stretch.fill(words[1], choose(flip, pad[0][i], pad[1][i]), transfers.session,
                   transfers.first + begin + i);
      for (std::size_t t = 0; t < length; ++t) {
        const std::size_t at = (begin + i) * length + t;
        sums[at] = words[0][t] & mask;
        masked[i * length + t] = words[0][t] + differences[at] - words[1][t];
      }
    }
    bits::pack(message.subspan(begin * length * static_cast<std::size_t>(width) / 8,
                               correlated_vectors_bytes(count, length, width)),
               std::span(masked).first(count * length), width);
  }
}

void receive_correlated_vectors(std::span<Word> out, std::size_t length, int width,
                                std::span<const std::byte> message, std::span<const Word> choices,
                                const ReceivedBlocks& transfers) {
  check(length, width);
  if (length == 1) return receive_correlated(out, width, message, choices, transfers);
  const std::size_t all = transfers.blocks.size();
  check_length(message, correlated_vectors_bytes(all, length, width), "corrections", transfers.peer);
  const Word mask = ~Word{0} >> (64 - width);
  Block pad[kGroup];
  Stretch stretch(length);
  std::vector<Word> words(length), corrections(kGroup * length);
  for (std::size_t begin = 0; begin < all; begin += kGroup) {
    const std::size_t count = std::min(kGroup, all - begin);
    pads({pad, count}, {transfers.blocks.subspan(begin, count), transfers.session, transfers.first + begin,
                        transfers.peer});
    bits::unpack(std::span(corrections).first(count * length),
                 message.subspan(begin * length * static_cast<std::size_t>(width) / 8,
                                 correlated_vectors_bytes(count, length, width)),
                 width);
    for (std::size_t i = 0; i < count; ++i) {
      stretch.fill(words, pad[i], transfers.session, transfers.first + begin + i);
      const Word choice = mask_of(choices[(begin + i) / 64] >> (begin + i) % 64);
      for (std::size_t t = 0; t < length; ++t)
        out[(begin + i) * length + t] = (words[t] + (choice & corrections[i * length + t])) & mask;
    }
  }
}

}  // namespace sotto::ot
