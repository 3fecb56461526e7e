#include "crypto/lattice/ciphertext_bytes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/bits.h"
#include "base/error.h"
#include "base/vectorized.h"
#include "crypto/lattice/evaluate.h"

namespace sotto::lattice {
namespace {

enum class Kind : std::uint8_t { kSeeded = 1, kCiphertext = 2, kGaloisKey = 3, kReply = 4 };
constexpr std::uint8_t kVersion = 1;

[[noreturn]] void refuse(const std::string& problem) {
  throw Error(ErrorKind::kPeer, "a lattice message " + problem);
}

void write_header(ByteWriter& writer, const Context& context, Kind kind, std::size_t primes) {
  writer.number(static_cast<std::uint8_t>(kind));
  writer.number(kVersion);
  writer.number(context.tag());
  writer.number(static_cast<std::uint8_t>(primes));
}

// Returns the number of primes, at least 1 and at most `most`.
std::size_t read_header(ByteReader& reader, const Context& context, Kind kind, std::size_t most) {
  const auto found_kind = reader.number<std::uint8_t>();
  if (found_kind != static_cast<std::uint8_t>(kind))
    refuse(fmt::format("is of kind {} where kind {} is due", found_kind, static_cast<int>(kind)));
  if (const auto version = reader.number<std::uint8_t>(); version != kVersion)
    refuse(fmt::format("has version {}; this program speaks version {}", version, kVersion));
  if (reader.number<std::uint32_t>() != context.tag())
    refuse(fmt::format("belongs to other parameters than {}", context.parameters().name));
  const auto primes = reader.number<std::uint8_t>();
  if (primes == 0 || primes > most) refuse(fmt::format("has {} primes where 1 to {} may be", primes, most));
  return primes;
}

ByteReader reader_of(std::span<const std::byte> bytes) {
  return ByteReader(bytes, "a lattice message", ErrorKind::kPeer);
}

void write_words(ByteWriter& writer, std::span<const Word> words, int width) {
  Bytes packed(bits::bytes_for(words.size() * static_cast<std::size_t>(width)));
  bits::pack(packed, words, width);
  writer.raw(packed);
}

void read_words(ByteReader& reader, std::span<Word> words, int width) {
  bits::unpack(words, reader.raw(bits::bytes_for(words.size() * static_cast<std::size_t>(width))), width);
}

SOTTO_VECTORIZED bool all_below(const Word* words, std::size_t n, Word limit) {
  Word above = 0;
  for (std::size_t i = 0; i < n; ++i) above |= limit - 1 - words[i];
  return above >> 63 == 0;
}

void write_residues(ByteWriter& writer, const Context& context, std::span<const Word> residues,
                    std::size_t prime) {
  write_words(writer, residues, context.modulus(prime).bits);
}

void read_residues(ByteReader& reader, const Context& context, std::span<Word> residues, std::size_t prime) {
  const Modulus& modulus = context.modulus(prime);
  read_words(reader, residues, modulus.bits);
  if (!all_below(residues.data(), residues.size(), modulus.value))
    refuse(fmt::format("has a residue that is not below its prime {}", modulus.value));
}

void write_polynomial(ByteWriter& writer, const Context& context, const Polynomial& x) {
  for (std::size_t i = 0; i < x.primes(); ++i) write_residues(writer, context, x.residues(i), i);
}

Polynomial read_polynomial(ByteReader& reader, const Context& context, std::size_t primes) {
  Polynomial result(context.degree(), primes);
  for (std::size_t i = 0; i < primes; ++i) read_residues(reader, context, result.residues(i), i);
  return result;
}

// Of a polynomial over the switching primes and the special one.
std::size_t prime_at(const Context& context, std::size_t i) {
  return i == context.parameters().switching_primes ? context.special() : i;
}

void check_shape(const Context& context, const ReplyShape& shape) {
  const int width = context.modulus(0).bits;
  const auto fits = [width](int bits) { return bits >= 0 && bits < width; };
  SOTTO_ASSERT(fits(shape.body_bits) && fits(shape.mask_bits), "a reply keeps some bits");
  for (std::size_t i = 0; i < shape.positions.size(); ++i) {
    SOTTO_ASSERT(
        shape.positions[i] < context.degree() && (i == 0 || shape.positions[i - 1] < shape.positions[i]),
        "positions ascend and are below the degree");
  }
}

// To multiples of 2^bits, the nearest; the topmost is zero again, up to the prime's distance to a power of
// two.
void drop_bits(std::span<Word> words, int bits, int width) {
  const Word half = bits == 0 ? 0 : Word{1} << (bits - 1);
  const Word mask = (Word{1} << (width - bits)) - 1;
  for (Word& word : words) word = ((word + half) >> bits) & mask;
}

void restore_bits(std::span<Word> words, int bits, Word prime) {
  for (Word& word : words) {
    const Word reduced = (word << bits) - prime;
    word = reduced + (prime & (0 - (reduced >> 63)));
  }
}

}  // namespace

Bytes to_bytes(const Context& context, const SeededCiphertext& ciphertext) {
  ByteWriter writer;
  write_header(writer, context, Kind::kSeeded, ciphertext.body.primes());
  writer.number(ciphertext.index);
  write_polynomial(writer, context, ciphertext.body);
  return writer.take();
}

SeededCiphertext read_seeded(const Context& context, std::span<const std::byte> bytes) {
  ByteReader reader = reader_of(bytes);
  const std::size_t primes = read_header(reader, context, Kind::kSeeded, context.primes());
  SeededCiphertext result;
  result.index = reader.number<std::uint32_t>();
  result.body = read_polynomial(reader, context, primes);
  reader.expect_end();
  return result;
}

Bytes to_bytes(const Context& context, const Ciphertext& ciphertext) {
  ByteWriter writer;
  write_header(writer, context, Kind::kCiphertext, ciphertext.primes());
  writer.number(static_cast<std::uint8_t>(ciphertext.form));
  write_polynomial(writer, context, ciphertext.body);
  write_polynomial(writer, context, ciphertext.mask);
  return writer.take();
}

Ciphertext read_ciphertext(const Context& context, std::span<const std::byte> bytes, const Noise& noise) {
  ByteReader reader = reader_of(bytes);
  const std::size_t primes = read_header(reader, context, Kind::kCiphertext, context.primes());
  const auto form = reader.number<std::uint8_t>();
  if (form > static_cast<std::uint8_t>(Form::kValues)) refuse(fmt::format("is in the unknown form {}", form));
  Ciphertext result{.body = read_polynomial(reader, context, primes),
                    .mask = read_polynomial(reader, context, primes),
                    .form = static_cast<Form>(form),
                    .noise = noise};
  reader.expect_end();
  return result;
}

Bytes to_bytes(const Context& context, const SeededGaloisKey& key) {
  ByteWriter writer;
  write_header(writer, context, Kind::kGaloisKey, key.digits.size());
  writer.number(key.element);
  for (const SeededCiphertext& digit : key.digits) {
    writer.number(digit.index);
    for (std::size_t i = 0; i < digit.body.primes(); ++i)
      write_residues(writer, context, digit.body.residues(i), prime_at(context, i));
  }
  return writer.take();
}

SeededGaloisKey read_galois_key(const Context& context, std::span<const std::byte> bytes) {
  ByteReader reader = reader_of(bytes);
  const std::size_t expected = context.parameters().switching_primes;
  const std::size_t count = read_header(reader, context, Kind::kGaloisKey, expected);
  if (count != expected) refuse(fmt::format("has {} digits where {} are due", count, expected));
  SeededGaloisKey result{.element = reader.number<std::uint32_t>(), .digits = {}};
  if (result.element % 2 == 0 || result.element >= 2 * context.degree())
    refuse(fmt::format("is a key for X -> X^{}, which is no automorphism", result.element));
  for (std::size_t digit = 0; digit < count; ++digit) {
    SeededCiphertext read{.body = Polynomial(context.degree(), count + 1),
                          .index = reader.number<std::uint32_t>()};
    for (std::size_t i = 0; i <= count; ++i)
      read_residues(reader, context, read.body.residues(i), prime_at(context, i));
    result.digits.push_back(std::move(read));
  }
  reader.expect_end();
  return result;
}

// Half of the room that is left goes to the body's error, half to the mask's, which the key multiplies.
ReplyShape reply_shape(const Codec& codec, const Noise& noise, std::vector<std::uint32_t> positions) {
  SOTTO_ASSERT(codec.primes() == 1, "replies are over one prime");
  const Context& context = codec.context();
  check_room(codec, {.body = Polynomial(1, 1), .mask = Polynomial(1, 1), .noise = noise});
  const double left = std::exp2(codec.room_bits()) - std::exp2(noise.bits());
  const auto bits_within = [&](double error) {  // 2^(bits - 1) of error
    return std::clamp(static_cast<int>(std::floor(std::log2(error))) + 1, 0, context.modulus(0).bits - 1);
  };
  const double mask_unit = 10 * std::sqrt(static_cast<double>(context.degree()));
  ReplyShape shape{.body_bits = left > 2 ? bits_within(left / 2) : 0,
                   .mask_bits = left > 2 * mask_unit ? bits_within(left / 2 / mask_unit) : 0,
                   .positions = std::move(positions)};
  // Room that is used up to the last is no room.
  while ((noise + reply_noise(context, shape)).bits() >= codec.room_bits() && shape.body_bits > 0)
    --shape.body_bits;
  return shape;
}

Noise reply_noise(const Context& context, const ReplyShape& shape) {
  const double mask_error = shape.mask_bits == 0 ? 0 : std::exp2(shape.mask_bits - 1);
  return {.deviation = mask_error * std::sqrt(static_cast<double>(context.degree())),
          .bound = shape.body_bits == 0 ? 0 : std::exp2(shape.body_bits - 1)};
}

Bytes reply_to_bytes(const Context& context, const Ciphertext& ciphertext, const ReplyShape& shape) {
  check_shape(context, shape);
  SOTTO_ASSERT(ciphertext.primes() == 1 && ciphertext.form == Form::kCoefficients,
               "replies are coefficients over one prime");
  const int width = context.modulus(0).bits;
  std::vector<Word> body, mask(ciphertext.mask.residues(0).begin(), ciphertext.mask.residues(0).end());
  for (const std::uint32_t position : shape.positions) body.push_back(ciphertext.body.residues(0)[position]);
  drop_bits(body, shape.body_bits, width);
  drop_bits(mask, shape.mask_bits, width);
  ByteWriter writer;
  write_header(writer, context, Kind::kReply, 1);
  write_words(writer, body, width - shape.body_bits);
  write_words(writer, mask, width - shape.mask_bits);
  return writer.take();
}

Ciphertext read_reply(const Context& context, std::span<const std::byte> bytes, const ReplyShape& shape,
                      const Noise& noise) {
  check_shape(context, shape);
  const Modulus& modulus = context.modulus(0);
  ByteReader reader = reader_of(bytes);
  read_header(reader, context, Kind::kReply, 1);
  std::vector<Word> body(shape.positions.size());
  Ciphertext result{.body = Polynomial(context.degree(), 1),
                    .mask = Polynomial(context.degree(), 1),
                    .form = Form::kCoefficients,
                    .noise = noise + reply_noise(context, shape)};
  read_words(reader, body, modulus.bits - shape.body_bits);
  read_words(reader, result.mask.residues(0), modulus.bits - shape.mask_bits);
  reader.expect_end();
  restore_bits(body, shape.body_bits, modulus.value);
  restore_bits(result.mask.residues(0), shape.mask_bits, modulus.value);
  std::ranges::fill(result.body.words(), 0);
  for (std::size_t i = 0; i < body.size(); ++i) result.body.residues(0)[shape.positions[i]] = body[i];
  return result;
}

}  // namespace sotto::lattice
