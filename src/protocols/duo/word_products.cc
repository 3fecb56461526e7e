#include "protocols/duo/word_products.h"

#include <algorithm>
#include <deque>

#include "base/ring.h"
#include "crypto/ot/correlated_vectors.h"
#include "protocols/duo/planes.h"
#include "protocols/duo/slices.h"

namespace sotto::protocols::duo {
namespace {

// Items have 64 transfers each, of 16 bytes, made at once; products at once have 260 bytes on the wire each.
constexpr std::size_t kItemsAtOnce = std::size_t{1} << 14, kProductsAtOnce = std::size_t{1} << 16;

// Rows of `length` from columns [first, first + count).
struct Columns {
  std::size_t first, count;
};

std::vector<Columns> columns_of(std::size_t length) {
  std::vector<Columns> columns;
  for (std::size_t first = 0; first < length; first += ot::kMaxVectorLength)
    columns.push_back({first, std::min(ot::kMaxVectorLength, length - first)});
  return columns;
}

std::size_t items_at_once(std::size_t length) {
  return std::clamp<std::size_t>(kProductsAtOnce / length, 1, kItemsAtOnce);
}

Words transposed(const Context& context, const Words& matrix, std::size_t rows, std::size_t columns) {
  Words out = context.words(rows * columns);
  context.local([&] {
    const auto from = matrix.span();
    const auto to = out.mutable_span();
    for (std::size_t i = 0; i < rows; ++i)
      for (std::size_t j = 0; j < columns; ++j) to[j * rows + i] = from[i * columns + j];
  });
  return out;
}

}  // namespace

Gilboa::Gilboa(Supply& supply, int sender, std::size_t items, std::size_t length, int factor_bits)
    : supply_(supply),
      sender_(sender),
      items_(items),
      length_(length),
      factor_bits_(static_cast<std::size_t>(factor_bits)),
      claim_(supply.claim(sender, factor_bits_ * items)) {}

Task<Words> Gilboa::run(Words mine) {
  return supply_.context().self() == sender_ ? send(std::move(mine)) : choose(std::move(mine));
}

Task<Words> Gilboa::send(Words rows) {
  Context& context = supply_.context();
  Message flips(context, factor_bits_ * flips_bytes());
  flips.receive(context);
  co_await context.next_round();
  Words result = context.words(items_ * length_);
  std::vector<Word> sums(context.counting() ? 0 : items_ * length_);
  context.local([&] { std::ranges::fill(result.mutable_span(), 0); });
  for (std::size_t bit = 0; bit < factor_bits_; ++bit) {
    const int width = 64 - static_cast<int>(bit);
    Message message(context, ot::correlated_vectors_bytes(items_, length_, width));
    context.local([&] {
      ot::send_correlated_vectors(message.bytes(), sums, rows.span(), length_, width,
                                  flips.bytes().subspan(bit * flips_bytes(), flips_bytes()),
                                  supply_.sent(claim_, bit * items_, items_));
      ring::accumulate_scaled(result.mutable_span(), sums, 0 - (ring::Element{1} << bit));
    });
    message.send(context);
  }
  co_await context.next_round();
  co_return result;
}

Task<Words> Gilboa::choose(Words factors) {
  Context& context = supply_.context();
  const std::size_t words = bits::words_for(items_);
  Message flips(context, factor_bits_ * flips_bytes());
  std::vector<Word> planes(context.counting() ? 0 : factor_bits_ * words);
  context.local([&] {
    bits::to_planes(planes, factors.span(), 0, static_cast<int>(factor_bits_));
    for (std::size_t bit = 0; bit < factor_bits_; ++bit)
      ot::ask(flips.bytes().subspan(bit * flips_bytes(), flips_bytes()),
              std::span(planes).subspan(bit * words, words), supply_.received(claim_, bit * items_, items_));
  });
  flips.send(context);
  co_await context.next_round();
  std::vector<Message> messages;
  for (std::size_t bit = 0; bit < factor_bits_; ++bit)
    messages.emplace_back(context, ot::correlated_vectors_bytes(items_, length_, 64 - static_cast<int>(bit)))
        .receive(context);
  co_await context.next_round();
  Words result = context.words(items_ * length_);
  context.local([&] {
    std::ranges::fill(result.mutable_span(), 0);
    std::vector<Word> products(items_ * length_);
    for (std::size_t bit = 0; bit < factor_bits_; ++bit) {
      ot::receive_correlated_vectors(products, length_, 64 - static_cast<int>(bit), messages[bit].bytes(),
                                     std::span(planes).subspan(bit * words, words),
                                     supply_.received(claim_, bit * items_, items_));
      ring::accumulate_scaled(result.mutable_span(), products, ring::Element{1} << bit);
    }
  });
  co_return result;
}

namespace {

// Items that take their transfers together, of some columns; slice after slice of them, all terms at once.
class Batch {
 public:
  Batch(Context& context, CrossTerms terms, const WordProducts& products, Columns columns, std::size_t first,
        std::size_t count)
      : context_(context), products_(products), columns_(columns), supply_(context) {
    const std::size_t step = items_at_once(columns.count);
    for (std::size_t begin = 0; begin < count; begin += step) {
      Items& items = slices_.emplace_back(first + begin, std::min(step, count - begin));
      for (const int sender : {0, 1})
        if (terms.has(sender)) items.directions.emplace_back(supply_, sender, items.count, columns.count);
    }
  }

