// Convolution in place: see convolve_strips().
#include "base/ring_convolution_parts.h"

namespace sotto::ring {
namespace {

using Spatial = ConvolutionView::Spatial;

// A panel of rhs (about kDepth rows) should stay in the cache closest to the core.
constexpr std::int64_t kDepth = 512;

// Where in the input a tap of the window at an output place looks; -1: at a zero.
std::int64_t source(const Spatial& axis, std::int64_t place, std::int64_t tap) {
  const std::int64_t padded = place * axis.stride + tap * axis.rhs_dilation - axis.low;
  const std::int64_t index = padded / axis.lhs_dilation;
  return padded >= 0 && padded % axis.lhs_dilation == 0 && index < axis.input ? index : -1;
}

// Taps of one row of a window whose elements follow each other in lhs.
struct Run {
  std::int64_t tap, taps;
  std::ptrdiff_t offset;
};

// `features`: elements from a tap to the next when they follow each other; 0: they never do.
std::vector<Run> runs_at(const Spatial& axis, std::int64_t place, std::ptrdiff_t features) {
  std::vector<Run> runs;
  for (std::int64_t tap = 0; tap < axis.window; ++tap) {
    const std::int64_t index = source(axis, place, tap);
    if (index < 0) continue;
    const std::ptrdiff_t offset = index * axis.lhs_stride;
    const bool follows = !runs.empty() && runs.back().tap + runs.back().taps == tap &&
                         runs.back().offset + runs.back().taps * features == offset;
    if (follows)
      ++runs.back().taps;
    else
      runs.push_back({tap, 1, offset});
  }
  return runs;
}

class Strips {
 public:
  Strips(Element* out, const ConvolutionView& view, const Element* lhs, std::size_t first, std::size_t count)
      : out_(out),
        view_(view),
        lhs_(lhs),
        first_(static_cast<std::int64_t>(first)),
        last_(static_cast<std::int64_t>(first + count)),
        panels_(panels_of(view.columns())) {
    features_ = std::min(view.in, std::max<std::int64_t>(kDepth / view.x.window, 16));
    // Runs of taps join only when all features of a tap are in between.
    const bool whole = features_ == view.in;
    for (std::int64_t x = 0; x < view.x.output; ++x)
      runs_.push_back(runs_at(view.x, x, whole ? view.in * view.lhs_feature_stride : 0));
  }

  void run(const Element* rhs) {
    for (std::int64_t tap = 0; tap < view_.y.window; ++tap)
      for (std::int64_t feature = 0; feature < view_.in; feature += features_) {
        const std::int64_t features = std::min(features_, view_.in - feature);
        gather(rhs, tap, feature, features);
        for (std::int64_t y = 0; y < view_.y.output; ++y)
          if (const std::int64_t line = source(view_.y, y, tap); line >= 0)
            add_line(y, line * view_.y.lhs_stride + feature * view_.lhs_feature_stride, features);
      }
  }

 private:
  void gather(const Element* rhs, std::int64_t tap, std::int64_t feature, std::int64_t features) {
    offsets_.clear();
    for (std::int64_t u = 0; u < view_.x.window; ++u)
      for (std::int64_t i = feature; i < feature + features; ++i)
        offsets_.push_back(view_.rhs_offset + tap * view_.y.rhs_stride + u * view_.x.rhs_stride +
                           i * view_.rhs_in_stride);
    factors_.gather(rhs, offsets_, view_.rhs_out_stride, panels_,
                    static_cast<std::size_t>(last_ - first_) / table().tile_rows);
  }

  void add_line(std::int64_t y, std::ptrdiff_t line, std::int64_t features) {
    for (std::int64_t x = 0; x < view_.x.output; ++x) {
      // The images whose row for this place is among those asked for.
      const std::int64_t row = y * view_.y.row_stride + x * view_.x.row_stride, step = view_.batch_row_stride;
      const auto images_before = [&](std::int64_t end) {
        return end <= row ? 0 : std::min((end - row + step - 1) / step, view_.batch);
      };
      const std::int64_t begin = images_before(first_), end = images_before(last_);
      for (const Run& run : runs_[static_cast<std::size_t>(x)])
        if (begin < end) add_strip(row, begin, end, line + run.offset, run, features);
    }
  }

  void add_strip(std::int64_t row, std::int64_t begin, std::int64_t end, std::ptrdiff_t offset,
                 const Run& run, std::int64_t features) {
    const auto images = static_cast<std::size_t>(end - begin), rows = table().tile_rows;
    const std::size_t tiles = (images + rows - 1) / rows, height = (images + tiles - 1) / tiles;
    const auto columns = static_cast<std::ptrdiff_t>(view_.columns());
    for (const Panel& panel : panels_)
      for (std::size_t i = 0; i < images; i += height) {
        const std::int64_t image = begin + static_cast<std::int64_t>(i);
        table().multiply_tile({.out = out_ + (row + image * view_.batch_row_stride - first_) * columns +
                                      static_cast<std::ptrdiff_t>(panel.first),
                               .out_stride = view_.batch_row_stride * columns,
                               .a = lhs_ + image * view_.lhs_batch_stride + offset,
                               .a_row_stride = view_.lhs_batch_stride,
                               .a_column_stride = view_.lhs_feature_stride,
                               .b = factors_.row(panel, static_cast<std::size_t>(run.tap * features)),
                               .b_stride = factors_.row_stride(panel),
                               .rows = std::min(height, images - i),
                               .k = static_cast<std::size_t>(run.taps * features),
                               .columns = panel.width,
                               .accumulate = true});
      }
  }

  Element* out_;
  const ConvolutionView& view_;
  const Element* lhs_;
  std::int64_t first_, last_;  // rows
  std::vector<Panel> panels_;
  std::int64_t features_;               // at a time
  std::vector<std::vector<Run>> runs_;  // [x]
  std::vector<std::ptrdiff_t> offsets_;
  Factors factors_;
};

}  // namespace

void convolve_strips(Element* out, const ConvolutionView& view, const Element* lhs, const Element* rhs,
                     std::size_t first, std::size_t count) {
  Strips(out, view, lhs, first, count).run(rhs);
}

}  // namespace sotto::ring
