#include "protocols/rep3/scan.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "base/test_watched_pages.h"

namespace sotto::protocols::rep3 {
namespace {

TEST(Scan, TakesTheEntry) {
  std::mt19937_64 random(1);
  for (const std::size_t terms : {1, 2, 3, 7, 10})
    for (const std::size_t entries : {1, 2, 3, 8, 15, 64, 256}) {
      std::vector<std::uint64_t> table(entries * terms), selected(terms);
      for (auto& word : table) word = random();
      for (std::size_t index = 0; index < entries; ++index) {
        scan(selected.data(), table.data(), index, entries, terms);
        for (std::size_t t = 0; t < terms; ++t) ASSERT_EQ(selected[t], table[index * terms + t]);
      }
      scan(selected.data(), table.data(), entries, entries, terms);
      EXPECT_EQ(selected, std::vector<std::uint64_t>(terms));
    }
}

// A table whose first entries lie in one page and the others in the next: both are read, whatever the index.
TEST(Scan, ReadsEveryEntry) {
  WatchedPages pages;
  for (const std::size_t terms : {1, 2, 3, 10})
    for (const std::size_t entries : {2, 3, 5, 16, 33})
      for (std::size_t before = 1; before < entries; ++before)
        for (const std::size_t index : {std::size_t{0}, before - 1, before, entries - 1}) {
          std::vector<std::uint64_t> selected(terms);
          const std::uint64_t* table = pages.boundary() - before * terms;
          pages.watch();
          scan(selected.data(), table, index, entries, terms);
          const WatchedPages::Read read = pages.end();
          ASSERT_TRUE(read.first && read.second)
              << entries << " entries of " << terms << ", " << before << " before, index " << index;
        }
}

}  // namespace
}  // namespace sotto::protocols::rep3
