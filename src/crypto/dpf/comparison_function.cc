#include "crypto/dpf/comparison_function.h"

#include <openssl/evp.h>

#include <array>
#include <climits>
#include <memory>
#include <vector>

#include "base/bits.h"
#include "base/error.h"

namespace sotto::dpf {

namespace {

using Word = std::uint64_t;

// The fixed key: the first digits of pi after the point, as hexadecimal. Anybody may know it.
constexpr std::array<unsigned char, 16> kPublicKey = {0x24, 0x3f, 0x6a, 0x88, 0x85, 0xa3, 0x08, 0xd3,
                                                      0x13, 0x19, 0x8a, 0x2e, 0x03, 0x70, 0x73, 0x44};

class Permutation {
 public:
  Permutation() : context_(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free) {
    if (!context_ ||
        EVP_EncryptInit_ex(context_.get(), EVP_aes_128_ecb(), nullptr, kPublicKey.data(), nullptr) != 1)
      throw Error(ErrorKind::kSystem, "OpenSSL offers no AES-128");
    EVP_CIPHER_CTX_set_padding(context_.get(), 0);
  }
  void apply(std::span<Block> blocks) const {
    auto* bytes = reinterpret_cast<unsigned char*>(blocks.data());
    for (std::size_t at = 0; at < blocks.size_bytes();) {
      const auto length =
          static_cast<int>(std::min<std::size_t>(blocks.size_bytes() - at, INT_MAX / 16 * 16));
      int written = 0;
      if (EVP_EncryptUpdate(context_.get(), bytes + at, &written, bytes + at, length) != 1 ||
          written != length)
        throw Error(ErrorKind::kInternal, "AES failed");
      at += static_cast<std::size_t>(length);
    }
  }

 private:
  std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)> context_;
};

// sigma(high, low) = (high ^ low, high): linear, and x ^ sigma(x) is a bijection as well.
inline Block sigma(const Block& x) { return {x.high, x.high ^ x.low}; }

// What one seed becomes: on each side a seed (two lowest bits cleared), an output bit and a control bit, as
// masks.
struct Side {
  Block seed;
  Word output, control;
};

inline Side split(Block block) {
  const Word output = Word{0} - (block.low & 1), control = Word{0} - (block.low >> 1 & 1);
  block.low &= ~Word{3};
  return {block, output, control};
}

// Both children of all seeds of a level: sides[2i] left, sides[2i+1] right.
class Expansion {
 public:
  explicit Expansion(std::size_t count) : blocks_(2 * count) {}
  void expand(std::span<const Block> seeds, int level) {
    for (std::size_t i = 0; i < seeds.size(); ++i) {
      const Block mixed = sigma(seeds[i]);
      blocks_[2 * i] = {mixed.low ^ (2 * static_cast<Word>(level)), mixed.high};
      blocks_[2 * i + 1] = {mixed.low ^ (2 * static_cast<Word>(level) + 1), mixed.high};
    }
    permutation_.apply(blocks_);
    for (std::size_t i = 0; i < seeds.size(); ++i) {
      const Block mixed = sigma(seeds[i]);
      for (std::size_t side = 0; side < 2; ++side) {
        blocks_[2 * i + side].low ^= mixed.low;
        blocks_[2 * i + side].high ^= mixed.high;
      }
    }
  }
  Side side(std::size_t instance, std::size_t which) const { return split(blocks_[2 * instance + which]); }

 private:
  Permutation permutation_;
  std::vector<Block> blocks_;
};

inline Word choose(Word mask, Word if_ones, Word if_zero) { return if_zero ^ (mask & (if_ones ^ if_zero)); }
inline Block choose(Word mask, const Block& if_ones, const Block& if_zero) {
  return {choose(mask, if_ones.low, if_zero.low), choose(mask, if_ones.high, if_zero.high)};
}
inline Side choose(Word mask, const Side& if_ones, const Side& if_zero) {
  return {choose(mask, if_ones.seed, if_zero.seed), choose(mask, if_ones.output, if_zero.output),
          choose(mask, if_ones.control, if_zero.control)};
}

// One level's corrections: seeds, then planes of output, left control and right control bits.
template <class AnyWord>
struct Level {
  std::span<AnyWord> seeds, output, left, right;
};

template <class AnyWord>
Level<AnyWord> level_of(std::span<AnyWord> corrections, std::size_t count, int level) {
  const std::size_t words = bits::words_for(count), size = 2 * count + 3 * words;
  const auto all = corrections.subspan(static_cast<std::size_t>(level) * size, size);
  return {all.first(2 * count), all.subspan(2 * count, words), all.subspan(2 * count + words, words),
          all.subspan(2 * count + 2 * words, words)};
}

inline void put(std::span<Word> plane, std::size_t i, Word mask) { plane[i / 64] |= (mask & 1) << (i % 64); }
inline Word get(std::span<const Word> plane, std::size_t i) {
  return Word{0} - (plane[i / 64] >> (i % 64) & 1);
}

// A walker down one instance's tree.
struct Walker {
  Block seed;
  Word control;

