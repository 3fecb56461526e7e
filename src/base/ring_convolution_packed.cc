// Convolution by packing windows into tiles: see convolve_packed().
#include <functional>

#include "base/ring_convolution_parts.h"

namespace sotto::ring {
namespace {

using Spatial = ConvolutionView::Spatial;

// A block of rhs and a tile of windows, kDepth taps deep, stay in the cache closest to the core; kRows
// windows in the next.
constexpr std::size_t kDepth = 256;
constexpr std::size_t kRows = 64;

// The coordinates that windows look at run from 0 to this, in the padded input.
std::int64_t looked_at(const Spatial& axis) {
  return axis.output == 0 ? 0 : (axis.output - 1) * axis.stride + (axis.window - 1) * axis.rhs_dilation + 1;
}

// Whether windows look at elements of the input alone.
bool within_input(const Spatial& axis) {
  return axis.lhs_dilation == 1 && axis.low <= 0 && looked_at(axis) - axis.low <= axis.input;
}

// The images of a range of rows: those it meets where images are the outermost axis, else all.
struct Images {
  std::int64_t begin, count;
};

Images images_of(const ConvolutionView& view, std::size_t first, std::size_t count) {
  const std::int64_t rows = view.batch_row_stride;
  if (rows != view.y.output * view.x.output) return {0, view.batch};
  const auto begin = static_cast<std::int64_t>(first) / rows;
  return {begin, static_cast<std::int64_t>(first + count - 1) / rows + 1 - begin};
}

// Coordinates [begin, end) of the input that appear in what windows look at, and where in it.
struct Copied {
  std::int64_t count, from, to, step;
  std::ptrdiff_t from_stride, to_stride;
  std::int64_t extent;  // of the padded axis
};

Copied copied(const Spatial& axis) {
  const auto up = [&](std::int64_t value) {
    return value <= 0 ? 0 : (value + axis.lhs_dilation - 1) / axis.lhs_dilation;
  };
  const std::int64_t begin = std::min(up(-axis.low), axis.input);
  const std::int64_t end = std::min(up(looked_at(axis) - axis.low), axis.input);
  return {.count = std::max<std::int64_t>(end - begin, 0),
          .from = begin,
          .to = begin * axis.lhs_dilation + axis.low,
          .step = axis.lhs_dilation,
          .from_stride = axis.lhs_stride,
          .to_stride = 0,
          .extent = looked_at(axis)};
}

Copied copied(std::int64_t begin, std::int64_t count, std::ptrdiff_t stride) {
  return {.count = count,
          .from = begin,
          .to = 0,
          .step = 1,
          .from_stride = stride,
          .to_stride = 0,
          .extent = count};
}

// The lhs as windows look at it: element (image, y, x, feature) of the padded input.
struct Input {
  const Element* data;  // of the first image
  std::int64_t first_image;
  std::ptrdiff_t batch, y, x, feature;
};

Input in_place(const ConvolutionView& view, const Element* lhs) {
  return {lhs - view.y.low * view.y.lhs_stride - view.x.low * view.x.lhs_stride,
          0,
          view.lhs_batch_stride,
          view.y.lhs_stride,
          view.x.lhs_stride,
          view.lhs_feature_stride};
}

void copy_axes(Element* to, const Element* from, const std::array<const Copied*, 4>& axes,
               std::size_t depth) {
  const Copied& axis = *axes[depth];
  to += axis.to * axis.to_stride;
  from += axis.from * axis.from_stride;
  const std::ptrdiff_t to_step = axis.step * axis.to_stride;
  if (depth + 1 == axes.size() && to_step == 1 && axis.from_stride == 1)
    return copy_words(to, from, static_cast<std::size_t>(axis.count));
  for (std::int64_t i = 0; i < axis.count; ++i, to += to_step, from += axis.from_stride)
    if (depth + 1 == axes.size())
      *to = *from;
    else
      copy_axes(to, from, axes, depth + 1);
}

// The axes keep their order in memory.
Input padded(AlignedVector<Element>& words, const ConvolutionView& view, const Element* lhs, Images images) {
  Copied batch = copied(images.begin, images.count, view.lhs_batch_stride), y = copied(view.y),
         x = copied(view.x), feature = copied(0, view.in, view.lhs_feature_stride);
  std::array<Copied*, 4> axes = {&batch, &y, &x, &feature};
  std::ranges::sort(axes, [](const Copied* a, const Copied* b) {
    const bool a_single = a->extent == 1, b_single = b->extent == 1;
    return a_single != b_single ? a_single : a->from_stride > b->from_stride;
  });
  std::ptrdiff_t stride = 1;
  for (std::size_t i = axes.size(); i-- > 0; stride *= axes[i]->extent) axes[i]->to_stride = stride;
  words.assign(static_cast<std::size_t>(stride), 0);
  const bool empty = std::ranges::any_of(axes, [](const Copied* axis) { return axis->count == 0; });
  if (!empty) copy_axes(words.data(), lhs, {axes[0], axes[1], axes[2], axes[3]}, 0);
  return {words.data(), images.begin, batch.to_stride, y.to_stride, x.to_stride, feature.to_stride};
}

// An odometer over nested axes, outermost first, that keeps two offsets.
class Walk {
 public:
  struct Axis {
    std::int64_t extent;
    std::ptrdiff_t lhs, other;
    std::int64_t index = 0;
  };
  std::ptrdiff_t lhs, other;

