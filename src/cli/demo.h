// sotto demo: a network trained on MNIST by three processes of this machine, one with the images, one with
// the labels, one with nothing, compared with plain training from the same start and with what others
// published.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace sotto::cli {

struct Demo {
  std::filesystem::path data;  // the four raw files of MNIST
  std::filesystem::path keep;  // where plan, job and outputs stay; empty: nothing stays
  std::string model = "a";     // a, b, c or d: examples/mnist_NAME.mlir; else a file
  std::string optimizer = "sgd";
  std::string network = "";    // "" is this machine's loopback as it is
  std::filesystem::path page;  // the report's page; empty: none
  std::uint64_t epochs = 1, seed = 1;
  bool evaluate_every_epoch = false;
  bool json = false;
};

int run_demo(const Demo& demo);

// The model of examples/mnist_NAME.mlir. Throws ErrorKind::kUsage when it is nowhere.
std::filesystem::path example_model(const std::string& name);
// Runs sotto-compile and returns its standard output; its errors go to standard error. Throws kModel when it
// fails.
std::string run_compiler(const std::vector<std::string>& arguments);

}  // namespace sotto::cli
