#include "learn/columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "plan/permutation.h"

namespace sotto::learn {
namespace {

Scaling scaling_of(const Table& table, std::size_t column, const std::vector<std::uint32_t>& training) {
  const auto at = [&](std::uint32_t row) { return table.values[row * table.features.size() + column]; };
  const auto count = static_cast<double>(training.size());
  double mean = 0, squares = 0;
  for (auto row : training) mean += at(row) / count;
  for (auto row : training) squares += (at(row) - mean) * (at(row) - mean) / count;
  return {mean, std::sqrt(squares)};
}

// Below, squares of differences vanish.
constexpr double kLeastDeviation = 1e-150;

bool is_constant(const Table& table, std::size_t column, const std::vector<std::uint32_t>& training) {
  const auto width = table.features.size();
  const double first = table.values[training.front() * width + column];
  return std::ranges::all_of(training, [&](auto row) { return table.values[row * width + column] == first; });
}

}  // namespace

SplitSizes split_sizes(std::size_t rows, double holdout) {
  if (holdout <= 0) return {rows, rows};
  if (rows < 2)
    throw Error(ErrorKind::kData, fmt::format("{} row cannot be split for training and testing", rows),
                "Give more rows, or holdout = 0.");
  const auto wanted = static_cast<std::size_t>(std::llround(holdout * static_cast<double>(rows)));
  const auto test = std::clamp<std::size_t>(wanted, 1, rows - 1);
  return {rows - test, test};
}

Split split_rows(std::size_t rows, double holdout, std::uint64_t seed) {
  // Epochs count from 0: this order is none of theirs.
  constexpr std::uint64_t kBeforeAll = 0xffffffff;
  if (holdout <= 0) {
    std::vector<std::uint32_t> all(rows);
    std::iota(all.begin(), all.end(), 0);
    return {all, all};
  }
  const auto sizes = split_sizes(rows, holdout);
  auto order = plan::row_order(rows, seed, kBeforeAll);
  const auto middle = order.begin() + static_cast<std::ptrdiff_t>(sizes.training);
  return {{order.begin(), middle}, {middle, order.end()}};
}

std::vector<Scaling> center_and_scale(Table& table, const std::vector<std::uint32_t>& training, bool scale,
                                      const std::string& file) {
  std::vector<Scaling> scalings;
  const auto width = table.features.size();
  for (std::size_t column = 0; column < width; ++column) {
    if (is_constant(table, column, training))
      throw Error(ErrorKind::kData,
                  fmt::format("{}: column \"{}\" has the same value in all {} training rows", file,
                              table.features[column], training.size()),
                  "It can teach nothing: leave it out with without = [...].");
    auto scaling = scaling_of(table, column, training);
    if (!std::isfinite(scaling.deviation) || scaling.deviation < kLeastDeviation)
      throw Error(
          ErrorKind::kData,
          fmt::format("{}: column \"{}\" has values too {} to compute with", file, table.features[column],
                      scaling.deviation < kLeastDeviation ? "close" : "far apart"),
          "Give it in another unit.");
    if (!scale) scaling.deviation = 1;
    scalings.push_back(scaling);
  }
  apply_scalings(table, scalings);
  return scalings;
}

void apply_scalings(Table& table, const std::vector<Scaling>& scalings) {
  const auto width = table.features.size();
  SOTTO_ASSERT(scalings.size() == width, "each column has its own");
  for (std::size_t i = 0; i < table.values.size(); ++i) {
    const auto& scaling = scalings[i % width];
    table.values[i] = (table.values[i] - scaling.mean) / scaling.deviation;
  }
}

}  // namespace sotto::learn
