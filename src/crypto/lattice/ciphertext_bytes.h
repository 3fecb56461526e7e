// Ciphertexts and keys as bytes.
//
// A header (kind, version, the context's tag, primes), then residues packed without gaps at the width of
// their prime: a seeded ciphertext at degree 4096 and two primes of 50 bits takes 51,200 bytes and 11 of
// header. Reading accepts nothing else: other lengths, other contexts and residues not below their prime are
// refused with ErrorKind::kPeer, in words.
//
// A reply, the last ciphertext of a job, is smaller still: of the body only coefficients that somebody reads
// are sent, and numbers modulo Q as fractions of Q with as many bits as the noise leaves sense in. A fraction
// of b bits is what Codec decodes a number to, as if it were a message modulo 2^b, and the number what it
// encodes.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "crypto/lattice/galois.h"

namespace sotto::lattice {

Bytes to_bytes(const Context& context, const SeededCiphertext& ciphertext);
SeededCiphertext read_seeded(const Context& context, std::span<const std::byte> bytes);

// How long they are.
std::size_t seeded_bytes(const Context& context, std::size_t primes);
std::size_t galois_key_bytes(const Context& context);

// noise: what the protocol promises of the sender's ciphertext.
Bytes to_bytes(const Context& context, const Ciphertext& ciphertext);
Ciphertext read_ciphertext(const Context& context, std::span<const std::byte> bytes, const Noise& noise);

Bytes to_bytes(const Context& context, const SeededGaloisKey& key);
SeededGaloisKey read_galois_key(const Context& context, std::span<const std::byte> bytes);

// What both sides of a reply agree on.
struct ReplyShape {
  std::size_t primes = 1;
  int body_bits = 0, mask_bits = 0;      // of the fractions; 0: residues as they are
  std::vector<std::uint32_t> positions;  // coefficients of the body that are sent, ascending
};

// The shortest fractions with which messages of this codec survive this noise.
// Throws ErrorKind::kUsage where check_room() would.
ReplyShape reply_shape(const Codec& codec, const Noise& noise, std::vector<std::uint32_t> positions);
// Noise that the shape adds.
Noise reply_noise(const Context& context, const ReplyShape& shape);

std::size_t reply_bytes(const Context& context, const ReplyShape& shape);
// ciphertext: coefficients, over the shape's primes.
Bytes reply_to_bytes(const Context& context, const Ciphertext& ciphertext, const ReplyShape& shape);
// Body coefficients that were not sent are zero, and what decrypts there means nothing.
Ciphertext read_reply(const Context& context, std::span<const std::byte> bytes, const ReplyShape& shape,
                      const Noise& noise);

}  // namespace sotto::lattice
