#include "crypto/ot/forms.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/error.h"

namespace sotto::ot {
namespace {

using bits::Word;
using Purpose = Session::Purpose;

// Transfers are handled in groups whose packed numbers fill whole bytes, and whose pads stay near.
constexpr std::size_t kGroup = 1024;

Word width_mask(int width) {
  SOTTO_ASSERT(width >= 1 && width <= 64, "messages have 1 to 64 bits");
  return ~Word{0} >> (64 - width);
}

Word plane_bit(std::span<const Word> plane, std::size_t i) { return plane[i / 64] >> i % 64 & 1; }
Word byte_bit(std::span<const std::byte> plane, std::size_t i) {
  return std::to_integer<Word>(plane[i / 8]) >> i % 8 & 1;
}

// A group's place in a message of numbers of `width` bits.
struct Place {
  std::size_t begin, count, byte, bytes;
};

template <class Function>
void for_groups(std::size_t all, int width, const Function& function) {
  for (std::size_t begin = 0; begin < all; begin += kGroup) {
    const std::size_t count = std::min(kGroup, all - begin), bits = static_cast<std::size_t>(width);
    function(Place{begin, count, begin * bits / 8, bits::bytes_for(count * bits)});
  }
}

// The low words of a group's pads, by what the receiver's choice will be.
struct SentPads {
  Block zero[kGroup], one[kGroup];

  SentPads(const SentBlocks& transfers, const Place& place, std::span<const std::byte> flips) {
    const auto in = transfers.blocks.subspan(place.begin, place.count);
    const std::uint64_t first = transfers.first + place.begin;
    transfers.session.hash({zero, place.count}, in, Block{}, Purpose::kPads, first);
    transfers.session.hash({one, place.count}, in, transfers.delta, Purpose::kPads, first);
    for (std::size_t i = 0; i < place.count; ++i) {
      const Word change = (zero[i].low ^ one[i].low) & mask_of(byte_bit(flips, place.begin + i));
      zero[i].low ^= change;
      one[i].low ^= change;
    }
  }
};

struct ReceivedPads {
  Block pads[kGroup];

  ReceivedPads(const ReceivedBlocks& transfers, const Place& place) {
    transfers.session.hash({pads, place.count}, transfers.blocks.subspan(place.begin, place.count), Block{},
                           Purpose::kPads, transfers.first + place.begin);
  }
};

}  // namespace

void check_length(std::span<const std::byte> message, std::size_t expected, const char* name,
                  const std::string& peer) {
  if (message.size() != expected)
    throw Error(ErrorKind::kPeer,
                fmt::format("oblivious transfer with {}: its {} have {} bytes where {} are expected", peer,
                            name, message.size(), expected),
                "The peer runs another version of Sotto.", peer);
}

void pads(std::span<Block> zero, std::span<Block> one, const SentBlocks& transfers) {
  transfers.session.hash(zero, transfers.blocks, Block{}, Purpose::kPads, transfers.first);
  transfers.session.hash(one, transfers.blocks, transfers.delta, Purpose::kPads, transfers.first);
}

void pads(std::span<Block> chosen, const ReceivedBlocks& transfers) {
  transfers.session.hash(chosen, transfers.blocks, Block{}, Purpose::kPads, transfers.first);
}

void random_choices(std::span<Word> plane, std::span<const Block> blocks) {
  SOTTO_ASSERT(plane.size() == bits::words_for(blocks.size()), "the plane has a bit for each transfer");
  std::ranges::fill(plane, Word{0});
  for (std::size_t i = 0; i < blocks.size(); ++i) plane[i / 64] |= (blocks[i].low & 1) << i % 64;
}

void ask(std::span<std::byte> flips, std::span<const Word> choices, const ReceivedBlocks& transfers) {
  const auto& blocks = transfers.blocks;
  SOTTO_ASSERT(flips.size() == flips_bytes(blocks.size()), "a flip for each transfer");
  SOTTO_ASSERT(choices.size() == bits::words_for(blocks.size()), "a choice for each transfer");
  std::ranges::fill(flips, std::byte{0});
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const Word flip = (plane_bit(choices, i) ^ blocks[i].low) & 1;
    flips[i / 8] |= static_cast<std::byte>(flip << i % 8);
  }
}

