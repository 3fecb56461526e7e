#include "protocols/he/share.h"

#include <fmt/format.h>

#include <cmath>

#include "base/error.h"
#include "base/threads.h"
#include "crypto/lattice/ciphertext_bytes.h"
#include "crypto/lattice/evaluate.h"
#include "crypto/lattice/pack.h"

namespace sotto::protocols::he {
namespace {

using lattice::Ciphertext;
using lattice::Codec;
using lattice::Plaintext;
using lattice::Word;

// Plaintexts in memory at once, a third of a megabyte each; products at once, twice that.
constexpr std::size_t kPlaintextsAtOnce = 128, kProductsAtOnce = 64;

// A block of the multiplier, as signed numbers. Constant time: what is out of range is found at the end.
Plaintext encode_multiplier(const ProductPlan& plan, std::span<const Word> multiplier, std::size_t inner,
                            std::size_t column) {
  std::vector<Word> words(context().degree());
  plan.layout->encode_multiplier(words, multiplier, inner, column);
  const int bits = plan.numbers.multiplier_bits;
  // From -2^(bits-1) to 2^(bits-1), which negation may have made of the former.
  const Word largest = Word{1} << (bits - 1);
  const int spare = 64 - bits;
  Word outside = 0;
  for (const Word word : words) {
    const Word changed = word ^ static_cast<Word>(static_cast<std::int64_t>(word << spare) >> spare);
    const Word differs = word ^ largest;
    outside |= changed & (0 - ((differs | (0 - differs)) >> 63));
  }
  if (outside != 0) {
    throw Error(ErrorKind::kData,
                fmt::format("a factor has numbers of more than the {} bits that were declared for it", bits),
                "declare as many bits as its largest number has, or scale it down");
  }
  const std::vector<std::int64_t> coefficients(words.begin(), words.end());
  return lattice::make_plaintext(context(), plan.path.fresh, coefficients, std::exp2(bits - 1),
                                 plan.layout->nonzero());
}

// Blocks of columns [first, first + count): for each its plaintexts along the inner extent.
std::vector<std::vector<Plaintext>> encode_multipliers(const ProductPlan& plan, const Words& multiplier,
                                                       std::size_t first, std::size_t count) {
  const std::size_t inner = plan.blocks.inner;
  std::vector<std::vector<Plaintext>> result(count, std::vector<Plaintext>(inner));
  parallel_for(count * inner, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i)
      result[i / inner][i % inner] = encode_multiplier(plan, multiplier.span(), i % inner, first + i / inner);
  });
  return result;
}

// Of every block of rows with every block of columns whose plaintexts are given: [row block][column block].
std::vector<std::vector<Ciphertext>> products_of(const EncryptedOperand& encrypted,
                                                 const std::vector<std::vector<Plaintext>>& plaintexts) {
  const ProductPlan& plan = encrypted.plan;
  const std::size_t inner = plan.blocks.inner;
  std::vector<std::vector<const Plaintext*>> pointers;
  for (const auto& column : plaintexts) {
    pointers.emplace_back();
    for (const Plaintext& plaintext : column) pointers.back().push_back(&plaintext);
  }
  const std::vector<lattice::PlaintextRow> rows(pointers.begin(), pointers.end());
  std::vector<std::vector<Ciphertext>> result(plan.blocks.rows);
  parallel_for(plan.blocks.rows, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t block = begin; block < end; ++block) {
      std::vector<const Ciphertext*> operands;
      for (std::size_t l = 0; l < inner; ++l) operands.push_back(&encrypted.ciphertexts[block * inner + l]);
      result[block] = lattice::product_sums(context(), operands, rows);
      for (Ciphertext& product : result[block]) lattice::switch_modulus(context(), product, plan.path.packed);
    }
  });
  return result;
}

// Ciphertexts, `together` at a time, into one.
class Results {
 public:
  Results(const ProductPlan& plan, const EvaluationEnd& end)
      : together_(plan.together),
        packer_(context(), end.packing_keys(plan.together), plan.together, plan.path.packed) {}

  void push(Ciphertext ciphertext) {
    packer_.push(std::move(ciphertext));
    if (++waiting_ == together_) close();
  }
  std::vector<Ciphertext> finish() {
    if (waiting_ > 0) close();
    return std::move(done_);
  }

