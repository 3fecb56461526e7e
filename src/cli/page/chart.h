// Drawings as inline SVG: curves and bars, in the colours of the page's style.
#pragma once

#include <string>
#include <vector>

namespace sotto::cli::page {

struct Point {
  double x = 0, y = 0;
};

struct Chart {
  std::string title;             // read out and shown on top
  std::string x_label, y_label;  // with units
  std::vector<Point> points;     // x never decreases
  bool percent = false;          // y in percent: the axis ends at 100
  bool from_zero = false;        // the axis begins at 0
};
std::string line_chart(const Chart& chart);

// Two bars above each other, of `most`: what was predicted and what was measured.
std::string twin_bars(double predicted, double measured, double most);
// One bar of `most`.
std::string bar(double value, double most);

// The ticks of an axis from low to high: at most seven round numbers, the ends included or beyond.
std::vector<double> round_ticks(double low, double high);

}  // namespace sotto::cli::page
