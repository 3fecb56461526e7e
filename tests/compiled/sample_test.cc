// What the sample says of a value, and what the guard makes of it: no alarm for what is like the sample,
// within the margin, and one for what leaves its window, also where the sample said little.
#include <gtest/gtest.h>

#include "base/error.h"
#include "compiled_job.h"
#include "plan/splitmix.h"

namespace sotto::tests {
namespace {

constexpr std::size_t kRows = 256, kColumns = 4096;

// Rows between -1 and 1, and one of `loudness` times that.
ir::Array rows(double loudness) {
  plan::SplitMix random(5);
  std::vector<float> values(kRows * kColumns);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>((2 * random.unit() - 1) * (i / kColumns == 100 ? loudness : 1));
  return ir::Array::floats({kRows, kColumns}, std::move(values));
}

ir::Array times(ir::Array array, float factor) {
  for (float& value : array.as<float>()) value *= factor;
  return array;
}

// The program compares twice its input with zero. Declared for far more than is ever seen, so that its
// windows are those of the sample.
CompiledJob comparing(const ir::Array& sample) {
  Options options;
  options.name = "loud_row";
  options.protocol = "plain";
  options.roles = {"all"};
  options.inputs = {{.name = "x", .role = "all", .encoding = "", .file = ""}};
  options.limits = {{"x", 1000000.0}};
  options.reveals = {{.name = "0", .roles = {"all"}}};
  return {
      source_file("tests/compiled/loud_row.mlir"), options, {}, [&](Arrays& data) { data["x"] = sample; }};
}

bool alarm(CompiledJob& job, const ir::Array& data) {
  job.set_data("x", data);
  try {
    job.run_compiled();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kRange) << error.what();
    return true;
  }
  return false;
}

// Far beyond any window that the sample asks for.
ir::Array with_one_outside(ir::Array data) {
  data.as<float>()[7 * kColumns + 7] = -900000;
  return data;
}

// The loud row has twelve times the root mean square of all, and fills groups of probes by itself.
TEST(SampleTest, OneLoudRowIsNoAlarm) {
  const auto sample = rows(24);
  auto job = comparing(sample);
  EXPECT_FALSE(alarm(job, sample));
  EXPECT_FALSE(alarm(job, times(sample, 3.9F)));  // of a margin of 4
  EXPECT_TRUE(alarm(job, with_one_outside(sample)));
}

TEST(SampleTest, ZerosOnTheSampleSayNothing) {
  auto job = comparing(times(rows(1), 0));
  EXPECT_FALSE(alarm(job, times(rows(1), 0)));
  EXPECT_FALSE(alarm(job, rows(1)));
  EXPECT_TRUE(alarm(job, with_one_outside(rows(1))));
}

TEST(SampleTest, WhatWasTinyMayGrowFarFromItsWindow) {
  const auto sample = times(rows(1), 0x1p-20F);
  auto job = comparing(sample);
  EXPECT_FALSE(alarm(job, times(sample, 0x1p19F)));
  EXPECT_TRUE(alarm(job, with_one_outside(sample)));
}

}  // namespace
}  // namespace sotto::tests
