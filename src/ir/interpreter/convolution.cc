// convolution: windows of the input are gathered into the rows of a matrix, some hundred at a time, and
// multiplied by the kernel as another. Terms are added in the order of the kernel's spatial dimensions, then
// of input features.
#include <algorithm>

#include "ir/interpreter/interpreter.h"
#include "ir/interpreter/matrix.h"
#include "ir/interpreter/rows.h"
#include "ir/interpreter/strided.h"

namespace sotto::ir {
namespace {

using stablehlo::Window;
using Dimensions = std::vector<std::int64_t>;

constexpr std::int64_t kBlock = 64 * 1024;  // elements of the matrix of windows, about

std::int64_t product(const Shape& shape) {
  std::int64_t count = 1;
  for (std::int64_t extent : shape) count *= extent;
  return count;
}

Dimensions order(std::int64_t first, llvm::ArrayRef<std::int64_t> spatial, std::int64_t last) {
  Dimensions dimensions{first};
  dimensions.insert(dimensions.end(), spatial.begin(), spatial.end());
  dimensions.push_back(last);
  return dimensions;
}

// The convolution's sizes. Input [batch, spatial, features], output [batch, spatial, features], kernel
// [spatial, input features, output features], each of one group where groups differ.
struct Sizes {
  Shape input, output, kernel;  // spatial extents
  std::int64_t batch, features, taken, given, feature_groups, batch_groups;

  std::int64_t groups() const { return feature_groups * batch_groups; }
  std::int64_t rows() const { return batch / batch_groups * product(output); }  // of one group
  std::int64_t depth() const { return product(kernel) * taken; }
  std::int64_t columns() const { return given / groups(); }
};

// For one spatial dimension: where (in elements of the input) the window at place o has its element k; -1: in
// padding or in a gap.
std::vector<std::int64_t> sources(const stablehlo::WindowDimension& window, std::int64_t extent,
                                  std::int64_t places, std::int64_t step) {
  std::vector<std::int64_t> table;
  for (std::int64_t o = 0; o < places; ++o) {
    for (std::int64_t k = 0; k < window.size; ++k) {
      const std::int64_t at = o * window.stride + k * window.dilation - window.low;
      const bool inside = at >= 0 && at % window.base_dilation == 0 && at / window.base_dilation < extent;
      table.push_back(inside ? at / window.base_dilation * step : -1);
    }
  }
  return table;
}

// Gathers windows into rows [kernel spatial, features].
class Gather {
 public:
  Gather(const Sizes& sizes, const Window& window) : sizes_(sizes), whole_(sizes.features == sizes.taken) {
    std::int64_t step = sizes.features;
    tables_.resize(window.size());
    for (std::size_t d = window.size(); d-- > 0; step *= sizes.input[d])
      tables_[d] = sources(window[d], sizes.input[d], sizes.output[d], step);
    image_ = step;
  }

  // The row of the group's window number `row`, counted over examples and places.
  template <typename T>
  void row(const T* input, std::int64_t group, std::int64_t row, T* to) const {
    const std::int64_t places = product(sizes_.output);
    const std::int64_t examples = sizes_.batch / sizes_.batch_groups;
    const std::int64_t example = row / places + (sizes_.batch_groups > 1 ? group * examples : 0);
    const std::int64_t feature = sizes_.feature_groups > 1 ? group * sizes_.taken : 0;
    Shape place(tables_.size());
    for (std::size_t d = tables_.size(), rest = row % places; d-- > 0; rest /= sizes_.output[d])
      place[d] = rest % sizes_.output[d];
    fill(input + example * image_ + feature, place, 0, true, to);
  }

 private:
  // Elements of the window from dimension d on, given those before.
  template <typename T>
  T* fill(const T* from, const Shape& place, std::size_t d, bool inside, T* to) const {
    if (d == tables_.size()) return copy(inside ? from : nullptr, sizes_.taken, to);
    const std::int64_t* table = tables_[d].data() + place[d] * sizes_.kernel[d];
    const std::int64_t count = sizes_.kernel[d];
    for (std::int64_t k = 0; k < count;) {
      const bool here = inside && table[k] >= 0;
      std::int64_t run = 1;
      if (d + 1 < tables_.size()) {
        to = fill(here ? from + table[k] : from, place, d + 1, here, to);
      } else {
        // Neighbours of the window that are neighbours in the input are copied together.
        while (here && whole_ && k + run < count && table[k + run] == table[k] + run * sizes_.taken) ++run;
        to = copy(here ? from + table[k] : nullptr, run * sizes_.taken, to);
      }
      k += run;
    }
    return to;
  }

  template <typename T>
  static T* copy(const T* from, std::int64_t count, T* to) {
    return from ? std::copy_n(from, count, to) : std::fill_n(to, count, T(0));
  }

