#include "cli/page/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/human.h"
#include "cli/page/html.h"

namespace sotto::cli::page {
namespace {

constexpr double kWidth = 720, kHeight = 260;
constexpr double kLeft = 64, kRight = 16, kTop = 16, kBottom = 44;
constexpr double kBarWidth = 90;

// From values to the drawing's coordinates.
struct Axis {
  double low, high, from, to;
  double at(double value) const {
    return high > low ? from + (value - low) / (high - low) * (to - from) : (from + to) / 2;
  }
};

std::string tick_text(double value) {
  return std::abs(value) < 1e4 ? fmt::format("{:.6g}", value) : human_count(value);
}

std::string grid(const Axis& x, const Axis& y, const std::vector<double>& x_ticks,
                 const std::vector<double>& y_ticks) {
  std::string lines;
  for (const double tick : y_ticks)
    lines += fmt::format(
        "<line class=\"grid\" x1=\"{0:.1f}\" x2=\"{1:.1f}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>"
        "<text x=\"{3:.1f}\" y=\"{4:.1f}\" text-anchor=\"end\">{5}</text>\n",
        x.from, x.to, y.at(tick), x.from - 8, y.at(tick) + 4, tick_text(tick));
  for (const double tick : x_ticks)
    lines += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n", x.at(tick),
                         y.from + 18, tick_text(tick));
  return lines;
}

std::string curve(const Chart& chart, const Axis& x, const Axis& y) {
  std::string path, dots;
  for (const Point& point : chart.points) {
    path += fmt::format("{}{:.1f},{:.1f}", path.empty() ? "" : " ", x.at(point.x), y.at(point.y));
    if (chart.points.size() <= 60)
      dots += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.5\"><title>{}: {}{}</title></circle>\n",
                          x.at(point.x), y.at(point.y), tick_text(point.x), fmt::format("{:.5g}", point.y),
                          chart.percent ? " %" : "");
  }
  return (chart.points.size() > 1 ? fmt::format("<polyline class=\"curve\" points=\"{}\"/>\n", path) : "") +
         dots;
}

}  // namespace

std::vector<double> round_ticks(double low, double high) {
  if (!(high > low)) {
    const double margin = low == 0 ? 1 : std::abs(low) * 0.1;
    low -= margin;
    high += margin;
  }
  double step = std::pow(10, std::floor(std::log10((high - low) / 3)));
  while ((high - low) / step > 6) step *= (high - low) / (step * 2) > 6 ? 5 : 2;
  std::vector<double> ticks;
  for (double index = std::floor(low / step); index * step < high + step * 0.999; ++index)
    ticks.push_back(index * step);
  return ticks;
}

std::string line_chart(const Chart& chart) {
  if (chart.points.empty()) return "";
  const auto [least, most] = std::ranges::minmax(chart.points, {}, &Point::y);
  double low = chart.from_zero ? 0 : least.y, high = most.y;
  auto y_ticks = round_ticks(low, high);
  if (chart.percent && y_ticks.back() > 100)
    y_ticks.erase(std::ranges::upper_bound(y_ticks, 100), y_ticks.end());
  if (chart.percent && (y_ticks.empty() || y_ticks.back() < high)) y_ticks.push_back(100);
  low = std::min(low, y_ticks.front());
  high = std::max(high, y_ticks.back());
  const double first = chart.points.front().x, last = chart.points.back().x;
  const Axis x{std::min(0.0, first), std::max(last, first + 1), kLeft, kWidth - kRight};
  const Axis y{low, high, kHeight - kBottom, kTop};
  auto x_ticks = round_ticks(x.low, x.high);
  std::erase_if(x_ticks, [&](double tick) { return tick < x.low || tick > x.high; });
  return fmt::format(
      "<figure><svg viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\">\n<title>{}</title>\n{}{}"
      "<text class=\"label\" x=\"{:.0f}\" y=\"{:.0f}\" text-anchor=\"middle\">{}</text>\n</svg>"
      "<figcaption>{}, by {}</figcaption></figure>\n",
      kWidth, kHeight, escaped(chart.title), escaped(chart.title), grid(x, y, x_ticks, y_ticks),
      curve(chart, x, y), (kLeft + kWidth - kRight) / 2, kHeight - 8, escaped(chart.x_label),
      escaped(chart.y_label), escaped(chart.x_label));
}

std::string twin_bars(double predicted, double measured, double most) {
  const auto width = [most](double value) {
    return most > 0 ? std::max(1.0, value / most * kBarWidth) : 0.0;
  };
  return fmt::format(
      "<svg class=\"bars\" viewBox=\"0 0 {0:.0f} 14\" width=\"{0:.0f}\" height=\"14\" role=\"img\" "
      "aria-label=\"{1}\"><rect class=\"predicted\" y=\"0\" height=\"6\" width=\"{2:.1f}\"/><rect "
      "class=\"measured\" "
      "y=\"8\" height=\"6\" width=\"{3:.1f}\"/></svg>",
      kBarWidth, predicted == measured ? "equal" : "different", width(predicted), width(measured));
}

std::string bar(double value, double most) {
  return fmt::format(
      "<svg class=\"bars\" viewBox=\"0 0 {0:.0f} 14\" width=\"{0:.0f}\" height=\"14\" aria-hidden=\"true\">"
      "<rect class=\"measured\" y=\"2\" height=\"10\" width=\"{1:.1f}\"/></svg>",
      kBarWidth, most > 0 ? std::max(1.0, value / most * kBarWidth) : 0.0);
}

}  // namespace sotto::cli::page
