// The family of sharings: the ways in which a tensor of signed 64-bit numbers can be held between parties.
//
//   public             all parties have the numbers
//   private(p)         party p has them
//   arithmetic         shares modulo 2^64, as kernels compute on
//   Boolean(w)         shares of the w low bits; a number is the signed one of those bits, so it fits where
//                      |v| < 2^(w-1)
//   encrypted(p)       the HE share (he/share.h): ciphertexts at the holder, their key at p
//
// Every conversion between them is a row of conversions.h.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "protocols/share.h"

namespace sotto::protocols {

namespace he {
struct EncryptedProduct;
}

enum class Form : std::uint8_t { kPublic, kPrivate, kArithmetic, kBoolean, kEncrypted };

struct Sharing {
  Form form = Form::kArithmetic;
  int party = -1;  // private: who knows; encrypted: whose key it is
  int bits = 64;   // Boolean: 1 to 64

  bool operator==(const Sharing&) const = default;

  static Sharing known_to_all() { return {.form = Form::kPublic}; }
  static Sharing known_to(int party) { return {.form = Form::kPrivate, .party = party}; }
  static Sharing arithmetic() { return {}; }
  static Sharing boolean(int bits = 64) { return {.form = Form::kBoolean, .bits = bits}; }
  static Sharing encrypted_for(int party) { return {.form = Form::kEncrypted, .party = party}; }

  // The parties that know the numbers themselves, a bit each.
  unsigned knowers(int parties) const;
};

// "Boolean(20)".
std::string to_string(const Sharing& sharing);

// What a party holds of a tensor in one of them; members that the sharing does not use are empty.
struct Shared {
  Sharing sharing;
  Shape shape;
  Words words;  // public: at all parties; private: at the one that knows
  // Arithmetic: of `shape`. Boolean: of shape (bits, 64 words), the lowest bit's plane first, each plane in
  // whole words.
  Share share;
  std::shared_ptr<const he::EncryptedProduct> encrypted;

  std::size_t elements() const { return static_cast<std::size_t>(element_count(shape)); }
};

// Planes of a Boolean: where bits are in memory, and the shape of their share.
std::size_t plane_words(const Shape& shape);
Shape planes_shape(const Shape& shape, int bits);

}  // namespace sotto::protocols