  Walk(std::array<Axis, 3> axes, std::ptrdiff_t lhs_start, std::ptrdiff_t other_start, std::size_t start)
      : lhs(lhs_start), other(other_start), axes_(axes) {
    auto place = static_cast<std::int64_t>(start);
    for (std::size_t i = axes_.size(); i-- > 0; place /= axes_[i].extent) {
      axes_[i].index = place % axes_[i].extent;
      lhs += axes_[i].index * axes_[i].lhs;
      other += axes_[i].index * axes_[i].other;
    }
  }

  void next() {
    for (std::size_t i = axes_.size(); i-- > 0;) {
      Axis& axis = axes_[i];
      lhs += axis.lhs;
      other += axis.other;
      if (++axis.index < axis.extent) return;
      lhs -= axis.extent * axis.lhs;
      other -= axis.extent * axis.other;
      axis.index = 0;
    }
  }

 private:
  std::array<Axis, 3> axes_;
};

// Over the rows of the result in their order; `lhs` is where a row's window starts.
Walk rows_from(const ConvolutionView& view, const Input& input, std::size_t first) {
  std::array<Walk::Axis, 3> axes = {{{view.batch, input.batch, view.batch_row_stride},
                                     {view.y.output, view.y.stride * input.y, view.y.row_stride},
                                     {view.x.output, view.x.stride * input.x, view.x.row_stride}}};
  // Of equal strides all but one axis have extent one: their order does not matter.
  std::ranges::sort(axes, std::ranges::greater(), &Walk::Axis::other);
  return {axes, -input.first_image * input.batch, 0, first};
}

// Over the taps (y, x, feature) that are summed, in the order in which lhs lies in memory; `other` is rhs.
Walk all_taps(const ConvolutionView& view, const Input& input) {
  std::array<Walk::Axis, 3> axes = {{{view.y.window, view.y.rhs_dilation * input.y, view.y.rhs_stride},
                                     {view.x.window, view.x.rhs_dilation * input.x, view.x.rhs_stride},
                                     {view.in, input.feature, view.rhs_in_stride}}};
  std::ranges::sort(axes, [](const Walk::Axis& a, const Walk::Axis& b) {
    const bool a_single = a.extent == 1, b_single = b.extent == 1;
    return a_single != b_single ? a_single : a.lhs > b.lhs;
  });
  return {axes, 0, view.rhs_offset, 0};
}

// Some of the taps: where each finds its factors.
struct Taps {
  std::vector<std::ptrdiff_t> lhs, rhs;
  std::vector<std::size_t> runs;  // ends of the runs of lhs that are contiguous

  void take(Walk& walk, std::size_t count) {
    lhs.clear();
    rhs.clear();
    runs.clear();
    for (std::size_t k = 0; k < count; ++k, walk.next()) {
      if (k > 0 && walk.lhs != lhs.back() + 1) runs.push_back(k);
      lhs.push_back(walk.lhs);
      rhs.push_back(walk.other);
    }
    runs.push_back(count);
  }
};

// Windows of some rows, packed: either all taps of a row after each other, or all rows of a tap.
struct WindowTile {
  const Element* data;
  std::ptrdiff_t row_stride, tap_stride;
  std::size_t first, rows;
};

// Rows times taps times columns: what is multiplied while it is in the cache.
struct Block {
  Taps taps;
  Factors factors;
  std::vector<std::ptrdiff_t> rows;  // where their windows start
  AlignedVector<Element> windows;
  std::vector<WindowTile> tiles;

