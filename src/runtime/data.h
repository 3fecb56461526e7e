// A party's own data files as tensors of numbers: IDX (MNIST's format; raw or gzip), NumPy .npy, and CSV of
// numbers. The kind is told by the content, not by the name. Parsing is total on arbitrary bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/shape.h"

namespace sotto::runtime {

struct NumberTensor {
  Shape shape;
  std::variant<std::vector<std::uint8_t>, std::vector<float>, std::vector<double>> values;

  std::size_t size() const;
  double at(std::size_t index) const;
};

// Throw ErrorKind::kData with the place and what was expected, never with values of the file.
NumberTensor parse_idx(std::span<const std::byte> bytes);
NumberTensor parse_npy(std::span<const std::byte> bytes);
NumberTensor parse_csv(std::string_view text);
NumberTensor parse_numbers(std::span<const std::byte> bytes);

// The content of a file, unpacked when it is gzip; kSystem when it cannot be read, kData when damaged.
std::vector<std::byte> read_packed_file(const std::filesystem::path& path);

// How an owner's file becomes the numbers of an input: "" as they are, "pixels" (0..255 to 0..1), "one_hot:K"
// (an integer 0..K-1 becomes K numbers).
class EncodedTensor {
 public:
  // Throws kData when the file does not fit the shape; extents beyond the first may be split differently.
  // With `fewer_rows` the file may have fewer: its rows come again until there are enough, so that what they
  // are filled up with is in no other range than they are.
  EncodedTensor(NumberTensor tensor, std::string_view encoding, const Shape& shape, std::string what,
                bool fewer_rows = false);

  std::uint64_t rows() const {
    return tensor_.shape.empty() ? 1 : static_cast<std::uint64_t>(tensor_.shape[0]);
  }

  // Numbers [offset, offset + out.size()) in row-major order of the encoded shape. kData names the index of a
  // number that cannot be encoded, never the number.
  void read(std::size_t offset, std::span<double> out) const;

 private:
  NumberTensor tensor_;
  std::string what_;
  std::size_t classes_ = 0;
  std::size_t elements_ = 0;  // that the file gives
  double scale_ = 1;
};

// Writes a .npy file of little-endian doubles.
void write_npy(const std::filesystem::path& path, const Shape& shape, std::span<const double> values);

}  // namespace sotto::runtime
