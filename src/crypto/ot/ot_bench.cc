// Oblivious transfers on one core, each side by itself; `bytes` are those on the wire for each transfer.
#include <benchmark/benchmark.h>

#include <chrono>
#include <thread>
#include <vector>

#include "base/threads.h"
#include "crypto/ot/connection.h"
#include "crypto/ot/one_of_many.h"
#include "crypto/ot/silent.h"
#include "crypto/ot/test_dealer.h"
#include "net/in_process.h"

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

// From nothing to the first transfers, both parties in threads of this process.
Task<int> start_sender(net::Rounds& rounds, Method method, std::size_t transfers) {
  Sender sender = co_await Sender::connect(rounds, 1, "receiver", method);
  const Batch batch = co_await sender.extend(rounds, transfers);
  co_return static_cast<int>(batch.blocks.size());
}
Task<int> start_receiver(net::Rounds& rounds, Method method, std::size_t transfers) {
  Receiver receiver = co_await Receiver::connect(rounds, 0, "sender", method);
  const Batch batch = co_await receiver.extend(rounds, transfers);
  co_return static_cast<int>(batch.blocks.size());
}

void cold_start(benchmark::State& state, Method method, std::size_t transfers) {
  set_threads(1);
  for (auto _ : state) {
    net::LinkMatrix links = net::in_process_links({"sender", "receiver"});
    std::thread other([&] {
      net::Rounds rounds(1, {links[1][0].get(), nullptr});
      rounds.run(start_receiver(rounds, method, transfers));
    });
    net::Rounds rounds(0, {nullptr, links[0][1].get()});
    rounds.run(start_sender(rounds, method, transfers));
    other.join();
  }
}
BENCHMARK_CAPTURE(cold_start, softspoken8_128, Method::kSoftSpoken8, 128)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(cold_start, softspoken4_million, Method::kSoftSpoken4, kTransfers)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(cold_start, silent_million, Method::kSilent, kTransfers)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

// Correlated transfers from end to end over links within this process, a core for each party: both make them
// in batches, the receiver up to a link's window ahead of the sender.
constexpr std::size_t kBatch = std::size_t{1} << 17, kBatches = 64;

template <class Party>
Task<double> extend_batches(net::Rounds& rounds, Party& party, std::size_t batch, std::size_t batches) {
  const auto begin = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < batches; ++i)
    benchmark::DoNotOptimize((co_await party.extend(rounds, batch)).blocks.data());
  co_return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

template <class Party>
Task<double> run_batches(net::Rounds& rounds, Method method, std::size_t batch) {
  Party party = co_await Party::connect(rounds, 1 - rounds.self(), "peer", method);
  co_await extend_batches(rounds, party, batch, 1);
  co_return co_await extend_batches(rounds, party, batch, kBatches);
}

void end_to_end(benchmark::State& state, Method method, std::size_t batch) {
  set_threads(1);
  for (auto _ : state) {
    net::LinkMatrix links = net::in_process_links({"sender", "receiver"});
    std::thread other([&] {
      net::Rounds rounds(1, {links[1][0].get(), nullptr});
      rounds.run(run_batches<Receiver>(rounds, method, batch));
    });
    net::Rounds rounds(0, {nullptr, links[0][1].get()});
    state.SetIterationTime(rounds.run(run_batches<Sender>(rounds, method, batch)));
    other.join();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * batch * kBatches));
}
BENCHMARK_CAPTURE(end_to_end, softspoken1, Method::kSoftSpoken1, kBatch)->UseManualTime();
BENCHMARK_CAPTURE(end_to_end, softspoken2, Method::kSoftSpoken2, kBatch)->UseManualTime();
BENCHMARK_CAPTURE(end_to_end, softspoken4, Method::kSoftSpoken4, kBatch)->UseManualTime();
BENCHMARK_CAPTURE(end_to_end, softspoken8, Method::kSoftSpoken8, kBatch)->UseManualTime();
BENCHMARK_CAPTURE(end_to_end, silent, Method::kSilent, kSilent.given())->UseManualTime();

// What forms cost beyond the correlated transfers they take.
void pads_sender(benchmark::State& state) {
  const Transfers transfers(kTransfers);
  std::vector<Block> zero(kTransfers), one(kTransfers);
  for (auto _ : state) pads(zero, one, transfers.of_sender());
  count(state, kTransfers, 0);
}
BENCHMARK(pads_sender)->Unit(benchmark::kMillisecond);

void correlated_sender(benchmark::State& state) {
  const int width = static_cast<int>(state.range(0));
  const Transfers transfers(kTransfers);
  const std::vector<std::uint64_t> differences(kTransfers, 1);
  std::vector<std::uint64_t> sums(kTransfers);
  std::vector<std::byte> flips(flips_bytes(kTransfers)), message(correlated_bytes(kTransfers, width));
  for (auto _ : state) send_correlated(message, sums, differences, width, flips, transfers.of_sender());
  count(state, kTransfers, flips.size() + message.size());
}
BENCHMARK(correlated_sender)->Arg(1)->Arg(32)->Arg(64)->Unit(benchmark::kMillisecond);

void correlated_receiver(benchmark::State& state) {
  const int width = static_cast<int>(state.range(0));
  const Transfers transfers(kTransfers);
  const std::vector<std::uint64_t> choices(kTransfers / 64);
  std::vector<std::uint64_t> out(kTransfers);
  const std::vector<std::byte> message(correlated_bytes(kTransfers, width));
  for (auto _ : state) receive_correlated(out, width, message, choices, transfers.of_receiver());
  count(state, kTransfers, flips_bytes(kTransfers) + message.size());
}
BENCHMARK(correlated_receiver)->Arg(1)->Arg(32)->Arg(64)->Unit(benchmark::kMillisecond);

constexpr std::size_t kTables = kTransfers / 4;

void one_of_sixteen_sender(benchmark::State& state) {
  const Transfers transfers(4 * kTables);
  const std::vector<std::uint64_t> tables(16 * kTables, 1);
  const std::vector<std::byte> flips(index_bytes(kTables, 4));
  std::vector<std::byte> message(tables_bytes(kTables, 4, 2));
  for (auto _ : state) send_many(message, tables, 4, 2, flips, transfers.of_sender());
  count(state, kTables, flips.size() + message.size());
}
BENCHMARK(one_of_sixteen_sender)->Unit(benchmark::kMillisecond);

void one_of_sixteen_receiver(benchmark::State& state) {
  const Transfers transfers(4 * kTables);
  const std::vector<std::uint64_t> indices(kTables, 5);
  std::vector<std::uint64_t> out(kTables);
  const std::vector<std::byte> message(tables_bytes(kTables, 4, 2));
  for (auto _ : state) receive_many(out, indices, 4, 2, message, transfers.of_receiver());
  count(state, kTables, index_bytes(kTables, 4) + message.size());
}
BENCHMARK(one_of_sixteen_receiver)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sotto::ot
