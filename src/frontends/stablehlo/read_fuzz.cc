// Arbitrary bytes as a program, or as a list of edits to a program: read, or refused with a message; never a
// crash. What is read prints to text that is read again. The edits are there because MLIR's archives carry no
// coverage counters: blind mutation alone would not get past the first words.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "frontends/stablehlo/diagnostics.h"
#include "frontends/stablehlo/read.h"
#include "llvm/Support/raw_ostream.h"

using namespace sotto::frontends::stablehlo;

namespace {

constexpr const char* kProgram = R"(module @m {
  func.func public @main(%w: tensor<4x3xf32>, %b: tensor<3xf32>, %x: tensor<2x4xf32>) -> (tensor<2x3xf32> {jax.result_info = "r"}) {
    %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<2x4xf32>, tensor<4x3xf32>) -> tensor<2x3xf32>
    %1 = stablehlo.broadcast_in_dim %b, dims = [1] : (tensor<3xf32>) -> tensor<2x3xf32>
    %2 = stablehlo.add %0, %1 : tensor<2x3xf32>
    %cst = stablehlo.constant dense<0.0> : tensor<f32>
    %3 = stablehlo.reduce(%2 init: %cst) applies stablehlo.add across dimensions = [1] : (tensor<2x3xf32>, tensor<f32>) -> tensor<2xf32>
    %4 = stablehlo.compare GT, %2, %2, FLOAT : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xi1>
    %5 = stablehlo.select %4, %2, %1 : tensor<2x3xi1>, tensor<2x3xf32>
    %6 = stablehlo.transpose %5, dims = [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>
    %7 = stablehlo.slice %6 [0:2, 0:2:1] : (tensor<3x2xf32>) -> tensor<2x2xf32>
    %8 = call @relu(%5) : (tensor<2x3xf32>) -> tensor<2x3xf32>
    %i = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<2x8x8x1xf32>
    %k = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<3x3x1x2xf32>
    %9 = stablehlo.convolution(%i, %k) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {stride = [2, 1], pad = [[1, 0], [0, 0]], rhs_dilate = [1, 2], reverse = [false, true]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<2x8x8x1xf32>, tensor<3x3x1x2xf32>) -> tensor<2x4x4x2xf32>
    %10 = "stablehlo.reduce_window"(%9, %cst) <{padding = dense<0> : tensor<4x2xi64>, window_dimensions = array<i64: 1, 2, 2, 1>, window_strides = array<i64: 1, 2, 2, 1>}> ({
    ^bb0(%a: tensor<f32>, %c: tensor<f32>):
      %d = stablehlo.maximum %a, %c : tensor<f32>
      stablehlo.return %d : tensor<f32>
    }) : (tensor<2x4x4x2xf32>, tensor<f32>) -> tensor<2x2x2x2xf32>
    %11 = "stablehlo.select_and_scatter"(%9, %10, %cst) <{window_dimensions = array<i64: 1, 2, 2, 1>, window_strides = array<i64: 1, 2, 2, 1>}> ({
    ^bb0(%a: tensor<f32>, %c: tensor<f32>):
      %d = stablehlo.compare GE, %a, %c, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      stablehlo.return %d : tensor<i1>
    }, {
    ^bb0(%a: tensor<f32>, %c: tensor<f32>):
      %d = stablehlo.add %a, %c : tensor<f32>
      stablehlo.return %d : tensor<f32>
    }) : (tensor<2x4x4x2xf32>, tensor<2x2x2x2xf32>, tensor<f32>) -> tensor<2x4x4x2xf32>
    return %8 : tensor<2x3xf32>
  }
  func.func private @relu(%a: tensor<2x3xf32>) -> tensor<2x3xf32> {
    %0 = stablehlo.maximum %a, %a : tensor<2x3xf32>
    return %0 : tensor<2x3xf32>
  }
}
)";

// Four bytes an edit: where (two), what to do, with which character.
std::string edited(const std::uint8_t* data, std::size_t size) {
  std::string text = kProgram;
  for (; size >= 4; data += 4, size -= 4) {
    const std::size_t at = (data[0] | data[1] << 8) % (text.size() + 1);
    const std::size_t length = data[3] % 24;
    if (data[2] % 4 == 0) text.insert(at, 1, static_cast<char>(data[3]));
    if (data[2] % 4 == 1) text.erase(at, length);
    if (data[2] % 4 == 2 && at < text.size()) text[at] = static_cast<char>(data[3]);
    if (data[2] % 4 == 3) text.insert((at * 7) % (text.size() + 1), text.substr(at, length));
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  DiagnosticCollector collector(context);
  const bool edits = size > 0 && data[0] % 2 == 1;
  const std::string program =
      edits ? edited(data + 1, size - 1) : std::string(reinterpret_cast<const char*>(data), size);
  auto module = read_stablehlo(context, program, "fuzz");
  if (mlir::failed(module)) {
    if (collector.messages().empty()) std::abort();  // refused without a word
    return 0;
  }
  std::string text;
  llvm::raw_string_ostream stream(text);
  (*module)->print(stream);
  if (mlir::failed(read_stablehlo(context, text, "printed"))) std::abort();
  return 0;
}
