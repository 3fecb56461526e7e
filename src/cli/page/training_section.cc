// The head of the page, and how the training went.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/human.h"
#include "cli/page/chart.h"
#include "cli/page/html.h"
#include "cli/page/sections.h"
#include "runtime/report.h"

namespace sotto::cli::page {
namespace {

constexpr std::size_t kMostPoints = 120;  // of the pace
constexpr std::size_t kLogRows = 20;

std::string headline(const View& view) {
  std::string text;
  for (const auto& series : view.series()) {
    if (series.output == "guard") continue;
    text +=
        fmt::format("<p class=\"headline\">{} = <strong>{}</strong> <span>learnt by {}</span></p>\n",
                    escaped(series.output),
                    escaped(runtime::scalar_text(series.output, series.values.back(), view.evaluated_rows())),
                    escaped(series.parties));
  }
  return text;
}

std::string failure_text(const View& view) {
  std::string lines;
  for (const auto& line : view.report().at("failure").at("messages"))
    lines += escaped(line.get<std::string>()) + "\n";
  return fmt::format("<p>Exit code {}.</p>\n<pre>{}</pre>\n",
                     view.report().at("failure").at("exit_code").get<int>(), lines);
}

// Accuracy where the output counts right answers, else the number itself.
std::string curve_of(const View& view, const View::Series& series) {
  const bool evaluated = view.evaluated_rows() > 0, accuracy = series.output == "correct" && evaluated,
             loss = series.output == "loss" && evaluated;
  Chart chart;
  chart.title = accuracy ? "Test accuracy" : loss ? "Test loss" : series.output;
  chart.x_label = "training steps";
  chart.y_label = accuracy ? "percent of test rows" : loss ? "mean over test rows" : series.output;
  chart.percent = accuracy;
  const double scale = accuracy ? 100 / static_cast<double>(view.evaluated_rows()) : 1;
  for (std::size_t i = 0; i < series.values.size(); ++i)
    chart.points.push_back({static_cast<double>(series.after[i]), series.values[i] * scale});
  HtmlTable table(fmt::format("{}, learnt by {}", chart.title, series.parties),
                  {"after steps", series.output}, 1);
  if (series.values.size() <= 40)
    for (std::size_t i = 0; i < series.values.size(); ++i)
      table.add_row({text_cell(fmt::format("{}", series.after[i])),
                     number_cell(runtime::scalar_text(series.output, series.values[i], view.evaluated_rows()),
                                 exact(series.values[i]))});
  return fmt::format("<h3>{}</h3>\n", escaped(chart.title)) +
         (series.values.size() > 1 ? line_chart(chart) : std::string()) + table.html() +
         (accuracy && series.values.size() == 1
              ? paragraph("Evaluated once, at the end. With --evaluate-every-epoch the plan evaluates, and "
                          "reveals, "
                          "after each epoch.")
              : std::string());
}

std::string pace_of(const View& view, const std::vector<double>& seconds) {
  Chart chart;
  chart.title = "Pace: steps per second";
  chart.x_label = "steps";
  chart.y_label = "steps per second";
  chart.from_zero = true;
  const std::size_t each = std::max<std::size_t>(1, (seconds.size() + kMostPoints - 1) / kMostPoints);
  for (std::size_t at = 0; at < seconds.size(); at += each) {
    const std::size_t end = std::min(seconds.size(), at + each);
    const double spent = std::accumulate(seconds.begin() + static_cast<std::ptrdiff_t>(at),
                                         seconds.begin() + static_cast<std::ptrdiff_t>(end), 0.0);
    if (spent > 0) chart.points.push_back({static_cast<double>(end), static_cast<double>(end - at) / spent});
  }
  return chart.points.size() > 1 ? line_chart(chart) : "";
}

std::string log_of(const std::vector<double>& seconds) {
  HtmlTable table("Training log", {"steps", "time", "since the start", "steps per second", "slowest step"},
                  1);
  const std::size_t each = std::max<std::size_t>(1, (seconds.size() + kLogRows - 1) / kLogRows);
  double since = 0;
  for (std::size_t at = 0; at < seconds.size(); at += each) {
    const std::size_t end = std::min(seconds.size(), at + each);
    double spent = 0, slowest = 0;
    for (std::size_t i = at; i < end; ++i) spent += seconds[i], slowest = std::max(slowest, seconds[i]);
    since += spent;
    table.add_row({text_cell(end - at == 1 ? fmt::format("{}", end) : fmt::format("{} to {}", at + 1, end)),
                   number_cell(human_seconds(spent), fmt::format("{:.6g}", spent)),
                   number_cell(human_seconds(since), fmt::format("{:.6g}", since)),
                   text_cell(spent > 0 ? fmt::format("{:.3g}", static_cast<double>(end - at) / spent) : ""),
                   number_cell(human_seconds(slowest), fmt::format("{:.6g}", slowest))});
  }
  return table.html();
}

}  // namespace

std::string head(const View& view) {
  const auto& report = view.report();
  std::string html = fmt::format("<header><h1>{}</h1>\n<p><span class=\"outcome {}\">{}</span></p>\n",
                                 escaped(report.at("job").get<std::string>()), view.failed() ? "bad" : "good",
                                 view.failed() ? "Failed" : "Finished");
  if (view.failed()) return html + failure_text(view) + "</header>\n";
  html += headline(view);
  std::vector<std::pair<std::string, std::string>> list{
      {"ended", report.at("finished").get<std::string>()},
      {"time", human_seconds(report.at("seconds").get<double>())}};
  if (const auto* training = view.training())
    list.push_back({"runs of " + training->at("phase").get<std::string>(),
                    fmt::format("{}, {} each (median)", training->at("runs").get<std::uint64_t>(),
                                human_seconds(training->at("median_seconds").get<double>()))});
  if (const auto after = report.value("resumed_after", std::uint64_t{0}); after > 0)
    list.push_back({"resumed", fmt::format("after {} runs of blocks, from a checkpoint", after)});
  const auto network = report.at("network").get<std::string>();
  list.push_back({"network", network.empty() ? "as it is" : "shaped as " + network});
  list.push_back({"protocol", fmt::format("{}, {}", report.at("security").at("protocol").get<std::string>(),
                                          report.at("security").at("model").get<std::string>())});
  list.push_back({"seen by", view.of_all() ? "all parties" : report.at("party").get<std::string>()});
  return html + facts(list) + "</header>\n";
}

std::string training_section(const View& view) {
  std::string body;
  for (const auto& series : view.series())
    if (series.output != "guard") body += curve_of(view, series);
  const auto seconds = view.run_seconds();
  if (seconds.size() > 1) body += "<h3>Pace</h3>\n" + pace_of(view, seconds) + log_of(seconds);
  return body.empty() ? "" : section("training", "How it went", body);
}

}  // namespace sotto::cli::page
