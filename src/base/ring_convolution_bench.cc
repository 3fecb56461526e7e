// Products of the layers of small image networks at batch 128, whole; items are the multiplications that
// count: those with zeros of padding or dilation do not.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "base/aligned.h"
#include "base/ring_convolution.h"
#include "base/threads.h"

namespace sotto::ring {
namespace {

struct Layer {
  const char* name;
  std::int64_t extent, in, out, window, stride, low, high;
  std::int64_t output() const { return (extent + low + high - window) / stride + 1; }
};

constexpr std::int64_t kImages = 128;
constexpr Layer kLayers[] = {
    {"28x28x1_5x5x16", 28, 1, 16, 5, 1, 0, 0},    {"12x12x16_5x5x16", 12, 16, 16, 5, 1, 0, 0},
    {"28x28x1_5x5x20", 28, 1, 20, 5, 1, 0, 0},    {"12x12x20_5x5x50", 12, 20, 50, 5, 1, 0, 0},
    {"28x28x1_5x5x5_by_2", 28, 1, 5, 5, 2, 1, 2}, {"14x14x64_3x3x64_same", 14, 64, 64, 3, 1, 1, 1}};

Shape input_of(const Layer& layer) { return {kImages, layer.extent, layer.extent, layer.in}; }
Shape weights_of(const Layer& layer) { return {layer.window, layer.window, layer.in, layer.out}; }
Shape output_of(const Layer& layer) { return {kImages, layer.output(), layer.output(), layer.out}; }

Convolution forward(const Layer& layer) {
  Convolution c;
  c.strides = {layer.stride, layer.stride};
  c.low = {layer.low, layer.low};
  c.high = {layer.high, layer.high};
  return c;
}

Convolution weight_gradient(const Layer& layer) {
  Convolution c = forward(layer);
  std::swap(c.strides, c.rhs_dilation);
  c.lhs_dimensions = {3, 0, 1, 2};
  c.rhs_dimensions = {0, 3, 1, 2};
  c.result_dimensions = {2, 3, 0, 1};
  return c;
}

Convolution input_gradient(const Layer& layer) {
  Convolution c;
  c.rhs_dimensions = {3, 2, 0, 1};
  c.reverse = {true, true};
  c.lhs_dilation = {layer.stride, layer.stride};
  const std::int64_t low = layer.window - 1 - layer.low;
  const std::int64_t high = layer.extent + layer.window - 1 - low - ((layer.output() - 1) * layer.stride + 1);
  c.low = {low, low};
  c.high = {high, high};
  return c;
}

void convolution_bench(benchmark::State& state, const char* implementation, Convolution convolution,
                       Shape lhs, Shape rhs, std::int64_t products) {
  use_implementation(implementation);
  set_threads(1);
  const auto numbers = [](const Shape& shape) {
    AlignedVector<Element> values(static_cast<std::size_t>(element_count(shape)));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = i * 0x9E3779B97F4A7C15;
    return values;
  };
  const auto a = numbers(lhs), b = numbers(rhs);
  auto out = numbers(convolved_shape(convolution, lhs, rhs));
  const ConvolutionView view = view_of(convolution, lhs, rhs);
  for (auto _ : state) {
    convolve(out.data(), view, a.data(), b.data());
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * products);
}

// Every tap of the forward product that meets an element is one product of each gradient as well.
std::int64_t products_of(const Layer& layer) {
  std::int64_t taps = 0;
  for (std::int64_t place = 0; place < layer.output(); ++place)
    for (std::int64_t tap = 0; tap < layer.window; ++tap) {
      const std::int64_t at = place * layer.stride + tap - layer.low;
      taps += at >= 0 && at < layer.extent ? 1 : 0;
    }
  return kImages * taps * taps * layer.in * layer.out;
}

const bool registered = [] {
  for (const char* implementation : available_implementations())
    for (const Layer& layer : kLayers) {
      const auto add = [&](const char* product, const Convolution& c, const Shape& lhs, const Shape& rhs) {
        const std::string name = std::string(product) + "/" + layer.name + "/" + implementation;
        benchmark::RegisterBenchmark(name.c_str(), convolution_bench, implementation, c, lhs, rhs,
                                     products_of(layer));
      };
      add("convolution", forward(layer), input_of(layer), weights_of(layer));
      add("convolution_weight_gradient", weight_gradient(layer), input_of(layer), output_of(layer));
      if (layer.in > 1)
        add("convolution_input_gradient", input_gradient(layer), output_of(layer), weights_of(layer));
    }
  return true;
}();

}  // namespace
}  // namespace sotto::ring