  Task<void> run(Words x, Words y, Words out) {
    co_await supply_.make();
    for (Items& items : slices_) {
      const Words rows = rows_of(x, items), factors = y.slice(items.first, items.count);
      std::vector<Task<Words>> directions;
      for (Gilboa& sender : items.directions)
        directions.push_back(sender.run(context_.self() == sender.sender() ? rows : factors));
      const std::vector<Words> shares = co_await when_all(std::move(directions));
      context_.local([&] { add(out, items, shares); });
    }
  }

 private:
  struct Items {
    std::size_t first, count;
    std::deque<Gilboa> directions = {};
  };

  // Of a row of x or of the result.
  std::size_t place_of(std::size_t row) const { return row * products_.length + columns_.first; }

  Words rows_of(const Words& x, const Items& items) const {
    Words rows = context_.words(items.count * columns_.count);
    context_.local([&] {
      for (std::size_t i = 0; i < items.count; ++i)
        store(rows, i * columns_.count, x.slice(place_of(products_.source(items.first + i)), columns_.count));
    });
    return rows;
  }

  void add(const Words& out, const Items& items, const std::vector<Words>& shares) const {
    for (std::size_t i = 0; i < items.count; ++i) {
      const auto to = out.mutable_span().subspan(place_of(products_.target(items.first + i)), columns_.count);
      for (const Words& share : shares)
        ring::add(to, to, share.span().subspan(i * columns_.count, columns_.count));
    }
  }

