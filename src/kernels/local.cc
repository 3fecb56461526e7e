#include "kernels/local.h"

#include <algorithm>
#include <numeric>

#include "base/bits.h"

namespace sotto::kernels {
namespace {

Share empty_share(Kind kind, Shape shape) {
  Share share;
  share.kind = kind;
  share.shape = std::move(shape);
  return share;
}

// A part the protocol does not use.
bool is_absent(const Words& words) { return words.size() == 0; }

Words combined(const Context& context, const Words& a, const Words& b, bool subtract) {
  if (is_absent(a)) return a;
  if (b.is_zero()) return a;
  if (a.is_zero() && !subtract) return b;
  Words out = context.words(a.size());
  context.local([&] {
    const Words left = a.materialised();
    subtract ? ring::subtract(out.mutable_span(), left.span(), b.span())
             : ring::add(out.mutable_span(), left.span(), b.span());
  });
  return out;
}

Share combined(const Context& context, const Share& a, const Share& b, bool subtract) {
  if (a.kind != b.kind) return combined(context, secret(context, a), secret(context, b), subtract);
  Share out = empty_share(a.kind, a.shape);
  for (std::size_t p = 0; p < out.parts.size(); ++p)
    out.parts[p] = combined(context, a.parts[p], b.parts[p], subtract);
  return out;
}

// The elements of several arrays, one after the other, one word each.
Words unpacked(const std::vector<Share>& sources, std::size_t part, std::size_t count) {
  Words all = Words::allocate(count);
  auto out = all.mutable_span();
  for (const Share& source : sources) {
    const Words words = source.parts[part].materialised();
    const auto target = out.first(source.elements());
    if (source.kind == Kind::kBoolean) {
      bits::expand(target, words.span());
    } else {
      std::copy(words.span().begin(), words.span().end(), target.begin());
    }
    out = out.subspan(target.size());
  }
  return all;
}

Words gathered_part(const std::vector<Share>& sources, std::size_t part, std::size_t count,
                    const Indices& indices) {
  const Words all = unpacked(sources, part, count);
  Words picked = Words::allocate(indices.size());
  auto out = picked.mutable_span();
  for (std::size_t i = 0; i < indices.size(); ++i) out[i] = all.span()[static_cast<std::size_t>(indices[i])];
  if (sources[0].kind != Kind::kBoolean) return picked;
  Words packed = Words::allocate(bits::words_for(indices.size()));
  bits::collect(packed.mutable_span(), picked.span());
  return packed;
}

}  // namespace

Share secret(const Context& context, const Share& share) {
  if (share.kind != Kind::kPublic) return share;
  return protocols::constant(context, share.parts[0], Kind::kArithmetic, share.shape);
}

Share added(const Context& context, const Share& a, const Share& b) { return combined(context, a, b, false); }
Share subtracted(const Context& context, const Share& a, const Share& b) {
  return combined(context, a, b, true);
}

Share scaled(const Context& context, const Share& a, ring::Element factor) {
  Share out = empty_share(a.kind, a.shape);
  for (std::size_t p = 0; p < out.parts.size(); ++p) {
    const Words& in = a.parts[p];
    if (is_absent(in) || in.is_zero() || factor == 1) {
      out.parts[p] = in;
      continue;
    }
    out.parts[p] = context.words(in.size());
    context.local([&] { ring::scale(out.parts[p].mutable_span(), in.span(), factor); });
  }
  return out;
}

Share shifted_up(const Context& context, const Share& a, int bits) {
  SOTTO_ASSERT(bits >= 0 && bits < 64, "a shift is by 0 to 63 bits");
  return scaled(context, a, ring::Element{1} << bits);
}

Share splat(const Context& context, ring::Element value, const Shape& shape) {
  Words words = context.words(static_cast<std::size_t>(element_count(shape)));
  context.local([&] { std::fill(words.mutable_span().begin(), words.mutable_span().end(), value); });
  return protocols::constant(context, std::move(words), Kind::kArithmetic, shape);
}

Share last_axis_summed(const Context& context, const Share& a, const std::vector<ring::Element>& weights) {
  Share out = empty_share(a.kind, without_last(a.shape));
  const auto extent = static_cast<std::size_t>(a.shape.back());
  const std::size_t count = out.elements();
  for (std::size_t p = 0; p < out.parts.size(); ++p) {
    const Words& in = a.parts[p];
    if (is_absent(in) && a.elements() != 0) continue;
    if (in.is_zero()) {
      out.parts[p] = Words::zeros(count);
      continue;
    }
    out.parts[p] = context.words(count);
    context.local([&] {
      for (std::size_t i = 0; i < count; ++i) {
        ring::Element sum = 0;
        for (std::size_t j = 0; j < extent; ++j)
          sum += in.span()[i * extent + j] * (weights.empty() ? 1 : weights[j]);
        out.parts[p].mutable_span()[i] = sum;
      }
    });
  }
  return out;
}

Share gathered(const Context& context, const std::vector<Share>& sources, Shape shape,
               const std::function<Indices()>& indices) {
  const Kind kind = sources[0].kind;
  Share out = empty_share(kind, std::move(shape));
  const std::size_t words = kind == Kind::kBoolean ? bits::words_for(out.elements()) : out.elements();
  std::size_t count = 0;
  for (const Share& source : sources) count += source.elements();
  const Indices list = context.counting() ? Indices{} : indices();
  for (std::size_t p = 0; p < out.parts.size(); ++p) {
    const auto each = [&](auto&& holds) {
      return std::all_of(sources.begin(), sources.end(), [&](const Share& s) { return holds(s.parts[p]); });
    };
    if (each([](const Words& part) { return is_absent(part) && !part.has_data(); }) && count != 0) continue;
    out.parts[p] = each([](const Words& part) { return part.is_zero(); }) ? Words::zeros(words)
                   : context.counting()                                   ? Words::shape_only(words)
                                        : gathered_part(sources, p, count, list);
  }
  return out;
}

Share gathered(const Context& context, const Share& source, Shape shape,
               const std::function<Indices()>& indices) {
  return gathered(context, std::vector<Share>{source}, std::move(shape), indices);
}

Share mapped(
    const Context& context, const Share& source, Shape shape,
    const std::function<void(std::span<ring::Element> out, std::span<const ring::Element> in)>& map) {
  Share out = empty_share(source.kind, std::move(shape));
  const std::size_t count = out.elements();
  const bool bits = source.kind == Kind::kBoolean;
  const std::size_t words = bits ? bits::words_for(count) : count;
  for (std::size_t p = 0; p < out.parts.size(); ++p) {
    const Words& in = source.parts[p];
    if (is_absent(in) && source.elements() != 0) continue;
    if (in.is_zero()) {
      out.parts[p] = Words::zeros(words);
      continue;
    }
    out.parts[p] = context.words(words);
    context.local([&] {
      if (!bits) return map(out.parts[p].mutable_span(), in.span());
      const Words expanded = Words::allocate(source.elements()), moved = Words::allocate(count);
      bits::expand(expanded.mutable_span(), in.span());
      map(moved.mutable_span(), expanded.span());
      bits::collect(out.parts[p].mutable_span(), moved.span());
    });
  }
  return out;
}

Share viewed(const Context& context, const Share& source, const Layout& layout) {
  return mapped(context, source, layout.shape,
                [&](std::span<ring::Element> out, std::span<const ring::Element> in) {
                  ring::Element* to = out.data();
                  for_each_run(layout, [&](std::int64_t offset, std::int64_t count, std::int64_t stride) {
                    const ring::Element* from = in.data() + offset;
                    if (stride == 1) {
                      to = std::copy_n(from, count, to);
                    } else {
                      for (std::int64_t i = 0; i < count; ++i) *to++ = from[i * stride];
                    }
                  });
                });
}

Share columns_of(const Context& context, const Share& a, const Indices& columns) {
  const std::int64_t extent = a.shape.back();
  const auto indices = [&] {
    Indices list;
    const std::int64_t rows = element_count(without_last(a.shape));
    list.reserve(static_cast<std::size_t>(rows) * columns.size());
    for (std::int64_t row = 0; row < rows; ++row)
      for (std::int64_t column : columns) list.push_back(row * extent + column);
    return list;
  };
  return gathered(context, a, with_last(a.shape, static_cast<std::int64_t>(columns.size())), indices);
}

Share repeated(const Context& context, const Share& a, std::int64_t extent) {
  Shape shape = a.shape;
  shape.push_back(1);
  return columns_of(context, a.reshaped(shape), Indices(static_cast<std::size_t>(extent), 0));
}

Shape with_last(Shape shape, std::int64_t extent) {
  shape.back() = extent;
  return shape;
}

Shape without_last(Shape shape) {
  shape.pop_back();
  return shape;
}

Comparing comparing(const Attributes& attributes) {
  return {.window = static_cast<int>(integer_or(attributes, "window", 64)),
          .effort = static_cast<protocols::Effort>(integer_or(attributes, "effort", 0))};
}

}  // namespace sotto::kernels
