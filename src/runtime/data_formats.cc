// The formats: bytes in, numbers out.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/error.h"
#include "runtime/data.h"

namespace sotto::runtime {
namespace {

[[noreturn]] void fail(std::string message, std::string hint = "") {
  if (hint.empty())
    hint = "The file was damaged, or is of another kind: IDX, .npy and CSV of numbers are read.";
  throw Error(ErrorKind::kData, std::move(message), std::move(hint));
}

std::uint8_t byte_at(std::span<const std::byte> bytes, std::size_t index) {
  return std::to_integer<std::uint8_t>(bytes[index]);
}

// Extents whose product the bytes after the header can hold.
std::size_t checked_count(const Shape& shape, std::size_t available, std::size_t element_bytes,
                          const char* format) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 50;  // no file has as many
  std::uint64_t count = 1;
  for (auto extent : shape) {
    if (extent < 0 || (extent > 0 && count > kMost / static_cast<std::uint64_t>(extent)))
      fail(fmt::format("{}: the shape {} needs more than 2^50 bytes, {} follow", format, to_string(shape),
                       available));
    count *= static_cast<std::uint64_t>(extent);
  }
  if (count == 0) fail(fmt::format("{}: the shape {} has no elements", format, to_string(shape)));
  if (count * element_bytes != available)
    fail(fmt::format("{}: the shape {} needs {} bytes, {} follow", format, to_string(shape),
                     count * element_bytes, available),
         count * element_bytes > available ? "The file was cut short: fetch it again." : "");
  return count;
}

// Numbers of type T in the file's byte order as doubles (bytes stay bytes).
template <class T>
void load_numbers(NumberTensor& tensor, std::span<const std::byte> bytes, std::size_t count,
                  bool big_endian) {
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    std::array<std::byte, sizeof(T)> raw;
    std::memcpy(raw.data(), bytes.data() + i * sizeof(T), sizeof(T));
    if (big_endian) std::reverse(raw.begin(), raw.end());
    values[i] = static_cast<double>(std::bit_cast<T>(raw));
  }
  tensor.values = std::move(values);
}

void load_bytes(NumberTensor& tensor, std::span<const std::byte> bytes, std::size_t count) {
  std::vector<std::uint8_t> values(count);
  std::memcpy(values.data(), bytes.data(), count);
  tensor.values = std::move(values);
}

// One way to read an element; `code` is the format's name for it.
struct ElementType {
  std::string_view code;
  std::size_t bytes;
  void (*load)(NumberTensor&, std::span<const std::byte>, std::size_t count, bool big_endian);
};

constexpr ElementType kTypes[] = {
    {"u1", 1,
     [](NumberTensor& t, std::span<const std::byte> b, std::size_t n, bool) { load_bytes(t, b, n); }},
    {"b1", 1,
     [](NumberTensor& t, std::span<const std::byte> b, std::size_t n, bool) { load_bytes(t, b, n); }},
    {"i1", 1, load_numbers<std::int8_t>},
    {"i2", 2, load_numbers<std::int16_t>},
    {"u2", 2, load_numbers<std::uint16_t>},
    {"i4", 4, load_numbers<std::int32_t>},
    {"u4", 4, load_numbers<std::uint32_t>},
    {"i8", 8, load_numbers<std::int64_t>},
    {"u8", 8, load_numbers<std::uint64_t>},
    {"f4", 4, load_numbers<float>},
    {"f8", 8, load_numbers<double>},
};

const ElementType& type_called(std::string_view code, const char* format) {
  for (const auto& type : kTypes)
    if (type.code == code) return type;
  fail(fmt::format("{}: elements of an unknown type", format),
       "Known are integers and floats of up to 64 bits.");
}

std::string_view idx_code(std::uint8_t code) {
  switch (code) {
    case 0x08:
      return "u1";
    case 0x09:
      return "i1";
    case 0x0B:
      return "i2";
    case 0x0C:
      return "i4";
    case 0x0D:
      return "f4";
    case 0x0E:
      return "f8";
    default:
      return "";
  }
}

}  // namespace

NumberTensor parse_idx(std::span<const std::byte> bytes) {
  if (bytes.size() < 4 || byte_at(bytes, 0) != 0 || byte_at(bytes, 1) != 0)
    fail("IDX: the file does not start with two zero bytes, a type and a number of axes");
  const auto& type = type_called(idx_code(byte_at(bytes, 2)), "IDX");
  const std::size_t axes = byte_at(bytes, 3);
  if (axes < 1 || axes > 8 || bytes.size() < 4 + 4 * axes)
    fail(fmt::format("IDX: {} axes in a file of {} bytes", axes, bytes.size()));
  NumberTensor tensor;
  for (std::size_t axis = 0; axis < axes; ++axis) {
    std::uint32_t extent = 0;
    for (std::size_t i = 0; i < 4; ++i) extent = extent << 8 | byte_at(bytes, 4 + 4 * axis + i);
    tensor.shape.push_back(extent);
  }
  const auto content = bytes.subspan(4 + 4 * axes);
  type.load(tensor, content, checked_count(tensor.shape, content.size(), type.bytes, "IDX"), true);
  return tensor;
}