void send_chosen(std::span<std::byte> message, std::span<const std::uint64_t> zero,
                 std::span<const std::uint64_t> one, int width, std::span<const std::byte> flips,
                 const SentBlocks& transfers) {
  const std::size_t all = transfers.blocks.size();
  width_mask(width);
  check_length(flips, flips_bytes(all), "choices", transfers.peer);
  SOTTO_ASSERT(message.size() == chosen_bytes(all, width), "the message has its size");
  for_groups(all, width, [&](const Place& place) {
    const SentPads pads(transfers, place, flips);
    Word masked[2][kGroup];
    for (std::size_t i = 0; i < place.count; ++i) {
      masked[0][i] = zero[place.begin + i] ^ pads.zero[i].low;
      masked[1][i] = one[place.begin + i] ^ pads.one[i].low;
    }
    for (std::size_t half = 0; half < 2; ++half)
      bits::pack(message.subspan(half * (message.size() / 2) + place.byte, place.bytes),
                 {masked[half], place.count}, width);
  });
}

void receive_chosen(std::span<std::uint64_t> out, int width, std::span<const std::byte> message,
                    std::span<const Word> choices, const ReceivedBlocks& transfers) {
  const std::size_t all = transfers.blocks.size();
  const Word mask = width_mask(width);
  check_length(message, chosen_bytes(all, width), "messages", transfers.peer);
  for_groups(all, width, [&](const Place& place) {
    const ReceivedPads pads(transfers, place);
    Word masked[2][kGroup];
    for (std::size_t half = 0; half < 2; ++half)
      bits::unpack({masked[half], place.count},
                   message.subspan(half * (message.size() / 2) + place.byte, place.bytes), width);
    for (std::size_t i = 0; i < place.count; ++i) {
      const Word choice = mask_of(plane_bit(choices, place.begin + i));
      const Word taken = masked[0][i] ^ (choice & (masked[0][i] ^ masked[1][i]));
      out[place.begin + i] = (taken ^ pads.pads[i].low) & mask;
    }
  });
}

void send_correlated(std::span<std::byte> message, std::span<std::uint64_t> sums,
                     std::span<const std::uint64_t> differences, int width, std::span<const std::byte> flips,
                     const SentBlocks& transfers) {
  const std::size_t all = transfers.blocks.size();
  const Word mask = width_mask(width);
  check_length(flips, flips_bytes(all), "choices", transfers.peer);
  SOTTO_ASSERT(message.size() == correlated_bytes(all, width), "the message has its size");
  for_groups(all, width, [&](const Place& place) {
    const SentPads pads(transfers, place, flips);
    Word masked[kGroup];
    for (std::size_t i = 0; i < place.count; ++i) {
      sums[place.begin + i] = pads.zero[i].low & mask;
      masked[i] = pads.zero[i].low + differences[place.begin + i] - pads.one[i].low;
    }
    bits::pack(message.subspan(place.byte, place.bytes), {masked, place.count}, width);
  });
}

void receive_correlated(std::span<std::uint64_t> out, int width, std::span<const std::byte> message,
                        std::span<const Word> choices, const ReceivedBlocks& transfers) {
  const std::size_t all = transfers.blocks.size();
  const Word mask = width_mask(width);
  check_length(message, correlated_bytes(all, width), "corrections", transfers.peer);
  for_groups(all, width, [&](const Place& place) {
    const ReceivedPads pads(transfers, place);
    Word corrections[kGroup];
    bits::unpack({corrections, place.count}, message.subspan(place.byte, place.bytes), width);
    for (std::size_t i = 0; i < place.count; ++i) {
      const Word choice = mask_of(plane_bit(choices, place.begin + i));
      out[place.begin + i] = (pads.pads[i].low + (choice & corrections[i])) & mask;
    }
  });
}

}  // namespace sotto::ot
