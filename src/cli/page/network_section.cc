// Bytes on each link, and the floor: what the network alone takes for these bytes and rounds.
#include <fmt/format.h>

#include "base/human.h"
#include "cli/page/html.h"
#include "cli/page/sections.h"
#include "cli/predict.h"
#include "net/shaped.h"

namespace sotto::cli::page {
namespace {

using nlohmann::json;

std::vector<std::uint64_t> sum_of_phases(const json& phases, const char* key) {
  std::vector<std::uint64_t> sum;
  for (const auto& phase : phases) {
    const auto links = phase.at(key).get<std::vector<std::uint64_t>>();
    sum.resize(std::max(sum.size(), links.size()), 0);
    for (std::size_t i = 0; i < links.size(); ++i) sum[i] += links[i];
  }
  return sum;
}

std::string links_table(const View& view) {
  const auto& parties = view.report().at("security").at("parties");
  const auto& phases = view.report().at("phases");
  const auto predicted = sum_of_phases(phases, "links_predicted");
  const auto measured = sum_of_phases(phases, "links_measured");
  const std::size_t count = parties.size();
  if (predicted.size() != count * count) return "";
  HtmlTable table("Bytes on each link, over the whole run", {"from", "to", "predicted", "measured"}, 2);
  for (std::size_t from = 0; from < count; ++from)
    for (std::size_t to = 0; to < count; ++to) {
      if (from == to) continue;
      const auto name = parties.at(from).at("name").get<std::string>();
      const bool mine = !view.of_all() && view.report().at("party") == name;
      std::vector<Cell> cells{text_cell(name), text_cell(parties.at(to).at("name").get<std::string>()),
                              number_cell(human_bytes(predicted[from * count + to]),
                                          fmt::format("{}", predicted[from * count + to]))};
      if (view.of_all() || mine) {
        const auto bytes = measured.at(view.of_all() ? from * count + to : to);
        cells.push_back(number_cell(human_bytes(bytes), fmt::format("{}", bytes)));
      } else {
        cells.push_back(text_cell("known to " + name));
      }
      table.add_row(std::move(cells));
    }
  return table.html();
}

struct Floor {
  double bytes_seconds = 0, delay_seconds = 0;
};

Floor floor_of(const json& phase, const net::NetworkProfile& network) {
  Counted counted;
  counted.bytes = phase.at("links_predicted").get<std::vector<std::uint64_t>>();
  Floor floor;
  floor.bytes_seconds = network_seconds(counted, network);
  floor.delay_seconds = phase.at("rounds_predicted").get<double>() * network.one_way_ms / 1000;
  return floor;
}

void add_floor(HtmlTable& table, const json& phase, const std::string& profile, bool is_here) {
  const auto network = net::parse_profile(profile);
  const Floor floor = floor_of(phase, network);
  const double sum = floor.bytes_seconds + floor.delay_seconds, seconds = phase.at("seconds").get<double>();
  const auto cell = [](double value) {
    return number_cell(human_seconds(value), fmt::format("{:.6g}", value));
  };
  table.add_row({text_cell(phase.at("phase").get<std::string>()),
                 text_cell(fmt::format("{}: {:g} Mbit/s, {:g} ms one way", profile,
                                       network.megabit_per_second, network.one_way_ms)),
                 cell(floor.bytes_seconds), cell(floor.delay_seconds), cell(sum),
                 is_here ? cell(seconds) : text_cell("not run"),
                 text_cell(is_here && sum > 0 ? fmt::format("{:.2f} times", seconds / sum) : "")});
}

std::string floors_table(const View& view) {
  const auto here = view.report().at("network").get<std::string>();
  HtmlTable table("What the network alone takes, by phase",
                  {"phase", "network", "bytes over rate", "rounds x delay", "floor", "this run", "distance"},
                  2);
  for (const auto& phase : view.report().at("phases")) {
    if (!here.empty()) add_floor(table, phase, here, true);
    for (const char* profile : {"lan", "wan"})
      if (here != profile) add_floor(table, phase, profile, false);
  }
  return table.html();
}

}  // namespace

std::string network_section(const View& view) {
  if (view.failed() || view.report().at("phases").empty()) return "";
  return section(
      "network", "Links and floors",
      links_table(view) +
          paragraph(
              "The floor is the busiest party's bytes, both directions, over the rate of its line, plus one "
              "delay for each round: no program with these bytes and rounds is faster without overlapping "
              "the "
              "two. Computing comes on top.") +
          floors_table(view) +
          (view.report().at("network").get<std::string>().empty()
               ? paragraph("The links of this run were not shaped: its distance to a floor is not known.")
               : std::string()));
}

}  // namespace sotto::cli::page
