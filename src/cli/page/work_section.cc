// Where the time went, and that rounds and bytes were those predicted.
#include <fmt/format.h>

#include <algorithm>

#include "base/human.h"
#include "cli/page/chart.h"
#include "cli/page/html.h"
#include "cli/page/sections.h"

namespace sotto::cli::page {
namespace {

using nlohmann::json;

struct Row {
  std::string name;
  const json* entry;
  double bytes(const View& view, bool predicted) const {
    return entry->at(view.bytes_key(predicted)).get<double>();
  }
};

std::string equality(const View& view, const Row& row) {
  const bool equal = row.entry->at(view.bytes_key(true)) == row.entry->at(view.bytes_key(false)) &&
                     row.entry->at("rounds_predicted") == row.entry->at("rounds_measured");
  return equal ? "<span class=\"outcome good\">equal</span>" : "<span class=\"outcome bad\">different</span>";
}

Cell bytes_cell(const json& count) {
  return number_cell(human_bytes(count.get<std::uint64_t>()), exact(count));
}
Cell count_cell(const json& count) {
  return number_cell(fmt::format("{}", count.get<std::uint64_t>()), exact(count));
}

Cell seconds_cell(const json& seconds) {
  return number_cell(human_seconds(seconds.get<double>()), exact(seconds));
}

std::string table_of(const View& view, const std::vector<Row>& rows, const std::string& caption,
                     const std::string& first, const std::string& time, const char* more) {
  std::vector<std::string> header{first, "runs", time};
  if (more != nullptr) header.push_back("median run");
  for (const char* word : {"rounds predicted", "measured"}) header.push_back(word);
  for (const char* word : {"bytes predicted", "measured", "", ""}) header.push_back(word);
  HtmlTable table(caption + "; bytes " + view.sender(), header, 1);
  double most = 0, longest = 0;
  for (const Row& row : rows) {
    most = std::max({most, row.bytes(view, true), row.bytes(view, false)});
    longest = std::max(longest, row.entry->at("seconds").get<double>());
  }
  for (const Row& row : rows) {
    const json& entry = *row.entry;
    Cell seconds = seconds_cell(entry.at("seconds"));
    seconds.html =
        fmt::format("{} {}", bar(entry.at("seconds").get<double>(), longest), escaped(seconds.text));
    std::vector<Cell> cells{text_cell(row.name), count_cell(entry.at("runs")), seconds};
    if (more != nullptr) cells.push_back(seconds_cell(entry.at(more)));
    cells.push_back(count_cell(entry.at("rounds_predicted")));
    cells.push_back(count_cell(entry.at("rounds_measured")));
    for (const bool predicted : {true, false})
      cells.push_back(bytes_cell(entry.at(view.bytes_key(predicted))));
    cells.push_back({"", "", twin_bars(row.bytes(view, true), row.bytes(view, false), most)});
    cells.push_back({"", "", equality(view, row)});
    table.add_row(std::move(cells));
  }
  return table.html();
}

}  // namespace

std::string work_section(const View& view) {
  if (view.failed()) return "";
  std::vector<Row> operations, phases;
  for (const auto& [name, entry] : view.report().at("operations").items())
    operations.push_back({name, &entry});
  std::ranges::sort(operations, [](const Row& a, const Row& b) {
    return a.entry->at("seconds").get<double>() > b.entry->at("seconds").get<double>();
  });
  for (const auto& phase : view.report().at("phases"))
    phases.push_back(
        {phase.at("phase").get<std::string>() + " (" + phase.at("block").get<std::string>() + ")", &phase});
  const std::string key =
      "<p><span class=\"key-predicted\" aria-hidden=\"true\">&#9632;</span> predicted by the plan before the "
      "run, "
      "<span class=\"key-measured\" aria-hidden=\"true\">&#9632;</span> measured by the links. A run in "
      "which they "
      "differ fails.</p>\n";
  return section("work", "Where time, rounds and bytes went",
                 key +
                     table_of(view, operations, "By kind of operation", "operation",
                              view.of_all() ? "own work, all parties" : "own work", nullptr) +
                     paragraph("Rounds of operations overlap: together they take fewer than their sum.") +
                     table_of(view, phases, "By phase", "phase", "time", "median_seconds"));
}

}  // namespace sotto::cli::page
