#include "runtime/data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <fstream>
#include <functional>
#include <random>

#include "base/error.h"

namespace sotto::runtime {
namespace {

using testing::HasSubstr;

std::vector<std::byte> bytes_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text.data(), text.size()));
  return {bytes.begin(), bytes.end()};
}

std::string idx_text() {
  return std::string("\0\0\x08\x02\0\0\0\x02\0\0\0\x03", 12) + std::string("\x00\x33\xff\x01\x02\x03", 6);
}

std::string complaint(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData) << error.what();
    return error.message();
  }
  return "accepted";
}

TEST(Data, ReadsIdxAndScalesPixels) {
  const auto tensor = parse_numbers(bytes_of(idx_text()));
  EXPECT_EQ(tensor.shape, (Shape{2, 3}));
  const EncodedTensor encoded(tensor, "pixels", {2, 3, 1}, "images");
  std::vector<double> values(4);
  encoded.read(1, values);
  EXPECT_THAT(values, testing::ElementsAre(0.2, 1.0, 1.0 / 255, 2.0 / 255));
}

TEST(Data, ReadsCsvWithHeading) {
  const auto tensor = parse_csv("age,income\n1,2.5\n-3, 4e2\r\n");
  EXPECT_EQ(tensor.shape, (Shape{2, 2}));
  EXPECT_EQ(tensor.at(3), 400);
  EXPECT_EQ(parse_csv("7\n8\n9").shape, (Shape{3}));
}

TEST(Data, ReadsBackTheNpyItWrites) {
  const auto path = std::filesystem::temp_directory_path() / "sotto_data_test.npy";
  const std::vector<double> values{1, -2.5, 3, 4, 5, 6};
  for (const Shape& shape : {Shape{2, 3}, Shape{6}, Shape{1, 6, 1}}) {
    write_npy(path, shape, values);
    const auto tensor = parse_numbers(read_packed_file(path));
    EXPECT_EQ(tensor.shape, shape);
    EXPECT_EQ(std::get<std::vector<double>>(tensor.values), values);
  }
  std::filesystem::remove(path);
}

TEST(Data, UnpacksGzipAndNoticesDamage) {
  const auto path = std::filesystem::temp_directory_path() / "sotto_data_test.gz";
  const std::string text = idx_text();
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
  EXPECT_EQ(read_packed_file(path), bytes_of(text));
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 6);
  EXPECT_THAT(complaint([&] { read_packed_file(path); }), HasSubstr("sotto_data_test.gz is"));
  std::filesystem::remove(path);
  EXPECT_THROW(read_packed_file(path), Error);
}

TEST(Data, OneHotNamesTheElementNotTheLabel) {
  const EncodedTensor labels(parse_csv("0\n2\n1"), "one_hot:3", {3, 3}, "input \"labels\"");
  std::vector<double> values(9);
  labels.read(0, values);
  EXPECT_THAT(values, testing::ElementsAre(1, 0, 0, 0, 0, 1, 0, 1, 0));
  const EncodedTensor wrong(parse_csv("0\n77\n1"), "one_hot:3", {3, 3}, "input \"labels\"");
  const auto message = complaint([&] { wrong.read(0, values); });
  EXPECT_THAT(message, HasSubstr("input \"labels\": element 1 is no integer from 0 to 2"));
  EXPECT_THAT(message, testing::Not(HasSubstr("77")));
}

TEST(Data, FewerRowsComeAgain) {
  const EncodedTensor pixels(parse_csv("51,102\n255,0"), "pixels", {5, 2}, "input \"x\"", true);
  std::vector<double> values(4);
  pixels.read(6, values);  // of rows 0, 1, 0, 1, 0: the second half
  EXPECT_THAT(values, testing::ElementsAre(1, 0, 0.2, 0.4));
  EXPECT_EQ(pixels.rows(), 2u);
  const EncodedTensor labels(parse_csv("2\n0"), "one_hot:3", {3, 3}, "input \"labels\"", true);
  values.resize(9);
  labels.read(0, values);
  EXPECT_THAT(values, testing::ElementsAre(0, 0, 1, 1, 0, 0, 0, 0, 1));
  EXPECT_THAT(complaint([] { EncodedTensor(parse_csv("1\n2\n3"), "", {2}, "input \"x\"", true); }),
              HasSubstr("a tensor (3,), the plan wants (2,) or fewer rows"));
  EXPECT_THAT(complaint([] { EncodedTensor(parse_csv("1,2\n3,4"), "", {4, 3}, "input \"x\"", true); }),
              HasSubstr("(4, 3) or fewer rows"));
}

TEST(Data, SaysWhatIsWrong) {
  EXPECT_THAT(complaint([] { parse_csv("1,2\n3\n"); }),
              HasSubstr("CSV, line 2: 1 columns, the lines before have 2"));
  EXPECT_THAT(complaint([] { parse_csv("1,2\n3,nan\n"); }), HasSubstr("CSV, line 2, column 2"));
  EXPECT_THAT(complaint([] { parse_csv(""); }), HasSubstr("no numbers"));
  EXPECT_THAT(complaint([] { parse_idx(bytes_of(idx_text().substr(0, 15))); }),
              HasSubstr("IDX: the shape (2, 3) needs 6 bytes, 3 follow"));
  const std::string endless = std::string("\0\0\x0E\x02\xff\xff\xff\xff\xff\xff\xff\xff", 12);
  EXPECT_THAT(complaint([&] { parse_idx(bytes_of(endless)); }),
              HasSubstr("needs more than 2^50 bytes, 0 follow"));
  EXPECT_THAT(complaint([] { EncodedTensor(parse_csv("1\n2"), "", {3}, "input \"x\""); }),
              HasSubstr("the file holds a tensor (2,), the plan wants (3,)"));
}

bool survives(std::string_view text) {
  try {
    parse_numbers(bytes_of(text));
  } catch (const Error& error) {
    return error.kind() == ErrorKind::kData;
  }
  return true;
}

TEST(Data, SurvivesTruncationAndMutation) {
  const auto path = std::filesystem::temp_directory_path() / "sotto_data_test_mutation.npy";
  write_npy(path, {2, 3}, std::vector<double>(6, 1.5));
  const auto raw = read_packed_file(path);
  std::filesystem::remove(path);
  const std::string npy(reinterpret_cast<const char*>(raw.data()), raw.size());
  std::mt19937_64 random(1);
  for (const std::string& text : {npy, idx_text(), std::string("a,b\n1,2\n3,4\n")}) {
    for (std::size_t n = 0; n < text.size(); ++n) ASSERT_TRUE(survives(text.substr(0, n)));
    for (int i = 0; i < 5000; ++i) {
      std::string changed = text;
      for (int k = 0; k < 3; ++k) changed[random() % changed.size()] = static_cast<char>(random());
      ASSERT_TRUE(survives(changed));
    }
  }
}

}  // namespace
}  // namespace sotto::runtime
