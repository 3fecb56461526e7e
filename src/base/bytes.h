// Little-endian numbers in byte strings, written and read with bounds: the form of everything stored or sent.
#pragma once

#include <fmt/format.h>

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace sotto {

static_assert(std::endian::native == std::endian::little, "numbers are copied as the processor holds them");

using Bytes = std::vector<std::byte>;

inline std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

// One number at a place known to be long enough.
template <std::integral T>
T load_little_endian(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <std::integral T>
void store_little_endian(std::byte* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

class ByteWriter {
 public:
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  void number(T value) {
    bytes_.resize(bytes_.size() + sizeof value);
    store_little_endian(bytes_.data() + bytes_.size() - sizeof value, value);
  }
  // IEEE 754 binary64.
  void real(double value) { number(std::bit_cast<std::uint64_t>(value)); }
  void raw(std::span<const std::byte> bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  // A 32-bit length, then the bytes. Throws ErrorKind::kData when longer than 2^32 - 1.
  void text(std::string_view value) {
    if (value.size() > UINT32_MAX) throw Error(ErrorKind::kData, "a text is longer than 2^32 - 1 bytes");
    number(static_cast<std::uint32_t>(value.size()));
    raw(as_bytes(value));
  }

  const Bytes& bytes() const { return bytes_; }
  Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

// Reads what a ByteWriter wrote, or what an adversary did: every read beyond the end throws an Error of
// `kind` that names `what` is being read and the position. The bytes must outlive the reader.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes, std::string what = "the message",
                      ErrorKind kind = ErrorKind::kData)
      : bytes_(bytes), what_(std::move(what)), kind_(kind) {}

  template <std::integral T>
    requires(!std::same_as<T, bool>)
  T number() {
    return load_little_endian<T>(raw(sizeof(T)).data());
  }
  double real() { return std::bit_cast<double>(number<std::uint64_t>()); }
  // The next `count` bytes, in place.
  std::span<const std::byte> raw(std::size_t count) {
    if (count > remaining())
      fail(fmt::format("ends at byte {} where {} more are needed", bytes_.size(), count));
    const auto part = bytes_.subspan(position_, count);
    position_ += count;
    return part;
  }
  // At most `max_length` bytes, so that a hostile length cannot make us allocate.
  std::string text(std::size_t max_length) {
    const std::size_t start = position_;
    const auto length = number<std::uint32_t>();
    if (length > max_length) {
      fail(fmt::format("has a text of {} bytes at byte {}; at most {} are allowed", length, start,
                       max_length));
    }
    const auto part = raw(length);
    return {reinterpret_cast<const char*>(part.data()), part.size()};
  }

  std::size_t position() const { return position_; }
  std::size_t remaining() const { return bytes_.size() - position_; }
  void expect_end() const {
    if (remaining() != 0) fail(fmt::format("has {} unexpected bytes at its end", remaining()));
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const { throw Error(kind_, what_ + " " + problem); }

  std::span<const std::byte> bytes_;
  std::size_t position_ = 0;
  std::string what_;
  ErrorKind kind_;
};

}  // namespace sotto
