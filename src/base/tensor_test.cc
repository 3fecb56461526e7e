#include "base/tensor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>

namespace sotto {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Tensor<int> counting(const Shape& shape) {
  Tensor<int> tensor(shape);
  std::iota(tensor.span().begin(), tensor.span().end(), 0);
  return tensor;
}

std::vector<int> elements(const Tensor<int>& tensor) {
  std::vector<int> values(static_cast<std::size_t>(tensor.size()));
  tensor.copy_to(values);
  return values;
}

// Example: views share the elements.
TEST(Tensor, ViewsAreOfTheSameMemory) {
  Tensor<int> matrix({2, 3}, {1, 2, 3, 4, 5, 6});
  Tensor<int> columns = matrix.transpose();
  EXPECT_THAT(columns.shape(), ElementsAre(3, 2));
  EXPECT_THAT(elements(columns), ElementsAre(1, 4, 2, 5, 3, 6));
  columns.at({2, 0}) = 30;
  EXPECT_EQ(matrix.at({0, 2}), 30);
  EXPECT_EQ(matrix.clone().data() == matrix.data(), false);
}

TEST(Tensor, BuffersAreAlignedAndZero) {
  const Tensor<std::uint64_t> tensor({3, 5});
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor.data()) % kCacheLine, 0u);
  for (std::uint64_t value : tensor.span()) EXPECT_EQ(value, 0u);
  EXPECT_EQ(Tensor<double>().size(), 0);
  EXPECT_EQ(Tensor<double>(Shape{}, 2.5).at({}), 2.5);
}

TEST(Tensor, TransposesAnyAxes) {
  const Tensor<int> tensor = counting({2, 3, 4});
  const Tensor<int> moved = tensor.transpose({1, 2, 0});
  EXPECT_THAT(moved.shape(), ElementsAre(3, 4, 2));
  EXPECT_FALSE(moved.is_dense());
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 3; ++j)
      for (int k = 0; k < 4; ++k) EXPECT_EQ(moved.at({j, k, i}), tensor.at({i, j, k}));
  EXPECT_TRUE(moved.transpose({2, 0, 1}).is_dense());
  EXPECT_EQ(elements(moved.contiguous()), elements(moved));
}

TEST(Tensor, ReshapesWithoutCopyWhenDense) {
  const Tensor<int> tensor = counting({2, 6});
  EXPECT_EQ(tensor.reshape({3, -1}).data(), tensor.data());
  EXPECT_THAT(tensor.reshape({3, -1}).shape(), ElementsAre(3, 4));
  const Tensor<int> flat = tensor.transpose().reshape({-1});
  EXPECT_NE(flat.data(), tensor.data());
  EXPECT_THAT(elements(flat), ElementsAre(0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11));
  EXPECT_THAT(Tensor<int>({0, 3}).reshape({-1, 5}).shape(), ElementsAre(0, 5));
}

TEST(Tensor, SlicesAsPython) {
  const Tensor<int> tensor = counting({3, 4});
  EXPECT_THAT(elements(tensor.slice(0, 1, 3)), ElementsAre(4, 5, 6, 7, 8, 9, 10, 11));
  EXPECT_TRUE(tensor.slice(0, 1, 3).is_dense());
  EXPECT_THAT(elements(tensor.slice(1, 0, 4, 2)), ElementsAre(0, 2, 4, 6, 8, 10));
  EXPECT_THAT(elements(tensor.slice(-1, -2, 100)), ElementsAre(2, 3, 6, 7, 10, 11));
  EXPECT_THAT(tensor.slice(0, 2, 1).shape(), ElementsAre(0, 4));
  EXPECT_THAT(elements(tensor.slice(1, 3, 4, INT64_MAX)), ElementsAre(3, 7, 11));
}

TEST(Tensor, BroadcastsAsNumPy) {
  const Tensor<int> row({3}, {1, 2, 3}), column({2, 1}, {10, 20});
  EXPECT_THAT(broadcast_shape(row.shape(), column.shape()), ElementsAre(2, 3));
  EXPECT_THAT(elements(row.broadcast_to({2, 3})), ElementsAre(1, 2, 3, 1, 2, 3));
  EXPECT_THAT(elements(column.broadcast_to({2, 3})), ElementsAre(10, 10, 10, 20, 20, 20));
  EXPECT_THAT(elements(Tensor<int>(Shape{}, 7).broadcast_to({2, 2})), ElementsAre(7, 7, 7, 7));
  EXPECT_FALSE(row.broadcast_to({2, 3}).is_dense());
  EXPECT_THAT(broadcast_shape({5, 0}, {1}), ElementsAre(5, 0));
}

TEST(Tensor, AssignsThroughAView) {
  Tensor<int> tensor({2, 3});
  tensor.transpose().assign(std::vector{1, 2, 3, 4, 5, 6});
  EXPECT_THAT(tensor.span(), ElementsAre(1, 3, 5, 2, 4, 6));
}

template <class Call>
std::string message_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.message();
  }
  return "accepted";
}

TEST(TensorMisuse, NamesTheShapes) {
  const Tensor<int> tensor({2, 3});
  EXPECT_EQ(message_of([&] { tensor.reshape({4, -1}); }),
            "a tensor of shape (2, 3) cannot be reshaped to (4, -1)");
  EXPECT_EQ(message_of([&] { tensor.reshape({-1, -1}); }), "the shape (1, -1) has a negative extent");
  EXPECT_EQ(message_of([&] { tensor.transpose({0, 0}); }),
            "(0, 0) is not a permutation of the axes of (2, 3)");
  EXPECT_EQ(message_of([&] { tensor.transpose({0}); }), "(0,) is not a permutation of the axes of (2, 3)");
  EXPECT_EQ(message_of([&] { tensor.slice(2, 0, 1); }), "a tensor of shape (2, 3) has no axis 2");
  EXPECT_EQ(message_of([&] { tensor.slice(0, 0, 1, 0); }),
            "a slice of shape (2, 3) has step 0; it must be at least 1");
  EXPECT_EQ(message_of([&] { tensor.broadcast_to({3, 3}); }),
            "a tensor of shape (2, 3) cannot be broadcast to (3, 3)");
  EXPECT_EQ(message_of([&] { tensor.broadcast_to({3}); }),
            "a tensor of shape (2, 3) cannot be broadcast to (3,)");
  EXPECT_EQ(message_of([&] { broadcast_shape({2, 3}, {4}); }),
            "the shapes (2, 3) and (4,) cannot be broadcast together");
  EXPECT_EQ(message_of([&] { tensor.at({0, 3}); }), "a tensor of shape (2, 3) has no element (0, 3)");
  EXPECT_EQ(message_of([&] { Tensor<int>({2}, {1, 2, 3}); }), "a tensor of shape (2,) has 2 elements, not 3");
  EXPECT_THAT(message_of([&] { tensor.transpose().span(); }), HasSubstr("call contiguous() first"));
}

}  // namespace
}  // namespace sotto
