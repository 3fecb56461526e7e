// Products of two parties, one core a side: processor time of one party, which encrypts in one direction and
// multiplies in the other, and bytes it sends.
#include <benchmark/benchmark.h>
#include <time.h>

#include <random>
#include <thread>

#include "base/threads.h"
#include "net/in_process.h"
#include "protocols/duo/duo.h"
#include "protocols/duo/lattice_products.h"
#include "protocols/duo/test_session.h"
#include "protocols/duo/word_products.h"

namespace sotto::protocols::duo {
namespace {

double processor_seconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// Both parties and their session, for all benchmarks.
class Parties {
 public:
  Parties() {
    set_threads(1);
    const prg::Prg first(prg::random_key()), second(prg::random_key()), common(prg::random_key());
    for (int self = 0; self < 2; ++self) {
      states_[self] = insecurely_dealt_session(self, {&first, &second}, common);
      static_cast<Session&>(*states_[self]).lattice();
    }
  }

  using Program = std::function<Task<Words>(Context&)>;

  // Runs it once; one party's seconds are the time of the iteration.
  void run(benchmark::State& state, const Program& program) {
    net::LinkMatrix links = net::in_process_links({"alice", "bob"}, std::chrono::seconds(600));
    double seconds[2] = {};
    std::uint64_t bytes[2] = {};
    {
      std::vector<std::jthread> threads;
      for (int self = 0; self < 2; ++self)
        threads.emplace_back([&, self] {
          std::vector<net::Link*> raw;
          for (auto& link : links[static_cast<std::size_t>(self)]) raw.push_back(link.get());
          net::Rounds rounds(self, raw);
          const SessionKeys keys{{}, prg::Prg(prg::random_key()), states_[self]};
          Context context(table(), rounds, &keys, 0, 0);
          const double start = processor_seconds();
          rounds.run(program(context));
          seconds[self] = processor_seconds() - start;
          bytes[self] = rounds.bytes_to()[static_cast<std::size_t>(1 - self)];
        });
    }
    state.SetIterationTime(std::max(seconds[0], seconds[1]));
    state.counters["first_sent_kB"] = static_cast<double>(bytes[0]) / 1000;
    state.counters["second_sent_kB"] = static_cast<double>(bytes[1]) / 1000;
    state.counters["other_ms"] = 1000 * std::min(seconds[0], seconds[1]);
  }

 private:
  std::shared_ptr<SessionState> states_[2];
};

Parties& parties() {
  static Parties instance;
  return instance;
}

Words random_words(std::size_t count, int bits) {
  std::mt19937_64 random(1);
  Words words = Words::allocate(count);
  for (auto& word : words.mutable_span())
    word = static_cast<std::uint64_t>(static_cast<std::int64_t>(random()) >> (64 - bits));
  return words;
}

std::size_t range(const benchmark::State& state, int i) { return static_cast<std::size_t>(state.range(i)); }

// m, k, n: both cross terms of shares.
void shared_matrices(benchmark::State& state) {
  const he::MatrixShape shape{range(state, 0), range(state, 1), range(state, 2)};
  const LatticePlan plan = plan_lattice_matrix(shape);
  const Words a = random_words(shape.m * shape.k, 64), b = random_words(shape.k * shape.n, 64);
  for (auto _ : state)
    parties().run(state, [&](Context& context) { return lattice_cross_terms(context, plan, {}, a, b); });
}
BENCHMARK(shared_matrices)
    ->Args({128, 784, 128})
    ->Args({128, 128, 128})
    ->Args({128, 128, 10})
    ->Args({784, 128, 128})
    ->UseManualTime()
    ->Iterations(1)
    ->Repetitions(3)
    ->Unit(benchmark::kMillisecond);

// m, k, n, bits: a matrix that the first party knows times a shared one.
void private_matrix(benchmark::State& state) {
  const he::MatrixShape shape{range(state, 0), range(state, 1), range(state, 2)};
  const int bits = static_cast<int>(state.range(3));
  const Words a = random_words(shape.m * shape.k, bits), x = random_words(shape.k * shape.n, 64);
  for (auto _ : state)
    parties().run(state, [&](Context& context) {
      return private_matrix_product(context, 0, shape, bits, context.self() == 0 ? a : Words(), x);
    });
}
BENCHMARK(private_matrix)
    ->Args({1024, 50'000, 1, 16})
    ->Args({50'000, 1024, 1, 16})
    ->Args({128, 784, 128, 16})
    ->UseManualTime()
    ->Iterations(1)
    ->Repetitions(3)
    ->Unit(benchmark::kMillisecond);

// Places a side, features in and out, window a side, bits: images that are shared, of which the first party's
// part is encrypted, weights that the second knows, and results in as many bits.
void private_convolution(benchmark::State& state) {
  const std::int64_t side = state.range(0), in = state.range(1), out = state.range(2),
                     window = state.range(3);
  Convolution convolution;
  convolution.low = convolution.high = {window / 2, window / 2};
  const Shape lhs = {1, side, side, in}, rhs = {window, window, in, out};
  const int bits = static_cast<int>(state.range(4));
  const he::Numbers numbers{.multiplier_bits = bits, .result_bits = bits};
  auto piece = he::plan_convolution(ring::view_of(convolution, lhs, rhs), false, numbers, {});
  if (window == 1) {
    // A product of matrices, and its results can be packed.
    const he::MatrixShape shape{static_cast<std::size_t>(side * side), static_cast<std::size_t>(in),
                                static_cast<std::size_t>(out)};
    piece = he::plan_matrix(shape, false, {.rows = shape.m, .inner = shape.k}, numbers, {});
  }
  const LatticePlan plan{
      .encrypts_right = false, .pieces = {*piece}, .results = piece->layout->results(), .cost = piece->cost};
  const Words a = random_words(static_cast<std::size_t>(element_count(lhs)), 64),
              b = random_words(static_cast<std::size_t>(element_count(rhs)), bits);
  for (auto _ : state)
    parties().run(state, [&](Context& context) {
      return lattice_cross_terms(context, plan, {.second_first = false}, a, b);
    });
}
BENCHMARK(private_convolution)
    ->Args({56, 64, 64, 3, 37})
    ->Args({14, 256, 1024, 1, 37})
    ->UseManualTime()
    ->Iterations(1)
    ->Repetitions(3)
    ->Unit(benchmark::kMillisecond);

void elementwise(benchmark::State& state) {
  const Words a = random_words(range(state, 0), 64), b = random_words(range(state, 0), 64);
  for (auto _ : state)
    parties().run(state,
                  [&](Context& context) { return lattice_elementwise_cross_terms(context, {}, a, b); });
}
BENCHMARK(elementwise)
    ->Arg(1 << 16)
    ->UseManualTime()
    ->Iterations(1)
    ->Repetitions(3)
    ->Unit(benchmark::kMillisecond);

// What a session's setup takes of a party: keys made and published, the other's read.
void setup(benchmark::State& state) {
  for (auto _ : state) {
    he::KeyEnd end(he::KeyEnd::Seeds::random());
    const Bytes published = end.publish();
    he::EvaluationEnd other(published, he::EvaluationEnd::Seeds::random());
    benchmark::DoNotOptimize(other.masks());
    state.counters["bytes"] = static_cast<double>(published.size());
  }
}
BENCHMARK(setup)->Iterations(3)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sotto::protocols::duo
