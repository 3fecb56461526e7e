// What a party holds of a tensor: opaque outside protocols/ but for shape, kind and the arithmetic that every
// linear sharing allows part by part.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/shape.h"

namespace sotto::protocols {

// A reference-counted, immutable-after-filling array of 64-bit words, 64-byte aligned. It may have a length
// and no data (when only costs are counted), or be known to be all zero (a share that its owner's input does
// not use).
class Words {
 public:
  Words() = default;
  static Words allocate(std::size_t count);
  static Words shape_only(std::size_t count);
  static Words zeros(std::size_t count);
  static Words copy_of(std::span<const std::uint64_t> values);

  std::size_t size() const { return count_; }
  bool has_data() const { return static_cast<bool>(data_); }
  bool is_zero() const { return zero_; }
  // Only while filling, by the one who allocated it.
  std::span<std::uint64_t> mutable_span() const { return {data_.get(), data_ ? count_ : 0}; }
  std::span<const std::uint64_t> span() const { return {data_.get(), data_ ? count_ : 0}; }
  // A view of `count` words from `offset`, sharing ownership.
  Words slice(std::size_t offset, std::size_t count) const;
  // With data always present: zeros are materialised.
  Words materialised() const;

 private:
  std::shared_ptr<std::uint64_t[]> data_;
  std::size_t count_ = 0;
  bool zero_ = false;
};

enum class Kind : std::uint8_t { kPublic, kArithmetic, kBoolean };

// Facts a Boolean share may carry from the operation that made it, so that later selections by it are
// cheaper.
struct SelectorCache;

// Dense, row-major. Arithmetic and public: one word per element. Boolean: element i is bit i%64 of word i/64.
struct Share {
  Kind kind = Kind::kArithmetic;
  Shape shape;
  // How many parts are used is the protocol's business: plain and public use one, rep3 two.
  std::array<Words, 2> parts;
  std::shared_ptr<const SelectorCache> selector;
  // The party that knows the values themselves, its own input, or -1: the same at all parties. Whoever makes
  // a share need not say so; products by what a party knows may be cheaper.
  int known_to = -1;
  // Of a share that somebody knows: its numbers as signed ones are less than 2^(known_bits-1) in magnitude.
  int known_bits = 64;

  std::size_t elements() const { return static_cast<std::size_t>(element_count(shape)); }
  Share reshaped(Shape new_shape) const;
};

}  // namespace sotto::protocols