  void pack(const Element* input);
  WindowTile pack_tile(Element* to, const Element* input, std::size_t first, std::size_t count,
                       bool neighbours) const;
  void multiply(Element* out, std::size_t columns, const std::vector<Panel>& panels, bool accumulate) const;
};

WindowTile Block::pack_tile(Element* to, const Element* input, std::size_t first, std::size_t count,
                            bool neighbours) const {
  const std::size_t depth = taps.lhs.size();
  const Element* const data = to;
  if (neighbours) {
    for (std::size_t k = 0; k < depth; ++k, to += count)
      copy_words(to, input + rows[first] + taps.lhs[k], count);
    return {data, 1, static_cast<std::ptrdiff_t>(count), first, count};
  }
  const bool scattered = taps.runs.size() * 2 > depth;
  for (std::size_t i = first; i < first + count; ++i, to += depth) {
    const Element* window = input + rows[i];
    if (scattered) {
      for (std::size_t k = 0; k < depth; ++k) to[k] = window[taps.lhs[k]];
      continue;
    }
    std::size_t begin = 0;
    for (const std::size_t end : taps.runs) {
      copy_words(to + begin, window + taps.lhs[begin], end - begin);
      begin = end;
    }
  }
  return {data, static_cast<std::ptrdiff_t>(depth), 1, first, count};
}

// Cuts rows into even tiles; rows whose windows are neighbours in memory preferably into tiles of their own.
void Block::pack(const Element* input) {
  const std::size_t tallest = table().tile_rows;
  const auto even = [&](std::size_t count) {
    const std::size_t pieces = (count + tallest - 1) / tallest;
    return (count + pieces - 1) / pieces;
  };
  tiles.clear();
  Element* to = windows.data();
  for (std::size_t first = 0; first < rows.size();) {
    std::size_t run = 1;
    while (first + run < rows.size() && rows[first + run] == rows[first] + static_cast<std::ptrdiff_t>(run))
      ++run;
    const bool neighbours = 2 * run >= tallest;
    const std::size_t count = even(neighbours ? run : rows.size() - first);
    tiles.push_back(pack_tile(to, input, first, count, neighbours));
    to += count * taps.lhs.size();
    first += count;
  }
}

void Block::multiply(Element* out, std::size_t columns, const std::vector<Panel>& panels,
                     bool accumulate) const {
  for (const Panel& panel : panels)
    for (const WindowTile& tile : tiles)
      table().multiply_tile({.out = out + tile.first * columns + panel.first,
                             .out_stride = static_cast<std::ptrdiff_t>(columns),
                             .a = tile.data,
                             .a_row_stride = tile.row_stride,
                             .a_column_stride = tile.tap_stride,
                             .b = factors.row(panel, 0),
                             .b_stride = factors.row_stride(panel),
                             .rows = tile.rows,
                             .k = taps.lhs.size(),
                             .columns = panel.width,
                             .accumulate = accumulate});
}

}  // namespace

std::size_t padded_elements(const ConvolutionView& view, std::size_t first, std::size_t count) {
  if (within_input(view.y) && within_input(view.x)) return 0;
  // In doubles, for a geometry may be absurd.
  const double elements = static_cast<double>(images_of(view, first, count).count) *
                          static_cast<double>(looked_at(view.y)) * static_cast<double>(looked_at(view.x)) *
                          static_cast<double>(view.in);
  return static_cast<std::size_t>(std::clamp(elements, 1.0, 0x1p60));
}

void convolve_packed(Element* out, const ConvolutionView& view, const Element* lhs, const Element* rhs,
                     std::size_t first, std::size_t count, bool accumulate) {
  const std::size_t columns = view.columns(),
                    depth = static_cast<std::size_t>(view.y.window * view.x.window * view.in);
  if (depth == 0) {
    if (!accumulate) std::fill_n(out, count * columns, Element{0});
    return;
  }
  AlignedVector<Element> padding;
  const Input input = padded_elements(view, first, count) == 0
                          ? in_place(view, lhs)
                          : padded(padding, view, lhs, images_of(view, first, count));
  const std::vector<Panel> panels = panels_of(columns);
  const std::size_t blocks = (depth + kDepth - 1) / kDepth;
  Walk walk = all_taps(view, input);
  Block block;
  for (std::size_t p = 0; p < blocks; ++p) {
    block.taps.take(walk, (p + 1) * depth / blocks - p * depth / blocks);
    block.factors.gather(rhs, block.taps.rhs, view.rhs_out_stride, panels, count / table().tile_rows);
    block.windows.resize(kRows * block.taps.lhs.size());
    Walk rows = rows_from(view, input, first);
    for (std::size_t at = 0; at < count; at += kRows) {
      block.rows.clear();
      for (std::size_t i = at; i < std::min(at + kRows, count); ++i, rows.next())
        block.rows.push_back(rows.lhs);
      block.pack(input.data);
      block.multiply(out + at * columns, columns, panels, accumulate || p > 0);
    }
  }
}

}  // namespace sotto::ring
