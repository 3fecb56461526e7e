#include "protocols/rep3/softmax.h"

#include "base/ring.h"
#include "protocols/rep3/chunkwise.h"
#include "protocols/rep3/near_maximum.h"
#include "protocols/rep3/piecewise_lookup.h"
#include "protocols/rep3/resharing.h"
#include "protocols/rep3/vanishing_lookup.h"

namespace sotto::protocols::rep3 {

namespace {

using Word = std::uint64_t;

// Each step's randomness has a site of its own.
struct Sites {
  explicit Sites(Context& context)
      : maximum(context.begin()),
        powers(context.begin()),
        inverse(context.begin()),
        product(context.begin()) {}
  Site maximum, powers, inverse, product;
};

class SoftmaxChunk {
 public:
  // `rows`: the chunk in rows.
  SoftmaxChunk(Context& context, const Sites& sites, const Softmax& function, std::size_t columns,
               const Chunk& rows)
      : context_(context),
        function_(function),
        columns_(columns),
        rows_{0, rows.size(), rows.single, rows.index},
        elements_{0, rows.size() * columns, rows.single, rows.index},
        roles_(roles_of(context, rows)),
        maximum_dealing_(context, sites.maximum, rows_),
        powers_dealing_(context, sites.powers, rows_),
        inverse_dealing_(context, sites.inverse, rows_),
        product_dealing_(context, sites.product, rows_),
        maximum_(maximum_dealing_, {rows.size(), columns, function.window, function.dropped_bits,
                                    width(function), function.effort}),
        powers_(powers_dealing_, function.exponential, elements_.size(), width(function), function.effort),
        inverse_(inverse_dealing_, function.reciprocal, rows_),
        product_(product_dealing_, elements_.size(), function.truncate_bits),
        powers_out_(output(elements_.size())),
        inverse_out_(output(rows_.size())) {}

  // `half`: the logits' A or B; `component`: at the pair, its own component of B.
  Task<void> run(Words half, Words component, const Chunk& chunk, const Output& out) {
    deal(half);
    co_await context_.next_round();
    const Words largest = co_await maximum_.evaluate(half, std::move(component));
    const bool pair = roles_.in_pair();
    Words powers = co_await powers_.evaluate(pair ? below(half, largest) : Words());
    co_await share_again(powers_dealing_, elements_, std::move(powers), powers_out_);
    co_await inverse_.finish(pair ? sums(powers_out_.part[roles_.pair_part()]) : Words(), inverse_out_);
    Words product = pair ? local_product() : Words();
    Words theirs;
    if (pair) theirs = mask_and_exchange(product_dealing_, product);
    co_await context_.next_round();
    if (pair) context_.local([&] { ring::add(product.mutable_span(), product.span(), theirs.span()); });
    co_await product_.finish(product, chunk, out);
  }

 private:
  static int width(const Softmax& function) {
    return std::max(function.window, function.exponential.window + 1);
  }
  Output output(std::size_t count) const { return {{context_.words(count), context_.words(count)}}; }

  // All that is dealt, and all of the single's work: what it knows of a step follows from masks of the steps
  // before.
  void deal(const Words& half) {
    const bool single = roles_.is_single();
    maximum_.deal(half);
    powers_.deal(single ? below(half, maximum_.half_at_single()) : Words());
    Resharing().draw(powers_dealing_, elements_, powers_out_);
    Words powers_half;
    if (single) {
      powers_half = context_.words(elements_.size());
      context_.local([&] {
        ring::add(powers_half.mutable_span(), powers_out_.part[0].span(), powers_out_.part[1].span());
      });
    }
    inverse_.deal(single ? sums(powers_half) : Words());
    if (single) inverse_.fill_at_single(inverse_out_);
    Words product;
    if (single) {
      product = local_product();
      mask_and_exchange(product_dealing_, product);
    }
    product_.deal(product);
  }

  // a - its row's b: halves of x - maximum.
  Words below(const Words& a, const Words& b) const {
    Words out = context_.words(elements_.size());
    context_.local([&] {
      for (std::size_t i = 0; i < elements_.size(); ++i)
        out.mutable_span()[i] = a.span()[i] - b.span()[i / columns_];
    });
    return out;
  }

  // Halves of the rows' sums without their lowest bits: at most one unit too little.
  Words sums(const Words& half) const {
    Words out = context_.words(rows_.size());
    context_.local([&] {
      for (std::size_t row = 0; row < rows_.size(); ++row) {
        Word sum = 0;
        for (std::size_t i = row * columns_; i < (row + 1) * columns_; ++i) sum += half.span()[i];
        out.mutable_span()[row] = sum >> function_.dropped_from_sum;
      }
    });
    return out;
  }

  // This party's summand of power * its row's inverse (Araki et al. 2016).
  Words local_product() const {
    Words out = context_.words(elements_.size());
    context_.local([&] {
      const auto a0 = powers_out_.part[0].span(), a1 = powers_out_.part[1].span();
      const auto b0 = inverse_out_.part[0].span(), b1 = inverse_out_.part[1].span();
      for (std::size_t i = 0; i < elements_.size(); ++i) {
        const std::size_t row = i / columns_;
        out.mutable_span()[i] = a0[i] * (b0[row] + b1[row]) + a1[i] * b0[row];
      }
    });
    return out;
  }

  Context& context_;
  const Softmax& function_;
  std::size_t columns_;
  Chunk rows_, elements_;
  Roles roles_;
  Dealing maximum_dealing_, powers_dealing_, inverse_dealing_, product_dealing_;
  NearMaximum maximum_;
  VanishingLookup powers_;
  PiecewiseLookup inverse_;
  Truncation product_;
  Output powers_out_, inverse_out_;
};

Task<void> chunk_task(Context& context, const Sites& sites, const Softmax& function, std::size_t columns,
                      const LocalProduct& halves, Chunk chunk, const Output& out) {
  const Chunk rows{chunk.begin / columns, chunk.end / columns, chunk.single, chunk.index};
  SoftmaxChunk work(context, sites, function, columns, rows);
  co_await work.run(halves.summand(context, chunk), halves.component(context, chunk), chunk, out);
}

// An element takes a few hundred bytes of tables: chunks are smaller than elsewhere.
constexpr ChunkSizes kSizes{.whole = 256, .largest = 8192, .at_words = false};

}  // namespace

Task<Share> softmax(Context& context, Share value, const Softmax& function) {
  const Sites sites(context);
  const auto columns = static_cast<std::size_t>(value.shape.back());
  auto chunks = cut(value.elements(), columns, sites.maximum, kSizes);
  co_return co_await over_chunks(context, std::move(value), Kind::kArithmetic, std::move(chunks),
                                 [&](const LocalProduct& halves, const Chunk& chunk, const Output& out) {
                                   return chunk_task(context, sites, function, columns, halves, chunk, out);
                                 });
}

}  // namespace sotto::protocols::rep3
