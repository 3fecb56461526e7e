#include "crypto/lattice/ciphertext_bytes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

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
  SOTTO_ASSERT(shape.primes >= 1 && shape.primes <= context.primes(),
               "a level that the context does not have");
  for (std::size_t i = 0; i < shape.positions.size(); ++i) {
    SOTTO_ASSERT(
        shape.positions[i] < context.degree() && (i == 0 || shape.positions[i - 1] < shape.positions[i]),
        "positions ascend and are below the degree");
  }
}

// The words of a polynomial at some positions, for all its primes or of its fractions.
std::vector<Word> picked(std::span<const Word> words, std::span<const std::uint32_t> positions) {
  std::vector<Word> result;
  for (const std::uint32_t position : positions) result.push_back(words[position]);
  return result;
}

std::vector<std::uint32_t> all_positions(const Context& context) {
  std::vector<std::uint32_t> positions(context.degree());
  std::iota(positions.begin(), positions.end(), 0);
  return positions;
}

void write_part(ByteWriter& writer, const Context& context, Polynomial x, int bits,
                std::span<const std::uint32_t> positions) {
  if (bits == 0) {
    for (std::size_t i = 0; i < x.primes(); ++i)
      write_residues(writer, context, picked(x.residues(i), positions), i);
    return;
  }
  std::vector<Word> fractions(context.degree());
  Codec(context, MessageSpace::power_of_two(bits), x.primes()).decode(fractions, x);
  write_words(writer, picked(fractions, positions), bits);
}

Polynomial read_part(ByteReader& reader, const Context& context, std::size_t primes, int bits,
                     std::span<const std::uint32_t> positions) {
  Polynomial result(context.degree(), primes), scratch(context.degree(), 2);
  std::vector<Word> read(positions.size());
  if (bits == 0) {
    std::ranges::fill(result.words(), 0);
    for (std::size_t i = 0; i < primes; ++i) {
      read_residues(reader, context, read, i);
      for (std::size_t k = 0; k < positions.size(); ++k) result.residues(i)[positions[k]] = read[k];
    }
    return result;
  }
  const Codec codec(context, MessageSpace::power_of_two(bits), primes);
  const auto fractions = scratch.residues(0), remainders = scratch.residues(1);
  std::ranges::fill(fractions, 0);
  read_words(reader, read, bits);
  for (std::size_t k = 0; k < positions.size(); ++k) fractions[positions[k]] = read[k];
  codec.remainders(remainders, fractions);
  for (std::size_t i = 0; i < primes; ++i) codec.encode(result.at(i), remainders.data(), i);
  return result;
}

// The least width whose rounding error, times `weight`, stays below `error`; 0 where no fraction is that
// precise.
int fraction_bits(const Context& context, std::size_t primes, double weight, double error) {
  const double modulus_bits = context.modulus_bits(primes);
  const int bits = std::max(1, static_cast<int>(std::ceil(modulus_bits - 1 + std::log2(weight / error))));
  return bits <= 64 && bits + 7 <= modulus_bits ? bits : 0;
}

// Half a unit of a fraction.
double fraction_error(const Context& context, std::size_t primes, int bits) {
  return bits == 0 ? 0 : std::exp2(context.modulus_bits(primes) - bits - 1);
}

// Kind, version, tag, primes.
constexpr std::size_t kHeaderBytes = 1 + 1 + 4 + 1;

std::size_t packed_bytes(std::size_t words, int width) {
  return bits::bytes_for(words * static_cast<std::size_t>(width));
}

// Of `count` coefficients: fractions, or residues modulo so many primes.
std::size_t part_bytes(const Context& context, std::size_t primes, int bits, std::size_t count) {
  if (bits != 0) return packed_bytes(count, bits);
  std::size_t total = 0;
  for (std::size_t i = 0; i < primes; ++i) total += packed_bytes(count, context.modulus(i).bits);
  return total;
}

}  // namespace

std::size_t seeded_bytes(const Context& context, std::size_t primes) {
  return kHeaderBytes + sizeof(std::uint32_t) + part_bytes(context, primes, 0, context.degree());
}

std::size_t galois_key_bytes(const Context& context) {
  const std::size_t digits = context.parameters().switching_primes;
  const std::size_t body = part_bytes(context, digits, 0, context.degree()) +
                           packed_bytes(context.degree(), context.modulus(context.special()).bits);
  return kHeaderBytes + sizeof(std::uint32_t) + digits * (sizeof(std::uint32_t) + body);
}

std::size_t reply_bytes(const Context& context, const ReplyShape& shape) {
  return kHeaderBytes + part_bytes(context, shape.primes, shape.body_bits, shape.positions.size()) +
         part_bytes(context, shape.primes, shape.mask_bits, context.degree());
}

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
  const Context& context = codec.context();
  check_room(codec, noise);
  // A bit for what rounding adds on the other side.
  const double left = std::exp2(codec.room_bits()) - std::exp2(noise.bits()) - 1;
  ReplyShape shape{
      .primes = codec.primes(), .body_bits = 0, .mask_bits = 0, .positions = std::move(positions)};
  if (left <= 2) return shape;
  const double mask_weight = 10 * std::sqrt(static_cast<double>(context.degree()));
  shape.body_bits = fraction_bits(context, codec.primes(), 1, left / 2);
  shape.mask_bits = fraction_bits(context, codec.primes(), mask_weight, left / 2);
  return shape;
}

Noise reply_noise(const Context& context, const ReplyShape& shape) {
  const double root = std::sqrt(static_cast<double>(context.degree()));
  return {.deviation = fraction_error(context, shape.primes, shape.mask_bits) * root,
          .bound = fraction_error(context, shape.primes, shape.body_bits) + (shape.body_bits == 0 ? 0 : 0.5)};
}

Bytes reply_to_bytes(const Context& context, const Ciphertext& ciphertext, const ReplyShape& shape) {
  check_shape(context, shape);
  SOTTO_ASSERT(ciphertext.primes() == shape.primes && ciphertext.form == Form::kCoefficients,
               "replies are coefficients over the shape's primes");
  ByteWriter writer;
  write_header(writer, context, Kind::kReply, shape.primes);
  write_part(writer, context, ciphertext.body, shape.body_bits, shape.positions);
  write_part(writer, context, ciphertext.mask, shape.mask_bits, all_positions(context));
  return writer.take();
}

Ciphertext read_reply(const Context& context, std::span<const std::byte> bytes, const ReplyShape& shape,
                      const Noise& noise) {
  check_shape(context, shape);
  ByteReader reader = reader_of(bytes);
  const std::size_t primes = read_header(reader, context, Kind::kReply, shape.primes);
  if (primes != shape.primes) refuse(fmt::format("has {} primes where {} are due", primes, shape.primes));
  Ciphertext result{.body = read_part(reader, context, primes, shape.body_bits, shape.positions),
                    .mask = read_part(reader, context, primes, shape.mask_bits, all_positions(context)),
                    .form = Form::kCoefficients,
                    .noise = noise + reply_noise(context, shape)};
  reader.expect_end();
  return result;
}

}  // namespace sotto::lattice
