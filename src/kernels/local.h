// What a party does to its own parts of a share: everything linear, and every move of elements. No rounds, no
// bytes.
//
// All of it works on any protocol, since a share is linear part by part. Nothing is computed when only costs
// are counted, and parts known to be zero stay known.
#pragma once

#include <functional>

#include "base/layout.h"
#include "kernels/kernel.h"

namespace sotto::kernels {

using protocols::Context;
using protocols::Kind;
using protocols::Share;
using protocols::Shares;
using protocols::Words;

// A public value as a share; shares as they are.
Share secret(const Context& context, const Share& share);

// a + b, a - b: equal shapes; public if both are.
Share added(const Context& context, const Share& a, const Share& b);
Share subtracted(const Context& context, const Share& a, const Share& b);
Share scaled(const Context& context, const Share& a, ring::Element factor);
Share shifted_up(const Context& context, const Share& a, int bits);
// The constant in every element.
Share splat(const Context& context, ring::Element value, const Shape& shape);

// Sums over the last axis.
Share last_axis_summed(const Context& context, const Share& a);

// Element i of the result is element index[i] of the source. `indices` is called only when data is there.
using Indices = std::vector<std::int64_t>;
Share gathered(const Context& context, const Share& source, Shape shape,
               const std::function<Indices()>& indices);
// The sources one after the other along an axis; their other extents agree.
Share joined(const Context& context, const std::vector<Share>& sources, std::size_t axis);

// A share of another shape, every part `map` of the source's: one word per element, of bits too. `map` is
// linear, so that parts known to be zero stay so, fills all of `out`, and is called only when data is there.
Share mapped(const Context& context, const Share& source, Shape shape,
             const std::function<void(std::span<ring::Element> out, std::span<const ring::Element> in)>& map);

// The elements of a dense share that a layout shows, in its order; strides may be 0 (broadcast) or negative.
Share viewed(const Context& context, const Share& source, const Layout& layout);

// Columns of the last axis: result[..., j] = a[..., columns[j]].
Share columns_of(const Context& context, const Share& a, const Indices& columns);
// result[..., j] = a[...] for j below extent: one more axis.
Share repeated(const Context& context, const Share& a, std::int64_t extent);

Shape with_last(Shape shape, std::int64_t extent);  // the last axis replaced
Shape without_last(Shape shape);

// How a kernel compares: within which window, and whether it spends bytes to save rounds.
struct Comparing {
  int window = 64;
  protocols::Effort effort = protocols::Effort::kFewBytes;
};
Comparing comparing(const Attributes& attributes);
protocols::Effort effort_of(const Attributes& attributes);

}  // namespace sotto::kernels
