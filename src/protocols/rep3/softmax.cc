#include "protocols/rep3/softmax.h"

#include "base/ring.h"
#include "protocols/rep3/halves.h"
#include "protocols/rep3/near_maximum.h"
#include "protocols/rep3/piecewise_lookup.h"
#include "protocols/rep3/vanishing_lookup.h"

namespace sotto::protocols::rep3 {

namespace {

using Word = std::uint64_t;

// Each step's randomness has a site of its own.
struct Sites {
  explicit Sites(Context& context)
      : maximum(context.begin()), powers(context.begin()), inverse(context.begin()), product(context.begin()) {}
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
    co_await share_powers(std::move(powers));
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
    mask_powers();
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

  // Components of the powers that the single knows: masks, negated.
  void mask_powers() const {
    context_.local([&] {
      const Dealing& dealing = powers_dealing_;
      auto draw = [&](int part, const prg::Prg& key, Purpose purpose) {
        const auto out = powers_out_.at(part, elements_);
        key.fill(out, dealing.at(purpose));
        ring::negate(out, out);
      };
      if (!roles_.is_second()) draw(roles_.first_part(), dealing.first_key(), kReshareFirst);
      if (!roles_.is_first()) draw(roles_.second_part(), dealing.second_key(), kReshareSecond);
    });
  }

  // The pair exchanges its shares under those masks: the third component.
  Task<void> share_powers(Words mine) {
    if (roles_.in_pair())
      context_.local([&] {
        const int own = roles_.is_first() ? roles_.first_part() : roles_.second_part();
        ring::subtract(mine.mutable_span(), mine.span(), powers_out_.at(own, elements_));
      });
    const Words theirs = exchange(context_, roles_, mine, elements_.size() * sizeof(Word));
    co_await context_.next_round();
    if (roles_.in_pair())
      context_.local(
          [&] { ring::add(powers_out_.at(roles_.pair_part(), elements_), mine.span(), theirs.span()); });
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

// Rows, in chunks of which every role falls equally on all.
std::vector<Chunk> cut_rows(std::size_t rows, std::size_t columns, const Site& site) {
  constexpr std::size_t kWhole = 256, kLargestChunk = 8192;  // elements
  const std::size_t elements = rows * columns;
  const std::size_t pieces =
      elements < kWhole ? 1 : std::min<std::size_t>(3 * (elements / (3 * kLargestChunk) + 1), 65535);
  const std::size_t size = std::max<std::size_t>((rows + pieces - 1) / pieces, 1);
  std::vector<Chunk> chunks;
  for (std::size_t begin = 0; begin < rows; begin += size)
    chunks.push_back({begin, std::min(begin + size, rows),
                      static_cast<int>((site.base.operation + site.base.sub_operation + chunks.size()) % 3),
                      chunks.size()});
  return chunks;
}

Task<void> chunk_task(Context& context, const Sites& sites, const Softmax& function,
                      const LocalProduct& halves, std::size_t columns, Chunk rows, const Output& out) {
  SoftmaxChunk work(context, sites, function, columns, rows);
  const Chunk chunk{rows.begin * columns, rows.end * columns, rows.single, rows.index};
  co_await work.run(halves.summand(context, chunk), halves.component(context, chunk), chunk, out);
}

}  // namespace

Task<Share> softmax(Context& context, Share value, const Softmax& function) {
  const Sites sites(context);
  const auto columns = static_cast<std::size_t>(value.shape.back());
  const std::size_t count = value.elements();
  Contraction identity;
  identity.shape = value.shape;
  identity.addends.push_back({value});
  const LocalProduct halves(context, identity);
  const Output out{{context.words(count), context.words(count)}};
  std::vector<Task<void>> tasks;
  for (const Chunk& rows : cut_rows(count / columns, columns, sites.maximum))
    tasks.push_back(chunk_task(context, sites, function, halves, columns, rows, out));
  co_await when_all(std::move(tasks));
  co_return Share{Kind::kArithmetic, value.shape, {out.part[0], out.part[1]}, nullptr};
}

}  // namespace sotto::protocols::rep3
