// sotto bench: figures of steady state, from three processes over mutual TLS on the loopback, shaped by a
// profile.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace sotto::cli {

struct TrainingBench {
  std::string model = "a", optimizer = "sgd", network = "lan";
  std::uint64_t batches = 20, batch = 128;
  std::filesystem::path plan;  // instead of compiling the model
  bool json = false;
};
// JSON: seconds_per_batch (mean of the slowest party after warm-up), median_seconds_per_batch,
// rounds_per_batch, bytes_all_per_batch, predicted_rounds, predicted_bytes, predicted_network_seconds.
int bench_training(const TrainingBench& bench);

struct KernelBench {
  std::string protocol = "rep3", operation, network = "lan";
  std::int64_t elements = 100000, bits = 32;
  std::uint64_t repeats = 10;
  bool json = false;
};
// JSON: seconds, rounds, bytes_all, bytes_per_element, predicted_rounds, predicted_bytes of a run. What
// operations draw they draw in the run, so that all of this is online; setup_seconds and setup_bytes are what
// a session costs once, before its first operation.
int bench_kernel(const KernelBench& bench);

// Nebula's experiment (cli/nebula_plan.h): 1,024 rows, features halved between two parties.
struct NebulaBench {
  double mbit = 10, delay_ms = 1;  // of each direction; one way
  std::int64_t batches = 1, epochs = 1, features = 100000;
  bool json = false;
};
// JSON: seconds (an epoch), setup_seconds, setup_bytes (keys, which depend on nothing), bytes_each_way,
// rounds, compute_seconds (of the busiest party), largest_error (of a weight, against plain training).
int bench_nebula(const NebulaBench& bench);

}  // namespace sotto::cli
