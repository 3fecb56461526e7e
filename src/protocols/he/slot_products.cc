#include "protocols/he/slot_products.h"

#include <cmath>

#include "base/error.h"
#include "crypto/lattice/ciphertext_bytes.h"
#include "crypto/lattice/evaluate.h"
#include "protocols/he/remainders.h"
#include "protocols/he/return_path.h"

namespace sotto::protocols::he {
namespace {

using lattice::Ciphertext;
using lattice::Codec;
using lattice::Word;
constexpr std::size_t kPrimes = Remainders::kPrimes;

const Remainders& remainders() {
  static const Remainders instance(context().degree());
  return instance;
}

lattice::MessageSpace space(std::size_t i) { return lattice::MessageSpace::prime(remainders().prime(i)); }

// The same for every prime: they differ by little, and the first is the largest.
struct Plan {
  ReturnPath path;
  lattice::ReplyShape reply;
  double largest;        // coefficient of a multiplier, centred
  std::size_t up, back;  // bytes of a ciphertext
};

const Plan& plan() {
  static const Plan instance = [] {
    Plan result{.path = {},
                .reply = {},
                .largest = static_cast<double>(remainders().prime(0) / 2),
                .up = 0,
                .back = 0};
    const auto degree = static_cast<double>(context().degree());
    const auto path = return_path(space(0), lattice::fresh_noise().convolved(result.largest, degree), 1);
    SOTTO_ASSERT(path.has_value(), "products of 50-bit slots fit the modulus");
    result.path = *path;
    std::vector<std::uint32_t> all(context().degree());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint32_t>(i);
    result.reply =
        lattice::reply_shape(Codec(context(), space(0), path->reply), path->returned, std::move(all));
    result.up = lattice::seeded_bytes(context(), path->fresh);
    result.back = lattice::reply_bytes(context(), result.reply);
    return result;
  }();
  return instance;
}

std::size_t blocks_of(std::size_t count) { return (count + context().degree() - 1) / context().degree(); }

// Numbers of a block, zeros behind them, modulo prime i, as coefficients.
void encode(std::span<Word> coefficients, std::span<const Word> values, std::size_t i) {
  std::vector<Word> slots(coefficients.size());
  remainders().of_signed(std::span(slots).first(values.size()), values, i);
  remainders().slots(i).to_coefficients(coefficients, slots);
}

// Calls function(block, its numbers, prime).
template <class Function>
void for_ciphertexts(std::size_t count, const Function& function) {
  const std::size_t degree = context().degree();
  for (std::size_t block = 0; block < blocks_of(count); ++block)
    for (std::size_t i = 0; i < kPrimes; ++i)
      function(block * degree, std::min(degree, count - block * degree), i);
}

Bytes encrypt_numbers(KeyEnd& end, std::span<const Word> values) {
  std::vector<Word> coefficients(context().degree());
  ByteWriter writer;
  for_ciphertexts(values.size(), [&](std::size_t first, std::size_t count, std::size_t i) {
    encode(coefficients, values.subspan(first, count), i);
    const Codec codec(context(), space(i), plan().path.fresh);
    writer.raw(lattice::to_bytes(context(), end.encryptor().encrypt(codec, coefficients)));
  });
  return writer.take();
}

lattice::Plaintext multiplier(std::span<const Word> values, std::size_t i) {
  const Word prime = remainders().prime(i);
  std::vector<Word> coefficients(context().degree());
  encode(coefficients, values, i);
  // Centred, without a branch.
  std::vector<std::int64_t> centred(coefficients.size());
  for (std::size_t k = 0; k < centred.size(); ++k) {
    const Word above = (prime / 2 - coefficients[k]) >> 63;
    centred[k] = static_cast<std::int64_t>(coefficients[k] - (prime & (0 - above)));
  }
  return lattice::make_plaintext(context(), plan().path.fresh, centred, plan().largest, centred.size());
}

// What the holder makes of one ciphertext: the reply. r, one for each slot.
Bytes reply_to(EvaluationEnd& end, std::span<const std::byte> bytes, std::span<const Word> values,
               std::span<const Word> r, std::size_t i) {
  lattice::SeededCiphertext seeded = lattice::read_seeded(context(), bytes);
  if (seeded.body.primes() != plan().path.fresh)
    throw Error(ErrorKind::kPeer, "encrypted numbers came over another number of primes");
  end.expect_later(seeded.index);
  const Ciphertext operand = lattice::expand(context(), end.masks(), std::move(seeded));
  const lattice::Plaintext factor = multiplier(values, i);
  const Ciphertext* operand_pointer = &operand;
  const lattice::Plaintext* factor_pointer = &factor;
  Ciphertext product = lattice::product_sum(context(), {&operand_pointer, 1}, {&factor_pointer, 1});
  lattice::switch_modulus(context(), product, plan().path.packed);
  std::vector<Word> masks(context().degree());
  remainders().slots(i).to_coefficients(masks, r);
  const Codec codec(context(), space(i), plan().path.packed);
  lattice::add_messages(codec, product, masks);
  end.hide(codec, product, masks.size());
  lattice::to_coefficients(context(), product);
  lattice::switch_modulus(context(), product, plan().path.reply);
  return lattice::reply_to_bytes(context(), product, plan().reply);
}

// The holder's replies; its share is -r.
Bytes multiply_numbers(const Context& at, const Site& site, EvaluationEnd& end,
                       std::span<const std::byte> bytes, std::span<const Word> values,
                       std::span<Word> share) {
  const std::size_t degree = context().degree();
  std::vector<Word> random(2 * degree), r(kPrimes * degree), composed(degree);
  ByteWriter writer;
  for_ciphertexts(values.size(), [&](std::size_t first, std::size_t count, std::size_t i) {
    const auto row = std::span(r).subspan(i * degree, degree);
    at.own_key().fill(random, site.at(first / degree, static_cast<std::uint8_t>(i)));
    remainders().uniform(row, random, i);
    writer.raw(reply_to(end, bytes.first(plan().up), values.subspan(first, count), row, i));
    bytes = bytes.subspan(plan().up);
    if (i + 1 < kPrimes) return;
    remainders().compose(composed, r);
    for (std::size_t k = 0; k < count; ++k) share[first + k] = 0 - composed[k];
  });
  return writer.take();
}

void read_products(KeyEnd& end, std::span<const std::byte> bytes, std::span<Word> share) {
  const std::size_t degree = context().degree();
  std::vector<Word> messages(degree), slots(kPrimes * degree), composed(degree);
  for_ciphertexts(share.size(), [&](std::size_t first, std::size_t count, std::size_t i) {
    const Codec codec(context(), space(i), plan().path.reply);
    const Ciphertext reply =
        lattice::read_reply(context(), bytes.first(plan().back), plan().reply, plan().path.returned);
    bytes = bytes.subspan(plan().back);
    lattice::check_room(codec, reply);
    lattice::decrypt(messages, end.key(), codec, reply);
    remainders().slots(i).to_slots(std::span(slots).subspan(i * degree, degree), messages);
    if (i + 1 < kPrimes) return;
    remainders().compose(composed, slots);
    std::ranges::copy(std::span(composed).first(count), share.begin() + static_cast<std::ptrdiff_t>(first));
  });
}

}  // namespace

Cost slot_products_cost(std::size_t count) {
  // One core of the reference machine, both parties' work on one ciphertext.
  constexpr std::uint64_t kNanoseconds = 900'000;
  const std::uint64_t ciphertexts = kPrimes * blocks_of(count);
  return {.up = ciphertexts * plan().up,
          .back = ciphertexts * plan().back,
          .nanoseconds = ciphertexts * kNanoseconds};
}

Task<Words> slot_products(Context& at, Ends* ends, int owner, Words mine) {
  const Site site = at.begin();
  const Cost cost = slot_products_cost(mine.size());
  const int peer = 1 - at.self();
  Words share = at.words(mine.size());
  Bytes up, back;
  if (at.self() == owner) {
    at.local([&] {
      up = encrypt_numbers(*ends->own, mine.span());
      back.resize(cost.back);
    });
    at.rounds().send(peer, up.data(), cost.up);
    co_await at.next_round();
    at.rounds().receive(peer, back.data(), cost.back);
    co_await at.next_round();
    at.local([&] { read_products(*ends->own, back, share.mutable_span()); });
  } else {
    at.local([&] { up.resize(cost.up); });
    at.rounds().receive(peer, up.data(), cost.up);
    co_await at.next_round();
    at.local([&] { back = multiply_numbers(at, site, *ends->other, up, mine.span(), share.mutable_span()); });
    at.rounds().send(peer, back.data(), cost.back);
    co_await at.next_round();
  }
  co_return share;
}

}  // namespace sotto::protocols::he
