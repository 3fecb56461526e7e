#include "protocols/bit_addition.h"

#include <algorithm>

#include "base/ring.h"

namespace sotto::protocols {
namespace {

using Indices = std::vector<std::size_t>;

// Planes of a Boolean share that are changed in place.
class Planes {
 public:
  // The first `count` of a share's; a copy.
  Planes(const Context& context, const Share& share, std::size_t count)
      : context_(context), words_(words_of(share)), share_(empty(share, count)) {
    Indices all(count);
    for (std::size_t i = 0; i < count; ++i) all[i] = i;
    copy(share_, share, all);
  }

  Share pick(const Indices& indices) const {
    Share picked = empty(share_, indices.size());
    copy(picked, share_, indices);
    return picked;
  }
  // Plane indices[i] = plane first + i of `from`; or ^= it.
  void put(const Indices& indices, const Share& from, std::size_t first) {
    each(indices, from, first, [](auto to, auto plane) { std::ranges::copy(plane, to.begin()); });
  }
  void add(const Indices& indices, const Share& from, std::size_t first) {
    each(indices, from, first, [](auto to, auto plane) { ring::exclusive_or(to, to, plane); });
  }
  const Share& share() const { return share_; }

 private:
  static std::size_t words_of(const Share& share) { return static_cast<std::size_t>(share.shape[1]) / 64; }

  Share empty(const Share& like, std::size_t count) const {
    Share share;
    share.kind = Kind::kBoolean;
    share.shape = {static_cast<std::int64_t>(count), like.shape[1]};
    for (std::size_t part = 0; part < like.parts.size(); ++part)
      if (like.parts[part].size() > 0) share.parts[part] = context_.words(count * words_);
    return share;
  }
  void copy(Share& to, const Share& from, const Indices& indices) const {
    context_.local([&] {
      for (std::size_t part = 0; part < to.parts.size(); ++part) {
        if (to.parts[part].size() == 0) continue;
        const Words source = from.parts[part].materialised();
        for (std::size_t i = 0; i < indices.size(); ++i)
          std::ranges::copy(source.span().subspan(indices[i] * words_, words_),
                            to.parts[part].mutable_span().subspan(i * words_, words_).begin());
      }
    });
  }
  template <class Function>
  void each(const Indices& indices, const Share& from, std::size_t first, const Function& function) {
    context_.local([&] {
      for (std::size_t part = 0; part < share_.parts.size(); ++part) {
        if (share_.parts[part].size() == 0) continue;
        const Words source = from.parts[part].materialised();
        for (std::size_t i = 0; i < indices.size(); ++i)
          function(share_.parts[part].mutable_span().subspan(indices[i] * words_, words_),
                   source.span().subspan((first + i) * words_, words_));
      }
    });
  }

  const Context& context_;
  std::size_t words_;
  Share share_;
};

// One level of the tree over `places` places.
struct Level {
  Indices places, below;  // of each place, the last one below its block
  std::size_t first_with_second = 0;

  Indices last(const Indices& of) const {
    return {of.begin() + static_cast<std::ptrdiff_t>(first_with_second), of.end()};
  }
};

std::vector<Level> levels_of(std::size_t places) {
  std::vector<Level> levels;
  for (std::size_t half = 1; half < places; half *= 2) {
    Level level;
    for (std::size_t i = half; i < places; ++i) {
      if ((i & half) == 0) continue;
      level.places.push_back(i);
      level.below.push_back(i / half * half - 1);
      if (i < 2 * half) level.first_with_second = level.places.size();
    }
    levels.push_back(std::move(level));
  }
  return levels;
}

// Carries out of places 0 to n - 1.
Task<Share> carries_by_prefixes(Context& context, const Share& a, const Share& b, std::size_t n,
                                const MultiplyPlanes& multiply) {
  const Planes low_a(context, a, n), low_b(context, b, n);
  Planes p(context, exclusive_or(context, low_a.share(), low_b.share()), n);
  const Share none = p.pick({});
  Planes g(context, co_await multiply(low_a.share(), low_b.share(), none), n);
  for (const Level& level : levels_of(n)) {
    const Indices high = level.last(level.places), low = level.last(level.below);
    const Share products = co_await multiply(p.pick(level.places), g.pick(level.below), p.pick(low));
    g.add(level.places, products, 0);
    p.put(high, products, level.places.size());
  }
  co_return g.share();
}

Task<Share> carries_one_by_one(Context& context, const Share& a, const Share& b, std::size_t n,
                               const MultiplyPlanes& multiply) {
  const Planes low_a(context, a, n), low_b(context, b, n);
  const Share none = low_a.pick({});
  Planes carries(context, a, n);
  Share carry = co_await multiply(low_a.pick({0}), low_b.pick({0}), none);
  carries.put({0}, carry, 0);
  for (std::size_t place = 1; place < n; ++place) {
    const Share x = exclusive_or(context, low_a.pick({place}), carry),
                y = exclusive_or(context, low_b.pick({place}), carry);
    carry = exclusive_or(context, co_await multiply(x, y, none), carry);
    carries.put({place}, carry, 0);
  }
  co_return carries.share();
}

}  // namespace

Share exclusive_or(const Context& context, const Share& x, const Share& y) {
  Share result;
  result.kind = Kind::kBoolean;
  result.shape = x.shape;
  for (std::size_t part = 0; part < x.parts.size(); ++part) {
    if (x.parts[part].size() == 0) continue;
    result.parts[part] = context.words(x.parts[part].size());
    context.local([&] {
      ring::exclusive_or(result.parts[part].mutable_span(), x.parts[part].materialised().span(),
                         y.parts[part].materialised().span());
    });
  }
  return result;
}

std::vector<ProductsOfPlanes> products_of_addition(int bits, Effort effort) {
  const auto n = static_cast<std::size_t>(bits - 1);
  if (n == 0) return {};
  if (effort == Effort::kFewBytes) return std::vector<ProductsOfPlanes>(n, {1, 0});
  std::vector<ProductsOfPlanes> products = {{n, 0}};
  for (const Level& level : levels_of(n))
    products.push_back({level.places.size(), level.places.size() - level.first_with_second});
  return products;
}

Task<Share> add_bits(Context& context, Share a, Share b, Effort effort, const MultiplyPlanes& multiply) {
  const auto bits = static_cast<std::size_t>(a.shape[0]);
  const Share without_carries = exclusive_or(context, a, b);
  if (bits == 1) co_return without_carries;
  const Share carries = effort == Effort::kFewBytes
                            ? co_await carries_one_by_one(context, a, b, bits - 1, multiply)
                            : co_await carries_by_prefixes(context, a, b, bits - 1, multiply);
  Planes sum(context, without_carries, bits);
  Indices above(bits - 1);
  for (std::size_t i = 0; i < above.size(); ++i) above[i] = i + 1;
  sum.add(above, carries, 0);
  co_return sum.share();
}

}  // namespace sotto::protocols
