// Oblivious transfers on one core, each side by itself; `bytes` are those on the wire for each transfer.
#include <benchmark/benchmark.h>

#include <vector>

#include "base/threads.h"
#include "crypto/ot/silent.h"
#include "crypto/ot/test_dealer.h"

namespace sotto::ot {
namespace {

constexpr std::size_t kTransfers = std::size_t{1} << 20;

void count(benchmark::State& state, std::size_t transfers, std::size_t bytes) {
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * transfers));
  state.counters["bytes"] = static_cast<double>(bytes) / static_cast<double>(transfers);
}

void base_sender(benchmark::State& state) {
  const BaseSender sender;
  const std::vector<std::uint8_t> choices(kBaseTransfers, 1);
  const auto received = receive_base(choices, std::as_bytes(std::span(sender.message())), "peer");
  for (auto _ : state) benchmark::DoNotOptimize(sender.finish(received.answer, kBaseTransfers, "peer"));
  count(state, kBaseTransfers, received.answer.size() + kPointBytes);
}
BENCHMARK(base_sender)->Unit(benchmark::kMillisecond);

void base_receiver(benchmark::State& state) {
  const BaseSender sender;
  const std::vector<std::uint8_t> choices(kBaseTransfers, 1);
  for (auto _ : state)
    benchmark::DoNotOptimize(receive_base(choices, std::as_bytes(std::span(sender.message())), "peer"));
  count(state, kBaseTransfers, (kBaseTransfers + 1) * kPointBytes);
}
BENCHMARK(base_receiver)->Unit(benchmark::kMillisecond);

void softspoken_setup(benchmark::State& state) {
  const int bits = static_cast<int>(state.range(0));
  const SoftSpokenPair pair(bits);
  for (auto _ : state) {
    SoftSpokenReceiver receiver(bits, pair.session, pair.base.pairs);
    SoftSpokenSender sender(bits, pair.session, pair.delta, pair.base.chosen, receiver.tree_message(),
                            "peer");
    benchmark::DoNotOptimize(sender.delta());
  }
}
BENCHMARK(softspoken_setup)->Arg(1)->Arg(2)->Arg(4)->Arg(8)->Unit(benchmark::kMicrosecond);

void softspoken_receiver(benchmark::State& state) {
  set_threads(1);
  SoftSpokenPair pair(static_cast<int>(state.range(0)));
  std::vector<Block> blocks(kTransfers);
  std::vector<std::byte> message(softspoken_bytes(kTransfers, pair.bits));
  for (auto _ : state) pair.receiver.extend(blocks, message);
  count(state, kTransfers, message.size());
}
BENCHMARK(softspoken_receiver)->Arg(1)->Arg(2)->Arg(4)->Arg(8)->Unit(benchmark::kMillisecond);

void softspoken_sender(benchmark::State& state) {
  set_threads(1);
  SoftSpokenPair pair(static_cast<int>(state.range(0)));
  std::vector<Block> blocks(kTransfers);
  const std::vector<std::byte> message(softspoken_bytes(kTransfers, pair.bits));
  for (auto _ : state) pair.sender.extend(blocks, message);
  count(state, kTransfers, message.size());
}
BENCHMARK(softspoken_sender)->Arg(1)->Arg(2)->Arg(4)->Arg(8)->Unit(benchmark::kMillisecond);

// Both sides of one session after its first transfers.
struct SilentPair {
  SoftSpokenPair setup{8};
  std::pair<std::vector<Block>, std::vector<Block>> first = setup.extend(kSilent.used());
  SilentSender sender{setup.session, setup.delta, first.first};
  SilentReceiver receiver{setup.session, first.second, "peer"};
  std::vector<Block> out = std::vector<Block>(kSilent.given());
  std::vector<std::byte> message = std::vector<std::byte>(kSilent.message_bytes());
};

void silent_sender(benchmark::State& state) {
  set_threads(1);
  SilentPair pair;
  for (auto _ : state) pair.sender.extend(pair.out, pair.message);
  count(state, kSilent.given(), kSilent.message_bytes());
}
BENCHMARK(silent_sender)->Unit(benchmark::kMillisecond);

void silent_receiver(benchmark::State& state) {
  set_threads(1);
  SilentPair pair;
  for (auto _ : state) pair.receiver.extend(pair.out, pair.message);
  count(state, kSilent.given(), kSilent.message_bytes());
}
BENCHMARK(silent_receiver)->Unit(benchmark::kMillisecond);

void pads(benchmark::State& state) {
  const Session session(random_block());
  std::vector<Block> blocks(kTransfers), out(kTransfers);
  for (auto _ : state) session.hash(out, blocks, Block{}, Session::Purpose::kPads, 0);
  count(state, kTransfers, 0);
}
BENCHMARK(pads)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sotto::ot
