#include "runtime/data.h"

#include <fmt/format.h>
#include <zlib.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <fstream>
#include <memory>

#include "base/error.h"

namespace sotto::runtime {

std::size_t NumberTensor::size() const {
  return std::visit([](const auto& v) { return v.size(); }, values);
}

double NumberTensor::at(std::size_t index) const {
  return std::visit([index](const auto& v) { return static_cast<double>(v[index]); }, values);
}

std::vector<std::byte> read_packed_file(const std::filesystem::path& path) {
  constexpr std::size_t kMaximumBytes = std::size_t{1} << 34;
  const auto unreadable = [&](const char* why) {
    throw Error(ErrorKind::kSystem, fmt::format("cannot read {}: {}", path.string(), why),
                "Check the path in the job file and the file's permissions.");
  };
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) unreadable("there is no such file");
  if (!std::filesystem::is_regular_file(path, ignored)) unreadable("it is no file");
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  if (!file) unreadable("it cannot be opened");
  std::vector<std::byte> bytes;
  std::size_t used = 0;
  while (true) {
    bytes.resize(std::max<std::size_t>(used * 2, std::size_t{1} << 20));
    const auto room = static_cast<unsigned>(std::min<std::size_t>(bytes.size() - used, 1u << 30));
    const int got = gzread(file.get(), bytes.data() + used, room);
    if (got < 0)
      throw Error(ErrorKind::kData, fmt::format("{} is a damaged gzip file", path.string()),
                  "Fetch or pack it again.");
    used += static_cast<std::size_t>(got);
    if (used > kMaximumBytes) unreadable("it is larger than 16 GiB");
    if (got == 0) break;
  }
  int code = Z_OK;
  gzerror(file.get(), &code);
  if (code != Z_OK && code != Z_STREAM_END)
    throw Error(ErrorKind::kData, fmt::format("{} is cut short", path.string()), "Fetch or pack it again.");
  bytes.resize(used);
  return bytes;
}

namespace {

std::size_t classes_of(std::string_view encoding) {
  constexpr std::string_view kPrefix = "one_hot:";
  std::size_t classes = 0;
  if (encoding.starts_with(kPrefix)) {
    const auto number = encoding.substr(kPrefix.size());
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), classes);
    if (error == std::errc() && end == number.data() + number.size() && classes >= 2 && classes <= 1 << 20)
      return classes;
  }
  throw Error(ErrorKind::kPlan, fmt::format("unknown encoding \"{}\" of an input", encoding),
              "Known are \"\" (numbers as they are), pixels and one_hot:K.");
}

}  // namespace

EncodedTensor::EncodedTensor(NumberTensor tensor, std::string_view encoding, const Shape& shape,
                             std::string what, bool fewer_rows)
    : tensor_(std::move(tensor)), what_(std::move(what)) {
  if (encoding == "pixels")
    scale_ = 255;
  else if (!encoding.empty())
    classes_ = classes_of(encoding);
  elements_ = tensor_.size() * std::max<std::size_t>(classes_, 1);
  Shape given = shape;  // with the file's rows, if it may have fewer
  if (fewer_rows && !shape.empty() && !tensor_.shape.empty()) given[0] = std::min(shape[0], tensor_.shape[0]);
  const bool rows_fit = given.empty() || tensor_.shape.empty() || tensor_.shape[0] == given[0];
  if (elements_ != static_cast<std::size_t>(element_count(given)) || elements_ == 0 || !rows_fit)
    throw Error(ErrorKind::kData,
                fmt::format("{}: the file holds a tensor {}{}, the plan wants {}{}", what_,
                            to_string(tensor_.shape), classes_ ? fmt::format(" of {} classes", classes_) : "",
                            to_string(shape), fewer_rows ? " or fewer rows" : ""),
                "Give the file the plan was compiled for, or compile the plan for this file.");
}

void EncodedTensor::read(std::size_t offset, std::span<double> out) const {
  if (classes_ == 0) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = tensor_.at((offset + i) % elements_) / scale_;
    return;
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t row = (offset + i) % elements_ / classes_;
    const double label = tensor_.at(row);
    if (!(label >= 0 && label < static_cast<double>(classes_)) || label != std::floor(label))
      throw Error(ErrorKind::kData,
                  fmt::format("{}: element {} is no integer from 0 to {}", what_, row, classes_ - 1),
                  "Labels of one_hot:K are 0, 1, ..., K-1.");
    out[i] = static_cast<std::size_t>(label) == (offset + i) % classes_ ? 1 : 0;
  }
}

void write_npy(const std::filesystem::path& path, const Shape& shape, std::span<const double> values) {
  static_assert(std::endian::native == std::endian::little);
  std::string extents = to_string(shape);
  std::string header = fmt::format("{{'descr': '<f8', 'fortran_order': False, 'shape': {}, }}", extents);
  header.append((64 - (10 + header.size() + 1) % 64) % 64, ' ');
  header += '\n';
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write("\x93NUMPY\x01\x00", 8);
  const char length[2] = {static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
  file.write(length, 2);
  file << header;
  file.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size_bytes()));
  if (!file.flush())
    throw Error(ErrorKind::kSystem, fmt::format("cannot write {}", path.string()),
                "Check the directory and the space left.");
}

}  // namespace sotto::runtime