namespace {

// What follows 'key': in the header's dictionary, up to but without `end`.
std::string_view npy_entry(std::string_view header, std::string_view key, std::string_view after, char end) {
  auto at = header.find(fmt::format("'{}':", key));
  if (at != std::string_view::npos) at = header.find_first_not_of(' ', at + key.size() + 3);
  if (at == std::string_view::npos || !header.substr(at).starts_with(after))
    fail(fmt::format("npy: the header has no usable '{}'", key));
  const auto start = at + after.size();
  const auto stop = header.find(end, start);
  if (stop == std::string_view::npos) fail(fmt::format("npy: the header's '{}' does not end", key));
  return header.substr(start, stop - start);
}

Shape npy_shape(std::string_view text) {
  Shape shape;
  while (true) {
    const auto start = text.find_first_not_of(" ,");
    if (start == std::string_view::npos) return shape;
    text.remove_prefix(start);
    std::int64_t extent = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), extent);
    if (error != std::errc() || extent < 0 || shape.size() == 8)
      fail("npy: the header's shape is not a tuple of extents");
    shape.push_back(extent);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  }
}

}  // namespace

NumberTensor parse_npy(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.size() < 12 || !text.starts_with("\x93NUMPY"))
    fail("npy: the file does not start with NumPy's mark");
  const bool long_header = text[6] >= 2;
  std::size_t length = 0;
  for (std::size_t i = 0; i < (long_header ? 4u : 2u); ++i)
    length |= std::size_t{byte_at(bytes, 8 + i)} << (8 * i);
  const std::size_t start = long_header ? 12 : 10;
  if (length > bytes.size() - start) fail("npy: the header is longer than the file");
  const auto header = text.substr(start, length);
  const auto descr = npy_entry(header, "descr", "'", '\'');
  if (descr.size() != 3) fail("npy: elements are not plain numbers");
  if (!npy_entry(header, "fortran_order", "", ',').starts_with("False"))
    fail("npy: the array is in Fortran order", "Save it with numpy.ascontiguousarray(array).");
  NumberTensor tensor;
  tensor.shape = npy_shape(npy_entry(header, "shape", "(", ')'));
  const auto& type = type_called(descr.substr(1), "npy");
  const auto content = bytes.subspan(start + length);
  type.load(tensor, content, checked_count(tensor.shape, content.size(), type.bytes, "npy"), descr[0] == '>');
  return tensor;
}

namespace {

// One number of a CSV cell; surrounding blanks are allowed.
bool parse_cell(std::string_view cell, double& value) {
  const auto first = cell.find_first_not_of(" \t");
  if (first == std::string_view::npos) return false;
  cell = cell.substr(first, cell.find_last_not_of(" \t") - first + 1);
  if (cell.starts_with('+')) cell.remove_prefix(1);
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  return error == std::errc() && end == cell.data() + cell.size() && std::isfinite(value);
}

// The numbers of a line; the column (from 1) of the first cell that is none, else 0.
std::size_t parse_line(std::string_view line, std::vector<double>& values) {
  for (std::size_t column = 1;; ++column) {
    const auto comma = line.find(',');
    double value = 0;
    if (!parse_cell(line.substr(0, comma), value)) return column;
    values.push_back(value);
    if (comma == std::string_view::npos) return 0;
    line.remove_prefix(comma + 1);
  }
}

}  // namespace

NumberTensor parse_csv(std::string_view text) {
  std::vector<double> values;
  std::int64_t rows = 0, columns = 0;
  for (std::size_t line_number = 1; !text.empty(); ++line_number) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    const auto before = values.size();
    const auto bad_column = parse_line(line, values);
    if (bad_column != 0 && rows == 0 && line_number == 1) {  // a heading
      values.resize(before);
      continue;
    }
    if (bad_column != 0)
      fail(fmt::format("CSV, line {}, column {}: not a finite number", line_number, bad_column));
    const auto found = static_cast<std::int64_t>(values.size() - before);
    if (rows++ == 0) columns = found;
    if (found != columns)
      fail(fmt::format("CSV, line {}: {} columns, the lines before have {}", line_number, found, columns));
  }
  if (rows == 0) fail("CSV: the file holds no numbers");
  NumberTensor tensor;
  tensor.shape = columns == 1 ? Shape{rows} : Shape{rows, columns};
  tensor.values = std::move(values);
  return tensor;
}

NumberTensor parse_numbers(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.starts_with("\x93NUMPY")) return parse_npy(bytes);
  if (text.starts_with(std::string_view("\0\0", 2))) return parse_idx(bytes);
  return parse_csv(text);
}

}  // namespace sotto::runtime