  Context& context_;
  const WordProducts& products_;
  Columns columns_;
  Supply supply_;
  std::deque<Items> slices_;
};

// Of all items, the numbers of those that take their transfers together.
std::vector<std::size_t> batches_of(std::size_t items) {
  std::vector<std::size_t> batches(items / kItemsAtOnce, kItemsAtOnce);
  if (items % kItemsAtOnce != 0) batches.push_back(items % kItemsAtOnce);
  return batches;
}

}  // namespace

Task<Words> cross_terms(Context& context, CrossTerms terms, Words x, Words y, WordProducts products) {
  Words out = context.words(products.targets * products.length);
  context.local([&] { std::ranges::fill(out.mutable_span(), 0); });
  if (terms.none()) co_return out;
  for (const Columns columns : columns_of(products.length)) {
    std::size_t first = 0;
    for (const std::size_t count : batches_of(products.items)) {
      Batch batch(context, terms, products, columns, first, count);
      co_await batch.run(x, y, out);
      first += count;
    }
  }
  co_return out;
}

namespace {

// Adds what some equal things cost, one after the other.
void add(he::Cost& sum, const he::Cost& each, std::size_t times) {
  sum.up += each.up * times;
  sum.back += each.back * times;
  sum.nanoseconds += each.nanoseconds * times;
  sum.rounds += each.rounds * static_cast<std::uint32_t>(times);
}

// Flips, and masked numbers of 64 bits, 63, ...
he::Cost slice_cost(std::size_t items, std::size_t length) {
  constexpr std::uint64_t kFactorNanoseconds = 1000, kProductNanoseconds = 1000;
  he::Cost cost{.up = 64 * ot::flips_bytes(items),
                .nanoseconds = items * (kFactorNanoseconds + length * kProductNanoseconds)};
  for (int width = 64; width > 0; --width) cost.back += ot::correlated_vectors_bytes(items, length, width);
  return cost;
}

he::Cost batch_cost(std::size_t items, std::size_t length) {
  // What silent transfers of a factor take beyond others.
  constexpr std::uint64_t kSilentNanoseconds = 1000;
  const Supply::Cost transfers = Supply::cost_of(64 * items);
  he::Cost cost{.up = transfers.to_sender,
                .back = transfers.to_receiver,
                .nanoseconds = transfers.rounds * items * kSilentNanoseconds,
                .rounds = transfers.rounds};
  const std::size_t step = items_at_once(length);
  add(cost, slice_cost(step, length), items / step);
  if (items % step != 0) add(cost, slice_cost(items % step, length), 1);
  return cost;
}

}  // namespace

he::Cost transfers_cost(std::size_t items, std::size_t length) {
  he::Cost cost{.rounds = 0};
  for (const Columns columns : columns_of(length)) {
    add(cost, batch_cost(kItemsAtOnce, columns.count), items / kItemsAtOnce);
    if (items % kItemsAtOnce != 0) add(cost, batch_cost(items % kItemsAtOnce, columns.count), 1);
  }
  return cost;
}

he::Cost matrix_transfers_cost(std::size_t m, std::size_t k, std::size_t n) {
  return transfers_cost(std::min(m, n) * k, std::max(m, n));
}

Task<Words> elementwise_transfers(Context& context, CrossTerms terms, Words a, Words b) {
  const std::size_t count = a.size();
  const auto same = [](std::size_t item) { return item; };
  return cross_terms(context, terms, std::move(a), std::move(b), {count, 1, count, same, same});
}

namespace {

// Row-major and with its zeros written out.
Words dense(const Context& context, const Words& words, bool is_transposed, std::size_t rows,
            std::size_t columns) {
  const Words written = context.counting() ? Words::shape_only(words.size()) : words.materialised();
  return is_transposed ? transposed(context, written, columns, rows) : written;
}

}  // namespace

Task<Words> matrix_transfers(Context& context, CrossTerms terms, Words a, Words b, he::MatrixShape shape) {
  const std::size_t m = shape.m, k = shape.k, n = shape.n;
  a = dense(context, a, shape.x_transposed, m, k);
  b = dense(context, b, shape.y_transposed, k, n);
  // Whoever knows the smaller factor's share chooses.
  if (m <= n)
    co_return co_await cross_terms(context, terms.swapped(), std::move(b), std::move(a),
                                   {m * k, n, m, [k](std::size_t item) { return item % k; },
                                    [k](std::size_t item) { return item / k; }});
  Words rows = transposed(context, a, m, k);
  const Words columns = co_await cross_terms(
      context, terms, std::move(rows), std::move(b),
      {k * n, m, n, [n](std::size_t item) { return item / n; }, [n](std::size_t item) { return item % n; }});
  co_return transposed(context, columns, n, m);
}

}  // namespace sotto::protocols::duo
