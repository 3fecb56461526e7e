#include "base/ring_convolution.h"

#include "base/error.h"
#include "base/ring_convolution_parts.h"
#include "base/threads.h"

namespace sotto::ring {
namespace {

// Below this many multiplications a product is not worth a second thread.
constexpr std::size_t kParallelWork = std::size_t{1} << 22;

// With so few tiles to read them, packing rows that are contiguous already would cost more than it saves.
constexpr std::size_t kUnpackedTiles = 4;

bool evenly_spaced(const std::vector<std::ptrdiff_t>& offsets) {
  for (std::size_t i = 2; i < offsets.size(); ++i)
    if (offsets[i] - offsets[i - 1] != offsets[1] - offsets[0]) return false;
  return !offsets.empty();
}

std::int64_t extent(const Shape& shape, std::int64_t axis) { return shape[static_cast<std::size_t>(axis)]; }

ConvolutionView::Spatial spatial(const Convolution& c, std::size_t axis, const Shape& lhs, const Shape& rhs,
                                 const Shape& result) {
  const auto l = static_cast<std::size_t>(c.lhs_dimensions[2 + axis]),
             r = static_cast<std::size_t>(c.rhs_dimensions[2 + axis]);
  const std::ptrdiff_t rhs_stride = dense_strides(rhs)[r];
  return {.input = lhs[l],
          .window = rhs[r],
          .output = extent(result, c.result_dimensions[2 + axis]),
          .stride = c.strides[axis],
          .low = c.low[axis],
          .lhs_dilation = c.lhs_dilation[axis],
          .rhs_dilation = c.rhs_dilation[axis],
          .lhs_stride = dense_strides(lhs)[l],
          .rhs_stride = c.reverse[axis] ? -rhs_stride : rhs_stride,
          .row_stride = 0};
}

// Strips are worth it where there is padding to skip, and whole runs of features and tiles of images to work
// on.
bool by_strips(const ConvolutionView& view, std::size_t first, std::size_t count) {
  constexpr std::int64_t kFeatures = 8;
  constexpr std::size_t kImages = 4, kSmall = std::size_t{1} << 16;
  const std::size_t padded = padded_elements(view, first, count);
  if (padded == 0) return false;
  const auto places = static_cast<std::size_t>(view.y.output * view.x.output);
  const bool fits = view.lhs_feature_stride == 1 && view.in >= kFeatures && count >= kImages * places &&
                    view.batch_row_stride == view.y.output * view.x.output;
  // A stride far beyond the window makes a padded lhs that is mostly never looked at.
  const auto elements = static_cast<std::size_t>(view.batch * view.y.input * view.x.input * view.in);
  return fits || padded > 4 * elements + kSmall;
}

void convolve_serial(Element* out, const ConvolutionView& view, const Element* lhs, const Element* rhs,
                     std::size_t first, std::size_t count, bool accumulate) {
  if (!by_strips(view, first, count)) return convolve_packed(out, view, lhs, rhs, first, count, accumulate);
  if (!accumulate) std::fill_n(out, count * view.columns(), Element{0});
  convolve_strips(out, view, lhs, rhs, first, count);
}

}  // namespace

void Factors::gather(const Element* rhs, const std::vector<std::ptrdiff_t>& offsets,
                     std::ptrdiff_t column_stride, const std::vector<Panel>& panels, std::size_t tiles) {
  depth_ = offsets.size();
  in_place_ = nullptr;
  if (tiles <= kUnpackedTiles && column_stride == 1 && evenly_spaced(offsets)) {
    in_place_ = rhs + offsets[0];
    row_stride_ = depth_ > 1 ? offsets[1] - offsets[0] : 0;
    return;
  }
  words_.resize(depth_ * (panels.back().first + panels.back().width));
  for (const Panel& panel : panels) {
    Element* to = words_.data() + depth_ * panel.first;
    const Element* columns = rhs + static_cast<std::ptrdiff_t>(panel.first) * column_stride;
    for (std::size_t k = 0, run = 1; k < depth_; k += run, run = 1, to += panel.width) {
      if (column_stride == 1) {
        copy_words(to, columns + offsets[k], panel.width);
        continue;
      }
      // Rows that follow each other in memory are columns to transpose.
      while (k + run < depth_ && offsets[k + run] == offsets[k] + static_cast<std::ptrdiff_t>(run)) ++run;
      table().pack_columns(to, columns + offsets[k], column_stride, run, panel.width);
      to += (run - 1) * panel.width;
    }
  }
}

ConvolutionView view_of(const Convolution& convolution, const Shape& lhs, const Shape& rhs) {
  const Shape result = convolved_shape(convolution, lhs, rhs);
  const auto &l = convolution.lhs_dimensions, &r = convolution.rhs_dimensions,
             &o = convolution.result_dimensions;
  const auto stride_of = [](const Shape& shape, std::int64_t axis) {
    return dense_strides(shape)[static_cast<std::size_t>(axis)];
  };
  ConvolutionView view{.y = spatial(convolution, 0, lhs, rhs, result),
                       .x = spatial(convolution, 1, lhs, rhs, result),
                       .batch = extent(lhs, l[0]),
                       .in = extent(lhs, l[1]),
                       .out = extent(rhs, r[1]),
                       .lhs_batch_stride = stride_of(lhs, l[0]),
                       .lhs_feature_stride = stride_of(lhs, l[1]),
                       .batch_row_stride = 0,
                       .rhs_in_stride = stride_of(rhs, r[0]),
                       .rhs_out_stride = stride_of(rhs, r[1]),
                       .rhs_offset = 0,
                       .feature_stride = stride_of(result, o[1])};
  for (const auto* axis : {&view.y, &view.x})
    if (axis->rhs_stride < 0) view.rhs_offset -= (axis->window - 1) * axis->rhs_stride;
  Shape rows = result;
  rows[static_cast<std::size_t>(o[1])] = 1;
  view.batch_row_stride = stride_of(rows, o[0]);
  view.y.row_stride = stride_of(rows, o[2]);
  view.x.row_stride = stride_of(rows, o[3]);
  return view;
}

void convolve_rows(Element* out, const ConvolutionView& view, const Element* lhs, const Element* rhs,
                   std::size_t first, std::size_t count, bool accumulate) {
  SOTTO_ASSERT(first <= view.rows() && count <= view.rows() - first, "a range of a convolution's rows");
  const std::size_t columns = view.columns();
  if (count == 0 || columns == 0) return;
  const auto inner = static_cast<std::size_t>(view.y.window * view.x.window * view.in);
  if (threads() == 1 || count * inner * columns < kParallelWork)
    return convolve_serial(out, view, lhs, rhs, first, count, accumulate);
  const auto workers = static_cast<std::size_t>(threads());
  parallel_for(count, (count + workers - 1) / workers, [&](std::size_t begin, std::size_t end) {
    convolve_serial(out + begin * columns, view, lhs, rhs, first + begin, end - begin, accumulate);
  });
}

void convolve(Element* out, const ConvolutionView& view, const Element* lhs, const Element* rhs,
              bool accumulate) {
  if (view.by_rows()) return convolve_rows(out, view, lhs, rhs, 0, view.rows(), accumulate);
  // Places inside the feature axis change places with it, for every place outside of it.
  AlignedVector<Element> rows(view.rows() * view.columns());
  convolve_rows(rows.data(), view, lhs, rhs, 0, view.rows());
  const auto inside = static_cast<std::size_t>(view.feature_stride);
  const Element* from = rows.data();
  for (std::size_t outside = 0; outside * inside < view.rows(); ++outside, out += inside * view.columns())
    for (std::size_t i = 0; i < inside; ++i)
      for (std::size_t j = 0; j < view.columns(); ++j, ++from)
        out[j * inside + i] = (accumulate ? out[j * inside + i] : 0) + *from;
}

}  // namespace sotto::ring
