#include "plan/link.h"

#include <gtest/gtest.h>

namespace sotto::plan {
namespace {

TEST(Link, IsTheNearestThatAPlanCanSay) {
  const Link link = link_of(0.05, 0.0005, false);
  EXPECT_EQ(link.kilobit_per_second, 50);
  EXPECT_EQ(link.one_way_microseconds, 1);
  EXPECT_FALSE(link.duplex);
  EXPECT_EQ(link_of(0.0001, 0, true).kilobit_per_second, 10);
  EXPECT_EQ(link_of(1e9, 1e9, true).kilobit_per_second, 1'000'000'000);
  EXPECT_EQ(link_of(1e9, 1e9, true).one_way_microseconds, 60'000'000);
}

TEST(Link, ProductsCarryIt) {
  Plan plan;
  auto& block = *plan.add_blocks();
  auto& product = *block.add_operations();
  product.set_kernel("contract");
  set_attribute(product, "product", std::string_view("matmul"));
  auto& sum = *block.add_operations();
  sum.set_kernel("contract");
  auto& other = *block.add_operations();
  other.set_kernel("exp");
  carry_link(plan, link_of(10, 1, true));
  carry_link(plan, link_of(30, 2, false));  // instead
  EXPECT_EQ(integer_attribute(block.operations(0), "link_kbit"), 30'000);
  EXPECT_EQ(integer_attribute(block.operations(0), "link_delay_us"), 2'000);
  EXPECT_EQ(integer_attribute(block.operations(0), "link_duplex"), 0);
  EXPECT_EQ(block.operations(0).attributes_size(), 4);
  EXPECT_EQ(block.operations(1).attributes_size(), 0);
  EXPECT_EQ(block.operations(2).attributes_size(), 0);
}

}  // namespace
}  // namespace sotto::plan