  const Sizes& sizes_;
  std::vector<std::vector<std::int64_t>>
      tables_;              // of each spatial dimension: [place, element of the window]
  std::int64_t image_ = 0;  // elements of one example
  bool whole_;              // windows take all features
};

template <typename T>
void convolve(const T* input, const T* kernel, T* output, const Sizes& sizes, const Window& window) {
  const Gather gather(sizes, window);
  const std::int64_t depth = sizes.depth(), rows = sizes.rows(), columns = sizes.columns();
  const std::int64_t block = std::clamp<std::int64_t>(kBlock / std::max<std::int64_t>(depth, 1), 32, 1024);
  std::vector<T> windows(static_cast<std::size_t>(block * depth));
  for (std::int64_t group = 0; group < sizes.groups(); ++group) {
    const Panels<T> panels(kernel + group * columns, depth, columns, sizes.given);
    for (std::int64_t first = 0; first < rows; first += block) {
      const std::int64_t count = std::min(block, rows - first);
      for (std::int64_t i = 0; i < count; ++i)
        gather.row(input, group, first + i, windows.data() + i * depth);
      multiply(windows.data(), count, panels, output + first * sizes.given + group * columns, sizes.given);
    }
  }
}

Sizes sizes_of(stablehlo::ConvolutionOp op, const Array& lhs, const Array& rhs) {
  auto numbers = op.getDimensionNumbers();
  const Shape result = shape_of(op.getResult().getType());
  auto extents = [](const Shape& shape, llvm::ArrayRef<std::int64_t> dimensions) {
    Shape list;
    for (std::int64_t dimension : dimensions) list.push_back(shape[dimension]);
    return list;
  };
  return {.input = extents(lhs.shape(), numbers.getInputSpatialDimensions()),
          .output = extents(result, numbers.getOutputSpatialDimensions()),
          .kernel = extents(rhs.shape(), numbers.getKernelSpatialDimensions()),
          .batch = lhs.shape()[numbers.getInputBatchDimension()],
          .features = lhs.shape()[numbers.getInputFeatureDimension()],
          .taken = rhs.shape()[numbers.getKernelInputFeatureDimension()],
          .given = rhs.shape()[numbers.getKernelOutputFeatureDimension()],
          .feature_groups = static_cast<std::int64_t>(op.getFeatureGroupCount()),
          .batch_groups = static_cast<std::int64_t>(op.getBatchGroupCount())};
}

// The kernel as [spatial, input features, output features], turned around where the window is.
Array ordered_kernel(stablehlo::ConvolutionOp op, const Array& rhs, const Window& window) {
  auto numbers = op.getDimensionNumbers();
  Strides own = row_major(rhs.shape()), moved;
  Shape shape;
  Dimensions dimensions(numbers.getKernelSpatialDimensions());
  dimensions.push_back(numbers.getKernelInputFeatureDimension());
  dimensions.push_back(numbers.getKernelOutputFeatureDimension());
  for (std::size_t i = 0; i < dimensions.size(); ++i) {
    const std::int64_t extent = rhs.shape()[dimensions[i]], step = own.steps[dimensions[i]];
    const bool reversed = i < window.size() && window[i].reversed;
    moved.offset += reversed ? (extent - 1) * step : 0;
    moved.steps.push_back(reversed ? -step : step);
    shape.push_back(extent);
  }
  return view(rhs, moved, std::move(shape));
}

// `x` with the dimension dimensions[i] of it where dimension i was.
Array unpermuted(const Array& x, const Dimensions& dimensions) {
  Dimensions inverse(dimensions.size());
  for (std::size_t i = 0; i < dimensions.size(); ++i) inverse[dimensions[i]] = static_cast<std::int64_t>(i);
  return permuted(x, inverse);
}

}  // namespace

Array evaluate_convolution(mlir::Operation* op, Operands operands) {
  auto convolution = llvm::cast<stablehlo::ConvolutionOp>(op);
  auto numbers = convolution.getDimensionNumbers();
  const Window window = convolution.window();
  Array lhs_converted, rhs_converted;
  const Array& lhs = in_result_type(op, *operands[0], lhs_converted);
  const Array& rhs = in_result_type(op, *operands[1], rhs_converted);
  const Sizes sizes = sizes_of(convolution, lhs, rhs);
  const Array input =
      permuted(lhs, order(numbers.getInputBatchDimension(), numbers.getInputSpatialDimensions(),
                          numbers.getInputFeatureDimension()));
  const Array kernel = ordered_kernel(convolution, rhs, window);
  const Dimensions output_order =
      order(numbers.getOutputBatchDimension(), numbers.getOutputSpatialDimensions(),
            numbers.getOutputFeatureDimension());
  Shape shape;
  for (std::int64_t dimension : output_order)
    shape.push_back(shape_of(op->getResult(0).getType())[dimension]);
  Array output(element_type(op->getResult(0).getType()), shape);
  if (output.size() == 0) return unpermuted(output, output_order);
  std::visit(
      [&](auto& values) {
        using T = typename std::decay_t<decltype(values)>::value_type;
        using Computed = std::conditional_t<std::is_integral_v<T>, std::uint64_t, T>;  // wraps
        convolve(reinterpret_cast<const Computed*>(input.as<T>().data()),
                 reinterpret_cast<const Computed*>(kernel.as<T>().data()),
                 reinterpret_cast<Computed*>(values.data()), sizes, window);
      },
      output.values());
  output.normalise();
  return unpermuted(output, output_order);
}

}  // namespace sotto::ir
