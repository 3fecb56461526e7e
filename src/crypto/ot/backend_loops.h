// The shape that all implementations share.
//
// No include guard, on purpose: included once per implementation under its target attribute, with internal
// linkage. The implementation has defined, in sotto::ot::(anonymous): `Register`, `kLanes` (blocks per
// register), `LoadedKeys load_keys(const RoundKeys&)`, `encrypt(Register (&)[count], keys)`, `encrypt_each`
// of rows under a key each, `kFoldTurn` and `kFoldLeaves` (how many registers of how many streams are made at
// once), `load`, `store`, `exclusive_or`, `zero`, `broadcast(Block)`, `counters(first)` (first, first + 1,
// ... in the lanes), `sigma`, and `interleave(a, b, low, high)`, which puts a's and b's lanes in turn.
#include <utility>

#include "crypto/ot/backend.h"

namespace sotto::ot {
namespace {

// As many independent registers as hide the latency of a round.
constexpr std::size_t kTurn = 8;

template <std::size_t registers>
void hash_turn(Block* out, const Block* in, const Register& offset, const LoadedKeys& keys) {
  Register x[registers], state[registers];
  for (std::size_t r = 0; r < registers; ++r) state[r] = x[r] = exclusive_or(load(in + r * kLanes), offset);
  encrypt(state, keys);
  for (std::size_t r = 0; r < registers; ++r) store(out + r * kLanes, exclusive_or(state[r], x[r]));
}

void hash(Block* out, const Block* in, std::size_t n, const Block& offset, const RoundKeys& round_keys) {
  const LoadedKeys keys = load_keys(round_keys);
  const Register shift = broadcast(offset);
  std::size_t done = 0;
  for (; done + kTurn * kLanes <= n; done += kTurn * kLanes)
    hash_turn<kTurn>(out + done, in + done, shift, keys);
  for (; done + kLanes <= n; done += kLanes) hash_turn<1>(out + done, in + done, shift, keys);
  if (done == n) return;
  Block last[kLanes];
  for (std::size_t i = done; i < n; ++i) last[i - done] = in[i];
  hash_turn<1>(last, last, shift, keys);
  for (std::size_t i = done; i < n; ++i) out[i] = last[i - done];
}

template <std::size_t registers>
void split_turn(Block* out, const Block* nodes, const LoadedKeys& keys) {
  Register node[registers], mixed[registers], state[registers];
  for (std::size_t r = 0; r < registers; ++r) {
    node[r] = load(nodes + r * kLanes);
    state[r] = mixed[r] = sigma(node[r]);
  }
  encrypt(state, keys);
  for (std::size_t r = 0; r < registers; ++r) {
    const Register left = exclusive_or(state[r], mixed[r]);
    Register low, high;
    interleave(left, exclusive_or(left, node[r]), low, high);
    store(out + 2 * r * kLanes, low);
    store(out + (2 * r + 1) * kLanes, high);
  }
}

void split(Block* out, const Block* nodes, std::size_t n, const RoundKeys& round_keys) {
  const LoadedKeys keys = load_keys(round_keys);
  std::size_t done = 0;
  for (; done + kTurn * kLanes <= n; done += kTurn * kLanes)
    split_turn<kTurn>(out + 2 * done, nodes + done, keys);
  for (; done + kLanes <= n; done += kLanes) split_turn<1>(out + 2 * done, nodes + done, keys);
  if (done == n) return;
  Block last[kLanes], children[2 * kLanes];
  for (std::size_t i = done; i < n; ++i) last[i - done] = nodes[i];
  split_turn<1>(children, last, keys);
  for (std::size_t i = 2 * done; i < 2 * n; ++i) out[i] = children[i - 2 * done];
}

// Some streams at a time, of some leaves at a time: their rounds hide behind each other, and the sums stay in
// registers.
template <int bits, std::size_t leaf>
void add_leaf(Register (&sums)[bits + 1][kFoldTurn], const Register* state) {
  for (int plane = 0; plane <= bits; ++plane)
    if (plane == bits || (leaf >> plane & 1) != 0)
      for (std::size_t r = 0; r < kFoldTurn; ++r) sums[plane][r] = exclusive_or(sums[plane][r], state[r]);
}

template <int bits, std::size_t first, std::size_t... leaf>
void add_leaves(Register (&sums)[bits + 1][kFoldTurn], const RoundKeys* leaves,
                const Register (&start)[kFoldTurn], std::index_sequence<leaf...>) {
  Register state[sizeof...(leaf)][kFoldTurn];
  for (auto& streams : state)
    for (std::size_t r = 0; r < kFoldTurn; ++r) streams[r] = start[r];
  encrypt_each(state, leaves + first);
  (add_leaf<bits, first + leaf>(sums, state[leaf]), ...);
}

template <int bits, std::size_t... turn>
void add_all(Register (&sums)[bits + 1][kFoldTurn], const RoundKeys* leaves,
             const Register (&start)[kFoldTurn], std::index_sequence<turn...>) {
  constexpr std::size_t kLeaves = std::size_t{1} << bits;
  constexpr std::size_t kAtOnce = kLeaves < kFoldLeaves ? kLeaves : kFoldLeaves;
  (add_leaves<bits, turn * kAtOnce>(sums, leaves, start, std::make_index_sequence<kAtOnce>()), ...);
}

// At most 16 leaves.
template <int bits>
void fold_small(std::uint64_t* planes, const RoundKeys* leaves, std::uint64_t first) {
  for (std::size_t block = 0; block < kChunkBlocks; block += kFoldTurn * kLanes) {
    Register start[kFoldTurn], sums[bits + 1][kFoldTurn];
    for (std::size_t r = 0; r < kFoldTurn; ++r) start[r] = counters(first + block + r * kLanes);
    for (auto& plane : sums)
      for (Register& sum : plane) sum = zero();
    constexpr std::size_t kLeaves = std::size_t{1} << bits;
    add_all<bits>(sums, leaves, start,
                  std::make_index_sequence<(kLeaves < kFoldLeaves ? 1 : kLeaves / kFoldLeaves)>());
    for (int plane = 0; plane <= bits; ++plane)
      for (std::size_t r = 0; r < kFoldTurn; ++r)
        store(reinterpret_cast<Block*>(planes + static_cast<std::size_t>(plane) * kChunkWords) + block +
                  r * kLanes,
              sums[plane][r]);
  }
}

void add_words(std::uint64_t* to, const std::uint64_t* from, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) to[i] ^= from[i];
}

// 256 leaves: the low four bits within each group of sixteen, the high four by group.
void fold_large(std::uint64_t* planes, const RoundKeys* leaves, std::uint64_t first) {
  for (std::size_t i = 0; i < 9 * kChunkWords; ++i) planes[i] = 0;
  alignas(64) std::uint64_t group[5 * kChunkWords];
  const std::uint64_t* sum = group + 4 * kChunkWords;
  for (std::size_t g = 0; g < 16; ++g) {
    fold_small<4>(group, leaves + 16 * g, first);
    add_words(planes, group, 4 * kChunkWords);
    for (std::size_t bit = 0; bit < 4; ++bit)
      if ((g >> bit & 1) != 0) add_words(planes + (4 + bit) * kChunkWords, sum, kChunkWords);
    add_words(planes + 8 * kChunkWords, sum, kChunkWords);
  }
}

void fold(std::uint64_t* planes, const RoundKeys* leaves, int bits, std::uint64_t first) {
  switch (bits) {
    case 1:
      return fold_small<1>(planes, leaves, first);
    case 2:
      return fold_small<2>(planes, leaves, first);
    case 4:
      return fold_small<4>(planes, leaves, first);
    default:
      return fold_large(planes, leaves, first);
  }
}

// Two words of a block, added at once.
using Wide = std::uint64_t __attribute__((vector_size(16)));

// Three blocks a row.
constexpr std::size_t kRowNumbers = 12;
constexpr std::size_t kCodeTurn = 6;
constexpr std::size_t kTurnRows = kCodeTurn * kLanes / 3;

// The positions of some rows, on their way into the nearest cache from now on.
void name_positions(std::uint32_t (&positions)[kTurnRows * kRowNumbers], const Block* in,
                    std::uint32_t dimension, std::uint64_t first, const LoadedKeys& keys) {
  Register state[kCodeTurn];
  for (std::size_t r = 0; r < kCodeTurn; ++r) state[r] = counters(3 * first + r * kLanes);
  encrypt(state, keys);
  for (std::size_t r = 0; r < kCodeTurn; ++r)
    store(reinterpret_cast<Block*>(positions) + r * kLanes, state[r]);
  for (std::uint32_t& x : positions) x = static_cast<std::uint32_t>(std::uint64_t{x} * dimension >> 32);
  for (std::size_t i = 0; i < kTurnRows; ++i)
    for (std::size_t j = 0; j < kCodeWeight; ++j) __builtin_prefetch(in + positions[kRowNumbers * i + j]);
}

void add_rows(Wide* out, std::size_t rows, const Wide* in,
              const std::uint32_t (&positions)[kTurnRows * kRowNumbers]) {
  for (std::size_t i = 0; i < rows; ++i) {
    Wide sum = out[i];
    for (std::size_t j = 0; j < kCodeWeight; ++j) sum ^= in[positions[kRowNumbers * i + j]];
    out[i] = sum;
  }
}

// Positions are named a turn ahead of their use: what they name is far away, and none waits for another.
void encode(Block* out, std::size_t n, const Block* in, std::uint32_t dimension, std::uint64_t first,
            const RoundKeys& matrix) {
  const LoadedKeys keys = load_keys(matrix);
  alignas(64) std::uint32_t positions[2][kTurnRows * kRowNumbers];
  name_positions(positions[0], in, dimension, first, keys);
  for (std::size_t done = 0, turn = 0; done < n; done += kTurnRows, turn ^= 1) {
    const std::size_t next = done + kTurnRows;
    if (next < n) name_positions(positions[turn ^ 1], in, dimension, first + next, keys);
    add_rows(reinterpret_cast<Wide*>(out + done), n - done < kTurnRows ? n - done : kTurnRows,
             reinterpret_cast<const Wide*>(in), positions[turn]);
  }
}

}  // namespace
}  // namespace sotto::ot
