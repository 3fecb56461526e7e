#include "crypto/lattice/polynomial.h"

#include <openssl/crypto.h>

#include <new>
#include <vector>

#include "base/aligned.h"

namespace sotto::lattice {
namespace {

// Sanitizers should see every use of memory that was given back.
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr std::size_t kKeptWords = 0;
#else
constexpr std::size_t kKeptWords = std::size_t{1} << 21;  // 16 MiB per thread
#endif

void release(Word* words) { ::operator delete(words, std::align_val_t{kCacheLine}); }

struct Kept {
  struct Block {
    Word* words;
    std::size_t count;
  };
  ~Kept();

  std::vector<Block> blocks;
  std::size_t total = 0;
};

// Outlives the thread's Kept: polynomials may be destroyed after it.
thread_local bool kept_is_gone = false;
thread_local Kept kept;

Kept::~Kept() {
  for (const Block& block : blocks) release(block.words);
  kept_is_gone = true;
}

}  // namespace

Word* take_words(std::size_t count) {
  if (!kept_is_gone) {
    for (auto& block : kept.blocks) {
      if (block.count != count) continue;
      Word* words = block.words;
      block = kept.blocks.back();
      kept.blocks.pop_back();
      kept.total -= count;
      return words;
    }
  }
  return static_cast<Word*>(::operator new(count * sizeof(Word), std::align_val_t{kCacheLine}));
}

void give_back_words(Word* words, std::size_t count) {
  if (kept_is_gone || kept.total + count > kKeptWords) return release(words);
  kept.blocks.push_back({words, count});
  kept.total += count;
}

void wipe(Polynomial& secret) { OPENSSL_cleanse(secret.words().data(), secret.words().size_bytes()); }

}  // namespace sotto::lattice
