#include "protocols/duo/truncation.h"

#include "base/ring.h"
#include "protocols/duo/planes.h"

namespace sotto::protocols::duo {
namespace {

constexpr std::uint8_t kCoin = 3;
constexpr ring::Element kOffset = ring::Element{1} << 62;

}  // namespace

Truncation::Truncation(Supply& supply, const Site& site, std::size_t count, int bits)
    : context_(supply.context()), site_(site), count_(count), bits_(bits) {
  SOTTO_ASSERT(bits >= 0 && bits < 62, "a truncation drops 0 to 61 bits");
  if (bits > 0) wrap_.emplace(supply, 0, count, bits);
}

void Truncation::prepare(Words part) {
  half_ = std::move(part);
  if (bits_ == 0) return;
  const bool first = context_.self() == 0;
  Words shifted = context_.words(count_);
  top_ = context_.words(count_);
  context_.local([&] {
    const auto out = shifted.mutable_span();
    ring::add_constant(out, half_.span(), first ? kOffset : 0);
    const prg::Prg& common = context_.key_with(1 - context_.self());
    first ? common.add(out, site_.at(0, kCoin)) : common.subtract(out, site_.at(0, kCoin));
    ring::shift_right(top_.mutable_span(), out, 63);
    if (!first) return ring::shift_right(out, out, bits_);
    ring::shift_right_up(out, out, bits_);
    ring::add_constant(out, out, 0 - (kOffset >> bits_));
  });
  half_ = std::move(shifted);
}

Task<Words> Truncation::run() {
  if (bits_ == 0) co_return half_;
  Words mine = top_;
  if (context_.self() == 1) {
    mine = context_.words(bits::words_for(count_));
    context_.local([&] { bits::collect(mine.mutable_span(), top_.span()); });
  }
  const Words product = co_await wrap_->run(std::move(mine));
  Words share = context_.words(count_);
  context_.local([&] {
    const auto out = share.mutable_span();
    ring::subtract(out, product.span(), top_.span());
    ring::scale(out, out, ring::Element{1} << (64 - bits_));
    ring::add(out, out, half_.span());
  });
  co_return share;
}

}  // namespace sotto::protocols::duo
