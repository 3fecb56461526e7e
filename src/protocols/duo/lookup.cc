#include "protocols/duo/lookup.h"

#include "base/bits.h"
#include "base/constant_time.h"
#include "crypto/ot/one_of_many.h"
#include "protocols/duo/boundary.h"
#include "protocols/duo/contract.h"
#include "protocols/duo/planes.h"
#include "protocols/duo/slices.h"
#include "protocols/duo/word_products.h"

namespace sotto::protocols::duo {
namespace {

constexpr std::uint8_t kMasks = 4;
// A slice's tables have up to 256 words for each element and term.
constexpr std::size_t kElementsAtOnce = std::size_t{1} << 12;

struct Pieces {
  explicit Pieces(const PiecewiseFunction& piecewise)
      : function(piecewise),
        terms(static_cast<std::size_t>(piecewise.terms)),
        low_bits(piecewise.window - piecewise.piece_bits) {
    SOTTO_ASSERT(low_bits >= 1 && piecewise.window <= 40 && piecewise.piece_bits >= 1 &&
                     piecewise.piece_bits <= ot::kMaxIndexBits,
                 "a piecewise function has 2 to 256 pieces of at least two points");
  }

  std::size_t entries() const { return std::size_t{1} << function.piece_bits; }
  Word mask() const { return (Word{1} << function.window) - 1; }
  Word low_of(Word a) const { return a & ((Word{1} << low_bits) - 1); }
  Word piece_of(Word a) const { return (a & mask()) >> low_bits; }
  // The base of piece j for the second party's B.
  std::int64_t base_of(std::size_t piece, Word b) const {
    const Word extent = Word{1} << function.window, base = ((Word{piece} << low_bits) + b) & mask();
    const Word beyond = (extent - (Word{1} << low_bits) - base) >> 63;  // base is too great
    return static_cast<std::int64_t>(base - (extent & opaque(Word{0} - beyond)));
  }

  const PiecewiseFunction& function;
  std::size_t terms;
  int low_bits;
};

// One slice of elements. Rows and words are [term * count + element].
class SliceLookup {
 public:
  SliceLookup(Supply& supply, const Site& site, const Pieces& pieces, std::size_t count)
      : supply_(supply),
        context_(supply.context()),
        site_(site),
        pieces_(pieces),
        count_(count),
        tables_(supply.claim(1, pieces.terms * count * static_cast<std::size_t>(bits()))),
        products_(supply, 1, pieces.terms * count, 1, pieces.function.basis_bits) {}

  Task<Words> run(Words part) {
    std::vector<Task<Words>> tasks;
    if (context_.self() == 0) {
      Words basis = basis_of(part);
      tasks.push_back(take(part, basis));
      tasks.push_back(products_.run(basis));
    } else {
      Words masks = context_.words(pieces_.terms * count_);
      context_.local([&] { context_.own_key().fill(masks.mutable_span(), site_.at(0, kMasks)); });
      tasks.push_back(offer(part, masks));
      tasks.push_back(products_.run(masks));
    }
    const std::vector<Words> made = co_await when_all(std::move(tasks));
    Words result = context_.words(count_);
    context_.local([&] {
      const auto out = result.mutable_span();
      std::ranges::fill(out, 0);
      for (std::size_t term = 0; term < pieces_.terms; ++term) {
        if (context_.self() == 0) ring::add(out, out, made[0].span().subspan(term * count_, count_));
        ring::add(out, out, made[1].span().subspan(term * count_, count_));
      }
    });
    co_return result;
  }

 private:
  int bits() const { return pieces_.function.piece_bits; }
  std::size_t tables() const { return pieces_.terms * count_; }

  Words basis_of(const Words& part) const {
    Words basis = context_.words(tables());
    context_.local([&] {
      std::vector<Word> row(pieces_.terms);
      for (std::size_t i = 0; i < count_; ++i) {
        pieces_.function.basis(pieces_.low_of(part.span()[i]), row);
        for (std::size_t term = 0; term < pieces_.terms; ++term)
          basis.mutable_span()[term * count_ + i] = row[term];
      }
    });
    return basis;
  }

  // The first party: masked coefficients, times the basis.
  Task<Words> take(Words part, Words basis) {
    Words indices = context_.words(tables());
    Message flips(context_, ot::index_bytes(tables(), bits()));
    context_.local([&] {
      for (std::size_t i = 0; i < tables(); ++i)
        indices.mutable_span()[i] = pieces_.piece_of(part.span()[i % count_]);
      ot::ask_many(flips.bytes(), indices.span(), bits(), supply_.received(tables_));
    });
    flips.send(context_);
    co_await context_.next_round();
    Message message(context_, ot::tables_bytes(tables(), bits(), 64));
    message.receive(context_);
    co_await context_.next_round();
    Words taken = context_.words(tables());
    context_.local([&] {
      ot::receive_many(taken.mutable_span(), indices.span(), bits(), 64, message.bytes(),
                       supply_.received(tables_));
      ring::multiply(taken.mutable_span(), taken.span(), basis.span());
    });
    co_return taken;
  }

  // The second party: coefficients for every piece, masked.
  Task<Words> offer(Words part, Words masks) {
    Message flips(context_, ot::index_bytes(tables(), bits()));
    flips.receive(context_);
    co_await context_.next_round();
    Message message(context_, ot::tables_bytes(tables(), bits(), 64));
    context_.local([&] {
      std::vector<Word> written(tables() * pieces_.entries());
      write_tables(written, part, masks);
      ot::send_many(message.bytes(), written, bits(), 64, flips.bytes(), supply_.sent(tables_));
    });
    message.send(context_);
    co_await context_.next_round();
    co_return masks;
  }

  void write_tables(std::span<Word> written, const Words& part, const Words& masks) const {
    std::vector<Word> row(pieces_.terms);
    for (std::size_t i = 0; i < count_; ++i)
      for (std::size_t piece = 0; piece < pieces_.entries(); ++piece) {
        pieces_.function.coefficients(pieces_.base_of(piece, part.span()[i]), row);
        for (std::size_t term = 0; term < pieces_.terms; ++term) {
          const std::size_t at = term * count_ + i;
          written[at * pieces_.entries() + piece] = row[term] - masks.span()[at];
        }
      }
  }

  Supply& supply_;
  Context& context_;
  Site site_;
  const Pieces& pieces_;
  std::size_t count_;
  Supply::Claim tables_;
  Gilboa products_;
};

}  // namespace

Task<Share> lookup(Context& context, Share value, const PiecewiseFunction& function) {
  const Pieces pieces(function);
  const std::size_t count = value.elements();
  // x - minimum, the constant at the first party.
  Words part = context.words(count);
  context.local([&] {
    const Words given = value.parts[0].materialised();
    const auto minimum = static_cast<ring::Element>(function.minimum);
    ring::add_constant(part.mutable_span(), given.span(), context.self() == 0 ? 0 - minimum : 0);
  });
  Words result = context.words(count);
  for (std::size_t first = 0; first < count; first += kElementsAtOnce) {
    const std::size_t here = std::min(kElementsAtOnce, count - first);
    const Site site = context.begin();
    Supply supply(context);
    SliceLookup slice(supply, site, pieces, here);
    co_await supply.make();
    const Words made = co_await slice.run(part.slice(first, here));
    context.local([&] { store(result, first, made); });
  }
  if (function.truncate_bits > 0)
    result = co_await truncate(context, std::move(result), function.truncate_bits);
  co_return share_of(Kind::kArithmetic, value.shape, std::move(result));
}

}  // namespace sotto::protocols::duo