  void step(const Side& side, const Block& seed_correction, Word control_correction) {
    seed = {side.seed.low ^ (control & seed_correction.low),
            side.seed.high ^ (control & seed_correction.high)};
    control = side.control ^ (control & control_correction);
  }
};

std::vector<Block> roots(std::span<const Block> seeds) {
  std::vector<Block> cleared(seeds.begin(), seeds.end());
  for (Block& seed : cleared) seed.low &= ~Word{3};
  return cleared;
}

class Generator {
 public:
  Generator(std::span<const Word> alpha, int bits, std::span<const Block> seeds0,
            std::span<const Block> seeds1)
      : alpha_(alpha),
        bits_(bits),
        seeds_{roots(seeds0), roots(seeds1)},
        controls_{std::vector<Word>(alpha.size(), 0), std::vector<Word>(alpha.size(), ~Word{0})},
        on_path_(alpha.size(), 0),
        expansions_{Expansion(alpha.size()), Expansion(alpha.size())} {}

  void run(std::span<Word> corrections) {
    for (Word& word : corrections) word = 0;
    for (int level = 0; level < bits_; ++level) {
      for (int holder = 0; holder < 2; ++holder) expansions_[holder].expand(seeds_[holder], level);
      const Level<Word> out = level_of(corrections, alpha_.size(), level);
      for (std::size_t i = 0; i < alpha_.size(); ++i) correct(i, level, out);
    }
    const auto last = corrections.last(bits::words_for(alpha_.size()));
    for (std::size_t i = 0; i < alpha_.size(); ++i)
      put(last, i, (seeds_[0][i].high ^ seeds_[1][i].high ^ on_path_[i]) & 1);
  }

 private:
  void correct(std::size_t i, int level, const Level<Word>& out) {
    const Word bit = Word{0} - (alpha_[i] >> (bits_ - 1 - level) & 1);
    Side left[2], right[2], keep[2], lose[2];
    for (int holder = 0; holder < 2; ++holder) {
      left[holder] = expansions_[holder].side(i, 0);
      right[holder] = expansions_[holder].side(i, 1);
      keep[holder] = choose(bit, right[holder], left[holder]);
      lose[holder] = choose(bit, left[holder], right[holder]);
    }
    const Block seed = {lose[0].seed.low ^ lose[1].seed.low, lose[0].seed.high ^ lose[1].seed.high};
    // Leaving alpha's path to the right, where its bit is zero, means x > alpha.
    const Word output = lose[0].output ^ lose[1].output ^ on_path_[i] ^ ~bit;
    const Word control_left = left[0].control ^ left[1].control ^ ~bit;
    const Word control_right = right[0].control ^ right[1].control ^ bit;
    on_path_[i] ^= keep[0].output ^ keep[1].output ^ output;
    for (int holder = 0; holder < 2; ++holder) {
      Walker walker{seeds_[holder][i], controls_[holder][i]};
      walker.step(keep[holder], seed, choose(bit, control_right, control_left));
      seeds_[holder][i] = walker.seed;
      controls_[holder][i] = walker.control;
    }
    out.seeds[2 * i] = seed.low;
    out.seeds[2 * i + 1] = seed.high;
    put(out.output, i, output);
    put(out.left, i, control_left);
    put(out.right, i, control_right);
  }

  std::span<const Word> alpha_;
  int bits_;
  std::vector<Block> seeds_[2];
  std::vector<Word> controls_[2];
  std::vector<Word> on_path_;  // sum of the holders' outputs along alpha's path
  Expansion expansions_[2];
};

}  // namespace

std::size_t correction_words(std::size_t count, int bits) {
  const std::size_t words = bits::words_for(count);
  return static_cast<std::size_t>(bits) * (2 * count + 3 * words) + words;
}

void generate(std::span<const std::uint64_t> alpha, int bits, std::span<const Block> seeds0,
              std::span<const Block> seeds1, std::span<std::uint64_t> corrections) {
  SOTTO_ASSERT(bits >= 1 && bits <= 63, "a comparison function takes 1 to 63 bits");
  SOTTO_ASSERT(corrections.size() == correction_words(alpha.size(), bits), "corrections have their size");
  Generator(alpha, bits, seeds0, seeds1).run(corrections);
}

void evaluate(int holder, std::span<const std::uint64_t> x, int bits, std::span<const Block> seeds,
              std::span<const std::uint64_t> corrections, std::span<std::uint64_t> plane) {
  SOTTO_ASSERT(corrections.size() == correction_words(x.size(), bits), "corrections have their size");
  std::vector<Block> current = roots(seeds);
  std::vector<Word> controls(x.size(), holder == 0 ? 0 : ~Word{0}), outputs(x.size(), 0);
  Expansion expansion(x.size());
  for (int level = 0; level < bits; ++level) {
    expansion.expand(current, level);
    const auto in = level_of(corrections, x.size(), level);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const Word bit = Word{0} - (x[i] >> (bits - 1 - level) & 1);
      const Side side = choose(bit, expansion.side(i, 1), expansion.side(i, 0));
      outputs[i] ^= side.output ^ (controls[i] & get(in.output, i));
      Walker walker{current[i], controls[i]};
      walker.step(side, {in.seeds[2 * i], in.seeds[2 * i + 1]},
                  choose(bit, get(in.right, i), get(in.left, i)));
      current[i] = walker.seed;
      controls[i] = walker.control;
    }
  }
  const auto last = corrections.last(bits::words_for(x.size()));
  for (Word& word : plane) word = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    put(plane, i,
        outputs[i] ^ current[i].high ^ (controls[i] & last[i / 64] >> (i % 64)));  // the low bit counts
}

}  // namespace sotto::dpf
