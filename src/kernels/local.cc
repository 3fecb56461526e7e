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

// A part as one word per element, of bits too.
Words unpacked(const Share& source, std::size_t part) {
  const Words words = source.parts[part].materialised();
  if (source.kind != Kind::kBoolean) return words;
  const Words expanded = Words::allocate(source.elements());
  bits::expand(expanded.mutable_span(), words.span());
  return expanded;
}

// Fills a part of `out` by a function that sees one word per element, of bits too.
template <class Fill>
void fill_part(const Words& out, const Share& share, Fill&& fill) {
  if (share.kind != Kind::kBoolean) return fill(out.mutable_span());
  const Words words = Words::allocate(share.elements());
  fill(words.mutable_span());
  bits::collect(out.mutable_span(), words.span());
}

std::size_t words_of(const Share& share) {
  return share.kind == Kind::kBoolean ? bits::words_for(share.elements()) : share.elements();
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

Share last_axis_summed(const Context& context, const Share& a) {
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
        for (std::size_t j = 0; j < extent; ++j) sum += in.span()[i * extent + j];
        out.parts[p].mutable_span()[i] = sum;
      }
    });
  }
  return out;
}

Share joined(const Context& context, const std::vector<Share>& sources, std::size_t axis) {
  Share out = empty_share(sources[0].kind, sources[0].shape);
  out.shape[axis] = 0;
  for (const Share& source : sources) out.shape[axis] += source.shape[axis];
  // Elements that follow each other in a source and in the result, of each of its outer places.
  const auto inner = [axis](const Share& share) {
    return element_count(Shape(share.shape.begin() + static_cast<std::ptrdiff_t>(axis), share.shape.end()));
  };
  for (std::size_t p = 0; p < out.parts.size(); ++p) {
    const auto each = [&](auto&& holds) {
      return std::ranges::all_of(sources, [&](const Share& s) { return holds(s.parts[p]); });
    };
    if (each(is_absent) && out.elements() != 0) continue;
    if (each([](const Words& part) { return part.is_zero(); })) {
      out.parts[p] = Words::zeros(words_of(out));
      continue;
    }
    out.parts[p] = context.words(words_of(out));
    context.local([&] {
      fill_part(out.parts[p], out, [&](std::span<ring::Element> words) {
        std::int64_t at = 0;
        for (const Share& source : sources) {
          const Words in = unpacked(source, p);
          const std::int64_t run = inner(source), step = inner(out);
          for (std::int64_t from = 0, to = at; from < static_cast<std::int64_t>(in.size());
               from += run, to += step)
            std::copy_n(in.span().data() + from, run, words.data() + to);
          at += run;
        }
      });
    });
  }
  return out;
}

Share mapped(
    const Context& context, const Share& source, Shape shape,
    const std::function<void(std::span<ring::Element> out, std::span<const ring::Element> in)>& map) {
  Share out = empty_share(source.kind, std::move(shape));
  for (std::size_t p = 0; p < out.parts.size(); ++p) {
    const Words& in = source.parts[p];
    if (is_absent(in) && source.elements() != 0) continue;
    if (in.is_zero()) {
      out.parts[p] = Words::zeros(words_of(out));
      continue;
    }
    out.parts[p] = context.words(words_of(out));
    context.local([&] {
      const Words words = unpacked(source, p);
      fill_part(out.parts[p], out, [&](std::span<ring::Element> filled) { map(filled, words.span()); });
    });
  }
  return out;
}

Share gathered(const Context& context, const Share& source, Shape shape,
               const std::function<Indices()>& indices) {
  const Indices list = context.counting() ? Indices{} : indices();
  return mapped(context, source, std::move(shape),
                [&](std::span<ring::Element> out, std::span<const ring::Element> in) {
                  for (std::size_t i = 0; i < out.size(); ++i) out[i] = in[static_cast<std::size_t>(list[i])];
                });
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
  return {.window = static_cast<int>(integer_or(attributes, "window", 64)), .effort = effort_of(attributes)};
}

protocols::Effort effort_of(const Attributes& attributes) {
  return static_cast<protocols::Effort>(integer_or(attributes, "effort", 0));
}

}  // namespace sotto::kernels