 private:
  void close() {
    done_.push_back(packer_.finish());
    waiting_ = 0;
  }
  std::size_t together_, waiting_ = 0;
  lattice::Packer packer_;
  std::vector<Ciphertext> done_;
};

// Noise that the plan foresees, seen from above: sums are rounded in another order.
void expect_noise(const lattice::Noise& found, const lattice::Noise& planned) {
  SOTTO_ASSERT(found.bits() <= planned.bits() + 1e-6, "the noise that the plan reckoned with");
}

lattice::ReplyShape reply_shape(const ProductPlan& plan, const std::vector<Layout::Place>& places) {
  lattice::ReplyShape shape = plan.reply;
  for (const Layout::Place& place : places) shape.positions.push_back(place.coefficient);
  return shape;
}

std::size_t all_reply_bytes(const ProductPlan& plan) {
  std::size_t total = 0;
  for (std::size_t i = 0; i < plan.replies(); ++i)
    total += lattice::reply_bytes(context(), reply_shape(plan, plan.places(i)));
  return total;
}

// The holder's part: masks, of which it keeps the negatives where results are.
Bytes mask_and_hide(const Context& at, EvaluationEnd& end, EncryptedProduct& product, const Site& site,
                    std::span<Word> sum) {
  const ProductPlan& plan = product.plan;
  const Codec codec(context(), plan.space(), plan.path.packed);
  std::vector<Word> masks(context().degree());
  ByteWriter writer;
  for (std::size_t i = 0; i < product.ciphertexts.size(); ++i) {
    Ciphertext& ciphertext = product.ciphertexts[i];
    const std::vector<Layout::Place> places = plan.places(i);
    at.own_key().fill(masks, site.at(i, 0));
    expect_noise(ciphertext.noise, plan.path.result);
    ciphertext.noise = plan.path.result;
    lattice::add_messages(codec, ciphertext, masks);
    end.hide(codec, ciphertext, places.size());
    lattice::to_coefficients(context(), ciphertext);
    lattice::switch_modulus(context(), ciphertext, plan.path.reply);
    writer.raw(lattice::reply_to_bytes(context(), ciphertext, reply_shape(plan, places)));
    for (const Layout::Place& place : places) sum[place.result] -= masks[place.coefficient];
  }
  return writer.take();
}

void read_replies(KeyEnd& end, const ProductPlan& plan, std::span<const std::byte> bytes,
                  std::span<Word> sum) {
  const Codec codec(context(), plan.space(), plan.path.reply);
  std::vector<Word> messages(context().degree());
  for (std::size_t i = 0; i < plan.replies(); ++i) {
    const std::vector<Layout::Place> places = plan.places(i);
    const lattice::ReplyShape shape = reply_shape(plan, places);
    const std::size_t size = lattice::reply_bytes(context(), shape);
    const Ciphertext reply = lattice::read_reply(context(), bytes.first(size), shape, plan.path.returned);
    bytes = bytes.subspan(size);
    lattice::check_room(codec, reply);
    lattice::decrypt(messages, end.key(), codec, reply);
    for (const Layout::Place& place : places) sum[place.result] += messages[place.coefficient];
  }
}

Bytes encrypt_blocks(KeyEnd& end, const ProductPlan& plan, const Words& operand) {
  const Codec codec(context(), plan.space(), plan.path.fresh);
  std::vector<Word> words(context().degree());
  ByteWriter writer;
  for (std::size_t row = 0; row < plan.blocks.rows; ++row)
    for (std::size_t inner = 0; inner < plan.blocks.inner; ++inner) {
      std::ranges::fill(words, 0);
      plan.layout->encode_operand(words, operand.span(), row, inner);
      writer.raw(lattice::to_bytes(context(), end.encryptor().encrypt(codec, words)));
    }
  return writer.take();
}

std::vector<Ciphertext> read_operands(EvaluationEnd& end, const ProductPlan& plan,
                                      std::span<const std::byte> bytes) {
  const std::size_t size = lattice::seeded_bytes(context(), plan.path.fresh);
  std::vector<lattice::SeededCiphertext> seeded(plan.operands());
  const auto for_all = [&](const auto& function) {
    parallel_for(seeded.size(), 1, [&](std::size_t begin, std::size_t last) {
      for (std::size_t i = begin; i < last; ++i) function(i);
    });
  };
  for_all([&](std::size_t i) {
    seeded[i] = lattice::read_seeded(context(), bytes.subspan(i * size, size));
    if (seeded[i].body.primes() != plan.path.fresh) {
      throw Error(ErrorKind::kPeer, fmt::format("an encrypted operand came over {} primes instead of {}",
                                                seeded[i].body.primes(), plan.path.fresh));
    }
  });
  for (const lattice::SeededCiphertext& ciphertext : seeded) end.expect_later(ciphertext.index);
  std::vector<Ciphertext> ciphertexts(seeded.size());
  for_all(
      [&](std::size_t i) { ciphertexts[i] = lattice::expand(context(), end.masks(), std::move(seeded[i])); });
  return ciphertexts;
}

}  // namespace

