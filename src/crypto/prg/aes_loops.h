// The shape that both vector AES implementations share: several counter registers per turn, then the tail.
//
// No include guard, on purpose: included once per implementation under its target attribute, with internal
// linkage. The implementation has defined, in sotto::prg::(anonymous), `Register`, `kLanes` (blocks per
// register), and `encrypt(Register (&)[count], const RoundKeys&)`, `counters(first, block)`, `load`, `store`
// and the three sums.
#include "crypto/prg/aes_backend.h"

namespace sotto::prg {
namespace {

constexpr std::size_t kRegisterWords = 2 * kLanes;
// As many independent registers as hide the latency of a round.
constexpr std::size_t kTurn = 8;

template <Combine combine>
Register combined(const std::uint64_t* out, Register words) {
  if constexpr (combine == Combine::kAdd) return add_words(load(out), words);
  if constexpr (combine == Combine::kSubtract) return subtract_words(load(out), words);
  if constexpr (combine == Combine::kXor) return xor_words(load(out), words);
  return words;
}

template <Combine combine, std::size_t registers>
void generate_turn(std::uint64_t* out, const LoadedKeys& keys, const Counter& first, std::size_t block) {
  Register state[registers];
  for (std::size_t r = 0; r < registers; ++r) state[r] = counters(first, block + r * kLanes);
  encrypt(state, keys);
  for (std::size_t r = 0; r < registers; ++r) {
    store(out + r * kRegisterWords, combined<combine>(out + r * kRegisterWords, state[r]));
  }
}

template <Combine combine>
void generate_all(std::uint64_t* out, std::size_t n, const RoundKeys& round_keys,
                  const std::uint8_t first[16]) {
  const LoadedKeys keys = load_keys(round_keys);
  const Counter counter = load_counter(first);
  std::size_t done = 0;
  for (; done + kTurn * kRegisterWords <= n; done += kTurn * kRegisterWords)
    generate_turn<combine, kTurn>(out + done, keys, counter, done / 2);
  for (; done + kRegisterWords <= n; done += kRegisterWords)
    generate_turn<combine, 1>(out + done, keys, counter, done / 2);
  if (done == n) return;
  std::uint64_t last[kRegisterWords] = {};
  for (std::size_t i = done; i < n; ++i) last[i - done] = out[i];
  generate_turn<combine, 1>(last, keys, counter, done / 2);
  for (std::size_t i = done; i < n; ++i) out[i] = last[i - done];
}

void generate(std::uint64_t* out, std::size_t n, const RoundKeys& keys, const std::uint8_t first[16],
              Combine combine) {
  switch (combine) {
    case Combine::kStore:
      return generate_all<Combine::kStore>(out, n, keys, first);
    case Combine::kAdd:
      return generate_all<Combine::kAdd>(out, n, keys, first);
    case Combine::kSubtract:
      return generate_all<Combine::kSubtract>(out, n, keys, first);
    case Combine::kXor:
      return generate_all<Combine::kXor>(out, n, keys, first);
  }
}

}  // namespace
}  // namespace sotto::prg
