// An operation on a shared value, chunk by chunk.
#pragma once

#include "base/bits.h"
#include "protocols/rep3/halves.h"
#include "protocols/rep3/truncation.h"

namespace sotto::protocols::rep3 {

// Runs chunk_task(value, chunk, output), a Task<void>, for every chunk, all in the same rounds; `value` gives
// the halves A and B. The result is of the operand's shape: elements, or packed bits where `kind` is Boolean.
// What chunk_task refers to lives until the result is there.
template <class ChunkTask>
Task<Share> over_chunks(Context& context, Share value, Kind kind, std::vector<Chunk> chunks,
                        ChunkTask chunk_task) {
  const std::size_t count = value.elements();
  const std::size_t words = kind == Kind::kBoolean ? bits::words_for(count) : count;
  Contraction identity;
  identity.shape = value.shape;
  identity.addends.push_back({value});
  const LocalProduct halves(context, identity);
  const Output output{{context.words(words), context.words(words)}};
  std::vector<Task<void>> tasks;
  for (const Chunk& chunk : chunks) tasks.push_back(chunk_task(halves, chunk, output));
  co_await when_all(std::move(tasks));
  co_return Share{kind, value.shape, {output.part[0], output.part[1]}, nullptr};
}

// The same of an operation with one site, cut at any words of bits: chunk_task(site, value, chunk, output).
template <class ChunkTask>
Task<Share> chunkwise(Context& context, Share value, Kind kind, ChunkTask chunk_task) {
  const Site site = context.begin();
  auto chunks = cut(value.elements(), 64, site);
  co_return co_await over_chunks(context, std::move(value), kind, std::move(chunks),
                                 [&](const LocalProduct& halves, const Chunk& chunk, const Output& output) {
                                   return chunk_task(site, halves, chunk, output);
                                 });
}

}  // namespace sotto::protocols::rep3