Task<EncryptedOperand> encrypt(Context& at, Ends* ends, int owner, ProductPlan plan, Words operand) {
  EncryptedOperand result{.plan = std::move(plan), .owner = owner, .ciphertexts = {}};
  const std::size_t size = result.plan.operands() * lattice::seeded_bytes(context(), result.plan.path.fresh);
  Bytes bytes;
  if (at.self() == owner) {
    at.local([&] { bytes = encrypt_blocks(*ends->own, result.plan, operand); });
    at.rounds().send(1 - owner, bytes.data(), size);
  } else {
    at.local([&] { bytes.resize(size); });
    at.rounds().receive(owner, bytes.data(), size);
  }
  co_await at.next_round();
  if (at.self() != owner)
    at.local([&] { result.ciphertexts = read_operands(*ends->other, result.plan, bytes); });
  co_return result;
}

EncryptedProduct multiply(const Context& at, const Ends* ends, const EncryptedOperand& encrypted,
                          const Words& multiplier) {
  const ProductPlan& plan = encrypted.plan;
  EncryptedProduct product{.plan = plan, .owner = encrypted.owner, .ciphertexts = {}};
  if (at.counting() || at.self() == encrypted.owner) return product;
  Results results(plan, *ends->other);
  const std::size_t at_once = std::max<std::size_t>(
      1, std::min(kPlaintextsAtOnce / plan.blocks.inner, kProductsAtOnce / plan.blocks.rows));
  for (std::size_t first = 0; first < plan.blocks.columns; first += at_once) {
    const std::size_t count = std::min(at_once, plan.blocks.columns - first);
    auto blocks = products_of(encrypted, encode_multipliers(plan, multiplier, first, count));
    for (std::size_t column = 0; column < count; ++column)
      for (auto& row : blocks) results.push(std::move(row[column]));
  }
  product.ciphertexts = results.finish();
  return product;
}

void add(const Context& at, EncryptedProduct& sum, const EncryptedProduct& term) {
  if (at.counting()) return;
  SOTTO_ASSERT(sum.ciphertexts.size() == term.ciphertexts.size(), "products of one plan");
  for (std::size_t i = 0; i < sum.ciphertexts.size(); ++i)
    lattice::add(context(), sum.ciphertexts[i], term.ciphertexts[i]);
}

void add_known(const Context& at, EncryptedProduct& sum, const Words& values) {
  if (at.counting() || at.self() == sum.owner) return;
  const Codec codec(context(), sum.plan.space(), sum.plan.path.packed);
  std::vector<Word> messages(context().degree());
  for (std::size_t i = 0; i < sum.ciphertexts.size(); ++i) {
    std::ranges::fill(messages, 0);
    const std::vector<Layout::Place> places = sum.plan.places(i);
    for (const Layout::Place& place : places) messages[place.coefficient] = values.span()[place.result];
    lattice::add_messages(codec, sum.ciphertexts[i], messages);
  }
}

Task<void> return_shares(Context& at, Ends* ends, EncryptedProduct product, Words sum) {
  const ProductPlan& plan = product.plan;
  const Site site = at.begin();
  const std::size_t size = all_reply_bytes(plan);
  Bytes bytes;
  if (at.self() == product.owner) {
    at.local([&] { bytes.resize(size); });
    at.rounds().receive(1 - at.self(), bytes.data(), size);
  } else {
    at.local([&] { bytes = mask_and_hide(at, *ends->other, product, site, sum.mutable_span()); });
    at.rounds().send(product.owner, bytes.data(), size);
  }
  co_await at.next_round();
  if (at.self() == product.owner)
    at.local([&] { read_replies(*ends->own, plan, bytes, sum.mutable_span()); });
}

}  // namespace sotto::protocols::he
