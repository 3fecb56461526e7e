#include "base/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace sotto {
namespace {

TEST(TextTable, AlignsColumnsAndRules) {
  TextTable table({"operation", "time", "bytes"});
  table.add_row({"matmul", "12.3 µs", "3.1 MiB"});
  table.add_row({"relu", "1.00 ms", "0 B"});
  table.add_rule();
  table.add_row({"total", "1.01 ms", "3.1 MiB"});
  EXPECT_EQ(table.text(),
            "operation      time     bytes\n"
            "---------   -------   -------\n"
            "matmul      12.3 µs   3.1 MiB\n"
            "relu        1.00 ms       0 B\n"
            "---------   -------   -------\n"
            "total       1.01 ms   3.1 MiB\n");
}

TEST(TextTable, LeftColumnsCarryNoTrailingSpaces) {
  TextTable table({"a", "reason"});
  table.align_left(1);
  table.add_row({"1", ""});
  EXPECT_EQ(table.text(), "a   reason\n-   ------\n1\n");
}

TEST(TextTableMisuse, RowsMustFit) {
  TextTable table({"a", "b"});
  try {
    table.add_row({"1"});
    FAIL() << "accepted a short row";
  } catch (const Error& error) {
    EXPECT_THAT(error.message(), testing::HasSubstr("a table row has one cell per column"));
  }
}

}  // namespace
}  // namespace sotto
